"""Stretches of time, asked for by both ends (从几号到几号) and told by both (从3月10日起到6月17日).

The cross-encoder has hardly learned of them: to ten such questions it gave -3.3 to 0.5 for the words that
tell the stretch, which a reader sees at once.
"""

from __future__ import annotations

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text

TOLD = 0.5
"""The least logit for words that tell the stretch that is asked for."""

LEAST_COVERAGE = 0.15
"""Share of the question that the sentence must hold: one of another matter has stretches, too."""

_WHEN = r"(?:几[号日月]|哪一?天|什么时[候间]|啥时候?|何时)"
_HOUR = r"(?:几点|几时)"
_BY_DAY = lazy_pattern(
    rf"从?{_WHEN}[^,.;?]{{0,8}}[到至][^,.;?]{{0,2}}(?:{_WHEN}|几)|起止|起讫|[到至]{_WHEN}(?:为止|结束|截止|收尾)?\W*$"
)
_BY_HOUR = lazy_pattern(rf"{_HOUR}[^,.;?]{{0,8}}[到至][^,.;?]{{0,2}}(?:{_HOUR}|几)")

_NUMBER = r"(?:\d+|[零〇一二三四五六七八九十]+)"
_DAY = rf"(?:{_NUMBER}[月日号]|[上中下]旬|[月年][底初末])"
_DAYS = lazy_pattern(
    rf"{_DAY}[^,.;?]{{0,8}}(?:[到至\-—~]|延续)[^,.;?]{{0,6}}{_DAY}|{_DAY}开?[始起][^.;?]{{0,12}}{_DAY}"
)
_HOURS = lazy_pattern(
    rf"{_NUMBER}[点时][^,.;?]{{0,4}}[到至\-—~][^,.;?]{{0,6}}{_NUMBER}[点时]|\d:\d\d[到至\-—~]\d+:\d\d"
)


def tells_stretch(question: str, told: str) -> bool:
    """Whether a question asks for a stretch of time and some words tell one, in days or in hours as asked.

    Args:
        question: as asked.
        told: the sentence that answers best.
    """
    asked, said = search_text(question), search_text(told)
    if _BY_DAY.search(asked):
        return _DAYS.search(said) is not None
    return _BY_HOUR.search(asked) is not None and _HOURS.search(said) is not None
