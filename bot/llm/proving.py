"""Which sentences of a model's draft the quotes prove, and why others fail. Pure: no model, no files."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.llm.aligning import WEIGHTY, is_proved
from bot.llm.folded import Folded, flat, fold, is_number, provable, sentences
from retrieval.documents.people import SURNAME, TITLE_ENDS

MOST_SENTENCES = 12
"""A short answer has no more; what follows fails unread."""

LONGEST_SENTENCE = 400
"""Characters, as long as the longest sentences of speeches."""

_MARK = r"\[[1-9][0-9]?\]"
_MARKS = re.compile(_MARK)
_AFTER_STOP = re.compile(
    # Possessive: with going back, a text of nothing but stops would take a second.
    rf"([。！？!?；;]++[”’」』）)》\"']*+)[ \u3000]*+((?:{_MARK}[ \u3000]*+)++)。?"
)
_EDGES = "。！？!?；;.…：:，,、 \u3000"
"""What a sentence is parted by from those beside it: with a colon it would stand over the next one."""
_LINK = re.compile(r"://|www\.|@|[a-z0-9-]\.[a-z]{2,}|(?<![a-z0-9])/[a-z0-9]", re.IGNORECASE)
"""What readers make a link of by themselves; the last is a command in Telegram."""
_MARKUP = frozenset("*#_`~<>|\\{}[]$^=【】［］〔〕")
_PLAIN = re.compile(
    r"[\u4e00-\u9fff\u3400-\u4dbf\u3007○A-Za-z0-9Ａ-Ｚａ-ｚ０-９ \u3000，。、；：！？“”‘’「」『』（）《》〈〉"
    r"—…·％,.;:!?()%/+\"'~-]"
)
_QUOTED = re.compile(r"“([^”]+)”|‘([^’]+)’|「([^」]+)」|『([^』]+)』|\"([^\"]+)\"")
_TITLED = re.compile(r"《([^》]+)》|〈([^〉]+)〉")
_NAMES = re.compile(
    rf"{TITLE_ENDS}{SURNAME}[\u4e00-\u9fff]{{1,2}}|"
    rf"[\u4e00-\u9fff]{{2}}(?:[局委办厅部院队站所省市县区镇乡村]|公司|集团|政府|中心|协会|同志|{TITLE_ENDS})"
)


class Fault(enum.StrEnum):
    """Why a sentence is not shown; a key of the request to repair it."""

    UNCITED = "uncited"
    NO_SUCH_QUOTE = "no_such_quote"
    MARKUP = "markup"
    NUMBER = "number"
    NAME = "name"
    PHRASE = "phrase"
    POLARITY = "polarity"
    UNCOVERED = "uncovered"
    REPEATED = "repeated"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of the draft: what may be shown of it, with its marks, or ("" and) why nothing may."""

    draft: str
    text: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The sentences of a draft, in order."""

    judged: tuple[Judged, ...]

    @property
    def proved(self) -> tuple[str, ...]:
        """What may be shown."""
        return tuple(one.text for one in self.judged if one.fault is None)

    @property
    def failed(self) -> tuple[Judged, ...]:
        """What may not."""
        return tuple(one for one in self.judged if one.fault is not None)

    @property
    def faults(self) -> dict[Fault, int]:
        """How many sentences failed by which fault."""
        return dict(Counter(one.fault for one in self.judged if one.fault is not None))


def prove(draft: str, quotes: Sequence[str]) -> Proof:
    """Judge each sentence of a draft by the quotes that it cites.

    A sentence is proved by one sentence of one of them; `bot.llm.aligning.is_proved` states the measure.
    Marks of quotes that do not prove it are taken away. Marks stand before or right after the stop.

    Args:
        draft: what a model wrote; anything at all.
        quotes: as text for reading, without line breaks inside a sentence; ``[n]`` cites ``quotes[n - 1]``.
    """
    folded = [[fold(one) for one in provable(quote)] for quote in quotes]
    judged: list[Judged] = []
    seen: set[str] = set()
    for number, sentence in enumerate(sentences(_AFTER_STOP.sub(_mark_first, draft))):
        if number >= MOST_SENTENCES:
            judged.append(Judged(sentence, fault=Fault.TOO_LONG))
            break
        one = _judged(sentence, quotes, folded)
        if one.text in seen and one.fault is None:
            one = Judged(sentence, fault=Fault.REPEATED)
        seen.add(one.text)
        judged.append(one)
    return Proof(tuple(judged))


def _mark_first(found: re.Match[str]) -> str:
    return re.sub(r"\s", "", found[2]) + found[1]


def _judged(sentence: str, quotes: Sequence[str], folded: Sequence[Sequence[Folded]]) -> Judged:
    if len(sentence) > LONGEST_SENTENCE:
        return Judged(sentence, fault=Fault.TOO_LONG)
    numbers = list(dict.fromkeys(int(mark[0][1:-1]) for mark in _MARKS.finditer(sentence)))
    bare = _MARKS.sub("", sentence).strip()
    if not numbers:
        return Judged(sentence, fault=Fault.UNCITED)
    if max(numbers) > len(quotes):
        return Judged(sentence, fault=Fault.NO_SUCH_QUOTE)
    cited = "".join(quotes[number - 1] for number in numbers)
    if not _is_plain(bare, cited):
        return Judged(sentence, fault=Fault.MARKUP)
    said = fold(bare)
    proving = [n for n in numbers if any(is_proved(said, source) for source in folded[n - 1])]
    proving = [n for n in proving if _has_phrases(bare, quotes[n - 1])]
    if not proving:
        return Judged(sentence, fault=_fault(bare, said, cited))
    marks = "".join(f"[{number}]" for number in proving)
    return Judged(sentence, f"{bare.strip(_EDGES)}{marks}{'？' if said.asks else '。'}")


def _is_plain(bare: str, cited: str) -> bool:
    """Whether a sentence is running text: no link, markup or leftover mark, no character in disguise."""
    if _LINK.search(unicodedata.normalize("NFKC", bare)) or bare.startswith(("-", "+", "·", "—")):
        return False
    return all(
        char not in _MARKUP
        and (bool(_PLAIN.match(char)) or (char in cited and unicodedata.category(char)[0] != "C"))
        for char in bare
    )


def _has_phrases(bare: str, quote: str) -> bool:
    """Whether what stands in quotation or title marks stands in such marks in the quote, too."""
    return all(_marked(bare, marks) <= _marked(quote, marks) for marks in (_QUOTED, _TITLED))


def _marked(text: str, marks: re.Pattern[str]) -> set[str]:
    return {flat(next(filter(None, found.groups()))) for found in marks.finditer(text)}


def _fault(bare: str, said: Folded, cited: str) -> Fault:
    """The likeliest reason, for the request to repair it; the sentence has failed already."""
    held, words = flat(cited), set(fold(cited).words)
    if any(is_number(word) and word not in words for word in said.words):
        return Fault.NUMBER
    if not _has_phrases(bare, cited):
        return Fault.PHRASE
    spoken = "".join(said.words)
    if any(name[0] not in held for name in _NAMES.finditer(spoken)):
        return Fault.NAME
    if any(turn[0] not in held for turn in WEIGHTY.finditer(spoken)):
        return Fault.POLARITY
    return Fault.UNCOVERED
