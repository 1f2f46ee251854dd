"""The name of a file or folder taken apart: what was put around the words of it, its date, its words.

Archives number their files, mark versions (定稿, 修改稿, 副本, (1), v2), and keep the names of the sites that
texts were saved from. None of that is of the speech.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.documents.dates import find_date, find_period

_WIDE_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f]")
_LONGEST = 255  # characters that file systems give a name; what says more inside a package is not looked at
_EARLIEST, _LATEST = 1949, 2099

# What cameras, scanners, chat programs and offices call a file that nobody named.
_UNNAMED = re.compile(
    r"^(?:(?:IMG|PXL|VID|DSC[FN]?|MVIMG|P|SCAN|DOC|PDF|CamScanner|WeChat ?Image|wx_camera|mmexport|"
    r"Screenshots?|Image|photo|export|download)[ _\-\d.:：()（）a-z]*"
    r"|(?:微信图片|微信截图|微信文件|QQ图片|QQ截图|屏幕截图|截图|截屏|照片|图片|相片|扫描全能王|扫描件?|扫描文档|"
    r"新建(?: ?(?:文本文档|文档|文件|Microsoft ?Word ?文档|DOCX? ?文档|WPS ?文档))?|未命名(?:文档)?|"
    r"无标题|文档|下载|导出)[ _\-\d.:：()（）]*)$",
    re.IGNORECASE,
)
# When a file was made: a day with a time of the day, or seconds since 1970.
_STAMP = re.compile(
    r"(?<!\d)(?:19|20)\d{6}[ _\-T]?\d{4}(?:\d{2}(?:\d{3})?)?(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2}-\d{1,2}-\d{1,2}[ _T\-]+\d{1,2}[.:：\-_点时]\d{1,2}"
    r"(?:[.:：\-_分]\d{1,2})?秒?(?!\d)"
    r"|(?<!\d)1\d{9}(?:\d{3})?(?!\d)"
)
# Of a scan or photograph: the day beside it is that of the scan.
_SCANNED = re.compile(
    r"(?:微信图片|微信截图|QQ图片|QQ截图|屏幕截图|截图|扫描件?|照片|图片|IMG|Scan|CamScanner|下载|导出|备份|打印)"
    r"[ _\-]*(?:于)?(?:(?:19|20)\d{2}[.\-_]\d{1,2}[.\-_]\d{1,2}|(?:19|20)\d{6}"
    r"|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)(?!\d)",
    re.IGNORECASE,
)
_VERSION = (
    r"(?:最终|终审|审定|定|终|修改|修订|修正|送审|报审|报批|审核|审阅|上报|初|草|讨论|征求意见|印发|正式|公开|网络|网页|"
    r"电子|打印|校对|清|过程|完整|(?:录音)?整理|录音|纯文本|文字|精简|内部|备用|参考|最新|[一二三四五六七八九十]|第?[一二三四五六七八九十\d]+)"
    r"(?:稿|版|本)\d{0,2}|(?:最新|最终|终极)?修?改[一二三四五六七八九十\d]{1,2}|[一二三四五六七八九十]改|(?:已|再)?修改(?:后|过|完)?"
    r"|[Vv](?:er)?\.?\d{1,2}(?:\.\d{1,2}){0,2}|(?:- ?)?副本|拷贝|复件|备份|最新|最终|定稿|终稿|原件|扫描件?"
    r"|(?:- ?)?[Cc]opy|[Ff]inal|FINAL|[Dd]raft|(?:已)?(?:OCR|转换|解密|脱密|压缩)"
)
_SITE = (
    r"(?:(?:https?://)?(?:www\.)?[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:com|cn|net|org|gov)(?:\.cn)?"
    r"|[\u4e00-\u9fffA-Za-z0-9]{1,14}(?:网站?|网页|文库|公众号|论坛|门户|客户端|在线|资料库|文秘站)|道客巴巴|豆丁|知乎|微信|"
    r"个人图书馆)"
)
_LABEL = (
    r"(?:精品|范文|收藏|转载|转发|推荐|重要|必看|VIP|vip|原创|免费|公文|材料|领导讲话|讲话稿?|"
    r"存档|归档|备查|内部)"
)
_OPEN, _CLOSE = r"[（(\[【〔「]", r"[）)\]】〕」]"
_SEPARATORS = r"[ \u3000_＿|｜·•~～+\-－—–，,、.．]"
_SPLIT = r"[ \u3000_＿|｜•~～+\-－—–]"
_BRACKETED = re.compile(rf"{_OPEN}\s*(?:\d{{1,2}}|(?:{_VERSION})(?:\d{{0,8}})|{_SITE}|{_LABEL})\s*{_CLOSE}")
# A version and the day on which it was made.
_VERSION_OF_DAY = re.compile(
    rf"{_OPEN}[^（(\[【）)\]】]{{0,12}}(?:稿|版|改|修订|打印|印发|上报)[^（(\[【）)\]】]{{0,12}}{_CLOSE}"
    r"|(?<!\d)(?:(?:19|20)\d{2}[.\-]?)?\d{1,2}[.\-月]?\d{1,2}日?(?:修改|修订|改|校对)[稿版]?|(?:修改|修订|改)[稿版]?于?(?:(?:19|20)\d{6}|\d{1,2}\.\d{1,2})(?!\d)"
)
_TAIL_VERSION = re.compile(rf"(?:(?<={_SEPARATORS})|(?<=[）)】\]讲话稿言告辞件]))(?:{_VERSION})$")
_HEAD_VERSION = re.compile(rf"^(?:{_VERSION})(?={_SEPARATORS}|[:：])")
_TAIL_SITE = re.compile(rf"{_SEPARATORS}+{_SITE}$", re.IGNORECASE)
_HEAD_SITE = re.compile(rf"^{_SITE}{_SEPARATORS}+", re.IGNORECASE)
_ORDINAL = re.compile(
    rf"^(?:(?:附件|附|材料|文件|篇目|No\.?|第)\s*[一二三四五六七八九十\d]{{1,3}}\s*(?:篇|号|份|期)?"
    rf"[:：.、．_\- )）]+"
    rf"|{_OPEN}[一二三四五六七八九十\d]{{1,3}}{_CLOSE}|[一二三四五六七八九十]{{1,3}}[、.．]"
    r"|\d{1,3}(?:[.．、_)）—–]+\s*|\s*[\-－]\s*|[ \u3000]+)(?!\d)|0\d{1,2}(?=[^\d\W年月日号时点])|[①-⑳])"
)
# A number that is no date and no ordinal, a document's or a message's.
_NUMBER = re.compile(r"^\d{5,}(?=\D)")
# What follows on a day: the last one of a meeting of some days, or the time of the day.
_ON_DAY = re.compile(
    r"\s*(?:[\-－—–~～至到]\s*\d{1,2}(?![\d.年月\-])[日号]?)?\s*[（(]?(?:(?:上午|下午|晚上|晚|早上|中午)(?![\u4e00-\u9fff]*餐)|(?:星期|周)[一二三四五六日天])?[）)]?"
)
_WRITTEN_DAY = re.compile(r"[年月]")
_QUOTES = ("“", '"', "「", "‘", "'")
_EDGES = " \u3000_＿|｜·•~～+-－—–，,、.．;；"

_FULL = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"
    r"|(?<!\d)(?P<y2>(?:19|20)\d{2})_(?P<m2>\d{1,2})_(?P<d2>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<y3>\d{2})年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})[日号]"
    r"|^(?!(?:19|20)\d{2}(?:0[1-9]|1[0-2]))(?P<y4>[0-4]\d)(?P<m4>\d{2})(?P<d4>\d{2})(?!\d)(?=.)"
)
_MONTH = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})(?:[\-_](?P<m>\d{2})|\.(?P<m1>\d{1,2})|(?P<m2>0[1-9]|1[0-2]))(?![\d.\-]|[\u4e00-\u9fff]*号)"
)
_SHORT_DAY = re.compile(r"^(?P<m>\d{1,2})(?P<dot>[.．\-]?)(?P<d>\d{1,2})(?!\d)")
_ONLY_MONTH = re.compile(r"^(?P<m>\d{1,2}|[一二三四五六七八九]|十[一二]?)月(?:份)?$")
_YEAR = re.compile(
    r"(?<![\d第〔\[（(])(?P<y>(?:19|20)\d{2})(?!\d|[.\-_]\d{1,2}(?!\d)|[字号人件次万元版期例户家所个%％]|[〕\]）)]\s*第?\d+号)"
)
_RANGE = re.compile(r"(?:19|20)\d{2}年?\s*[\-－—–~～至到]+\s*(?:19|20)?\d{2}年?(?!\d|[\-.月])")
_CHINESE_MONTHS = {digit: at for at, digit in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}


@dataclass(frozen=True, slots=True)
class When:
    """What a name says of the time; 0 and "" for what it leaves out. ``period`` is in the name's words."""

    year: int = 0
    month: int = 0
    day: int = 0
    period: str = ""

    def joined(self, outer: When) -> When:
        """This time with what another one adds; the same where the two do not agree."""
        pairs = ((self.year, outer.year), (self.month, outer.month), (self.day, outer.day))
        if any(own and other and own != other for own, other in pairs):
            return self
        if self.period not in ("", f"{self.year}年", f"{self.year}年度") and not self.month:
            return self  # a half year or a quarter is more than the outer name's year
        period = self.period or outer.period
        return When(self.year or outer.year, self.month or outer.month, self.day or outer.day, period)

    def text(self) -> str:
        """As a document's date is written: ISO 8601, or a period; "" without a year."""
        if not self.year:
            return ""
        if self.month:
            return f"{self.year:04d}-{self.month:02d}" + (f"-{self.day:02d}" if self.day else "")
        return self.period or f"{self.year}年"


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name without what was put around it.

    Attributes:
        words: the name without ordinals, versions, sites and the date at its ends.
        pieces: the words between separators and brackets, in order.
        when: what it says of the time.
    """

    words: str = ""
    pieces: tuple[str, ...] = ()
    when: When = When()


def take_apart(name: str) -> NameParts:
    """Take the name of a file (without its ending) or of a folder apart; empty where nobody named it."""
    text = _INVISIBLE.sub("", name[:_LONGEST]).translate(_WIDE_DIGITS).strip()
    if _UNNAMED.match(text):
        return NameParts()
    text = _STAMP.sub(" ", _SCANNED.sub(" ", _VERSION_OF_DAY.sub(" ", text)))
    text = _stripped(text)
    when, text = _take_date(text)
    text = _stripped(_NUMBER.sub("", text))
    return NameParts(text, _pieces(text), when)


def _stripped(text: str) -> str:
    """Without ordinals, versions and sites, as often as there are any."""
    before = None
    while text != before:
        before = text
        text = _BRACKETED.sub(" ", text).strip(_EDGES)
        for shape in (_TAIL_SITE, _TAIL_VERSION, _HEAD_VERSION, _HEAD_SITE, _ORDINAL):
            # What is all of a name is no addition to it.
            text = (shape.sub("", text, count=1).strip(_EDGES)) or text
    return text


def _take_date(text: str) -> tuple[When, str]:
    """The time that a name tells, and the name without it where it stands at an end."""
    days = [*_days(text)]
    distinct = {when for when, _, _ in days}
    if len(distinct) > 1 and not _is_range(text, days):
        return When(), _without(text, days)
    if days:
        return days[0][0], _without(text, days)
    for found in _MONTH.finditer(text):
        when = _checked(int(found["y"]), int(found["m"] or found["m1"] or found["m2"]), 0)
        if when and not _could_be_day(found):
            return when, _without(text, [(when, *found.span())])
    return _year_of(text)


def _days(text: str) -> list[tuple[When, int, int]]:
    """Days and months of the calendar with their places, as speeches and as files write them."""
    found: list[tuple[When, int, int]] = []
    for match in _FULL.finditer(text):
        year, month, day = (
            int(next(filter(None, (match[key + shape] for shape in ("", "2", "3", "4"))))) for key in "ymd"
        )
        when = _checked(year if year > 99 else 2000 + year, month, day)
        if when:
            found.append((when, match.start(), _end_of_day(text, match.end())))
    at = 0
    while date := find_date(text, at):
        at = date.end
        if not any(start < date.end and date.start < end for _, start, end in found):
            when = _checked(date.year or 0, date.month, date.day or 0)
            found += [(when, date.start, _end_of_day(text, date.end))] if when else []
    return sorted(found, key=lambda one: one[1])


def _end_of_day(text: str, end: int) -> int:
    """Where a day ends with what follows on it; a bracket that was open before is not of it."""
    more = _ON_DAY.match(text, end)
    words = more[0] if more else ""
    opened = sum(words.count(mark) for mark in "（(")
    return end + len(words) if opened == sum(words.count(mark) for mark in "）)") else end


def _is_range(text: str, days: list[tuple[When, int, int]]) -> bool:
    """Whether a meeting of some days is told, by its first and last."""
    between = text[days[0][2] : days[1][1]]
    return len(days) == 2 and bool(re.fullmatch(r"\s*[\-－—–~～至到]+\s*", between))


def _without(text: str, days: list[tuple[When, int, int]]) -> str:
    """A name without the days at its ends or between brackets and separators; inside a title they stay.

    Of digits alone (2022-11-21, 20221121) no title has one: it parts the words before it from those behind.
    In quotation marks it is the name of an accident.
    """
    for _, start, end in sorted(days, key=lambda one: -one[1]):
        before, after = text[:start].rstrip(), text[end:].lstrip()
        opened = before[-1:] in tuple("（([【〔") and after[:1] in tuple("）)]】〕")
        if opened:
            before, after = before[:-1], after[1:]
        free = not before or not after or before[-1] in _EDGES or after[0] in _EDGES
        parts = not _WRITTEN_DAY.search(text, start, end) and before[-1:] not in _QUOTES
        if opened or free or parts:
            text = f"{before} {after}".strip(_EDGES)
    return text


def _year_of(text: str) -> tuple[When, str]:
    years = {found["y"] for found in _YEAR.finditer(text)}
    if len(years) != 1 or _RANGE.search(text):
        only = _ONLY_MONTH.match(text)
        if not only or years:
            return When(), text
        month = int(only["m"]) if only["m"].isdigit() else _CHINESE_MONTHS[only["m"]]
        return (When(0, month) if 1 <= month <= 12 else When()), text
    year = int(years.pop())
    if not _EARLIEST <= year <= _LATEST:
        return When(), text
    period = find_period(text)
    when = When(year, period="".join(period[0].split()) if period else "")
    alone = re.match(rf"(?:19|20)\d{{2}}年?(?:度)?(?:$|{_SEPARATORS}+)", text)
    if alone:
        return when, text[alone.end() :]
    return when, re.sub(r"(?<=[话会言辞告议稿])(?:19|20)\d{2}年?$", "", text)


def _could_be_day(found: re.Match[str]) -> bool:
    """Whether six digits may as well be a day of 20xx: 201203 is 2012-03 or 2020-12-03."""
    digits = found[0]
    return len(digits) == 6 and digits.isdigit() and bool(_checked(2000, int(digits[2:4]), int(digits[4:])))


def short_day(words: str, year: int) -> When | None:
    """The day that a name begins with (0118, 1.18, 240118) where its folder tells the year."""
    if re.match(rf"{year % 100:02d}\d{{4}}(?!\d)", words):
        return _checked(year, int(words[2:4]), int(words[4:6]))
    found = _SHORT_DAY.match(words)
    if not found or (not found["dot"] and found.end() != 4):
        return None
    return _checked(year, int(found["m"]), int(found["d"]))


def without_short_day(parts: NameParts) -> NameParts:
    """The parts without the digits that `short_day` reads."""
    text = re.sub(r"^(?:\d{6}|\d{4}|\d{1,2}[.．\-]\d{1,2})(?!\d)", "", parts.words).strip(_EDGES)
    return replace(parts, words=text, pieces=_pieces(text))


def _checked(year: int, month: int, day: int) -> When | None:
    """A time of the calendar; None where there is no such day, or no speech of that year."""
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    is_year = year == 0 or _EARLIEST <= year <= _LATEST
    is_day = 1 <= month <= 12 and 0 <= day <= days[month - 1]
    return When(year, month, day) if is_year and is_day else None


def _pieces(text: str) -> tuple[str, ...]:
    pieces = [piece.strip(_EDGES + "《》“”\"'") for piece in re.split(rf"{_SPLIT}+|{_OPEN}|{_CLOSE}", text)]
    joined: list[str] = []
    for piece in filter(None, pieces):
        if joined and len(piece) == len(joined[-1]) == 1:
            joined[-1] += piece  # 李 强
        elif joined and re.fullmatch(r"(?:重要|总结|动员|表态)?(?:讲话|发言|致辞|报告|讲话稿)", piece):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)
