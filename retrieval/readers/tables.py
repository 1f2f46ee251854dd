"""Tables to texts: one for each row where a column clearly holds the speeches, else one for the sheet.

The text of a row begins as a text file of a speech does: organ, title, speaker, date, place, each on a line
as `retrieval.documents` understands it, then the words. Nothing in it says which row it was, so that rows
which move stay the same documents.
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from config.errors import DocumentError
from retrieval.documents import shapes
from retrieval.readers.members import Entry, text_entry
from retrieval.readers.types import UNNAMED

Cell: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

_TEXT_HEADS = re.compile(r"(?:讲话|发言|文章|会议|主要|具体)?(?:内容|正文|全文|原文|文本)|讲话稿|发言稿|稿件")
_HEADS: Mapping[str, re.Pattern[str]] = {
    "organ": re.compile(r"(?:发布|讲话|发文|所在|主办|来源)?(?:单位|机关|部门|机构)|来源"),
    "title": re.compile(r"(?:讲话|文章|文件|发言|文稿)?(?:标题|题目|名称|主题)"),
    "occasion": re.compile(r"场合|会议|会议名称|活动|活动名称"),
    "speaker": re.compile(r"(?:讲话|发言|演讲|主讲)(?:人|者|领导)|作者|领导|(?:讲话|发言)?(?:领导)?姓名"),
    "role": re.compile(r"(?:讲话人|领导|现任|时任)?(?:职务|职位)"),
    "date": re.compile(r"(?:讲话|发言|会议|发布|召开|活动)?(?:日期|时间)|年月日"),
    "place": re.compile(r"(?:讲话|会议|活动|召开)?(?:地点|地址|会场)"),
}  # fmt: skip
_HEADER_WITHIN = 10  # rows; above the header stand a title and notes
_LONGEST_HEAD = 20
_LONG_TEXT = 100
"""Characters in the median from which a column holds texts, whatever its head says."""
_NAMED_TEXT = 30
"""The same of a column whose head says so: what is shorter is a list of points."""
_LEAST_SHARE = 0.5  # of the rows that have a text, where the head does not say that it is one
_LEAST_PROSE = 40
"""Characters of a cell with a sentence in it from which a sheet is worth reading."""
_SENTENCE = re.compile(r"[\u4e00-\u9fff][，。；！？：]")
_YMD = re.compile(r"((?:19|20)\d{2})[-/.年]?\s*(\d{1,2})[-/.月]?\s*(\d{1,2})日?(?:\s+0{1,2}:00(?::00)?)?")
_EXCEL_DAYS = range(20_000, 60_000)  # 1954 to 2064, as days since the end of 1899
_CARRIAGE = re.compile(r"_x000[dD]_|\r\n?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as its file has it.

    Attributes:
        name: of the sheet, safe in a path; "" where the file is one table.
        rows: cells in order, with the row's number as people see it; empty rows may be left out.
        merged: (first row, last row, column), rows by their numbers: cells that stand for those below.
    """

    name: str
    rows: Sequence[tuple[int, Sequence[Cell]]]
    merged: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is what, by 0-based number."""

    texts: Sequence[int]
    known: Mapping[str, int] = field(default_factory=dict)
    heads: Sequence[str] = ()


def table_entries(sheet: Sheet) -> list[Entry]:
    """What a table gives: its rows, or itself, or the reason why neither."""
    rows = [(number, [_shown(cell) for cell in cells]) for number, cells in sheet.rows]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        return []
    found = _header(rows)
    columns = _columns(rows, found)
    if columns.texts:
        return _row_entries(sheet, rows[found + 1 :], columns)
    name = sheet.name or "全表"
    if not any(len(cell) >= _LEAST_PROSE and _SENTENCE.search(cell) for _, cells in rows for cell in cells):
        return [Entry(name, error=DocumentError("documents.table_no_prose", file=UNNAMED))]
    lines = ("\t".join(" ".join(cell.split()) for cell in cells if cell) for _, cells in rows)
    return [text_entry(name, "\n".join(lines))]


def _shown(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, str):
        return _CARRIAGE.sub("\n", cell).replace("\n\n\n", "\n\n").strip()
    if isinstance(cell, dt.datetime):
        time = f" {cell.hour}:{cell.minute:02}" if cell.hour or cell.minute else ""
        return f"{cell.year}年{cell.month}月{cell.day}日{time}"
    if isinstance(cell, dt.date):
        return f"{cell.year}年{cell.month}月{cell.day}日"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def _header(rows: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Which row has the heads of the columns; -1 for none."""
    for index, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        filled = [cell for cell in cells if cell]
        if any(len(cell) > _LONGEST_HEAD or cell.endswith("。") for cell in filled):
            if len(filled) > 1:
                return -1
            continue  # a title over the table, or a note
        named = sum(_is_head(cell) for cell in filled)
        if named and (named > 1 or len(filled) in (1, 2) or not any(_is_value(cell) for cell in filled)):
            return index
        if len(filled) > 1 and any(_is_value(cell) for cell in filled):
            return -1
    return -1


def _is_head(cell: str) -> bool:
    bare = _bare(cell)
    return bool(_TEXT_HEADS.fullmatch(bare)) or any(form.fullmatch(bare) for form in _HEADS.values())


def _is_value(cell: str) -> bool:
    return cell[0].isdigit()


def _bare(head: str) -> str:
    """A head without blanks and what stands in brackets: "内 容（摘要）" is 内容."""
    return re.sub(r"\s+|[（(].*", "", head, flags=re.S)


def _columns(rows: Sequence[tuple[int, Sequence[str]]], header: int) -> _Columns:
    heads = [_bare(cell) for cell in rows[header][1]] if header >= 0 else []
    data = [cells for _, cells in rows[header + 1 :]]
    width = max((len(cells) for cells in data), default=0)
    texts = [
        at
        for at in range(width)
        if _is_text(
            [cells[at] for cells in data if at < len(cells) and cells[at]],
            len(data),
            is_named=at < len(heads) and bool(_TEXT_HEADS.fullmatch(heads[at])),
        )
    ]
    known: dict[str, int] = {}
    for at, head in enumerate(heads):
        for what, form in _HEADS.items():
            if at not in texts and what not in known and form.fullmatch(head):
                known[what] = at
                break
    return _Columns(texts, known, heads)


def _is_text(cells: Sequence[str], rows: int, *, is_named: bool) -> bool:
    if not cells:
        return False
    median = statistics.median(map(len, cells))
    return (is_named and median >= _NAMED_TEXT) or (
        median > _LONG_TEXT and len(cells) >= _LEAST_SHARE * rows and any(map(_SENTENCE.search, cells))
    )


def _row_entries(sheet: Sheet, rows: Sequence[tuple[int, Sequence[str]]], columns: _Columns) -> list[Entry]:
    merged = {
        (row, column): first for first, last, column in sheet.merged for row in range(first + 1, last + 1)
    }
    cells_of = dict(rows)
    prefix = f"{sheet.name}/" if sheet.name else ""
    found = []
    for number, cells in rows:
        values = {
            what: _at(cells, at) or _at(cells_of.get(merged.get((number, at), 0), ()), at)
            for what, at in columns.known.items()
        }
        words = [(at, cells[at]) for at in columns.texts if _at(cells, at)]
        if words:
            found.append(text_entry(f"{prefix}第{number}行", _row_text(values, words, columns)))
    return found


def _at(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


def _row_text(values: Mapping[str, str], words: Sequence[tuple[int, str]], columns: _Columns) -> str:
    """The head of a speech, and its words; each under its column's head where there are several."""
    one = {what: " ".join(value.split()) for what, value in values.items()}
    title = one.get("title") or one.get("occasion", "")
    place = one.get("place", "")
    head = [
        one.get("organ", ""),
        title,
        *_speaker_lines(one.get("speaker", ""), one.get("role", "")),
        _date_line(one.get("date", "")),
        f"地点：{place}" if place else "",
    ]
    body = [_headed(text, columns.heads[at] if at < len(columns.heads) else "") for at, text in words]
    if len(columns.texts) == 1:
        body = [text for _, text in words]
    return "\n".join([*filter(None, head), "", *body]).strip()


def _headed(text: str, head: str) -> str:
    return f"{head}：\n{text}" if head else text


def _speaker_lines(speaker: str, role: str) -> list[str]:
    if not speaker:
        return [role] if role else []
    if role and re.fullmatch(rf"\S*{shapes.ROLES}", role) and re.fullmatch(shapes.NAME, speaker):
        return [f"{role} {speaker}"]
    line = f"讲话人：{speaker}" if re.fullmatch(shapes.NAME, speaker) else speaker
    return [line, role] if role else [line]


def _date_line(date: str) -> str:
    if not date:
        return ""
    if date.isdigit() and int(date) in _EXCEL_DAYS:
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(date))
        return f"（{day.year}年{day.month}月{day.day}日）"
    found = _YMD.fullmatch(date)
    if found:
        return f"（{found[1]}年{int(found[2])}月{int(found[3])}日）"
    return f"时间：{date}"
