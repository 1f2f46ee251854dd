from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Provenance
from retrieval.readers.detect import detect
from retrieval.readers.members import Cursor
from retrieval.readers.types import Kind
from retrieval.readers.unpacking import unpack
from tests.retrieval.readers.boxes import contents, refusal, workbook

ONE = (
    "同志们：\n今年雨来得早，山洪沟里的人要先撤。转移的名单昨天已经发到各村，今天每户都要见到人，见不到人的打电话，"
    "电话不通的上门去找。撤出来的安置在中心小学，被子和开水由民政所备好，谁也不许当天夜里自己回去。"
)
TWO = (
    "同志们：\n秋粮进仓以前，烘干房的电线要全部看一遍。老线换新线，插排不许拖在地上，夜里烘粮必须两个人值守，一个人睡一个人醒。"
    "灭火器放在门口，不要锁在柜子里，各组组长明天把检查的结果签上自己的名字交到办公室来。"
)
HEAD = ("序号", "讲话标题", "讲话人", "职务", "讲话时间", "地点", "讲话内容", "备注")
ROWS = (
    (
        1,
        "在全乡防汛转移工作会议上的讲话",
        "马文川",
        "乡长",
        dt.datetime(2023, 7, 2),
        "乡政府三楼会议室",
        ONE,
        "",
    ),
    (2, "在秋粮烘干安全会上的讲话", "罗青松", "副乡长", dt.datetime(2023, 9, 18), "粮站", TWO, "已印发"),
)
FIRST = f"在全乡防汛转移工作会议上的讲话\n乡长 马文川\n（2023年7月2日）\n地点：乡政府三楼会议室\n\n{ONE}"


def texts(data: bytes, kind: Kind = Kind.XLSX) -> dict[str, str]:
    return {
        name: one.decode() if isinstance(one, bytes) else one for name, one in contents(data, kind).items()
    }


def test_each_row_of_a_column_of_speeches_is_a_document() -> None:
    found = texts(workbook({"讲话": [HEAD, *ROWS]}))
    assert list(found) == ["讲话/第2行", "讲话/第3行"]
    assert found["讲话/第2行"] == FIRST


def test_old_workbooks_are_read_as_new_ones() -> None:
    # Saved by LibreOffice (soffice --convert-to xls) from the workbook of the test above.
    data = (Path(__file__).parents[2] / "data/formats/libreoffice.xls").read_bytes()
    assert detect(data) is Kind.XLS
    assert texts(data, Kind.XLS) == texts(workbook({"讲话": [HEAD, *ROWS]}))
    assert refusal(data[:3000], Kind.XLS) == "documents.table_damaged"


def test_a_row_is_read_as_a_text_file_of_a_speech_is() -> None:
    data = texts(workbook({"讲话": [HEAD, *ROWS]}))["讲话/第2行"].encode()
    document = read_bytes(data, "台账.xlsx/讲话/第2行", "xlsx/1")
    metadata = document.metadata
    assert (metadata.title.text, metadata.speaker.text, metadata.role.text, metadata.date.text) == (
        "在全乡防汛转移工作会议上的讲话", "马文川", "乡长", "2023-07-02",
    )  # fmt: skip
    assert metadata.speaker.provenance is Provenance.EXPLICIT
    assert (document.reader, document.warnings) == ("xlsx/1", ())
    assert "今年雨来得早" in document.clean.text
    assert "地点" not in document.clean.text


def test_a_row_that_moves_keeps_its_bytes() -> None:
    rows = texts(workbook({"讲话": [("某乡讲话台账",), (), HEAD, ROWS[1], ROWS[0]]}))
    assert list(rows) == ["讲话/第4行", "讲话/第5行"]
    assert rows["讲话/第5行"] == FIRST


def test_a_long_column_is_found_whatever_its_head_says() -> None:
    long = [(i, f"{text}{i}") for i, text in enumerate((ONE, TWO) * 3)]
    rows: list[tuple[object, ...]] = [("编号", "说明"), *long]
    assert texts(workbook({"a": rows}))["a/第3行"] == f"{TWO}1"
    # Notes on two rows of twelve are no column of texts.
    rows = [("编号", "名称", "说明"), *((i, f"器材{i}", ONE if i < 2 else "") for i in range(12))]
    assert list(texts(workbook({"a": rows}))) == ["a"]


def test_a_column_of_points_under_the_right_head_is_no_speeches() -> None:
    rows = [("时间", "内容"), ("9:00", "签到"), ("9:30", "领导讲话，宣布开会"), ("10:00", "分组讨论")]
    assert texts(workbook({"议程": rows})) == {"议程": "documents.table_no_prose"}


def test_a_sheet_with_prose_but_no_column_of_it_is_one_document() -> None:
    prose = "各村要在汛前把排水沟清一遍，堵住的地方用挖机挖开，挖出来的淤泥当天拉走，不许堆在路边。"
    rows = [("单位", "整改要求", "时限"), ("东村", prose, "6月底"), ("西村", "同上", "6月底")]
    assert texts(workbook({"任务": rows})) == {
        "任务": f"单位\t整改要求\t时限\n东村\t{prose}\t6月底\n西村\t同上\t6月底"
    }


def test_merged_cells_stand_for_the_rows_below_and_are_written_once() -> None:
    rows = [("日期", "讲话人", "内容"), (dt.date(2024, 5, 6), "马文川", ONE), (None, "罗青松", TWO)]
    found = texts(workbook({"a": rows}, merged=["A2:A3"]))
    assert [text.split("\n")[:2] for text in found.values()] == [
        ["讲话人：马文川", "（2024年5月6日）"],
        ["讲话人：罗青松", "（2024年5月6日）"],
    ]
    note = "汛期值班的要求是电话畅通，人员在岗，交接班要有记录，缺岗一次全镇通报批评，两次报纪委处理。"
    more: list[tuple[object, ...]] = [("安全须知",), (note, None, None)]
    assert texts(workbook({"a": more}, merged=["A2:C2"])) == {"a": f"安全须知\n{note}"}


def test_several_columns_of_text_stand_under_their_heads() -> None:
    found = texts(workbook({"a": [("标题", "讲话内容", "整改措施"), ("甲会", ONE, TWO), ("乙会", TWO, ONE)]}))
    assert found["a/第2行"] == f"甲会\n\n讲话内容：\n{ONE}\n整改措施：\n{TWO}"


@pytest.mark.parametrize(
    ("date", "line"),
    [
        (dt.datetime(2024, 3, 5), "（2024年3月5日）"),
        (dt.date(2024, 3, 5), "（2024年3月5日）"),
        ("2024-03-05", "（2024年3月5日）"),
        ("2024/3/5", "（2024年3月5日）"),
        ("2024.3.5", "（2024年3月5日）"),
        ("2024年3月5日", "（2024年3月5日）"),
        (20240305, "（2024年3月5日）"),
        (45356, "（2024年3月5日）"),  # a date without its format
        ("2024年春", "时间：2024年春"),
    ],
)
def test_dates_are_written_as_speeches_write_them(date: object, line: str) -> None:
    assert texts(workbook({"a": [("时间", "内容"), (date, ONE)]}))["a/第2行"] == f"{line}\n\n{ONE}"


def test_hidden_and_empty_sheets_give_nothing() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook({"讲话": [HEAD, ROWS[0]], "底稿": [HEAD, ROWS[1]], "空": []}))
    )
    book["底稿"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    assert list(texts(stream.getvalue())) == ["讲话/第2行"]


def csv_bytes(rows: Sequence[Sequence[object]], separator: str = ",") -> str:
    return "".join(
        separator.join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows
    )


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_tables_in_text_files_are_read_whatever_divides_them(separator: str, codec: str) -> None:
    rows = [HEAD, *((*row[:4], f"{row[4]:%Y/%m/%d}", *row[5:]) for row in ROWS)]
    data = csv_bytes(rows, separator).encode(codec)
    assert detect(data, "台账.CSV") is Kind.CSV
    found = texts(data, Kind.CSV)
    assert list(found) == ["第2行", "第3行"]
    assert found["第2行"] == FIRST


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_table() -> None:
    rows = "".join(f"甲{i},{ONE.replace(chr(10), '')}\n" for i in range(2_500))
    data = f'标题,内容\n乙,"{TWO.replace(chr(10), "")}\n{rows}'.encode()
    assert len(unpack(data, Kind.CSV, Cursor(), 1 << 30).members) == 2_501


def test_a_text_with_that_ending_is_one_document() -> None:
    prose = "各村要在汛前把排水沟清一遍，堵住的地方用挖机挖开，挖出来的淤泥当天拉走，不许堆在路边。"
    assert texts(prose.encode(), Kind.CSV) == {"全表": prose}
    assert texts(b"a,b\n1,2\n", Kind.CSV) == {"全表": "documents.table_no_prose"}
    assert contents(b"", Kind.CSV) == {}


def with_cell(place: str) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "内容"
    book.active[place] = ONE
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_cell_in_the_last_corner_does_not_fill_the_memory() -> None:
    assert refusal(with_cell("XFD1048576"), Kind.XLSX) == "documents.table_too_large"
    assert list(texts(with_cell("A9000"))) == ["Sheet/第9000行"]


def test_a_workbook_that_inflates_beyond_any_is_refused() -> None:
    data = io.BytesIO(workbook({"a": [HEAD, *ROWS]}))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * (70 << 20))
    assert refusal(data.getvalue(), Kind.XLSX) == "documents.bomb"


def test_damaged_workbooks_are_told() -> None:
    data = workbook({"a": [HEAD, *ROWS]})
    assert refusal(data[:-100], Kind.XLSX) in ("documents.damaged", "documents.table_damaged")
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"<worksheet" if "sheet1" in name else source.read(name))
    assert refusal(broken.getvalue(), Kind.XLSX) == "documents.table_damaged"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_breaks_more_than_the_table(data: st.DataObject) -> None:
    changed = bytearray(csv_bytes([HEAD, *ROWS]).encode("gb18030"))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + 1] = data.draw(st.binary(max_size=3))
    with contextlib.suppress(DocumentError):
        for member in unpack(bytes(changed), Kind.CSV, Cursor(), 1 << 20).members:
            member.data.decode()
