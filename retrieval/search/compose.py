"""Quotes and evidence as text for a person: the extractive answer, and what lies near a question."""

from __future__ import annotations

from itertools import pairwise

from config.messages import Language, message
from config.patterns import lazy_pattern
from retrieval.search.bare import bare_question
from retrieval.search.courtesy import is_courtesy, is_to_the_bot
from retrieval.types import DocumentInfo, Evidence, Hit, Quote, Reason

MOST_NAMED = 5
"""Speeches without a date that are named; of more, how many there are is told."""

_TOLD = (
    Reason.MASKED,
    Reason.VAGUE,
    Reason.UNKNOWN,
    Reason.ABSENT,
    Reason.UNTOLD,
    Reason.ELSEWHERE,
    Reason.END,
)
"""Reasons that are told by a sentence of their own."""
_WORD = lazy_pattern(r"[^\W\d_]{2,}")
_SALUTATION = lazy_pattern(r"(?:同志们|各位|大家好)[^。！？!?；;，,]{0,10}[:：](?=\s|$)")
_BREAK = lazy_pattern(r"[ \t\u3000]*(?:\r\n|[\r\n\u2028\u2029])\s*")
_ENDS_PARAGRAPH = "。！？；：!?;:…”"
_SENTENCE_END = lazy_pattern("[。！？!?；;]")
_ITEM = lazy_pattern(
    r"[一二三四五六七八九十]{1,3}[、要是]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十]{1,3}[，、]"
)
_WIDE = "\u2e80"  # from here on, characters are written without spaces between them


def join_lines(text: str) -> str:
    """A quote for reading: line breaks inside a sentence joined, those between paragraphs and items kept.

    For the screen only: what is quoted, compared and verified keeps every character.
    """
    parts = _BREAK.split(text)
    joined = parts[0]
    for before, part in pairwise(parts):
        joined += _glue(before, part) + part
    return joined


def extractive_answer(evidence: Evidence, language: Language = Language.ZH) -> str:
    """The quotes, each followed by its number, and how far they go; one plain sentence without an answer."""
    if not evidence.answerable or not evidence.quotes:
        return refusal(evidence, language)
    quotes = [f"{join_lines(quote.text)}[{number}]" for number, quote in enumerate(evidence.quotes, 1)]
    return "\n".join((*quotes, *extent_notes(evidence, language)))


def is_title(quote: Quote) -> bool:
    """Whether a quote is the title of its document."""
    return _bare(quote.text) == _bare(quote.document.title) != ""


def _bare(title: str) -> str:
    return "".join(title.split()).strip("《》*#")


def extent_notes(evidence: Evidence, language: Language = Language.ZH) -> tuple[str, ...]:
    """How many speeches an answer is drawn from, and which of them tell no date; () for any other answer."""
    extent = evidence.extent
    if extent is None or not evidence.quotes:
        return ()
    notes: list[str] = []
    if extent.extreme is not None and extent.speeches > len(extent.undated):
        first = evidence.quotes[0].document
        name = " ".join(filter(None, (_name(first), first.date)))
        notes.append(message(f"answer.{extent.extreme}", language, count=extent.speeches, name=name))
    elif extent.extreme is None and extent.by_matter:
        more = extent.speeches - extent.quoted
        key = "some_speeches" if more else "all_speeches" if extent.speeches > 1 else "one_speech"
        notes.append(
            message(f"answer.{key}", language, count=extent.speeches, quoted=extent.quoted, more=more)
        )
    elif not extent.undated:
        key = "listed" if extent.speeches == extent.quoted else "latest_listed"
        notes.append(message(f"answer.{key}", language, count=extent.speeches, quoted=extent.quoted))
    if extent.unsaid:
        notes.append(message("answer.unsaid", language, word=extent.unsaid))
    if extent.undated:
        named = ("、" if language is Language.ZH else ", ").join(map(_name, extent.undated[:MOST_NAMED]))
        key = "answer.some_undated" if len(extent.undated) > MOST_NAMED else "answer.undated"
        notes.append(message(key, language, count=len(extent.undated), names=named))
    return tuple(notes)


def _name(document: DocumentInfo) -> str:
    """The title of a speech, or its file."""
    title = " ".join(document.title.split()).strip("《》")
    return f"《{title}》" if title else document.path.rpartition("/")[2]


def refusal(evidence: Evidence, language: Language = Language.ZH) -> str:
    """One sentence: why there is no answer.

    Thanks and greetings are no question, and are not told that the archive does not treat them.
    """
    if is_courtesy(bare_question(evidence.question)):
        return message("answer.courtesy", language)
    if is_talk(evidence):
        return message("answer.to_the_bot", language)
    if evidence.reason in _TOLD:
        names = ("、" if language is Language.ZH else ", ").join(evidence.unknown)
        return message(f"answer.{evidence.reason}", language, names=names)
    if _is_foreign(evidence.question):
        return message("answer.foreign", language)
    return message("answer.no_words" if evidence.near else "answer.not_in_archive", language)


def is_talk(evidence: Evidence) -> bool:
    """Whether what was typed is no question to the archive: thanks, a greeting, a question about the bot."""
    unsought = evidence.reason is Reason.NOTHING and not evidence.hits
    question = bare_question(evidence.question)
    return is_courtesy(question) or is_to_the_bot(question, first=unsought)


def _is_foreign(question: str) -> bool:
    """Whether a question is made of words, and none is Chinese."""
    return all(character < _WIDE for character in question) and len(_WORD.findall(question)) > 1


def nearest_topics(hits: tuple[Hit, ...], limit: int = 3) -> tuple[Hit, ...]:
    """The best hits of ``limit`` sections at most, best first: what the archive has instead of an answer."""
    found: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        leaf = hit.passage.section_path[-1] if hit.passage.section_path else ""
        found.setdefault((hit.document.id, leaf), hit)
    return tuple(found.values())[:limit]


def _glue(before: str, after: str) -> str:
    if not before or not after:
        return ""
    # A numbered line is a heading, unless sentences follow in it: then it is a paragraph like any other.
    is_heading = _ITEM.match(before) and not _SENTENCE_END.search(before)
    if before[-1] in _ENDS_PARAGRAPH or is_heading or _ITEM.match(after):
        return "\n"
    # Cells of a table's row are parted by tabs.
    if "\t" in before.strip() or "\t" in after.strip() or _SALUTATION.match(after):
        return "\n"
    return "" if max(before[-1], after[0]) >= _WIDE else " "
