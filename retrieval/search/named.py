"""The names of documents in a question: 安康, 区里, 2022年1月, 王县长, 节后复工大会, the name of a file."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from config.patterns import lazy_pattern
from retrieval.documents.people import SURNAME
from retrieval.documents.views import search_text
from retrieval.index.tokens import tokenize
from retrieval.search.naming import LEVELS, Documents, Field, Names, Speaker
from retrieval.search.naming_dates import find_times
from retrieval.search.relative_dates import PERIOD, relative_times

SURE = {
    Field.FILE: 1.0,
    Field.PERSON: 1.0,
    Field.PLACE: 1.0,
    Field.ORGAN: 1.0,
    Field.SERIES: 1.0,
    Field.DATE: 1.0,
    Field.OCCASION: 0.9,
    Field.OFFICE: 0.7,
    Field.LEVEL: 0.7,
}
"""How surely a name of that kind means the documents that it fits."""

LOOSE = 0.5
"""The same of an office, a level or a year with no meeting or speech beside it: it may belong to what is
asked (由县长签字)."""

FEW = 0.5
"""Words that stand in the titles of more than this share of the documents do not tell one."""

BEFORE_NAME = lazy_pattern(
    r"(?:^|[^\u4e00-\u9fff]|一下|[和与跟及同对比按照据问看听说请那是里的委府区县市省镇在从])$"
)
"""What stands before the name of a person or a place: the end of a word that is no part of it."""

Expand = Callable[[str], Mapping[str, float]]
"""Other words for those of a text, each with its weight; see `Glossary.expand`."""

_EVENT = lazy_pattern(
    r"(?P<kind>(?:工作|专题|电视电话|视频|现场|推进|调度|部署|动员|座谈|分析|启动|表彰|总结)*)"
    r"(?:会议|大会|例会|会上|会里|会(?=[,.;:?!说讲谈怎对要里提的谁]|$)|讲话|仪式|通报|新闻|报道|文件|文稿|稿子"
    r"|那次|那场|那篇|那份|那回|那个会|这次会)"
)
_NEAR_EVENT = 8
"""Characters between a name and the meeting or speech that it tells."""
_STRETCH = 14
"""Characters before a meeting's word that may tell which it was."""
_BREAK = lazy_pattern(r"[,.;:?!]|和|与|跟|及|对|在|比|把|关于|请问|那个|那次|那场|这个|这次")
_SPOKE = lazy_pattern(r"[都还也]?[讲说][了过]")
_SPEAKS = lazy_pattern(r"在?(?:怎么|是怎么|咋)?(?:说|讲|要求|提|谈|强调|指出|对)")
_LATEST = lazy_pattern(
    rf"(?!{PERIOD})(?:(?:最近|最新|最后|最末)(?:的|一|这|[次场篇份回个])*|上一?[次场篇份回个](?!月|周|星期|礼拜)(?:的)?)(?=.)"
)
CALLED = lazy_pattern(
    rf"(?P<surname>{SURNAME})(?P<given>[^\W省市县区镇乡委局厅厂部院校组办党站所司会队\d]{{2}})??(?P<office>副?(?:书记|[省市州县区镇乡厅局处科部院校会站所司]长|主任|主席|董事长"
    r"|总经理|经理|厂长|矿长|总裁|[总支大]队长|秘书长|董(?!事)|总(?=[,.?!的说讲谈在对怎提要那给让叫派]|$)))"
)
"""A surname, perhaps a name, and an office: 周市长."""
_CALLED_SHORT = lazy_pattern(
    rf"(?P<surname>{SURNAME})(?P<given>(?!))?(?P<office>[局厅处科队支校院矿行](?=[,.?!的说讲谈在对怎提要那给让叫派]|$))"
)
"""周局: most of what looks so are other words (全局), so it counts only where somebody is called so."""
_SHORT_OFFICES = {
    "总": ("董事长", "总经理", "总裁"),
    "董": ("董事长",),
    "队": ("队长", "支队长", "大队长", "总队长"),
    "支": ("支队长",),
} | {short: (f"{short}长",) for short in "局厅处科校院矿行"}
_OF_COMPANIES = lazy_pattern(r"^(?:总|董|董事长|总经理|经理|厂长|矿长|总裁)$")
_OF_GOVERNMENTS = lazy_pattern(r"^副?(?:[省市州县区镇乡厅局处]长|主席)$")
_INSIDE = "小社园厂景校林矿库灾城街辖郊山片罐地禁超股夜门都老家下村"
"""What makes of 市, 县, 区, 镇 and 乡 something else: 小区里, 下乡."""
_LEVEL_NAMED = lazy_pattern(
    rf"(?<![{_INSIDE}])(?P<level>[{LEVELS}])(?:里|上(?!报|级))"
    rf"|(?<![健安])[全我本](?P<whole>[{LEVELS}])(?![长委])"
    r"|(?:^|(?<=[和与跟及同对比按照据问看听说请那是在从,.]))(?:公司|集团|厂子?)(?:里|上|(?=那))?"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a question.

    Attributes:
        text: folded, as the question has it.
        start, end: where it stands in the folded question.
        documents: positions of those that it fits; none for a name that no document goes by.
        sure: in (0, 1], how surely it means them.
        speaker: whose words are meant, in full, where a person is named that is known.
    """

    text: str
    field: Field
    start: int
    end: int
    documents: Documents
    sure: float
    speaker: str = ""


def names_in(folded: str, names: Names, expand: Expand, today: date | None) -> list[Name]:
    """The names in a folded question, in its order; of overlapping ones the longest, then the surest kind."""
    found = [
        *_exact(folded, names),
        *_people_called(folded, names),
        *_levels_named(folded, names),
        *_times_named(folded, names, today),
    ]
    kept = _without_overlap(found)
    return sorted([*kept, *_occasions(folded, names, expand, kept)], key=lambda name: (name.start, name.end))


def described(text: str, names: Names) -> tuple[Documents, list[str]]:
    """The documents whose titles hold most of a text, and the pairs of characters that tell them."""
    count = len(names.documents)
    scores = np.zeros(count)
    telling: list[str] = []
    for pair in dict.fromkeys(term for term in tokenize(text) if len(term) > 1):
        documents = names.words.get(pair)
        if documents is None or documents.size > FEW * count:
            continue
        telling.append(pair)
        scores[documents] += math.log(count / documents.size)
    best = scores.max(initial=0.0)
    return frozenset(np.flatnonzero((scores >= 0.9 * best) & (best > 0)).tolist()), telling


def latest_named(folded: str) -> tuple[int, int] | None:
    """The half-open range that asks for the last of several meetings (最近一次会议); None without."""
    spans = (found.span() for found in _LATEST.finditer(folded) if _tells_event(folded, found.end()))
    return next(spans, None)


def event_after(folded: str, end: int) -> int:
    """Where a meeting's or a speech's word ends that stands right after an offset; 0 without."""
    found = _EVENT.search(folded, end, end + _NEAR_EVENT + 4)
    return found.end() if found is not None and found.start() - end <= _NEAR_EVENT else 0


def names_latest(name: Name) -> bool:
    """Whether a name asks for the last of several meetings (最近的) instead of telling a time."""
    return name.field is Field.DATE and _LATEST.match(name.text + "会") is not None


def _exact(folded: str, names: Names) -> Iterator[Name]:
    for start in range(len(folded)):
        for text, kind, documents in names.at(folded, start):
            end = start + len(text)
            loose = kind is Field.OFFICE and not (_tells_event(folded, end) or _SPEAKS.match(folded, end))
            speaker = text if kind is Field.PERSON else ""
            yield Name(text, kind, start, end, documents, LOOSE if loose else SURE[kind], speaker)


def _people_called(folded: str, names: Names) -> Iterator[Name]:
    """王县长: those of that surname who hold the office; else those in it whose name is not known."""
    whole = [found for found in CALLED.finditer(folded) if BEFORE_NAME.search(folded[: found.start()])]
    short = [found for found in _CALLED_SHORT.finditer(folded) if BEFORE_NAME.search(folded[: found.start()])]
    for found in (*whole, *short):
        holders = [
            holder
            for office in _SHORT_OFFICES.get(found["office"], (found["office"],))
            for holder in names.speakers.get(office, ())
        ]
        called = [each for each in holders if _is_called(each, found)]
        called = called or [
            each for each in _without_office(found["office"], names) if _is_called(each, found)
        ]
        if found in short and not called:
            continue
        fitting = called or [each for each in holders if not each.name]
        speakers = {each.name for each in called}
        documents = {each.document for each in fitting}
        # Another speech may give the name and not the office.
        documents.update(*(names.spoken_by(search_text(name)) for name in speakers))
        yield Name(
            found[0],
            Field.PERSON,
            *found.span(),
            frozenset(documents),
            SURE[Field.PERSON] if called else LOOSE,
            speakers.pop() if len(speakers) == 1 else "",
        )


def _is_called(speaker: Speaker, found: re.Match[str]) -> bool:
    name = search_text(speaker.name)
    return name == found["surname"] + found["given"] if found["given"] else name.startswith(found["surname"])


def _without_office(office: str, names: Names) -> Iterator[Speaker]:
    """Speakers of whom no office is told and who may hold this one: nobody of a company is a 县长."""
    companies = names.levels.get("公司", frozenset())
    for speaker in names.speakers.get("", ()):
        in_company = speaker.document in companies
        in_another = not in_company and any(speaker.document in those for those in names.levels.values())
        if in_another and _OF_COMPANIES.search(office):
            continue
        if not (_OF_GOVERNMENTS.search(office) and in_company):
            yield speaker


def _levels_named(folded: str, names: Names) -> Iterator[Name]:
    for found in _LEVEL_NAMED.finditer(folded):
        level = found["level"] or found["whole"] or "公司"
        sure = SURE[Field.LEVEL] if _tells_event(folded, found.end()) else LOOSE
        yield Name(found[0], Field.LEVEL, *found.span(), names.levels.get(level, frozenset()), sure)


def _times_named(folded: str, names: Names, today: date | None) -> Iterator[Name]:
    for found in find_times(folded):
        tells = _tells_event(folded, found.end)
        if tells or found.time.year or found.time.day:
            text = folded[found.start : found.end]
            sure = SURE[Field.DATE] if tells or not found.time.is_whole_year else LOOSE
            yield Name(text, Field.DATE, found.start, found.end, names.spoken_at(found.time), sure)
    for relative in relative_times(folded, today) if today else ():
        # 去年 without a meeting is what a speech says of the year before it, whenever that was.
        tells = _tells_event(folded, relative.end) or _SPOKE.match(folded, relative.end) is not None
        documents = names.spoken_at(relative.time) if tells else frozenset()
        if documents:
            text = folded[relative.start : relative.end]
            yield Name(text, Field.DATE, relative.start, relative.end, documents, SURE[Field.DATE])


def _occasions(folded: str, names: Names, expand: Expand, others: Iterable[Name]) -> Iterator[Name]:
    """What stands before 会上, 讲话, 那次 tells which: the documents with most of it in their title."""
    taken = [name for name in others if name.documents and name.field is not Field.LEVEL]
    for event in _EVENT.finditer(folded):
        start = max(0, event.start() - _STRETCH)
        for stop in _BREAK.finditer(folded, start, event.start()):
            start = stop.end()
        start = max([start, *(name.end for name in taken if name.end <= event.end())])
        said = folded[start : event.end("kind")]
        documents, telling = described(said, names)
        if not documents:
            documents, telling = described(" ".join(expand(said)), names)
        if documents and not any(event.end() <= name.end and start >= name.start for name in taken):
            at = min((at for at in (folded.find(pair, start) for pair in telling) if at >= 0), default=start)
            text = folded[at : event.end()]
            yield Name(text, Field.OCCASION, at, event.end(), documents, SURE[Field.OCCASION])


def _tells_event(folded: str, end: int) -> bool:
    return event_after(folded, end) > 0


def _without_overlap(found: Iterable[Name]) -> list[Name]:
    kinds = list(Field)
    kept: list[Name] = []
    for name in sorted(found, key=lambda each: (each.start - each.end, kinds.index(each.field))):
        if not any(name.start < other.end and other.start < name.end for other in kept):
            kept.append(name)
    return kept
