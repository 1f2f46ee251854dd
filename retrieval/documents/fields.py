"""Fields in the head of a record: a label, a colon and a value; plain, numbered or as Markdown has them."""

from __future__ import annotations

from config.patterns import lazy_pattern

_FIELD = lazy_pattern(
    r"(?:会议|活动|发布|讲话)?(?:时间|发布|日期|地点|主持|记录|出席|列席|参加|参会|与会|讲话|主讲|演讲|发言"
    r"|插话|整理|来源|内容|会期|发至|分送|印送|姓名|职务|单位"
    r"|录音文件|录音|音频|文件名|转写|date|venue|place|speaker|position|role)"
    r"(?:[人者]|人员|领导|嘉宾|单位)?\s*[:：]"
)
_FIELD_NUMBER = lazy_pattern(rf"^[（(]?[一二三四五六七八九十\d]{{1,2}}[）)、.．]\s*(?={_FIELD.pattern})")
_LINE_MARKS = lazy_pattern(r"^(?:>[ \t]*|[-*+][ \t]+)+(?=[\u4e00-\u9fff]{2,6}[:：]|\*\*[\u4e00-\u9fff])")
_BOLD_LABEL = lazy_pattern(r"^\*\*[\u4e00-\u9fff]{2,6}(?:\*\*[ \t]*[:：]|[:：][ \t]*\*\*)")


TITLE_LABEL = lazy_pattern(
    r"(?:标题|题目|主题|会议(?:名称|主题)?|活动名称|讲话题目|title)\s*[:：]\s*(?=\S{4})"
)
_NEXT_FIELD = lazy_pattern(r"[ \t\u3000]+(?=[\u4e00-\u9fff]{2,6}\s*[:：])")
_SPACED_LABEL = lazy_pattern(r"(?:[\u4e00-\u9fff][ \u3000]{1,4}){1,4}[\u4e00-\u9fff]\s*(?=[:：])")
_ROW = lazy_pattern(r"^\|\s*(?P<label>[\u4e00-\u9fff]{2,6})\s*\|\s*(?P<value>[^|]+?)\s*\|\s*$")
_OFFICE = lazy_pattern(r"^(?:职务|position|role)\s*[:：]\s*(?P<office>\S{2,30})\s*$")
_WHEN = lazy_pattern(r"(?:^|[ \t\u3000])(?:会议|活动|讲话)?(?:时间|日期|会期|date)\s*[:：]")

_CREDIT = lazy_pattern(r"(?:来源|作者|编辑|责编|浏览|点击|阅读|字体|字号)\s*[:：]|浏览|点击")


def tells_when(text: str) -> bool:
    """Whether one of the fields of a line is for the time of a meeting; credits of a page tell another."""
    return is_field(text) and bool(_WHEN.search(text)) and not _CREDIT.search(text)


def is_field(text: str) -> bool:
    """Whether a line of the head begins with the label of a field: 会议时间：, 参加人员：."""
    return bool(_FIELD.match(text))


def office_in(text: str) -> str:
    """The office that a field tells (职务：厂长); "" without."""
    found = _OFFICE.match(text)
    return found["office"] if found else ""


def is_title_field(text: str) -> bool:
    """Whether a line is labelled as the title: 标题：, 会议名称：."""
    return bool(TITLE_LABEL.match(text))


def parts_of(text: str) -> list[str]:
    """The fields of a line: 时间：8月9日　地点：某某厂　主讲：某某某 has three."""
    return _NEXT_FIELD.split(text) if is_field(text) else [text]


def unmarked(text: str) -> str:
    """A line of the head without the marks and numbers before its label, and those around it.

    > **讲话人**：某某某, 二、会议地点：某某厂, 讲 话 人：某某某, | 讲话人 | 某某某 |. What is labelled as the
    title stays as it is, for there the place of each character counts.
    """
    bare = _FIELD_NUMBER.sub("", _LINE_MARKS.sub("", text))
    row = _ROW.match(bare)
    if row:
        bare = f"{row['label']}：{row['value']}"
    spaced = _SPACED_LABEL.match(bare)
    if spaced:
        bare = "".join(spaced[0].split()) + bare[spaced.end() :]
    if _BOLD_LABEL.match(bare) and bare.count("**") % 2 == 0:
        bare = bare.replace("**", "")
    return text if is_title_field(bare) else bare
