"""What the name of a file and its folders tell where the text is silent.

The text always wins. Of the names the file's own comes first, then its folder, then the folder of that. What
is taken from them carries FILE_NAME or FOLDER, and no place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from retrieval.documents import shapes, titles
from retrieval.documents.dates import find_date
from retrieval.documents.name_parts import (
    NameParts,
    When,
    short_day,
    take_apart,
    without_short_day,
)
from retrieval.documents.named_people import Person, is_of_people, person_in, person_in_title
from retrieval.documents.types import Genre, Known, Metadata, Provenance

_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,5}$")
_SHORTEST_TITLE = 6
_LONGEST_OCCASION = 12  # of a folder that names a festival: 2024年国庆中秋假期前
_MEETING = (
    r"(?:会议|大会|推进会|调度会|部署会|动员会|座谈会|例会|现场会|视频会|总结会|约谈会|分析会|协调会|誓师会|研判会|"
    r"交流会|汇报会|警示教育会|扩大会|培训班|启动仪式|仪式|宣传活动|活动|短会|备汛会|保障会|会)"
)
_OF_MEETING = re.compile(
    rf"^在?(?P<name>.{{2,40}}?{_MEETING})(?:上|中|期间)?(?:的)?(?:{titles.SPEECHES})?(?:稿|记录|材料|纪要|提纲)?$"
)
_MEETING_END = re.compile(rf"{_MEETING}(?!议)")
_NO_MEETING = re.compile(
    r"(?:委员会|[\u4e00-\u9fff]委会|协会|学会|工会|联合会|商会|[董理监]事会|基金会|研究会|促进会|社会|工商联|机会|不会|"
    r"都会)$"
)
_SERIES = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,18}(?:通报|简报|专报|快报|通讯|内参))[（(〔\[]?(?:\d{4}年?)?[）)〕\]]?\s*"
    r"(?P<number>第\s*[\d〇零一二三四五六七八九十百]{1,5}\s*期)"
)
_ISSUE = re.compile(r"第\s*[\d〇零一二三四五六七八九十百]{1,5}\s*期")
_PLACE_FOLDER = re.compile(r"^[\u4e00-\u9fff]{2,4}(?:省|市|自治州|州|地区|盟|县|区|旗|镇|乡)$")
_MONTH_FOLDER = re.compile(r"^(?:0[1-9]|1[0-2])$")
_DAY_ONLY = re.compile(r"^(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]$")
# A half year or a quarter may also be the one that a meeting looks back on.
_LOOSE_PERIOD = re.compile(r"^(?P<year>\d{4})\s*年(?:度|[春夏秋冬]季|岁末年初|年初|年中|年末|年底)?$")


_UNTOLD, _NOBODY = When(), Person()


@dataclass(frozen=True, slots=True)
class _Told:
    """What one name tells; "" for what it does not."""

    where: Provenance
    when: When = _UNTOLD
    title: str = ""
    person: Person = _NOBODY
    occasion: str = ""
    organ: str = ""
    series: str = ""
    place: str = ""


def complete(metadata: Metadata, path: str) -> Metadata:
    """Metadata of a text with what its file's name and folders tell besides.

    Args:
        metadata: as read from the text.
        path: of the file, relative to the archive, with forward slashes.
    """
    told = _told_by(path)
    if not any(told):
        return metadata
    speaker, role = _person(metadata, told)
    return replace(
        metadata,
        title=_first(metadata.title, told, "title"),
        speaker=speaker,
        role=role,
        date=_date(metadata, told),
        occasion=_first(metadata.occasion, told, "occasion"),
        organ=_first(metadata.organ, told, "organ"),
        series=_first(metadata.series, told, "series"),
        place=_first(metadata.place, told, "place"),
    )


def _told_by(path: str) -> list[_Told]:
    """What the names tell, the file's own first."""
    *folders, file = PurePosixPath(path).parts or ("",)
    outer: list[NameParts] = []
    for folder in folders:
        parts = take_apart(_ENDING.sub("", folder))
        if _MONTH_FOLDER.match(folder) and outer and outer[-1].when.year and not outer[-1].when.month:
            parts = NameParts(when=When(month=int(folder)))
        outer.append(parts)
    of_people = any(map(is_of_people, folders))
    years = [parts.when.year for parts in reversed(outer) if parts.when.year]
    own = take_apart(_ENDING.sub("", file))
    if years and not own.when.year:
        day = short_day(own.words, years[0])
        own = replace(without_short_day(own), when=day) if day else own
    return [
        _told_by_file(own, of_people=of_people),
        *(_told_by_folder(parts, of_people=of_people) for parts in reversed(outer)),
    ]


def _told_by_file(parts: NameParts, *, of_people: bool) -> _Told:
    title = _title(parts)
    person = _person_of_file(parts, title, of_people=of_people)
    series = _SERIES.search(parts.words)
    occasion = _occasion(parts, title)
    place = titles.place_in(person.role) or titles.place_in(title) or titles.place_in(parts.words)
    return _Told(
        Provenance.FILE_NAME,
        when=parts.when,
        title=title,
        person=person,
        occasion=occasion,
        organ=next((piece for piece in parts.pieces if shapes.is_organ(piece)), ""),
        series=f"{series['name']} {series['number']}" if series else "",
        place=place.text if place else "",
    )


def _person_of_file(parts: NameParts, title: str, *, of_people: bool) -> Person:
    """The person of the title or of the other pieces; an office in one piece bears out a name in another."""
    first = person_in_title(title or parts.words)
    pieces = [part for piece in parts.pieces for part in _parted(piece)]
    found = [person_in(piece, borne_out=of_people) for piece in pieces]
    role = first.role or next((one.role for one in found if one.role), "")
    if role and not first.name:
        found = [person_in(piece, borne_out=True) for piece in pieces]
    return Person(first.name or next((one.name for one in found if one.name), ""), role)


def _told_by_folder(parts: NameParts, *, of_people: bool) -> _Told:
    """Of a folder only what is all of its name counts: a year, a person, a meeting or festival, a place."""
    person, occasion = Person(), ""
    if len(parts.pieces) <= 2:
        found = [person_in(piece, borne_out=of_people) for piece in parts.pieces]
        person = Person(
            next((p.name for p in found if p.name), ""), next((p.role for p in found if p.role), "")
        )
    if not person.name:
        meeting = next(filter(None, map(_meeting, parts.pieces)), "")
        festival = titles.festival_in(parts.words) if len(parts.words) <= _LONGEST_OCCASION else None
        occasion = meeting or (festival.text if festival else "")
    place = titles.place_in(parts.words) if _PLACE_FOLDER.match(parts.words) else None
    return _Told(
        Provenance.FOLDER,
        when=parts.when,
        person=person,
        occasion=occasion,
        place=place.text if place else "",
    )


def _title(parts: NameParts) -> str:
    """The words that a title could be, if a name has any."""
    whole = parts.words.strip("《》“”\"'")
    candidates = (whole, *parts.pieces) if len(parts.pieces) == 1 else parts.pieces
    best = ""
    for text in candidates:
        is_more = not any((person_in(text).name, person_in(text).role)) and len(text) > len(best)
        is_issue = _ISSUE.search(text) or shapes.is_series(text)
        if len(text) >= _SHORTEST_TITLE and is_more and not is_issue and shapes.is_title(text):
            best = text
    return best


def _occasion(parts: NameParts, title: str) -> str:
    named = titles.occasion_in_title(title)
    if named and not named.text.startswith(("关于", "围绕")):
        day = find_date(named.text)
        return named.text[day.end :] if day and day.start == 0 and day.day else named.text
    for piece in parts.pieces:
        meeting = next(filter(None, map(_meeting, _parted(piece))), "")
        if meeting:
            return meeting
    festival = titles.festival_in(parts.words)
    return festival.text if festival else ""


def _parted(piece: str) -> tuple[str, ...]:
    """A piece, or what is parted of one: 支队长某某某2022年11月21日|警示会, 集团2024安环会|董事长讲话."""
    day = find_date(piece)
    if day and day.day and _is_person(piece[: day.start]) and piece[day.end :]:
        return piece[: day.start], *_parted(piece[day.end :])
    for meeting in _MEETING_END.finditer(piece):
        before, behind = piece[: meeting.end()], piece[meeting.end() :].removeprefix("上")
        if _is_person(behind) and not _NO_MEETING.search(before) and not _is_person(before):
            return before, behind
    return (piece,)


def _is_person(words: str) -> bool:
    found = person_in(words)
    return bool(found.name or found.role)


def _meeting(piece: str) -> str:
    """The meeting that a piece names, without who speaks there; "" where it names none."""
    found = _OF_MEETING.match(piece)
    if not found or _NO_MEETING.search(found["name"]):
        return ""
    name = found["name"]
    before, at, behind = name.partition("在")
    if at and _is_person(before):
        name = behind
    return name if len(name) >= 4 else ""


def _first(own: Known, told: Sequence[_Told], name: str) -> Known:
    if own.text:
        return own
    for one in told:
        text = getattr(one, name)
        if text:
            return Known(text, one.where)
    return own


def _person(metadata: Metadata, told: Sequence[_Told]) -> tuple[Known, Known]:
    """Speaker and role; the office of one name never goes to the person of another."""
    speaker, role = metadata.speaker, metadata.role
    if metadata.genre is Genre.NEWS:
        return speaker, role  # whose words a report gives is told by the report
    if not speaker.text:
        # The file masks its speaker or names an office: a name found elsewhere may be somebody else's.
        one = next((one for one in told if one.person.name), None)
        if one and not _differs(role.text, one.person.role):
            speaker = Known(one.person.name, one.where)
            role = role if role.text or not one.person.role else Known(one.person.role, one.where)
    if not role.text:
        same = [one for one in told if one.person.role and one.person.name in ("", speaker.text)]
        role = Known(same[0].person.role, same[0].where) if same else role
    return speaker, role


def _differs(own: str, other: str) -> bool:
    """Whether two offices can't be one's: neither ends the other."""
    return bool(own and other) and not own.endswith(other) and not other.endswith(own)


def _date(metadata: Metadata, told: Sequence[_Told]) -> Known:
    when = told[0].when
    for one in told[1:]:
        when = when.joined(one.when)
    own = metadata.date
    if not when.year or (own.text and own.provenance is not Provenance.PERIOD):
        return own
    where = Provenance.FILE_NAME if told[0].when != When() else Provenance.FOLDER
    if own.text:
        return _refined(own, when, where)
    if when.text() == metadata.issued.text and metadata.genre is not Genre.SPEECH:
        return own  # the day of the paper, which the text tells
    return Known(when.text(), where)


def _refined(own: Known, when: When, where: Provenance) -> Known:
    """A year, a season or a day of the text, made whole by names that agree with it."""
    day = _DAY_ONLY.match(own.text)
    if day:
        whole = When(0, int(day["month"]), int(day["day"])).joined(When(when.year, when.month, when.day))
        return Known(whole.text(), where, own.span) if whole.year else own
    year = _LOOSE_PERIOD.match(own.text)
    if year and int(year["year"]) == when.year and when.month:
        return Known(when.text(), where, own.span)
    return own
