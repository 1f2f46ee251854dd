"""What a question asks for and the words found for it do not have.

Words on the subject that lack the one thing asked are the hardest to decline: they are near in meaning and
share most of the question's words. Two lacks show in the words themselves: no value of the kind asked for
(many people are spoken of, no telephone number), and a word of a question so short that each counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from config.patterns import lazy_pattern
from retrieval.documents.views import encoded_text, search_text
from retrieval.search.left_open import leaves_open
from retrieval.search.others import tells_another
from retrieval.search.outcomes import only_planned
from retrieval.search.untold import speaks_without_telling
from retrieval.search.value_kinds import KINDS, NUMBER, OF_NUMBER, VALUE_WORDS

SHORT_TOPIC = 6
"""A question of at most this many characters, words of asking left out, names things instead of telling of
them: what it names must be there. Longer ones are put in other words than the speech's."""

_COUNTED = lazy_pattern(
    # 几 is also said of some that are not counted (领几桶), so fewer words are taken for a measure behind it.
    r"(?:多少(?:个|万|千|百)?(公里|公顷|公斤|平方|毫米|厘米|[人名家件条支次项处户座台辆栋所套批艘架吨米级层克册班起瓶箱间])"
    r"|(?<![第好十哪那这了])几([台辆座栋艘吨米起瓶箱间]|公里))",
    needs="几少",
)
_SAME_COUNT = {
    "人": "(?:个|名|位)?[\u4e00-\u9fff]{0,3}人|名|位|个",
    "名": "名|人|位|个",
    "家": "[家个户处]",
    "处": "[处个座]",
    "座": "[座个处]",
    "次": "[次遍趟回]",
    "瓶": "[瓶只罐支]",
    "艘": "[艘船只条]",
    "台": "[台辆部架艘]",
    "辆": "[辆台部]",
    "起": "[起件次例]",
    "件": "[件起项]",
}
"""Measure words that count the same things."""

_MEMBERS = lazy_pattern(
    rf"(?P<number>{NUMBER}(?:[家处座名位人栋所户]|个(?=[乡镇村县区街单部企同人])))"
    r"[^，。；？,.;?]*?(?:叫什么|叫啥|姓什么|[有是]谁|[有是]哪|分别)",
    needs="个人位名处家座户所栋",
)
"""Members of a counted group of people, places or firms; points (四个不开) are told all over a text."""
_CLAUSES = lazy_pattern(r"[，。；：！？,.;:!?\n]")
_LISTS = lazy_pattern(r"、|分别|包括|依次|一[个是处家]|和")

_MARKS = lazy_pattern(r"[^\w.·:%℃-]+|[._·:-]+(?!\d)")
_ASKING = lazy_pattern(
    r"[怎咋啥谁哪吗几么]|如何|什么|多[少久长大远高深厚重宽快]|为何|何[时地人]|是否|能不能|有没有"
)
"""Not 要不要 and its like: 要不要戴安全帽 names what must be there, as keywords do."""


_RULES = (leaves_open, only_planned, tells_another, speaks_without_telling)
"""What lets words be near and tell nothing, whatever kind of value is asked for."""


def lacks_value(question: str, found: str) -> bool:
    """Whether a question asks for a value of a kind that the words found hold none of.

    Asked for a telephone number, no number of three digits; for how much money, no sum and nothing about who
    bears it; for how many kilometres, no number of kilometres. What is asked loosely (几家, 多少) is taken to
    be there.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    if any(rule(question, found) for rule in _RULES):
        return True
    asked = search_text(question)
    kinds = [kind for kind in KINDS if kind.asked.search(asked)]
    counted = _COUNTED.search(asked)
    told = search_text(found) if kinds or counted else ""
    if any(not kind.told.search(told) for kind in kinds) or _leaves_out_members(question, found):
        return True
    if counted is None:
        return False
    measure = counted[1] or counted[2]
    measure = _SAME_COUNT.get(measure, re.escape(measure))
    return not re.search(rf"{NUMBER}{OF_NUMBER}(?:{measure})", told)


def _leaves_out_members(question: str, found: str) -> bool:
    """Whether a question asks who some counted ones are (那七名干部都叫什么) and only their count is told.

    They would stand in the clause of the count or in one beside it.
    """
    # Not folded: that would make a comma of the mark between what is listed.
    members = _MEMBERS.search(encoded_text(question))
    if members is None:
        return False
    clauses = _CLAUSES.split(encoded_text(found))
    counted = [at for at, clause in enumerate(clauses) if members["number"] in clause]
    beside = ("".join(clauses[max(0, at - 1) : at + 2]) for at in counted)
    return bool(counted) and not any(map(_LISTS.search, beside))


def unsaid(
    question: str, topic: Sequence[str], expand: Callable[[str], Collection[str]], found: str
) -> float:
    """How much of a short question the words found do not say, in [0, 1]; 0 for a longer one.

    A character is said where a pair of characters of the question that holds it stands in the words found.
    A whole question (祭扫怎么疏导) may put what is done in other words, so of one only the lack of every word
    counts; a row of keywords (校车保险) names what must be there.

    Args:
        question: as asked.
        topic: the question without the words that only ask (`Glossary.topic`).
        expand: other words for a text (`Glossary.expand`): what is said in one of them is said.
        found: the passage that would be quoted, with its header.
    """
    topic = words_in(topic)
    if not asks(question):
        topic = _without_told_values(topic, search_text(found))
    length = sum(map(len, topic))
    if not 0 < length <= SHORT_TOPIC:
        return 0.0
    told = search_text(found)
    missing = sum(not is_said for piece in topic for is_said in _said(piece, expand, told))
    return missing / length if missing == length or not asks(question) else 0.0


def _without_told_values(topic: Sequence[str], told: str) -> list[str]:
    """Keywords less the word for a value that is told: who says 从1月26日开始 says no 时间 (春运时间)."""
    kept = []
    for piece in topic:
        value = next(
            (value for value in VALUE_WORDS if value.asked.search(piece) and value.told.search(told)), None
        )
        kept.append(value.asked.sub("", piece) if value else piece)
    return kept if any(kept) else list(topic)


def words_in(topic: Sequence[str]) -> list[str]:
    """The pieces of a topic without marks: 国庆,值班 as 国庆 and 值班."""
    return [word for piece in topic for word in _MARKS.split(piece) if word]


def asks(question: str) -> bool:
    """Whether a word of asking stands in a question; without one it is a row of keywords, or an order."""
    return _ASKING.search(search_text(question)) is not None


def share_said(topic: Sequence[str], expand: Callable[[str], Collection[str]], told: str) -> float:
    """How much of some words a folded text says, in these or in other words for them, in [0, 1].

    Args:
        topic: as with :func:`unsaid`; not empty.
        expand: the same.
        told: folded.
    """
    said = [is_said for piece in topic for is_said in _said(piece, expand, told)]
    return sum(said) / len(said)


def _said(piece: str, expand: Callable[[str], Collection[str]], told: str) -> list[bool]:
    """For each character whether it stands in a pair that was told, or in a word told otherwise."""
    said = [piece in told] * len(piece)
    for at, (one, other) in enumerate(pairwise(piece)):
        if one + other in told:
            said[at] = said[at + 1] = True
    # The shortest first: a longer stretch has other words because a word inside it has.
    for size in range(1, len(piece) + 1):
        for start in range(len(piece) - size + 1):
            inside = slice(start, start + size)
            if not any(said[inside]) and any(word in told for word in expand(piece[inside])):
                said[inside] = [True] * size
    return said
