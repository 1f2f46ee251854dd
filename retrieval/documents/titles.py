"""What a title says: who spoke, in which office, on which occasion, where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents import shapes

_WHO = lazy_pattern(r"^(?P<who>[^，。；]{0,44}?)\s*[:：]?\s*(?:于\d[^在]{0,16})?在(?P<where>.{2,80})$")
SPEECHES = (
    r"(?:总结|动员|主持|开幕|闭幕|即席|即兴|重要|表态|书面|视频|主旨|辅导|专题|集体)?"
    r"(?:讲话|发言|致辞|致词|报告|汇报|点评|要求|主持词|寄语)(?:稿|提纲|要点|摘要|材料|精神)?"
)
"""What titles call a speech."""

_KIND = lazy_pattern(rf"(?:(?:上|中|时|期间)的?|的){SPEECHES}(?:\s*[（(][^（）()]{{1,24}}[）)])?$")
_PERSON = lazy_pattern(
    rf"^(?P<role>.*{shapes.ROLES})?\s*[、]?\s*(?P<name>{shapes.NAME})?\s*(?P<comrade>同志)?$"
)
# "周启明市长": a name of three characters with its office behind; of two, where no place is named so.
_CALLED = lazy_pattern(
    rf"^(?P<name>[\u4e00-\u9fff]{{3}}|[\u4e00-\u9fff]{{2}}(?![省市县区州镇乡]))(?P<role>{shapes.ROLES})$"
)
_MASKED = lazy_pattern(r"[*＊×XxＸ○〇某]")
FESTIVALS = (
    r"春节|元旦|国庆|中秋|五一|清明|端午|元宵|除夕|两会|高考|中考|汛期|主汛期|岁末年初|暑期|暑假|寒假|"
    r"春运|安全生产月|消防宣传月|冬春|开学|节后|节前|双节|两节"
)
"""Festivals and seasons that safety meetings are held before."""

_FESTIVAL = lazy_pattern(FESTIVALS)
_PLACE = lazy_pattern(
    r"(?:^|在|中共|共青团|[、，,（(—\s])(?!中共|共青团|在)(?P<place>[\u4e00-\u9fff]{2,4}?)"
    r"(?=(?:省|自治区|市|自治州|州|地区|盟|县|新?区|旗)(?!长)(?![\u4e00-\u9fff]?[域块面别间])|镇(?:党委|人民政府|长))"
)
# What is governed like a county and called by its trades: 某某化工产业园区管理委员会, 某某化工园区警示会.
_ZONE = lazy_pattern(
    r"(?:^|在|[、，,（(—\s])(?P<place>(?!重点|大型|部分|有关|相关|高危|危险|精细|现代|集中|各类|现有|若干)"
    r"[\u4e00-\u9fff]{2,3}?)(?=(?:国家级|省级)?"
    r"(?:经济|技术|高新|化工|产业|工业|科技|综合|保税|循环|物流|新材料|临港|临空|港口|开发|示范|风景|名胜|旅游|度假){1,4}"
    r"(?:园区|园|示范区|试验区|景区|区)(?:管理委员会|管委会|党工委|工委|[^，。、\s]{1,20}会(?![员委计社])))"
)
# A meeting whose name is all of a title, perhaps with what it is the paper of behind it.
_MEETING_TITLE = lazy_pattern(
    # 某某有限公司 2024年入冬安全大会: a blank behind who holds it.
    r"^(?:\d{4}年\d{1,2}月\d{1,2}日[ \u3000]{1,2})?"
    r"(?P<name>(?!在|关于)(?:[^，。：:—、\s]{2,20}(?:公司|集团|政府|[县市区镇乡局厂矿])[ \u3000]{1,2})?"
    r"[^，。：:—、\s]{3,40}?(?<![委员])(?<!理事)(?<![协社学工商])(?:会议|会))"
    r"(?:讲话|发言|致辞|录音|记录|整理|实录|全文|要点|提纲|摘要|速记|材料|稿){0,4}(?:\s*[（(][^（）()]{2,24}[）)])?$"
)
# 全县农机安全会上鄢某某县长的讲话, 全厂安全会 厂长鄢某某讲话: a person behind the meeting, with the office.
_BEHIND_MEETING = lazy_pattern(
    rf"^(?P<meeting>[^，。]{{2,60}}?会(?:议)?)(?:上|[ \u3000]+)(?P<who>[^，。：:（(\s]{{4,24}}?)的?{SPEECHES}"
    r"(?:\s*[（(][^（）()]{1,24}[）)])?$"
)
# 鄢某某：在全县农机安全会上的讲话, perhaps with 【讲话】 before it.
_HEADED = lazy_pattern(r"^(?:【[^】]{1,8}】)?(?P<name>[\u4e00-\u9fff]{2,3})[:：](?=\S)")
_NOT_PLACE = lazy_pattern(
    r"全|我|本|各|该|某|社|园|城|辖|郊|地|副|开发|高新|在|的|届|次|第|年|和|级|委|灾|景|林|矿|厂|校|街|"
    # What stands before 市, 县, 区 in common nouns (我市, 社区) or between a name and the words before it.
    r"小|库|老|务|风|超|都$|[*＊×X]"
)
_NAMED_PLACE = lazy_pattern(
    r"(?<=[对在为向望驻由从让推给])(?P<place>[\u4e00-\u9fff]{2,3}?)(?=(?:市|县|区|省|州)(?:的|近|要|近年|深|各|上下|安全|人民|委|政府|广大|全))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a text and where they stand in it."""

    text: str
    start: int
    end: int


def speaker_in_title(title: str) -> tuple[Part | None, Part | None]:
    """(speaker, role) fused in front of "在…上的讲话"; a masked name is no name."""
    behind = _person_behind(title)
    if behind:
        return behind
    headed = _HEADED.match(title)
    if headed and shapes.is_bare_name(headed["name"]):
        return Part(headed["name"], *headed.span("name")), None
    found = _WHO.match(title)
    if not found or not found["who"] or found["who"].startswith(("关于", "围绕")) or not _KIND.search(title):
        return None, None
    return speaker_in(found["who"], found.start("who"))


def _person_behind(title: str) -> tuple[Part, Part] | None:
    """(speaker, role) told behind the meeting."""
    found = _BEHIND_MEETING.match(title)
    name, role = speaker_in(found["who"], found.start("who")) if found else (None, None)
    return (name, role) if name and role else None


def speaker_in(who: str, offset: int = 0) -> tuple[Part | None, Part | None]:
    """(speaker, role) of words that name a person, offsets shifted by ``offset``."""
    called = _CALLED.match(who)
    if called and _MASKED.search(called["name"]):
        return None, Part(called["role"], offset + called.start("role"), offset + called.end("role"))
    if called and shapes.is_bare_name(called["name"]):
        split = offset + called.start("role")
        return Part(called["name"], offset, split), Part(called["role"], split, offset + called.end("role"))
    found = _PERSON.match(who)
    if not found:
        return None, None
    office = Part(found["role"], offset, offset + found.end("role")) if found["role"] else None
    name = found["name"]
    if not name or _MASKED.search(name):
        return None, office
    plain = re.sub(r"\s", "", name)
    if office is None and not found["comrade"] and not shapes.is_bare_name(plain):
        return None, None
    return Part(plain, offset + found.start("name"), offset + found.end("name")), office


def occasion_in_title(title: str) -> Part | None:
    """The meeting or ceremony that a title names."""
    behind = _BEHIND_MEETING.match(title)
    if behind and _person_behind(title):
        return Part(behind["meeting"], *behind.span("meeting"))
    kind = _KIND.search(title)
    if not kind:
        return None
    found = _WHO.match(title)
    start = found.start("where") if found else 0
    text = title[start : kind.start()].strip()
    return Part(text, start, start + len(text)) if len(text) >= 4 else None


def meeting_as_title(title: str) -> Part | None:
    """The meeting that a title is the name of: 全县农机安全工作会议, 全县农机安全会讲话（录音整理）."""
    found = _MEETING_TITLE.match(title)
    if not found or re.search(shapes.ROLES, found["name"]):
        return None
    return Part(found["name"], *found.span("name"))


def festival_in(title: str) -> Part | None:
    """The festival or season that a title names."""
    found = _FESTIVAL.search(title)
    return Part(found[0], *found.span()) if found else None


def place_in(text: str) -> Part | None:
    """The place whose office or people a title, role or office names, without 市, 县, 区."""
    for found in (*_PLACE.finditer(text), *_ZONE.finditer(text)):
        if not _NOT_PLACE.search(found["place"]):
            return Part(found["place"], found.start("place"), found.end("place"))
    return None


def place_in_report(text: str) -> Part | None:
    """The place that a news report is about: named as one, and again and again."""
    best: Part | None = None
    best_count = 2
    for found in _NAMED_PLACE.finditer(text):
        place = found["place"]
        count = text.count(place)
        if count > best_count and not _NOT_PLACE.search(place):
            best, best_count = Part(place, found.start("place"), found.end("place")), count
    return best
