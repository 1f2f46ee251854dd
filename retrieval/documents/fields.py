"""Fields in the head of a record: a label, a colon and a value; plain, numbered or as Markdown has them."""

from __future__ import annotations

from config.patterns import lazy_pattern

_FIELD = lazy_pattern(
    r"(?:会议|活动|发布|讲话)?(?:时间|发布|日期|地点|主持|记录|出席|列席|参加|参会|与会|讲话|主讲|演讲|发言"
    r"|插话|整理|来源|内容|会期|发至|分送|印送)"
    r"(?:[人者]|人员|领导|嘉宾|单位)?\s*[:：]"
)
_FIELD_NUMBER = lazy_pattern(rf"^[（(]?[一二三四五六七八九十\d]{{1,2}}[）)、.．]\s*(?={_FIELD.pattern})")
_LINE_MARKS = lazy_pattern(r"^(?:>[ \t]*|[-*+][ \t]+)+(?=[\u4e00-\u9fff]{2,6}[:：]|\*\*[\u4e00-\u9fff])")
_BOLD_LABEL = lazy_pattern(r"^\*\*[\u4e00-\u9fff]{2,6}(?:\*\*[ \t]*[:：]|[:：][ \t]*\*\*)")


_WHEN = lazy_pattern(r"(?:^|[ \t\u3000])(?:会议|活动|讲话)?(?:时间|日期|会期)\s*[:：]")

_CREDIT = lazy_pattern(r"(?:来源|作者|编辑|责编|浏览|点击|阅读|字体|字号)\s*[:：]|浏览|点击")


def tells_when(text: str) -> bool:
    """Whether one of the fields of a line is for the time of a meeting; credits of a page tell another."""
    return is_field(text) and bool(_WHEN.search(text)) and not _CREDIT.search(text)


def is_field(text: str) -> bool:
    """Whether a line of the head begins with the label of a field: 会议时间：, 参加人员：."""
    return bool(_FIELD.match(text))


def unmarked(text: str) -> str:
    """A line of the head without the marks and numbers before its label, and the bold ones around it.

    > **讲话人**：某某某, 二、会议地点：某某厂.
    """
    bare = _FIELD_NUMBER.sub("", _LINE_MARKS.sub("", text))
    return bare.replace("**", "") if _BOLD_LABEL.match(bare) and bare.count("**") % 2 == 0 else bare
