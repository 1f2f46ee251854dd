"""What a file says of itself, and whether two files contradict each other.

Silence contradicts nothing. When two files do not say the same, they are two speeches, however alike.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import astuple, dataclass, replace
from difflib import SequenceMatcher

from config.patterns import lazy_pattern
from retrieval.documents.types import Genre, Known, Metadata, Provenance
from retrieval.documents.views import search_text

SHORTEST_TITLE = 6
"""Characters of a title that says more than 讲话 or 发言提纲; a shorter one is silence."""

TITLE_ERRORS = 0.1
"""Share of a title's characters that may be misread."""

ISSUED_AFTER = 92
"""Days after a speech within which a paper or page with it comes out, as a rule."""

_SET_BEFORE = 31  # days that a paper may be dated before the speech: it is prepared

_YEAR = lazy_pattern(r"(?<!\d)((?:19|20)\d{2})(?=\D|$|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?(?!\d))")
_PARTS = lazy_pattern(
    r"(?:(?P<year>(?:19|20)\d{2})\s*年?)?[-\s]*"
    r"(?:(?P<month>\d{1,2})(?:\s*月|(?=-|$))[-\s]*(?:(?P<day>\d{1,2})\s*[日号]?)?)?"
)
_NUMERALS = lazy_pattern(r"[0-9〇零一二三四五六七八九十]+")
_MARK = lazy_pattern(r"[^\w]|_")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared, folded; "" where the file is silent.

    Attributes:
        title: of the text itself; what a file's properties give as title is often another's.
        date: year, month, day as far as known, joined by "-": "2024-01-13", "2024", "-01-13".
        issued: the same of the paper or page.
        years: in the names of file or folder, joined by " "; not stored, since files move.
    """

    title: str = ""
    speaker: str = ""
    role: str = ""
    date: str = ""
    issued: str = ""
    place: str = ""
    organ: str = ""
    series: str = ""
    genre: str = Genre.SPEECH.value
    years: str = ""

    def as_list(self) -> list[str]:
        """What is stored."""
        return list(astuple(self))[:-1]

    def at(self, path: str) -> Facts:
        """The same of a file with that path."""
        return replace(self, years=years_told(path))


def years_told(path: str) -> str:
    """The years that a file's name has, else the nearest folder's."""
    folder, _, name = path.replace("!", "/").rpartition("/")
    found = _YEAR.findall(name)
    return " ".join(sorted(set(found))) if found else _years_of_folder(folder)


def facts_of(metadata: Metadata) -> Facts:
    """What a document's metadata say."""
    title = metadata.title if metadata.title.provenance is Provenance.EXPLICIT else Known()
    return Facts(
        title=_folded(title.text),
        speaker=_folded(_said(metadata.speaker)),
        role=_folded(_said(metadata.role)),
        date=_date(_said(metadata.date)),
        issued=_date(_said(metadata.issued)),
        place=_folded(_said(metadata.place)),
        organ=_folded(_said(metadata.organ)),
        series=_folded(_said(metadata.series)),
        genre=metadata.genre.value,
    )


def _said(value: Known) -> str:
    """A value that the file itself gives.

    The names of folders tell how somebody filed it, and what a person corrected is wrong in the copies too.
    """
    is_own = value.provenance not in (Provenance.FILE_NAME, Provenance.FOLDER, Provenance.CORRECTED)
    return value.text if is_own else ""


def agree(one: Facts, other: Facts) -> bool:
    """Whether two files may be the same speech by what they say of themselves."""
    is_circular = Genre.CIRCULAR.value in (one.genre, other.genre)
    if is_circular and not (
        one.genre == other.genre and _fits(one.series, other.series) and _fits(one.organ, other.organ)
    ):
        return False  # a circular with its number is a paper of its own, whatever speech it carries
    is_same_person = bool(one.speaker) and one.speaker == other.speaker
    return (
        _fits(one.speaker, other.speaker)
        and (is_same_person or _fits(one.role, other.role))
        and _fits(one.place, other.place)
        and _same_title(one.title, other.title)
        and _same_time(one, other)
    )


def _folded(text: str) -> str:
    return _MARK.sub("", search_text(text))


def _fits(one: str, other: str) -> bool:
    return one in other or other in one


def _same_title(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORTEST_TITLE or _fits(one, other):
        return True
    if _NUMERALS.findall(one) != _NUMERALS.findall(other):
        return False
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    longer = max(len(one), len(other))
    return longer - sum(block.size for block in blocks) <= TITLE_ERRORS * longer


def _same_time(one: Facts, other: Facts) -> bool:
    if one.date and other.date:
        pairs = zip(one.date.split("-"), other.date.split("-"), strict=False)
        return all(mine == its or not mine or not its for mine, its in pairs)
    for given, printed in ((one.date, other.issued), (other.date, one.issued)):
        if given and printed and not _came_out(given, printed):
            return False
    if not one.date and not other.date and one.issued and other.issued:
        return _is_near(one.issued, other.issued)
    mine, its = ({*facts.years.split()} if not facts.date[:4] else {facts.date[:4]} for facts in (one, other))
    return not mine or not its or not mine.isdisjoint(its)


def _came_out(given: str, printed: str) -> bool:
    """Whether a paper of one date may carry a speech of another."""
    day, its_day = _day(given), _day(printed)
    if day and its_day:
        return -_SET_BEFORE <= (its_day - day).days <= ISSUED_AFTER
    if not given[:4].isdigit() or not printed[:4].isdigit():
        return True
    return int(given[:4]) <= int(printed[:4]) <= int(given[:4]) + 1


def _is_near(one: str, other: str) -> bool:
    """Whether papers of two dates may carry one speech."""
    day, its_day = _day(one), _day(other)
    if day and its_day:
        return abs((its_day - day).days) <= ISSUED_AFTER
    return one[:4] == other[:4]


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if len(text) == len("2024-01-13") else None
    except ValueError:
        return None


def _date(text: str) -> str:
    """Year, month and day of a date as metadata have it; a period gives its year."""
    found = _PARTS.match(text)
    year, month, day = found.groups() if found else (None, None, None)
    if not year and not month:
        return ""
    parts = [year or "", f"{int(month):02d}" if month else "", f"{int(day):02d}" if day else ""]
    return "-".join(parts).rstrip("-")


@functools.lru_cache(4096)
def _years_of_folder(path: str) -> str:
    """Of the folder that thousands of files lie in."""
    return years_told(path) if path else ""
