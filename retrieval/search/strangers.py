"""Names in a question that the archive does not have: another county, another year, somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from config.patterns import lazy_pattern
from retrieval.search.named import BEFORE_NAME, Name
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


def unknown_names(folded: str, found: Iterable[Name], spoken_of: SpokenOf) -> Iterator[str]:
    """Persons with an office, times, and places with 市 or 县 that no document goes by and none speaks of.

    Args:
        folded: the question.
        found: the names in it.
        spoken_of: the documents that speak of a text.
    """
    taken: list[tuple[int, int]] = []
    for name in found:
        if name.documents:
            taken.append((name.start, name.end))
        elif name.field in (Field.PERSON, Field.DATE) and not spoken_of(name.text):
            yield name.text
    starts = (start for start in range(len(folded)) if BEFORE_NAME.search(folded[:start]))
    for match in filter(None, (_SUFFIXED.match(folded, start) for start in starts)):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        if not inside and not _is_common(match) and not spoken_of(match[0]):
            yield match[0]


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
    found = {at for at, id_ in enumerate(names.documents) if id_ in quoted}
    for name in named:
        if name.field is not Field.PLACE or found & name.documents or name.text[:2] in said:
            continue
        own = max((rank for at in name.documents if (rank := _rank(at, names)) is not None), default=None)
        ranks = [_rank(at, names) for at in found]
        if own is not None and all(rank is not None and rank >= own for rank in ranks):
            yield name.text


def _rank(document: int, names: Names) -> int | None:
    """0 for 省 and so on downwards, the highest that a document tells; a company stands below all places."""
    order = (*LEVELS, "公司")
    return next((at for at, level in enumerate(order) if document in names.levels.get(level, ())), None)


def _is_common(match: re.Match[str]) -> bool:
    """Whether a word with a suffix of places is no place."""
    return match["name"][-1] in _COMMON.get(match["suffix"], "") or bool(_NO_PLACE.search(match["name"]))
