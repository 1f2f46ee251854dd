"""What each document of an archive can be called by: its places, people, offices, dates, occasion, file.

Everything is taken from the archive's own metadata; there is no list of places or people. Built once a
generation; look-ups are by dictionary, so that 10,000 documents cost no more than twelve.
"""

from __future__ import annotations

import enum
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from config.patterns import lazy_pattern
from embeddings.types import IntArray
from retrieval.documents import titles
from retrieval.documents.bulk_views import folded_texts
from retrieval.documents.people import TITLE_ENDS
from retrieval.documents.views import search_text
from retrieval.index.bulk_tokens import MOST_TEXTS, tokenize_all
from retrieval.search.naming_dates import Time, read_time
from retrieval.search.relative_dates import Days
from retrieval.types import DocumentInfo

Documents = frozenset[int]
"""Positions in the list of documents that the names were built from."""

SHORTEST_FILE = 4
"""Characters of a file's name from which it is looked for in questions."""

LEVELS = "省市县区镇乡"
_LEVEL = lazy_pattern(
    rf"全(?P<all>[{LEVELS}])|(?P<office>[{LEVELS}])(?:长|委(?!托|派)|人民政府|政府)|(?P<company>公司|集团|厂长|董事长|总经理|总裁)"
)
_SUFFIX = lazy_pattern(r"省|自治区|市|自治州|州|地区|盟|县|区|旗|镇|乡")
_COMPANY = lazy_pattern(
    r"(?P<name>[\u4e00-\u9fffa-z0-9]{2,20}?)(?:集团|(?:股份)?(?:有限)?(?:责任)?公司|厂|矿)"
)
_HEADED = lazy_pattern(r"(?P<name>[\u4e00-\u9fffa-z0-9]{3,12}?)(?=(?:董事长|总经理|厂长|总裁))")
"""恒岳钢铁董事长: a company without its kind, by who heads it."""
_OFFICE = lazy_pattern(rf"副?(?P<office>{TITLE_ENDS})$")
_NUMBER = lazy_pattern(r"第?\s*([〇零一二三四五六七八九十百\d]+)\s*期")


class Field(enum.StrEnum):
    """By what a document is called; the surest kinds first."""

    FILE = "file"
    PERSON = "person"
    PLACE = "place"
    ORGAN = "organ"
    SERIES = "series"
    DATE = "date"
    OCCASION = "occasion"
    OFFICE = "office"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody whose words a document gives; "" for what is not known."""

    document: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an archive's documents, folded for search.

    Attributes:
        documents: ids, in the order that positions count.
        positions: where each id stands among them.
        exact: documents by field by name, of names that are looked for as they are.
        lengths: characters of those that begin with a character, the longest first, by that character.
        speakers: by the office that ends their role; under "" those whose role is not told.
        levels: documents by level: 省, 市, 县, 区, 镇, 乡, and 公司.
        times: when each document was spoken; None where it does not say.
        by_month: documents by each year and month of their time.
        words: documents, ascending, by pair of characters of their title, occasion, role, series and path.
    """

    documents: tuple[str, ...]
    positions: Mapping[str, int]
    exact: Mapping[str, Mapping[Field, Documents]]
    lengths: Mapping[str, Sequence[int]]
    speakers: Mapping[str, tuple[Speaker, ...]]
    levels: Mapping[str, Documents]
    times: tuple[Time | None, ...]
    by_month: Mapping[tuple[int, int], Sequence[int]]
    words: Mapping[str, IntArray]

    def at(self, question: str, start: int) -> Iterator[tuple[str, Field, Documents]]:
        """The longest exact name that starts there, once for each field; nothing where none does."""
        for length in self.lengths.get(question[start], ()):
            text = question[start : start + length]
            found = self.exact.get(text) if len(text) == length else None
            if found:
                for field, documents in found.items():
                    yield text, field, documents
                return

    def spoken_by(self, name: str) -> Documents:
        """The documents in which somebody of this name, folded, speaks."""
        return self.exact.get(name, {}).get(Field.PERSON, frozenset())

    def spoken_at(self, time: Time | Days) -> Documents:
        """The documents of a time; where some tell its month, those that tell only a period are left out."""
        if isinstance(time, Days):
            return frozenset(at for at, own in enumerate(self.times) if own and time.holds(own))
        years = (time.year,) if time.year else {year for year, _ in self.by_month}
        months = range(time.first, time.last + 1)
        near = {at for year in years for month in months for at in self.by_month.get((year, month), ())}
        if time.day:  # years and months agree already
            near = {at for at in near if (own := self.times[at]) is not None and own.fits(time)}
        if time.first < time.last:
            return frozenset(near)
        exact = frozenset(at for at in near if (own := self.times[at]) is not None and own.first == own.last)
        return exact or frozenset(near)


def build_names(
    documents: Sequence[DocumentInfo],
    speakers: Iterable[Speaker] = (),
    spoken_of: Callable[[str], Documents] = lambda _: frozenset(),
) -> Names:
    """Collect the names of some documents.

    Args:
        documents: of one generation.
        speakers: those whose words stand inside a document besides its own speaker.
        spoken_of: the documents in whose words a text stands; decides whether the first two characters of a
            company's name tell it.
    """
    own = [Speaker(at, info.speaker or "", info.role or "") for at, info in enumerate(documents)]
    people = [*own, *(speaker for speaker in speakers if speaker.name != own[speaker.document].name)]
    holders = _by_office(people)
    exact = _exact(documents, people, holders, functools.cache(spoken_of))
    times = tuple(read_time(info.date or "") or read_time(info.title) for info in documents)
    return Names(
        documents=tuple(info.id for info in documents),
        positions={info.id: at for at, info in enumerate(documents)},
        exact=exact,
        lengths=_lengths(exact),
        speakers=holders,
        levels=_by_level(documents),
        times=times,
        by_month=_by_month(times),
        words=_pairs(documents),
    )


def _exact(
    documents: Sequence[DocumentInfo],
    people: Iterable[Speaker],
    holders: Mapping[str, Iterable[Speaker]],
    spoken_of: Callable[[str], Documents],
) -> dict[str, dict[Field, Documents]]:
    """Documents by field by name, in the order in which the kinds of names are added here."""
    found: dict[str, dict[Field, set[int]]] = defaultdict(lambda: defaultdict(set))
    folded = _folded(documents)
    for at, info in enumerate(documents):
        for name, field in _names_of(info, at, spoken_of, folded):
            found[name][field].add(at)
    for speaker in people:
        if len(speaker.name) > 1:
            found[search_text(speaker.name)][Field.PERSON].add(speaker.document)
    for office, speakers in holders.items():
        if office:
            found[office][Field.OFFICE] |= {speaker.document for speaker in speakers}
    return {name: {field: frozenset(at) for field, at in fields.items()} for name, fields in found.items()}


def _lengths(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for name in names:
        if len(name) > 1:
            found[name[0]].add(len(name))
    return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}


def _folded(documents: Sequence[DocumentInfo]) -> Mapping[str, str]:
    """What is told of all documents, folded for search: one by one it took a third of all here."""
    told = ((info.title, info.organ, info.role, info.place, info.series, info.occasion) for info in documents)
    texts = {text for each in told for text in each}
    names = {name for info in documents for name in (_name(info.path), _stem(info.path))}
    wanted = [text for text in texts | names if text]
    return dict(zip(wanted, folded_texts(wanted), strict=True)) | {"": ""}


def _names_of(
    info: DocumentInfo, at: int, spoken_of: Callable[[str], Documents], folded: Mapping[str, str]
) -> Iterator[tuple[str, Field]]:
    stem, title = folded[_stem(info.path)], folded[info.title]
    organ, role, occasion = (folded[text or ""] for text in (info.organ, info.role, info.occasion))
    if len(stem) >= SHORTEST_FILE:
        yield stem, Field.FILE
        yield folded[_name(info.path)], Field.FILE
    if len(info.title) >= SHORTEST_FILE:
        yield title, Field.FILE
    # A headline may tell no place, and its meeting does.
    texts = [text for text in (title, organ, role, stem, occasion) if text]
    for place in {folded[info.place or ""], *map(_place, texts)} - {""}:
        yield place, Field.PLACE
        for text in texts:
            at_end = text.find(place) + len(place)
            suffix = _SUFFIX.match(text, at_end) if at_end >= len(place) else None
            if suffix:
                yield place + suffix[0], Field.PLACE
    for text in (organ, role):
        company = _COMPANY.match(text) or _HEADED.match(text)
        if company:
            yield company[0], Field.ORGAN
            yield company["name"], Field.ORGAN
            # The two characters that a company is called by, where nobody else's words hold them.
            if spoken_of(company["name"][:2]) <= {at}:
                yield company["name"][:2], Field.ORGAN
    if info.series:
        series = folded[info.series]
        yield series, Field.SERIES
        number = _NUMBER.search(series)
        if number:
            yield number[0], Field.SERIES
            if number.start() >= 2:
                yield series[: number.start()], Field.SERIES


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    """As `PurePosixPath.stem`, which takes ten times as long for thousands of documents."""
    name = _name(path)
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


@functools.lru_cache(4096)
def _place(text: str) -> str:
    found = titles.place_in(text)
    return found.text if found else ""


def _levels(info: DocumentInfo) -> set[str]:
    """From the first of occasion, title, role and organ that tells it."""
    for text in (info.occasion, info.title, info.role, info.organ):
        found = {match["all"] or match["office"] or "公司" for match in _LEVEL.finditer(text or "")}
        if info.place and text:
            found |= {level for level in LEVELS if f"{info.place}{level}" in text}
        if found:
            return found
    return set()


@functools.lru_cache(4096)
def _offices(role: str) -> Set[str]:
    """What the holder of a role is called: 区委副书记、区长 gives 书记, 副书记, 区委副书记 and 区长."""
    found: set[str] = set()
    for part in re.split(r"[、,，]", search_text(role)):
        office = _OFFICE.search(part)
        if not office:
            continue
        found |= {office["office"], office[0]}
        of = part[max(0, office.start() - 2) : office.start()]
        if of[1:] == "委" and of[0] in f"{LEVELS}党":
            found.add(of + office[0])
    return found


def _by_office(people: Iterable[Speaker]) -> dict[str, tuple[Speaker, ...]]:
    found: dict[str, list[Speaker]] = defaultdict(list)
    for speaker in people:
        for office in _offices(speaker.role) or ({""} if speaker.name else ()):
            found[office].append(speaker)
    return {office: tuple(holders) for office, holders in found.items()}


def _by_level(documents: Iterable[DocumentInfo]) -> dict[str, Documents]:
    found: dict[str, set[int]] = defaultdict(set)
    for at, info in enumerate(documents):
        for level in _levels(info):
            found[level].add(at)
    return {level: frozenset(at) for level, at in found.items()}


def _by_month(times: Iterable[Time | None]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, time in enumerate(times):
        for month in range(time.first, time.last + 1) if time else ():
            found[time.year if time else 0, month].append(at)
    return dict(found)


def _pairs(documents: Sequence[DocumentInfo]) -> dict[str, IntArray]:
    found: dict[str, list[IntArray]] = defaultdict(list)
    for start in range(0, len(documents), MOST_TEXTS):
        read = tokenize_all([_told(info) for info in documents[start : start + MOST_TEXTS]])
        # Rows of a term ascend. np.unique would load numpy.ma, a fiftieth of a first answer.
        is_new = np.diff(read.texts, prepend=-1) != 0
        ends = np.cumsum(read.sizes)
        is_new[ends[:-1]] = True
        rows = read.texts[is_new].astype(np.int64) + start
        kept = np.cumsum(is_new)[ends - 1].tolist()
        for term, first, last in zip(read.terms, [0, *kept], kept, strict=False):
            if len(term) > 1:
                found[term].append(rows[first:last])
    return {pair: rows[0] if len(rows) == 1 else np.concatenate(rows) for pair, rows in found.items()}


def _told(info: DocumentInfo) -> str:
    texts = (info.title, info.occasion, info.role, info.series, _stem(info.path))
    return "\n".join(text for text in texts if text)
