"""What can be asked of one speech, read off its words: headings, numbers, deadlines, bodies, lists, masks.

The rules look at forms only and know no archive. A question keeps the words of the text, which is easier
than what people ask: it is a draft for a person to reword, and its gold is what saves the searching.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.documents.types import Document, Section, Span
from retrieval.passages import cut_passages
from retrieval.types import Sentence


class Kind(enum.StrEnum):
    """What a drafted question asks for; the "type" of its line."""

    REQUIREMENT = "requirement"
    NUMBER = "number"
    DEADLINE = "deadline"
    WHO = "who"
    LIST = "list"
    MASKED = "masked"
    MISSING_DETAIL = "missing_detail"


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that a document suggests.

    Attributes:
        document: whose words it is made of.
        gold: raw spans that answer it, in order; for a masked value where the mask stands.
        facts: what a complete answer holds.
        words: the clause it was made of, without what is asked for.
    """

    kind: Kind
    question: str
    document: Document
    gold: tuple[Span, ...]
    facts: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question made of a clause, "" where the clause makes none, with what it asks for and what is left."""

    kind: Kind
    question: str
    facts: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch between two marks, with the clause before it in the same sentence."""

    text: str
    before: str


MOST_SENTENCES = 3
"""Sentences under a heading that are gold; a longer section is more than one question."""

_SHORTEST, _LONGEST = 8, 48  # characters of a question: fewer say nothing, more are a paragraph
_SHORTEST_STEM = 6  # of it without what is asked; a shorter one takes in the clause beside it
_BREAK = re.compile(r"[，,；;：:。！？!?\n]+")
_LEAD = re.compile(
    r"[\s“”\"'*#]*(?:[一二三四五六七八九十]{1,3}[是要、.．]|第[一二三四五六七八九十]{1,3}[，、,]?|[（(][\d一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳])\s*"
)
_JOINT = re.compile(
    r"(?:同时|另外|此外|其中|因此|所以|但是|但|而且|特别是|尤其是|并且|并|且|而|也|还|又|再|即|就是|必须|务必)"
)
_POINTS_BACK = re.compile(r"(?:其|这|该|此|对此|以上|上述|他|她|它|那|为此|之|各自|我们|大家|同志)")
_LEFT_OPEN = re.compile(r".*(?:中|里|时|后|前|内|的|之)\Z")
"""A clause that goes on in the next one: asked by itself it is no question."""

_UNIT = (
    r"个百分点|个工作日|工作日|个月|个小时|小时|分钟|秒|天|周|人次|车次|场次|万元|亿元|平方米|立方米|公里|毫米|千米|米"
    r"|吨|克|度|倍|个|名|人|起|家|件|条|支|次|项|处|户|元|座|辆|台|所|栋|艘|间|层|口|亩|份|套|批|部|期|场"
)
_COUNTED = re.compile(rf"(?<![\d.．第])(\d+(?:[.．]\d+)?[万亿千百]?[余多]?)({_UNIT})(?![前后以之])")
_SHARE = re.compile(r"(?<![\d.．])\d+(?:[.．]\d+)?[%％‰]|百分之[零一二三四五六七八九十百点]+")
_YEAR = r"(?:\d{4}|今|明|后|本)年"
_DATE = re.compile(
    rf"(?:到|在|于)?(?P<fact>(?:(?:{_YEAR})?\d{{1,2}}月(?:\d{{1,2}}[日号]|[上中下]旬|[底末])?|{_YEAR}[底末]|[年月][底末])"
    r"(?:之前|以前|前))"
)
_WITHIN = re.compile(
    r"(?P<fact>(?:(?<!\d)\d{1,3}|[一两三四五六七八九十]{1,3})个?半?(?:工作日|小时|分钟|天|日|月|周|年))"
    r"(?P<end>之内|以内|内)"
)
_BODY = r"(?:机关|部门|办公室|局|委|办|厅|队|公司|企业|单位|政府|街道|乡镇|社区|学校|医院|中心|协会|集团)"
_IN_CHARGE = re.compile(
    rf"^(?P<body>[\u4e00-\u9fff、]{{1,18}}{_BODY})(?=(?:要|应|应当|具体|统一|共同)?(?:负责(?!人)|牵头))"
)
_BY = re.compile(r"(?<=由)(?P<body>[\u4e00-\u9fff、]{2,20}?)(?=(?:具体|统一|共同)?(?:负责(?!人)|牵头))")
_LISTED = re.compile(
    r"(?P<lead>(?:包括|分为|分别是|重点[检抽排]?查|严查|检查|排查|紧盯|盯紧|聚焦|突出|抓好|落实|做到|坚持))"
    r"(?P<items>[^，,。；;：:、“”]{2,12}(?:、[^，,。；;：:、“”]{2,12}){2,})"
)
_LAST_ITEM = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:以及|和|及|与)(?=[\u4e00-\u9fff]{2})")
_MASK = re.compile(rf"[*＊]+(?:[.．][*＊]+)?|[XＸ×]{{1,6}}(?=(?:{_UNIT}))")
_MASKED_UNIT = re.compile(rf"(?:[余多万亿千百]*)(?:{_UNIT}|[%％])")


def drafts_of(document: Document) -> Iterator[Draft]:
    """Everything that a document suggests to ask, in reading order of each kind; one question a sentence."""
    sentences = _sentences(document)
    yield from _of_sections(document, sentences)
    for sentence in sentences:
        draft = _of_sentence(document, sentence)
        if draft is not None:
            yield draft


def _sentences(document: Document) -> list[Sentence]:
    """The sentences of the body, headings left out."""
    headings = [section.heading for section in document.all_sections()]
    passages = cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts])
    return [
        sentence
        for passage in passages
        for sentence in passage.sentences
        if not any(sentence.span.overlaps(head) for head in headings)
    ]


def _of_sections(document: Document, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    for section in document.all_sections():
        topic = _topic(section)
        if not topic:
            continue
        if len(section.children) > 1:
            spans = tuple(child.heading for child in section.children)
            yield Draft(Kind.LIST, f"“{topic}”讲了哪几点？", document, spans, words=topic)
            continue
        inside = [one for one in sentences if section.span.start <= one.span.start < section.span.end]
        spans = tuple(
            sentence.span for sentence in inside[:MOST_SENTENCES] if len(sentence.text) >= _SHORTEST
        )
        if spans and not section.children:
            yield Draft(Kind.REQUIREMENT, f"关于“{topic}”，提了哪些要求？", document, spans, words=topic)


def _topic(section: Section) -> str:
    """A heading without its number; "" when it is too short or too long to be asked about."""
    title = section.title.removeprefix(section.marker).strip('　 ，,、：:“”"')
    return title if 4 <= len(title) <= 30 and not _POINTS_BACK.match(title) else ""


def _of_sentence(document: Document, sentence: Sentence) -> Draft | None:
    """The first thing that a sentence lets one ask: what is rarest is tried first."""
    span = sentence.span
    is_masked = any(mask.overlaps(span) for mask in document.masks)
    clauses = _clauses(sentence.text)
    for ask in (_ask_masked,) if is_masked else (_ask_when, _ask_who, _ask_how_many, _ask_which):
        for clause, after in zip(clauses, [*clauses[1:], None], strict=True):
            asked = ask(clause, after)
            if asked is not None and asked.question:
                return Draft(asked.kind, asked.question, document, (span,), asked.facts, asked.words)
    return None


def _clauses(text: str) -> list[_Clause]:
    parts = [part.strip(" .．") for part in _BREAK.split(_LEAD.sub("", text, count=1))]
    parts = [part for part in parts if part]
    return [_Clause(part, parts[at - 1] if at else "") for at, part in enumerate(parts)]


def _ask_masked(clause: _Clause, _after: _Clause | None) -> _Asked | None:
    mask = _MASK.search(clause.text)
    unit = _MASKED_UNIT.match(clause.text, mask.end()) if mask else None
    if mask is None or unit is None or _MASK.search(clause.text, unit.end()):
        return None
    asked = "百分之多少" if unit[0] in "%％" else f"多少{unit[0]}"
    before, behind = clause.text[: mask.start()], clause.text[unit.end() :]
    return _Asked(Kind.MASKED, _question(clause, before, asked, behind), (), before + behind)


def _ask_when(clause: _Clause, after: _Clause | None) -> _Asked | None:
    found = _WITHIN.search(clause.text)
    if found is not None:
        before, behind = clause.text[: found.start()], clause.text[found.end() :]
        question = _question(clause, before, f"多长时间{found['end']}", behind)
        return _Asked(Kind.DEADLINE, question, (found["fact"],), before + behind)
    found = _DATE.search(clause.text)
    if found is None:
        return None
    before, behind = clause.text[: found.start()].rstrip("要须必在于"), clause.text[found.end() :]
    if len(before + behind) < _SHORTEST_STEM and not clause.before and after is not None:
        before, behind = after.text, ""
    if _DATE.search(before + behind) or _LEFT_OPEN.match(before + behind):
        return None
    if len(_stripped(before)) + len(behind) < _SHORTEST_STEM and clause.before:
        before = f"{_stripped(clause.before)}，{before}"
    question = _question(_Clause(clause.text, ""), before, "", f"{behind}，最晚什么时候")
    return _Asked(Kind.DEADLINE, question, (found["fact"],), before + behind)


def _ask_who(clause: _Clause, _after: _Clause | None) -> _Asked | None:
    found = _BY.search(clause.text) or _IN_CHARGE.search(clause.text)
    if found is None or _POINTS_BACK.match(found["body"]):
        return None
    before, behind = clause.text[: found.start("body")], clause.text[found.end("body") :]
    return _Asked(Kind.WHO, _question(clause, before, "谁", behind), (found["body"],), before + behind)


def _ask_how_many(clause: _Clause, _after: _Clause | None) -> _Asked | None:
    counted, shares = list(_COUNTED.finditer(clause.text)), list(_SHARE.finditer(clause.text))
    if len(counted) + len(shares) != 1:
        return None
    found = (counted or shares)[0]
    asked = f"多少{found[2]}" if counted else "百分之多少"
    before, behind = clause.text[: found.start()], clause.text[found.end() :]
    if _LEFT_OPEN.match(behind):
        return None
    return _Asked(Kind.NUMBER, _question(clause, before, asked, behind), (found[0],), before + behind)


def _ask_which(clause: _Clause, _after: _Clause | None) -> _Asked | None:
    found = _LISTED.search(clause.text)
    if found is None:
        return None
    items = found["items"].split("、")
    items[-1:] = _LAST_ITEM.split(items[-1], maxsplit=1)
    before = clause.text[: found.start("items")]
    return _Asked(Kind.LIST, _question(clause, before, "哪些", ""), tuple(items), before)


def _question(clause: _Clause, before: str, asked: str, behind: str) -> str:
    """A question out of a clause; "" when it says too little or too much, or points to what is not there."""
    stem = _stripped(before)
    if len(stem) + len(behind) < _SHORTEST_STEM and clause.before:
        stem = f"{_stripped(clause.before)}，{before}"
    text = stem + asked + behind
    if not _SHORTEST <= len(text) < _LONGEST or _POINTS_BACK.match(text):
        return ""
    return text + "？"


def _stripped(text: str) -> str:
    """Without the number and the word that join a clause to the one before it."""
    text = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
    joint = _JOINT.match(text)
    return text[joint.end() :] if joint and len(text) - joint.end() >= 2 else text
