"""A line under a title that tells who spoke, when and where: alone or together, bare or in brackets.

（县长　某某某）; — 某某某; （2024年1月5日，根据录音整理）; 时间：2024年1月5日  地点：县政府礼堂
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from config.patterns import lazy_pattern
from retrieval.documents import shapes
from retrieval.documents.dates import find_date
from retrieval.documents.fields import parts_of
from retrieval.documents.named_people import is_name
from retrieval.documents.people import NAME
from retrieval.documents.titles import SPEECHES, speaker_in

_LONGEST = 80
_LONGEST_PLACE = 30
_WRAPS = ("（）", "()", "【】", "[]", "［］", "〔〕")
_DASHES = "—–-－─―· \u3000\t"
# What stands around a day: its label, the lunar day, the day of the week, the time.
_BEFORE_DAY = lazy_pattern(r"(?:讲话|会议|发言)?(?:时间|日期)\s*[:：]\s*$|[（(]$")
_BEHIND_DAY = lazy_pattern(
    r"(?:\s*[（(][^（）()]{1,12}[）)]|\s*(?:上午|下午|晚上|晚|凌晨|中午|(?:星期|周)[一二三四五六日天])|"
    r"\s*(?:晴|阴|多云|[小中大暴]?[雨雪])(?:转\S{1,2})?|\s*\d{1,2}(?:[:：]\d{2}|[时点](?:半|整|\d{1,2}分?)?)){0,3}\s*[）)]?"
)
_NOTE = lazy_pattern(
    r"(?:本文|本稿|全文)?(?:系|是)?(?:[\u4e00-\u9fff]{2,16}(?=根据))?(?:根据|据|按照?)?(?:现场|会议)?(?:录音|录像|记录|速记)(?:稿)?(?:整理)?(?:稿)?|"
    r"(?:内容|文字)?(?:未|已)经?(?:讲话人|发言人|领导)?(?:本人)?(?:审阅|审定|审核|审看|校对)|"
    r"(?:个别)?(?:文字|内容)?略?有(?:删节|删减|改动|修改)|根?据|节选|摘要|摘录|要点|提纲|全文|整理稿|"
    r"(?:录音|转写)(?:到此)?(?:结束|完)|(?:仅供)?内部(?:使用|资料|材料|传阅|参考)|(?:请)?(?:勿|不[要得])(?:外传|转发)|"
    r"农历.{1,10}|(?:正|腊|[二三四五六七八九十冬]{1,2})月[初十廿二三一四五六七八九]{2,3}"
)
_PLACE_LABEL = lazy_pattern(r"^(?:会议|活动)?地点\s*[:：]\s*(?=\S)")
_PLACE_END = lazy_pattern(
    r"^[于在]?[\u4e00-\u9fff\d]+(?:室|厅|堂|楼|馆|剧场|操场|会场|现场|广场|工地|基地|宾馆|酒店|招待所|党校|中心|学校|中学|小学|"
    r"公司|大院|院内|车间|矿区|[省市县区镇乡村局]|政府|委)$"
)
_AT_MEETING = lazy_pattern(r"^[于在][\u4e00-\u9fff\d“”]{2,24}(?:会|会议|活动|仪式|班)上(?:的?讲话|的?发言)?$")
_EMPHASISED = lazy_pattern(r"(?P<mark>\*{1,3}|_{1,3})(?P<text>[^*_]+)(?P=mark)")
_SPEECH_OF = lazy_pattern(
    rf"(?P<who>[^在，。：:（(]{{2,30}}?)(?:同志)?的?{SPEECHES}(?:\s*[（(][^（）()]{{2,40}}[）)])?"
)
# 老范（范国栋）: what he is called by, and his name.
_NICKNAME = lazy_pattern(rf"[老大小][\u4e00-\u9fff]{{1,2}}[（(](?P<name>{NAME})[）)]", needs="老大小")
_CHARGED_WITH = lazy_pattern(r"[（(](?:分管|负责|主持|联系)[^（）()]{2,30}[）)]$", needs="分负主联")
_SPLIT = lazy_pattern(r"[，,；;（）()|｜]+| [·/] ")


@dataclass(frozen=True, slots=True)
class Byline:
    """Words of a line as it has them; "" for what it does not tell."""

    name: str = ""
    role: str = ""
    has_day: bool = False


def read_byline(text: str) -> Byline | None:
    """What a line tells of who spoke, when and where; None where it tells something else besides."""
    if not 2 <= len(text) <= _LONGEST:
        return None
    person = _person(text)
    if person:
        return person
    if len(fields := parts_of(text)) > 1:
        return _of_fields(fields)
    bare = _unwrapped(text)
    rest, has_day = _without_day(bare)
    found = Byline()
    told = has_day or bare != text
    for part in filter(None, (one.strip(_DASHES + "：:") for one in _SPLIT.split(rest))):
        one = _person(part, is_told=True) if told else None
        if one and not found.name:
            found = one
        elif told and found.name and not found.role and shapes.is_role_line(part):
            found = replace(found, role=part)
        elif not _NOTE.fullmatch(part) and not (has_day and (_is_place(part) or _AT_MEETING.match(part))):
            return None
    return Byline(found.name, found.role, has_day) if found.name or has_day else None


def _of_fields(fields: list[str]) -> Byline | None:
    """What the fields of a line tell together; None where none tells whose speech it is."""
    read = [found for found in map(read_byline, fields) if found]
    named = next((found for found in read if found.name), None)
    return replace(named, has_day=any(found.has_day for found in read)) if named else None


def speaker_of(text: str) -> Byline | None:
    """Who a line says that a speech is of: 鄢某某副县长讲话（根据录音整理）, 管委会主任岳某某的讲话."""
    found = _SPEECH_OF.fullmatch(_NICKNAME.sub(r"\g<name>", text.strip()))
    if found is None:
        return None
    name, role = speaker_in(found["who"].strip())
    called = Byline(name.text, role.text) if name and role else None
    return called or _person(found["who"], is_told=True)


def is_record_note(text: str) -> bool:
    """Whether a line only says in brackets how the text was made: （根据录音整理，未经本人审阅）."""
    bare = _unwrapped(text)
    return 2 < len(text) <= _LONGEST and bare != text and all(map(_NOTE.fullmatch, _SPLIT.split(bare)))


def _person(text: str, *, is_told: bool = False) -> Byline | None:
    """Somebody named by a line, or by what is in the brackets or behind the dash of it.

    ``is_told`` says that the words stand in such brackets already, or beside a day.
    """
    bare = _unwrapped(text)
    label = shapes.speaker_label(bare)
    if label:
        bare, is_told = _CHARGED_WITH.sub("", bare[label:].strip()), True
    found = shapes.person_line(bare)
    if found:
        groups = found.groupdict()
        return Byline(groups["name"], groups.get("role") or "")
    # A dash or a bracket also opens what is no name: （全文）, ——安全篇.
    if (is_told or bare != text) and is_name(bare, borne_out=True):
        return Byline(bare)
    name, role = speaker_in(bare) if is_told else (None, None)
    if name and role and shapes.is_bare_name(name.text):
        return Byline(name.text, role.text)
    return None


def _unwrapped(text: str) -> str:
    """A line without the dash before it, or the brackets or Markdown's emphasis around it."""
    bare = text.strip().lstrip(_DASHES)
    emphasised = _EMPHASISED.fullmatch(bare)
    if emphasised:
        return emphasised["text"].strip()
    if len(bare) > 2 and bare[0] + bare[-1] in _WRAPS and not re.search(r"[（(【\[［〔]", bare[1:-1]):
        bare = bare[1:-1].strip()
    return bare


def _without_day(text: str) -> tuple[str, bool]:
    """A line without its day and what is around that, and whether it has one."""
    day = find_date(text)
    if not day or not (day.year or day.day):
        return text, False
    before = _BEFORE_DAY.sub("", text[: day.start])
    behind = _BEHIND_DAY.match(text, day.end)
    return f"{before}，{text[behind.end() if behind else day.end :]}", True


def _is_place(text: str) -> bool:
    if _PLACE_LABEL.match(text):
        return True
    return len(text) <= _LONGEST_PLACE and bool(_PLACE_END.search(text)) and not shapes.is_organ(text)
