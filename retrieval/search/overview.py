"""Answers about whole speeches (周市长讲了几点, 区里那个会谁讲的): their headings, and what their heads tell.

No sentence answers such a question, for it names a speech and nothing in it. Headings are the speech's own
summary of itself; where it has none, the sentences that open its items (第一，…。第二，…。) are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from config.patterns import lazy_pattern
from embeddings.types import BoolArray
from retrieval.documents.types import Document, Known, Section, Span
from retrieval.documents.views import search_text
from retrieval.index.store import Store
from retrieval.search.followup import About
from retrieval.search.glossary import Glossary, QuestionShape
from retrieval.search.lists import LIST_CHARACTERS, MOST_ITEMS, opening_in
from retrieval.search.pointing import line_of
from retrieval.search.quoting import quote_of
from retrieval.search.routing import Routing
from retrieval.types import DocumentInfo, Passage, Quote, Sentence

MOST_SPEECHES: Final = 3
"""Of more speeches than this the titles are given, and of more than ``MOST_ITEMS`` nothing."""

SURELY: Final = 0.9
"""Of how surely a document is named, the share of the surest from which on it is meant as well."""


SPEECH = (
    r"(?:工作|专题|电视电话|视频|现场|推进|调度|部署|动员|座谈|分析|启动|表彰|总结)*(?:会议|大会|例会|会上|会里|会|讲话稿?|发言|"
    r"报告|通报|新闻|报道|文件|文稿|稿子|文章|材料)"
)
"""Words for a speech and the meeting where it was given."""
_COUNTED = lazy_pattern(r"哪?[几两二三四五六七八九十](?:个|大)?(?:点|条|件事?|部分|方面|块|层意思|项|关)")
_WHOLE = lazy_pattern(
    rf"(?:[这那该本][个次场篇份回]?)?{SPEECH}|[这那][几两三四五六七八九十\d]?[个次场篇份回]|这些|{_COUNTED.pattern}"
    r"|主要|核心|中心|基本|重点|整体|总体|总的|大概|大致|大体|简单|一共|总共|全文|全部|所有|分成?|包括|包含|内容|要点|精神|大意|意思|思想"
    r"|展开|详细|仔细|观点|主题|提纲|框架|结构|概要|摘要|纲要|意见|建议|部署|任务|方面|部分|强调|指出|总结|概括|概述|归纳|梳理|列出|列一?下|看看?|比较|对比|和|与|跟|来"
    r"|不同|不一样|区别|差别|差异|异同|相同|共同|一样|点|之处|地方|帮我|发?给我|发我|发一下|把|替我|一下|各自?|都|分别"
)
_SOME_SPEECH = lazy_pattern(r"讲话|发言|会议(?!室)|大会|会上|[这那该]个?会(?!议)")
_SHOWN = lazy_pattern(rf"[这那该本](?:[个次场篇份回位])?{SPEECH}")
_SEVERAL_SHOWN = lazy_pattern(
    rf"[这那]?[几两三四五六七八九十\d][个次场篇份](?:{SPEECH})?|这些{SPEECH}|其中|里面|(?:分别|各自?|都)(?=[讲说谈])"
)
_TELLS = lazy_pattern(
    r"[讲说谈]|什么|啥|哪|几|内容|要点|重点|精神|大意|主题|提纲|框架|结构|摘要|概要|总结|概括|概述|归纳|梳理"
)
_TOLD = lazy_pattern(
    rf"(?:[这那该本][个次场篇份回]?)?{SPEECH}|[这那][个次场篇份回]|召?开|举行|举办|发表|作|做|发言|日期|时间|地点|哪里|领导|职务|职位|官职|身份"
)
_ANNOUNCES = lazy_pattern(
    r"[讲谈提说调出](?:以?下)?[两二三四五六七八九十几](?:个|条|点)(?:方面|意见|要求|问题|建议|话)?"
)


@dataclass(frozen=True, slots=True)
class Whole:
    """What is asked of whole speeches.

    Attributes:
        about: who gave it, where or when; None: what it says.
    """

    about: About | None = None


def whole_asked(text: str, routing: Routing, glossary: Glossary) -> Whole | None:
    """What a question wants that names speeches and nothing that these speak of; None for any other.

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names.
        glossary: words that only ask, or name nothing.
    """
    if not routing.documents or routing.unknown:
        return None
    folded = search_text(text)
    rest = folded
    for name in routing.named:
        rest = rest[: name.start] + " " * (name.end - name.start) + rest[name.end :]
    about = _about(glossary.shape(_COUNTED.sub(" ", rest)))
    if not glossary.names_nothing((_TOLD if about else _WHOLE).sub(" ", rest)):
        return None
    return Whole(about) if about or _TELLS.search(folded) else None


def of_no_speech(text: str, routing: Routing, glossary: Glossary) -> bool:
    """Whether a question asks about a speech and tells neither which nor what of (会议有什么要求).

    Args:
        text: a question that stands alone, in which ``routing`` was found.
        routing: what it names.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    if routing.named or routing.unknown or not _SOME_SPEECH.search(folded):
        return False
    return glossary.names_nothing(_TOLD.sub(" ", _WHOLE.sub(" ", folded)))


def speech_shown(question: str, quotes: Sequence[Quote]) -> Routing | None:
    """The speech that a question points to (这个讲话) among those just quoted, as a routing without names."""
    if not quotes or not _SHOWN.search(search_text(question)):
        return None
    return Routing({quotes[0].document.id: 1.0})


def several_shown(question: str, listed: Collection[str]) -> Routing | None:
    """The speeches last listed where a question points to them (这几篇讲了什么, 其中哪篇最早)."""
    if len(listed) < 2 or not _SEVERAL_SHOWN.search(search_text(question)):
        return None
    return Routing(dict.fromkeys(listed, 1.0))


def of_whole(
    asked: Whole, routing: Routing, store: Store, allowed: BoolArray | None = None
) -> tuple[Quote, ...]:
    """The words that tell what is asked of the speeches named, speech by speech, in the order of the text.

    Args:
        asked: what is wanted.
        routing: which speeches are named.
        store: of the index.
        allowed: which passages may answer, ``bool (passages,)``; None when all may.

    Returns:
        Of headings at most ``LIST_CHARACTERS`` characters a speech; titles in the order of their dates. ()
        where too many speeches are named, or one of them has no parts, does not tell, or is not all by the
        speaker who is named.
    """
    named = _surest(routing)
    speakers = {name.speaker for name in routing.named} - {""}
    titles = asked.about is None and len(named) > MOST_SPEECHES
    if len(named) > (MOST_ITEMS if titles else MOST_SPEECHES):
        return ()
    quotes: list[Quote] = []
    for speech in _in_order_of_dates(named, store, allowed) if titles else speeches(named, store, allowed):
        known = speech.document.metadata
        found = speech.title() if titles else speech.told(asked.about)
        if not found or (speakers and known.speaker.text not in speakers):
            found = _said_by(speakers, speech) if asked.about is None else []
        if not found:
            return ()
        quotes += found
    return tuple(quotes)


def speeches(named: Iterable[str], store: Store, allowed: BoolArray | None) -> Iterator[Speech]:
    """Those of the speeches that the index still has, with their passages that may be quoted."""
    for id_ in named:
        stored = store.find(id_)
        if stored is not None:  # else it was quoted before the index was rebuilt
            rows = [row for row in stored.passages if allowed is None or allowed[row]]
            yield Speech(store.document(id_), stored.info, store.passages(rows))


def _surest(routing: Routing) -> list[str]:
    """The documents that are meant: those named most surely, of a comparison those of each side."""
    sides = routing.sides or (frozenset(routing.documents),)
    surest = [max(routing.documents.get(id_, 0.0) for id_ in side) for side in sides]
    meant = [
        id_
        for side, sure in zip(sides, surest, strict=True)
        for id_ in routing.documents
        if id_ in side and routing.documents[id_] >= SURELY * sure
    ]
    return list(dict.fromkeys(meant))


def _said_by(speakers: Collection[str], speech: Speech) -> list[Quote]:
    """What each passage of some people who speak inside a speech begins with, up to a list's length."""
    quotes = [
        quote_of(speech.document, speech.info, passage, passage.sentences[0].span)
        for passage in speech.passages
        if passage.speaker in speakers
    ]
    return _up_to(quotes, LIST_CHARACTERS)


def _in_order_of_dates(named: Iterable[str], store: Store, allowed: BoolArray | None) -> list[Speech]:
    return sorted(speeches(named, store, allowed), key=lambda speech: speech.info.date or "")


@dataclass(frozen=True, slots=True)
class Speech:
    """A speech with those of its passages that may be quoted."""

    document: Document
    info: DocumentInfo
    passages: Sequence[Passage]

    def told(self, about: About | None) -> list[Quote]:
        """The words that tell who gave it, where or when, or for None what it says; [] without any."""
        known = self.document.metadata
        if about is None:
            return self.outline()
        if about is About.WHO:
            return self.line(known.speaker) or self.line(known.role)
        return self.line(known.date if about is About.WHEN else known.place)

    def line(self, known: Known) -> list[Quote]:
        """The line of the text that says a value; [] where none does."""
        return self._of_head(line_of(self.document.raw, known.span)) if known.span else []

    def title(self) -> list[Quote]:
        """Its title; [] where the text has none."""
        span = self.document.metadata.title.span
        return self._of_head(span) if span else []

    def _of_head(self, span: Span) -> list[Quote]:
        """What stands in no passage, as a quote that leads to the first one: that is where one reads on."""
        if not self.passages:
            return []
        text = self.document.raw[span.start : span.end]
        return [Quote(text, span, self.info, (), self.passages[0].speaker, "", self.passages[0].id)]

    def outline(self) -> list[Quote]:
        """Its headings, or the sentences that open its items; [] where it has neither."""
        sections = self.document.sections
        while len(sections) == 1:
            sections = sections[0].children
        top = self._headings(sections)
        if len(top) < 2:
            return self._items()
        whole = self._headings([each for one in sections for each in (one, *one.children)])
        headings = whole if len(whole) <= MOST_ITEMS else top
        return _up_to([*self._announced(sections[0].span.start), *headings], LIST_CHARACTERS)

    def _announced(self, before: int) -> list[Quote]:
        """The sentence that says how many points will be made (我讲三点意见), before an offset."""
        for passage in self.passages:
            for sentence in passage.sentences:
                if sentence.span.end <= before and _ANNOUNCES.search(sentence.text):
                    return [quote_of(self.document, self.info, passage, sentence.span)]
        return []

    def _headings(self, sections: Iterable[Section]) -> list[Quote]:
        """Headings as quotes under what they stand under themselves."""
        quotes: list[Quote] = []
        for section in sections:
            owner = next((each for each in self.passages if _holds(each, section.heading)), None)
            if owner is not None:
                quote = quote_of(self.document, self.info, owner, section.heading)
                quotes.append(replace(quote, section_path=owner.section_path[: section.level - 1]))
        return quotes

    def _items(self) -> list[Quote]:
        """The sentences that open the first list of items that runs through a speech without headings."""
        kind = ""
        found: list[tuple[Passage, Sentence]] = []
        for passage in self.passages:
            for sentence in passage.sentences:
                opening = opening_in(sentence.text)
                if opening is None or opening.number != len(found) + 1 or (kind and opening.kind != kind):
                    continue
                kind = opening.kind
                found.append((passage, sentence))
        quotes = [quote_of(self.document, self.info, passage, sentence.span) for passage, sentence in found]
        return _up_to(quotes, LIST_CHARACTERS) if len(quotes) > 1 else []


def _about(shape: QuestionShape) -> About | None:
    if shape.wants_who:
        return About.WHO
    if shape.wants_when:
        return About.WHEN
    return About.WHERE if shape.wants_where else None


def _up_to(quotes: Sequence[Quote], characters: int) -> list[Quote]:
    kept = list(quotes)
    while _length(kept) > characters and len(kept) > 1:
        kept.pop()
    return kept


def _length(quotes: Sequence[Quote]) -> int:
    return sum(len(quote.text) for quote in quotes)


def _holds(passage: Passage, heading: Span) -> bool:
    return any(span.holds(heading) for span in passage.spans)
