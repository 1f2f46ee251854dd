"""Texts saved without line breaks: where the lines of the head, of Markdown and of the foot begin and end.

The body of such a text is broken at its headings later, when it is known where it begins (`lines`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.documents import shapes
from retrieval.documents.edits import Edit
from retrieval.documents.people import SURNAME

_LONG = 200
"""A first line of more characters holds more than a title, byline or lead."""

_HEAD = 400
"""Characters in which the salutation of a fused text is looked for."""

_LONGEST_TITLE = 70
_NOTE = 30
"""Characters behind a title in which its date stands."""

_LABEL = (
    r"(?:信息来源|文章来源|稿件来源|来源|作者|编辑|责任编辑|发布时间|发布日期|更新时间|发布者|浏览次数|"
    r"点击量|点击)[:：]"
)
_LABELLED = re.compile(_LABEL)
_FOOT = re.compile(
    r"(?:本文标题|文章标题|文档标题|本文地址|本文链接|链接地址|原文链接|版权声明|免责声明|主\s?送|抄\s?送|抄\s?报|责任编辑)[:：]"
)
_MINUTES = r"(?:发布|浏览|时间|地点|主持人?|讲话人|主讲人?|记录人?|整理|出席|参加)[:：]"
_ISSUER = re.compile(r"(?:人民政府|办公室|办公厅|委员会|安委[会办]|指挥部|集团|公司|[\u4e00-\u9fff]局)\s?$")
"""The end of the organ that a circular is of, behind which it has its date."""
_DAY = (
    r"(?:[一二][〇零○一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|"
    r"(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|(?:19|20)\d{2}([.\-/])\d{1,2}\1\d{1,2})"
)
# Before the day there may be who spoke, behind it the lunar day or a note.
_BRACKETED_DAY = re.compile(rf"[（(](?:[^（）()。！？\n]{{2,40}}[\s，,])?(?:{_DAY})[^（）()]{{0,24}}[）)]")
_OPENS_GREETING = re.compile(r"尊敬的|各位|同志们|朋友们|同事们|老师们|乡亲们|工友们|女士们")
_TITLE_ENDS = re.compile(
    r"(?:上|时|中|期间)的?(?:总结|动员|主持|表态|交流|即席|重要)?(?:讲话|发言|致辞|致词|报告|主持词|动员令)"
    r"(?:稿|提纲|要点|摘要)?(?!精神|[,，、。])"
)
_BREADCRUMB = re.compile(
    r"[>＞»]\s*[^\s>＞»。，]{2,12}(?=\s+[^\s>＞»])|[>＞»]\s*(?:正文|详情|文章内容)(?=\s?\S)"
    rf"|[>＞»]\s*[^\s>＞»。，]{{2,8}}?(?={SURNAME}[\u4e00-\u9fff]{{1,2}}?(?:同志)?在[\u4e00-\u9fff])"
)
_ISSUE = re.compile(r"第\s?[\d一二三四五六七八九十]{1,4}\s?期(?=\s?[\u4e00-\u9fff])")
_MARKDOWN = re.compile(r"(?<=[^\s#A-Za-z\d])[^\S\n]*(?=#{1,6} \S)")
_BOLD_HEADING = re.compile(
    rf"\*\*(?:[{shapes.NUMERAL}]{{1,3}}、|[（(][{shapes.NUMERAL}]{{1,3}}[）)])[^*\n]{{2,45}}\*\*"
    r"|(?<=\*\*)\*\*[^\s*，,；;]{2,24}。\*\*"
)
"""A bold heading, numbered, or right behind another one and with its text behind it."""
_RUNS_IN = ("。**", "：**", ":**", ".**")
"""How a heading ends that its text goes on with."""
_BOLD = re.compile(r"(?<=[\u4e00-\u9fff。！？!?”])[^\S\n]+(?=\*\*[^\s*，,；;]{2,24}\*\*)")


def missing_breaks(text: str) -> list[Edit]:
    """Line breaks to put in; none in a text that has its lines."""
    first = text.lstrip()
    start = len(text) - len(first)
    end = start + len(first.split("\n", 1)[0])
    if end - start < _LONG and not _is_page_head(text[start:end]):
        return []
    places = {start + at for at in _head_breaks(text[start : min(end, start + _HEAD)])}
    places |= {found.start() for found in _FOOT.finditer(text, start + _HEAD, end)}
    for mark in (_MARKDOWN, _BOLD, _BOLD_HEADING):
        places |= {found.start() for found in mark.finditer(text, start, end)}
    for heading in _BOLD_HEADING.finditer(text, start, end):
        if not heading[0].endswith(_RUNS_IN):
            places.add(heading.end())
    return [Edit(at, at, "\n") for at in sorted(places) if start < at < end]


def _is_page_head(line: str) -> bool:
    """Whether a line holds where one is on a site, a title and what the site says of it."""
    return all(mark.search(line) for mark in (_BREADCRUMB, _TITLE_ENDS, _LABELLED))


def _head_breaks(head: str) -> Iterator[int]:
    """Where lines of the head begin; ``head`` is the beginning of the text."""
    greeting = _greeting(head)
    if greeting:
        yield from greeting
        head = head[: greeting[0]]
    title = _TITLE_ENDS.search(head)
    for label in _LABELLED.finditer(head if greeting else head[:_LONG]):
        yield label.start()
    for crumb in _BREADCRUMB.finditer(head):
        yield crumb.end()
    if greeting:
        for label in re.finditer(_MINUTES, head):
            yield label.start()
    if not title or (not greeting and not _is_dated(head, title.end())):
        return
    if not greeting:
        head = head[: title.end() + _NOTE]
    for issue in _ISSUE.finditer(head, 0, title.start()):
        yield from issue.span()
    if head[title.end() : title.end() + 1] not in "（(":
        yield title.end()
    bracketed = [found.span() for found in _BRACKETED_DAY.finditer(head)]
    for start, end in bracketed:
        yield start
        yield end
    for day in re.finditer(_DAY, head):
        inside = any(start < day.start() < end for start, end in bracketed)
        before = head[day.start() - 1 : day.start()]
        issued = _ISSUER.search(head, 0, day.start())
        if not inside and before not in ":：" and (issued or day.start() >= title.end() or before.isspace()):
            yield from day.span()


def _is_dated(head: str, end: int) -> bool:
    """Whether a title opens the text and a date follows it: then it is one, without any salutation."""
    end += head[end : end + 1].isspace()
    return end <= _LONGEST_TITLE and bool(
        _BRACKETED_DAY.match(head, end) or re.compile(_DAY).match(head, end)
    )


def _greeting(head: str) -> tuple[int, int] | None:
    """Where the salutation begins and ends; None when there is none."""
    for found in _OPENS_GREETING.finditer(head):
        length = shapes.salutation_length(head[found.start() :])
        if length:
            return found.start(), found.start() + length
        # "各位…：" greets only as a line of its own, which it can't be here.
        line = re.match(r"(?:各位[\u4e00-\u9fff]{1,8}[、，,]?){1,4}[:：]", head[found.start() :])
        if line:
            return found.start(), found.start() + line.end()
    return None
