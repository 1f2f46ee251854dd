"""Citations on the screen: which document, which section, which place; and hits with their best words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from rich.text import Text

from config.patterns import lazy_pattern
from retrieval.cli.screen import ACCENT, FAINT, FOUND, MARK, STRONG, Screen, styled
from retrieval.cli.state import State
from retrieval.cli.terminal import columns, one_line
from retrieval.documents.masks import find_bold
from retrieval.documents.types import Span
from retrieval.readers.formats import is_recognised
from retrieval.search.compose import is_title, join_lines
from retrieval.types import DocumentInfo, Hit, Quote, Sentence

SECTION_SIGN = " › "
_SHOWN_CHARACTERS = 140  # of a hit: two or three lines tell whether it is worth opening
_WORD = lazy_pattern(r"[A-Za-z0-9]{2,}")


def place(path: str, span: Span) -> str:
    """A place as ``anjiang show`` takes it."""
    return f"{path}:{span.start}-{span.end}"


def title_of(document: DocumentInfo) -> str:
    """The title in its marks, or the file's name where the document has none."""
    title = one_line(document.title)
    return f"《{title.strip('《》')}》" if title else PurePosixPath(document.path).name


def byline_of(document: DocumentInfo) -> str:
    """Speaker and role, date, and the occasion where the title does not name it already."""
    who = " ".join(filter(None, (document.speaker, document.role)))
    occasion = document.occasion or ""
    if occasion in document.title:
        occasion = ""
    return " · ".join(filter(None, (who, document.date, occasion)))


def show_sources(screen: Screen, state: State, quotes: Sequence[Quote], first: int = 1) -> None:
    """Where quotes, numbered from ``first``, stand: each document once, under it a line for each quote."""
    label = len(f"[{first + len(quotes) - 1}] ")
    shown: dict[str, list[tuple[int, Quote]]] = {}
    for number, quote in enumerate(quotes, first):
        shown.setdefault(quote.document.id, []).append((number, quote))
    for cited in shown.values():
        _show_document(screen, cited[0][1].document)
        for number, quote in cited:
            lead = f"[{number}]".ljust(label)
            _show_pair(screen, lead, _section_of(quote, state), _where(quote))


def show_listed(screen: Screen, quotes: Sequence[Quote]) -> None:
    """Speeches that quotes tell of by lines of their heads, each with its byline and their places."""
    width = len(f"[{len(quotes)}]")
    shown: dict[str, list[tuple[int, Quote]]] = {}
    for number, quote in enumerate(quotes, 1):
        shown.setdefault(quote.document.id, []).append((number, quote))
    for cited in shown.values():
        for number, quote in cited:
            screen.quote(quoted_words(screen, quote.text), f"[{number}]".ljust(width))
        document = cited[0][1].document
        title = "" if is_title(cited[0][1]) else title_of(document)
        byline = " · ".join(filter(None, (title, byline_of(document))))
        places = " ".join(_where(quote) for _, quote in cited)
        _show_pair(screen, " " * (width + 1), byline, places, FAINT)


def show_hit(screen: Screen, state: State, rank: int, hit: Hit, question: str) -> None:
    """One hit: where it stands, its words nearest to the question, its place."""
    passage, document = hit.passage, hit.document
    lead = f"{rank}.".ljust(4)
    section = SECTION_SIGN.join(passage.section_path) or title_of(document)
    screen.block(styled((section, STRONG)), (lead, MARK))
    indent = " " * len(lead)
    about = title_of(document) if passage.section_path else ""
    _show_pair(screen, indent, about, byline_of(document), FAINT)
    screen.quote(best_words(passage.sentences, question), " " * (len(lead) - 1))
    spans = passage.spans
    facts = [place(document.path, Span(spans[0].start, spans[-1].end)), f"{hit.score:.2f}"]
    if is_recognised(document.reader):
        facts.append(state.text("cli.recognised"))
    if passage.speaker and passage.speaker != document.speaker:
        facts.insert(0, passage.speaker)
    if hit.places:
        facts.append(state.text("cli.same_elsewhere", count=len(hit.places)))
    screen.block(styled((" · ".join(facts), FAINT)), indent)


def best_words(sentences: Sequence[Sentence], question: str) -> Text:
    """The sentences nearest to the question, what they share with it marked, cut to a few lines."""
    asked = _grams(question)
    scores = [len(_grams(sentence.text) & asked) for sentence in sentences]
    at = max(range(len(sentences)), key=lambda index: (scores[index], -index), default=0)
    text = join_lines("".join(sentence.text for sentence in sentences[at:])).replace("\n", " ")
    cut = text[:_SHOWN_CHARACTERS] + ("…" if len(text) > _SHOWN_CHARACTERS else "")
    shown = styled(("…" if at else "") + cut)
    for gram in asked:
        for found in re.finditer(re.escape(gram), shown.plain, re.IGNORECASE):
            shown.stylize(FOUND, *found.span())
    return shown


def _grams(text: str) -> set[str]:
    """Two neighbouring wide characters, or a word of two letters and more."""
    wide = {a + b for a, b in pairwise(text) if _is_wide(a) and _is_wide(b)}
    return wide | {word.lower() for word in _WORD.findall(text)}


def _is_wide(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _where(quote: Quote) -> str:
    """The place of a quote for `anjiang show`, and as people name it."""
    return " ".join(filter(None, (place(quote.document.path, quote.span), quote.located)))


def _section_of(quote: Quote, state: State) -> str:
    section = SECTION_SIGN.join(quote.section_path)
    speaker = quote.speaker if quote.speaker != (quote.document.speaker or "") else ""
    quoted = state.text("answer.quoting", names=quote.quoted_speaker) if quote.quoted_speaker else ""
    return " ".join(filter(None, (f"{speaker}：" if speaker else "", section, quoted)))


def _show_document(screen: Screen, document: DocumentInfo) -> None:
    _show_pair(screen, "", title_of(document), byline_of(document))


def _show_pair(screen: Screen, lead: str, main: str, beside: str, style: str = "") -> None:
    """Two texts in one line if they fit, else the second one below, never broken in the middle."""
    taken = columns(lead) + columns(main) + 2 + columns(beside)
    if not main or not beside or screen.width is None or taken <= screen.width:
        gap = "  " if main and beside else ""
        screen.block(styled((main, style), gap, (beside, FAINT)), (lead, MARK))
    else:
        screen.block(styled((main, style)), (lead, MARK))
        screen.block(styled((beside, FAINT)), " " * (columns(lead) or 2))


def quoted_words(screen: Screen, text: str) -> Text:
    """The words of a quote for reading; on a terminal what stands between bold marks is bold."""
    words = join_lines(text)
    if not screen.is_terminal:
        return styled(words)
    parts: list[tuple[str, str]] = []
    start = 0
    for line in words.splitlines(keepends=True):
        at, end = start, start + len(line)
        for run in find_bold(words, start, start + len(line.rstrip("\n"))):
            parts += [(words[at : run.start], ""), (words[run.start + 2 : run.end - 2], STRONG)]
            at = run.end
        parts.append((words[at:end], ""))
        start = end
    return styled(*parts)


def show_near(screen: Screen, state: State, quotes: Sequence[Quote]) -> None:
    """Words that are no answer, each with where it stands, without numbers to cite them by."""
    for quote in quotes:
        screen.quote(quoted_words(screen, quote.text), "·", FAINT)
        _show_pair(screen, "  ", title_of(quote.document), byline_of(quote.document), FAINT)
        _show_pair(screen, "  ", _section_of(quote, state), _where(quote), FAINT)


def show_topics(screen: Screen, hits: Iterable[Hit]) -> None:
    """What lies near a question that has no answer."""
    for hit in hits:
        section = SECTION_SIGN.join(hit.passage.section_path)
        title, byline = title_of(hit.document), byline_of(hit.document)
        if section:
            screen.block(styled(section), ("· ", ACCENT))
            _show_pair(screen, "  ", title, byline)
        else:
            _show_pair(screen, "· ", title, byline)
