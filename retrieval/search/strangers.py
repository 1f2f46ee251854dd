"""Names in a question that the archive does not have: another county, year or feast, somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from config.patterns import lazy_pattern
from retrieval.documents.people import SURNAME
from retrieval.documents.views import search_text
from retrieval.search.named import BEFORE_NAME, CALLED, Name, event_after
from retrieval.search.naming import LEVELS, Documents, Field, Names
from retrieval.search.naming_dates import find_times

SpokenOf = Callable[[str], Documents]
"""The documents one of whose passages holds a text."""

_SUFFIXED = lazy_pattern(
    r"(?P<name>[\u4e00-\u9fff]{2,3}?)(?P<suffix>省|自治区|市|自治州|县|区|旗)(?!长|委|政府|[域块段别间里场民容级])"
)
_NO_PLACE = lazy_pattern(
    r"^[全我本各该某哪几这那个每有]|[的是有和与在对讲说了个每各全]|居民|工业|开发|高新|商业|生活|警戒|隔离|风景"
    r"|旅游|度假|保护|禁.|危险|风险|作业|施工|重点|贫困|产.|农贸|批发|中心|办公|仓储|装置|服务|功能|安全|公共"
)
_COMMON = {
    "市": "城超股夜都县",
    "区": "社园景校厂林矿灾库山辖地片街禁郊罐城小老牧汛市县",
    "省": "外全",
    "县": "市全",
}
"""What stands before a suffix in words that are no places: 城市, 社区."""

_SAYS = lazy_pattern(
    r"(?:同志)?(?:在[^,.;?]{1,16}?)?(?:(?:对|就|关于|针对|围绕)[^,.;?]{1,16}?)?[都又是也还是就曾专门]*(?:怎么|怎样|咋|如何|有没有|没有|没)?"
    r"(?:讲|说|提|谈|要求|强调|指出|部署|批评|表扬|点名|交代|布置|安排)"
)
_GIVES_WORDS = lazy_pattern(
    r"[^,.;!?\n]{0,16}?(?:说|讲(?!台)|提(?!供|升|高|前)|谈|要求|强调|指出|指示|批示|部署|批评|表扬|点(?:了|过)|交代|叮嘱|嘱咐|告诉|问|讲过)"
    r"|[^.!?\n]{0,40}?(?:(?:说|道|讲)[:,]?[\"“]|(?:他|她|并|又|还)(?:要求|强调|指出|说|讲|提))"
)
_FULL_NAME = lazy_pattern(
    rf"{SURNAME}[\u4e00-\u9fff]{{1,2}}?(?=同志|在|讲|说|提|谈|要求|强调|指出|部署|怎|咋|都|对|就)"
)
_OFFICE_ENDS = "长记任理席"
"""How an office ends that stands before a name: 支队长, 书记, 主任, 经理, 主席."""
_OFFICES = (
    *("同志", "书记", "主任", "主席", "经理", "总经理", "董事长", "副"),
    *(f"{body}长" for body in "省市州县区镇乡局厅处科部院校所站队矿厂"),
)
"""What stands behind the name of a person."""
_FEAST = lazy_pattern(r"元旦|春节|元宵|清明|五一|劳动节|端午|中秋|国庆|两会")


def unknown_names(folded: str, found: Iterable[Name], names: Names, spoken_of: SpokenOf) -> Iterator[str]:
    """Persons with an office, times, and places with 市 or 县 that no document goes by and none speaks of.

    Args:
        folded: the question.
        found: the names in it.
        names: of the archive.
        spoken_of: the documents that speak of a text.
    """
    taken: list[tuple[int, int]] = []
    for name in found:
        if name.documents:
            taken.append((name.start, name.end))
        elif name.field in (Field.PERSON, Field.DATE) and not (
            _is_told(name, spoken_of) or _told_without_year(folded, name, names, spoken_of)
        ):
            yield name.text
    starts = (start for start in range(len(folded)) if BEFORE_NAME.search(folded[:start]))
    for match in filter(None, (_SUFFIXED.match(folded, start) for start in starts)):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        if not inside and not _is_common(match) and not spoken_of(match[0]):
            yield match[0]


def _is_told(name: Name, spoken_of: SpokenOf) -> bool:
    """Whether some speech speaks of a name; who asks for 5月2号 is told by one that says 5月2日."""
    if spoken_of(name.text):
        return True
    return name.field is Field.DATE and name.text.endswith("号") and bool(spoken_of(f"{name.text[:-1]}日"))


def _told_without_year(folded: str, name: Name, names: Names, spoken_of: SpokenOf) -> bool:
    """Whether a speech held soon after a day speaks of it: that leaves out the year (2月9日).

    Of a month this tells nothing: any speech says 5月.
    """
    if name.field is not Field.DATE or event_after(folded, name.end):
        return False
    time = next((found.time for found in find_times(name.text)), None)
    if time is None or not time.year or not time.day:
        return False
    said = spoken_of(f"{time.first}月{time.day}日")
    held = (names.times[at] for at in said)
    return any(own and own.year - time.year in (0, 1) and own.latest >= time.earliest for own in held)


def not_of(
    clashes: Iterable[tuple[tuple[Name, ...], Documents, Name]], names: Names, spoken_of: SpokenOf
) -> Iterator[str]:
    """云泽2025年: a time that none of the documents named is of, nor speaks of.

    Args:
        clashes: names that fit together, their documents, and a name that fits none of these.
        names: of the archive.
        spoken_of: the documents that speak of a text.
    """
    for together, documents, name in clashes:
        if name.field is not Field.DATE or spoken_of(name.text) & documents:
            continue
        year = next((found.time.year for found in find_times(name.text)), 0)  # 0: 去年
        years = {time.year for at in documents if (time := names.times[at]) is not None}
        # A speech speaks of the year before without naming it.
        if year and years and year + 1 not in years:
            yield f"{together[0].text}{name.text}"


def feasts_not_of(folded: str, together: Iterable[Name], spoken_of: SpokenOf) -> Iterator[str]:
    """周启明国庆节前的会议: a meeting before a feast that none of the documents named speaks of.

    Args:
        folded: the question.
        together: names that fit together.
        spoken_of: the documents that speak of a text.
    """
    # What a meeting was about may be the feast itself.
    names = [name for name in together if name.field is not Field.OCCASION]
    if not names:
        return
    documents = frozenset.intersection(*(name.documents for name in names))
    for found in _FEAST.finditer(folded):
        end = event_after(folded, found.end())
        if end and not spoken_of(found[0]) & documents:
            yield f"{names[0].text}{folded[found.start() : end]}"


def times_elsewhere(folded: str, quoted: Collection[str], said: str, names: Names) -> Iterator[str]:
    """The time in a question of whose year what is found for it is not; none of several years.

    A speech of the year after speaks of a year without naming it (去年), and so does one of the year before
    that speaks of the next (明年).

    Args:
        folded: the question.
        quoted: ids of the documents that would be quoted.
        said: what would be quoted, with its headers, folded.
        names: of the archive.
    """
    asked = [found for found in find_times(folded) if found.time.year]
    if len({found.time.year for found in asked}) != 1:
        return
    times = [names.times[names.positions[id_]] for id_ in quoted]
    if None in times:
        return
    year = asked[0].time.year
    spoken = {time.year for time in times if time}
    near = spoken & {year, year + 1} or (year - 1 in spoken and "明年" in said)
    if not near and all(told.time.year != year for told in find_times(said)):
        yield folded[asked[0].start : asked[0].end]


def places_elsewhere(
    named: Iterable[Name], quoted: Collection[str], said: str, names: Names
) -> Iterator[str]:
    """Places that a question names and that what is found for it is not of: what another county does.

    A document of a level above (the city of a county) speaks for them, and so may one that tells no level.

    Args:
        named: the names in the question.
        quoted: ids of the documents that would be quoted.
        said: what would be quoted, with its headers, folded.
        names: of the archive.
    """
    found = {names.positions[id_] for id_ in quoted}
    for name in named:
        if name.field is not Field.PLACE or found & name.documents or name.text[:2] in said:
            continue
        own = max((rank for at in name.documents if (rank := _rank(at, names)) is not None), default=None)
        ranks = [_rank(at, names) for at in found]
        if own is not None and all(rank is not None and rank >= own for rank in ranks):
            yield name.text


def speakers_elsewhere(
    folded: str, named: Iterable[Name], quoted: Collection[str], said: str, names: Names
) -> Iterator[str]:
    """Those whose words a question asks for (周启明说值班怎么排) where only others' would be quoted.

    Args:
        folded: the question.
        named: the names in it.
        quoted: ids of the documents that would be quoted.
        said: what would be quoted, with its headers, folded.
        names: of the archive.
    """
    found = {names.positions[id_] for id_ in quoted}
    for name in named:
        others = name.field is Field.PERSON and name.speaker and not found & name.documents
        if others and search_text(name.speaker) not in said and _SAYS.match(folded, name.end):
            yield name.text


def words_asked(folded: str, found: Collection[Name], spoken_of: SpokenOf) -> Iterator[str]:
    """Persons that no document is by, and whose words a question asks for all the same (彭书记怎么要求的).

    Args:
        folded: the question.
        found: the names in it.
        spoken_of: the documents that speak of a text; somebody without an office must be a person there.
    """
    for name in found:
        if name.field is Field.PERSON and not name.documents and _SAYS.match(folded, name.end):
            yield name.text
    for full in _FULL_NAME.finditer(folded):
        apart = all(full.end() <= name.start or name.end <= full.start() for name in found)
        if apart and BEFORE_NAME.search(folded[: full.start()]) and _SAYS.match(folded, full.end()):
            shown = (*(end + full[0] for end in _OFFICE_ENDS), *(full[0] + office for office in _OFFICES))
            if any(map(spoken_of, shown)):
                yield full[0]


def gives_words_of(person: str, said: str) -> bool:
    """Whether a folded text gives the words of somebody who is called so, by name or office."""
    called = CALLED.match(person)
    name = called["surname"] + called["given"] if called and called["given"] else person
    places = re.finditer(re.escape(name), said)
    return any(_GIVES_WORDS.match(said, place.end()) for place in places)


def _rank(document: int, names: Names) -> int | None:
    """0 for 省 and so on downwards, the highest that a document tells; a company stands below all places."""
    order = (*LEVELS, "公司")
    return next((at for at, level in enumerate(order) if document in names.levels.get(level, ())), None)


def _is_common(match: re.Match[str]) -> bool:
    """Whether a word with a suffix of places is no place."""
    return match["name"][-1] in _COMMON.get(match["suffix"], "") or bool(_NO_PLACE.search(match["name"]))
