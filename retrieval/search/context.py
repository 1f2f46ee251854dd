"""Follow-up questions: does this question lean on the one before, and on what exactly.

Offline and by form: a question leans on the last one when it opens or closes like a follow-up (那…, …呢,
还有…), points back (他, 这个, 其), or has next to no topic of its own (谁负责, 具体怎么做). Otherwise it
stands alone, except that documents just quoted get a small preference.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.documents.views import search_text
from retrieval.search.glossary import Glossary

BARE_TOPIC = 2
"""A question whose topic has at most this many characters says too little alone (谁负责: 负责)."""

SHORT_TOPIC = 12
"""A topic of at most this many characters may lean on the one before; longer ones rarely do."""

CHAIN = 4
"""Most earlier questions that a follow-up is searched with: the one that stands alone, and the nearest."""

_OPENING = re.compile(
    r"^(?:那么|那|还有|另外|然后|再(?!生)|其中|要是|万一|具体|详细|继续|接着|下一|上一|最后一"
    r"|第[一二三四五六七八九十\d]+[点条个项步批])"
)
_CLOSING = re.compile(r"呢[?!.]*$")
_ASKING = re.compile(r"怎|咋|什么|啥|谁|哪|多少|多久|多长|几|何|是不是|能不能|有没有|要不要|是否")
"""With one of these 呢 only softens a question (过年炮仗怎么管呢); without, the question before is asked of
something else (值班呢)."""
_POINTING = re.compile(
    r"他们|她们|它们|(?<![其吉])他(?!人)|她|它|这个|那个|这些|那些|这事|那事|这块|上面|前面|刚才"
)


class Leaning(enum.Enum):
    """How much a question leans on the one before."""

    NONE = "none"
    SLIGHT = "slight"
    STRONG = "strong"

    @property
    def strength(self) -> float:
        """How much the documents of the turn before are preferred. Most where nothing else is added."""
        return {Leaning.NONE: 0.3, Leaning.SLIGHT: 1.5, Leaning.STRONG: 1.0}[self]


@dataclass(frozen=True, slots=True)
class Context:
    """What to add to a question.

    Attributes:
        leaning: how much it leans on the one before.
        questions: earlier questions to search with, nearest first; () unless it leans strongly:
            words of another subject must not answer a question that may have left it.
        documents: ids of documents quoted or found first in the turn before.
    """

    leaning: Leaning = Leaning.NONE
    questions: tuple[str, ...] = ()
    documents: frozenset[str] = frozenset()


def leaning_of(question: str, glossary: Glossary) -> Leaning:
    """How much a question leans on the one before, by its form."""
    folded = search_text(question)
    topic = "".join(glossary.topic(question))
    if len(topic) <= BARE_TOPIC or _OPENING.search(folded):
        return Leaning.STRONG
    if _CLOSING.search(folded) and not _ASKING.search(folded):
        return Leaning.STRONG
    if _POINTING.search(folded):
        return Leaning.STRONG
    return Leaning.SLIGHT if len(topic) <= SHORT_TOPIC else Leaning.NONE


def in_context(question: str, earlier: Sequence[tuple[str, frozenset[str]]], glossary: Glossary) -> Context:
    """What the turns before add to a question.

    Args:
        question: the one that is asked now.
        earlier: the questions before it, oldest first, each with the ids of the documents it found.
        glossary: knows the words that only ask.

    Returns:
        With earlier questions back to the last one that stands alone, nearest first, if this one leans
        strongly; of a long chain its beginning and its end.
    """
    if not earlier:
        return Context()
    leaning = leaning_of(question, glossary)
    documents = earlier[-1][1]
    if leaning is not Leaning.STRONG:
        return Context(leaning, (), documents)
    found: list[str] = []
    for before, _ in reversed(earlier):
        found.append(before)
        if leaning_of(before, glossary) is not Leaning.STRONG:
            break
    return Context(leaning, (*found[: CHAIN - 1], *found[CHAIN - 1 :][-1:]), documents)
