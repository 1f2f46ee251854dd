"""What a text says beside a formulation to explain it: after a colon, a dash or 即, in brackets, or before.

三管三必须 is a label; what it stands for is found in the texts themselves, not in a list of ours.
"""

from __future__ import annotations

import re

_CLOSING = "[”’」』》】\"']*"
_LINK = r"[^，,。；;：:！!？?、（()）“”\n]{0,6}?"
"""As in “三管三必须”的要求，即…: what may stand between the label and the sign of an explanation."""

_CUE = (
    r"(?:(?<![立随当旋])即(?![使将可便刻日时])|[也亦]?就是(?!要|在|为了|因为|由于)说?"
    r"|是指|指的是|内容是|意思是)"
)
_BRACKETS = re.compile(rf"{_CLOSING}{_LINK}[（(](?:{_CUE}[：:，,]?)?(?P<said>[^（）()\n]+)[）)]")
_AFTER = re.compile(rf"{_CLOSING}{_LINK}(?:[，,（(]?{_CUE}[：:，,]?|[：:]|—+|--)(?P<said>[^\n]+)")
_BEFORE = re.compile(
    r"(?P<said>[^\n]+?)(?:[，,（(]|—+)(?:以下)?"
    r"(?:即|[也亦]?就是|简称(?:为)?|统称(?:为)?|概括(?:起来)?(?:为|是|就是))[：:]?[“\"‘'「『《]?\Z"
)
_SAID_BEFORE = re.compile(
    r"(?:这|此|也|我们){0,2}(?:就是|就叫|即)(?:我们)?(?:[常讲说]|经常|强调){0,2}的?[：:]?[“\"‘'「『《]?"
)
_NOT_SAID = re.compile(r"(?:以下|下称|简称|详?见|附|参见|摘自|来源)")
_CLOSER = re.compile(r"[。！!；;，,、\s”’」』》】）)]+\Z")
_WORD = re.compile(r"\w")
_CHINESE = re.compile(r"[\u3400-\u9fff]")

SHORTEST = 4
"""An explanation has at least so many Chinese characters; fewer are a year, a number or a name."""


def find_explanation(
    text: str, start: int, end: int, sentence: tuple[int, int], before: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """Where the text explains ``text[start:end]``: a half-open range of ``text``, or None.

    What follows is preferred to what precedes (管行业必须管安全…，也就是“三管三必须”).

    Args:
        text: clean.
        start: where the formulation begins.
        end: where it ends.
        sentence: from where to where its sentence goes.
        before: the sentence before it in the same paragraph, which explains it where the formulation's own
            begins with 这就是.
    """
    sentence_start, sentence_end = sentence
    for pattern in (_BRACKETS, _AFTER):
        found = pattern.match(text, end, sentence_end)
        if found is not None and _explains(found["said"]):
            return _trimmed(text, *found.span("said"))
    found = _BEFORE.match(text, sentence_start, start)
    if found is not None and len(_WORD.findall(found["said"])) > end - start and _explains(found["said"]):
        return _trimmed(text, *found.span("said"))
    if before is not None and _SAID_BEFORE.fullmatch(text, sentence_start, start):
        return _trimmed(text, *before) if _explains(text[slice(*before)]) else None
    return None


def _explains(said: str) -> bool:
    return len(_CHINESE.findall(said)) >= SHORTEST and _NOT_SAID.match(said) is None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without white space before it, and without marks behind it unless they close what it opens."""
    said = text[start:end]
    start += len(said) - len(said.lstrip())
    closing = _CLOSER.search(text, start, end)
    return start, closing.start() if closing is not None else end
