"""第二篇讲了什么: a turn that points to a speech by its place among those that the last answer drew on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.followup import number_of
from retrieval.types import Quote

_NTH = lazy_pattern(
    r"(?:其中|上面|前面|刚才)?(?:的|那)?(?:第(?P<nth>[一二三四五六七八九十\d]{1,3})|最后(?:的|那)?一?)"
    r"(?:篇(?:讲话|文章|材料|发言)?|份(?:讲话|文件|材料|(?=[里中是呢讲说]|$))|个(?:讲话|(?:会议(?!室)|会(?!议)))|场(?:(?:会议(?!室)|会(?!议))))"
    r"(?:里面?|中|上)?的?"
)
_LEAD = lazy_pattern(r"^(?:那么?|请|再|帮我|给我|,)+|^(?:里面?|中|上|的|,)+|[呢啊呀,.?!]+$")
_WHOLE = "讲了什么"
"""What is asked of a speech that a turn names and says nothing of (第二篇呢)."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A speech that a turn points to.

    Attributes:
        document: its id.
        question: the turn without the words that point.
    """

    document: str
    question: str


def in_order(quotes: Iterable[Quote]) -> tuple[str, ...]:
    """The ids of the documents of some quotes, each once, in the order of the quotes."""
    return tuple(dict.fromkeys(quote.document.id for quote in quotes))


def pointed_speech(question: str, listed: Sequence[str]) -> Pointed | None:
    """The speech that a turn points to among some; None where it points to none of them.

    Args:
        question: as typed.
        listed: ids of the documents last listed, in their order; of fewer than two none is pointed to.
    """
    folded = search_text(question)
    found = _NTH.search(folded) if len(listed) > 1 else None
    if found is None:
        return None
    number = number_of(found["nth"]) if found["nth"] else len(listed)
    if not 0 < number <= len(listed):
        return None
    rest = _LEAD.sub("", folded[: found.start()] + folded[found.end() :])
    return Pointed(listed[number - 1], rest or _WHOLE)
