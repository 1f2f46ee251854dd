"""Zips, mails and tables all the way: found in an archive, indexed, asked, cited, proved, and moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.messages import Language
from retrieval.cli.app import build_app
from retrieval.documents import read as reading
from retrieval.documents.stored import open_stored
from retrieval.documents.types import ReadWarning
from retrieval.index.doubts import Doubt
from retrieval.index.generation import open_generation
from retrieval.index.report import RebuildReport
from retrieval.readers.formats import FORMATS
from retrieval.readers.types import Kind
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.index.helpers import FINGERPRINT, HashingEncoder, contents_at, rebuild, speech
from tests.retrieval.readers.boxes import mail, workbook, zipped
from tests.retrieval.readers.office import docx, p

WORD = docx("".join(p(line) for line in speech("森林防火").split("\n")))
MAIL = mail("转发：在道路交通工作会议上的讲话", speech("道路交通"), attached=[("烟花.docx", WORD)])
ROWS = [
    ("序号", "讲话标题", "讲话人", "讲话内容"),
    (1, "在粮食安全会上的讲话", "罗青松", speech("粮食安全", 1).split("\n", 2)[2]),
    (2, "在校车安全会上的讲话", "马文川", speech("校车安全", 1).split("\n", 2)[2]),
]
INNER = zipped([("夏/防汛.txt", speech("防汛抗旱").encode()), ("坏.docx", WORD[:400])], "gbk", flag=False)
OUTER = zipped(
    [("2024/森林.docx", WORD), ("2024/季.zip", INNER), ("信.eml", MAIL), ("图.mp4", b"\0\0\0\x20ftyp")],
    "gbk",
    flag=False,
)
PATHS = [
    "台账.xlsx/讲话/第2行",
    "台账.xlsx/讲话/第3行",
    "资料.zip/2024/季.zip/夏/防汛.txt",
    "资料.zip/2024/森林.docx",
    "资料.zip/信.eml/正文",
]

COPY = "资料.zip/信.eml/烟花.docx"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "资料.zip").write_bytes(OUTER)
    (archive / "台账.xlsx").write_bytes(workbook({"讲话": ROWS, "电话": [("姓名", "电话"), ("甲", "1")]}))
    return archive


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def paths_of(index: Path) -> dict[str, str]:
    with open_generation(index, FINGERPRINT) as generation:
        return {info.path: info.reader for info in generation.store.document_infos()}


def reasons(report: RebuildReport) -> dict[str, str]:
    return {one.path: one.reason.key for one in report.skipped}


def test_what_lies_in_containers_is_indexed_under_its_path(archive: Path, index: Path) -> None:
    report = rebuild(archive, index)
    readers = ["xlsx/1", "xlsx/1", "text/1", FORMATS[Kind.DOCX].reader, "eml/1"]
    assert paths_of(index) == dict(zip(PATHS, readers, strict=True))
    assert reasons(report) == {
        "资料.zip/2024/季.zip/坏.docx": "documents.damaged",
        "资料.zip/信.eml/烟花.docx": "index.skip_duplicate",
        "资料.zip/图.mp4": "index.skip_ending",
        "台账.xlsx/电话": "documents.table_no_prose",
    }
    for one in report.skipped:
        assert one.path.split("/")[-1] or one.reason.text(Language.ZH)


def test_a_container_by_another_ending_is_opened_and_told(archive: Path, index: Path) -> None:
    (archive / "资料.zip").rename(archive / "资料.dat")
    report = rebuild(archive, index)
    assert "资料.dat/2024/森林.docx" in paths_of(index)
    assert [one for one in report.warnings if "/" not in one.path] == [
        Doubt("资料.dat", ReadWarning.WRONG_ENDING)
    ]


def test_nothing_is_parsed_again_while_the_containers_stay(
    archive: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(archive, index)
    parsed: list[str] = []
    original = reading.read_bytes

    def noted(data: bytes, path: str, made_by: str = "") -> object:
        parsed.append(path)
        return original(data, path, made_by)

    monkeypatch.setattr(reading, "read_bytes", noted)
    report = rebuild(archive, index)
    assert (report.generation, report.unchanged) == (None, 5)
    # What could not be read is tried again, as any file is.
    assert parsed == ["资料.zip/2024/季.zip/坏.docx"]


def test_renaming_a_container_keeps_its_rows(archive: Path, index: Path) -> None:
    rebuild(archive, index)
    (archive / "资料.zip").rename(archive / "2024年讲话.zip")
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert encoder.encoded == []
    assert [old for old, _ in report.renamed] == PATHS[2:]
    assert (report.new, report.changed) == ((), ())
    assert report.removed == (COPY,)  # the second file of a document; its rows are those of the first


def test_unpacking_a_zip_keeps_its_rows(archive: Path, index: Path) -> None:
    rebuild(archive, index)
    (archive / "资料.zip").unlink()
    (archive / "森林.docx").write_bytes(WORD)
    encoder = HashingEncoder()
    report = rebuild(archive, index, encoder)
    assert encoder.encoded == []
    assert report.renamed == (("资料.zip/2024/森林.docx", "森林.docx"),)
    assert report.removed == tuple(sorted([COPY, *(path for path in PATHS[2:] if "森林" not in path)]))


def test_a_file_beside_a_zip_that_holds_it_is_the_one_that_counts(archive: Path, index: Path) -> None:
    (archive / "资料").mkdir()
    (archive / "资料/森林.docx").write_bytes(WORD)
    report = rebuild(archive, index)
    assert "资料/森林.docx" in paths_of(index)
    assert reasons(report)["资料.zip/2024/森林.docx"] == "index.skip_duplicate"


def test_changing_one_row_reads_and_encodes_one(archive: Path, index: Path) -> None:
    rebuild(archive, index)
    changed = [
        ROWS[0],
        (9, "新加的一行", "", ""),
        (*ROWS[1][:3], f"{ROWS[1][3]}\n补充一条：夜里要有人。"),
        ROWS[2],
    ]
    (archive / "台账.xlsx").write_bytes(workbook({"讲话": changed}))
    report = rebuild(archive, index)
    assert report.renamed == (("台账.xlsx/讲话/第3行", "台账.xlsx/讲话/第4行"),)
    assert (report.new, report.changed, report.unchanged) == ((), ("台账.xlsx/讲话/第3行",), 3)
    fresh = index.with_name("fresh")
    rebuild(archive, fresh)
    assert contents_at(index) == contents_at(fresh)


def test_a_broken_or_hostile_container_costs_one_line(archive: Path, index: Path) -> None:
    rebuild(archive, index)
    (archive / "断.zip").write_bytes(OUTER[:-80])
    (archive / "大.zip").write_bytes(zipped([(f"{i}.txt", bytes(4 << 20)) for i in range(9)]))
    (archive / "空.zip").write_bytes(zipped([]))
    (archive / "空.csv").write_bytes(b"")
    report = rebuild(archive, index)
    assert report.unchanged == 5
    assert {path: key for path, key in reasons(report).items() if "/" not in path} == {
        "断.zip": "documents.zip_damaged",
        "大.zip": "documents.bomb",
        "空.zip": "documents.nothing_inside",
        "空.csv": "documents.nothing_inside",
    }


def claim(index: Path, path: str) -> Claim:
    with open_generation(index, FINGERPRINT) as generation:
        stored = generation.store.find_path(path)
        assert stored is not None
        raw = generation.store.document(stored.info.id).raw
        at = raw.index("第一项任务的第乙步")
        return Claim(1, path, raw[at : at + 9], at, at + 9, stored.info.sha256, stored.info.reader)


def test_quotes_from_containers_are_proved_and_disproved(archive: Path, index: Path) -> None:
    rebuild(archive, index)
    claims = [claim(index, path) for path in PATHS]
    assert [proof.verdict for proof in verify(claims, archive)] == [Verdict.PROVED] * 5
    (archive / "资料.zip").write_bytes(zipped([("2024/森林.docx", WORD)]))
    (archive / "台账.xlsx").write_bytes(workbook({"讲话": [ROWS[0], ROWS[2], ROWS[1]]}))
    assert [proof.verdict for proof in verify(claims, archive)] == [
        Verdict.PROVED_FILE_CHANGED,  # the same words stand in another row's text
        Verdict.PROVED_FILE_CHANGED,
        Verdict.FILE_MISSING,
        Verdict.PROVED,
        Verdict.FILE_MISSING,
    ]
    (archive / "资料.zip").write_bytes(OUTER[:-80])
    assert verify([claims[3]], archive)[0].verdict is Verdict.FILE_UNREADABLE


@pytest.mark.parametrize(
    "path",
    [
        "../资料.zip/2024/森林.docx",
        "资料.zip/../台账.xlsx",
        "/etc/passwd",
        "资料.zip/无.txt",
        "无.zip/a",
        "a\0b",
    ],
)
def test_no_path_leads_out_of_the_archive(archive: Path, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_stored(archive, path)


def test_the_command_lists_a_container_and_reads_what_lies_in_it(archive: Path) -> None:
    app, runner = build_app(Language.ZH), CliRunner()
    shown = json.loads(runner.invoke(app, ["read", str(archive / "资料.zip"), "--json"]).stdout)
    assert [(one["path"], one.get("kind") or one["reason"]) for one in shown["members"]] == [
        ("资料.zip/2024/森林.docx", "docx"),
        ("资料.zip/2024/季.zip/夏/防汛.txt", "text"),
        ("资料.zip/2024/季.zip/坏.docx", "docx"),
        ("资料.zip/信.eml/正文", "eml"),
        ("资料.zip/信.eml/烟花.docx", "docx"),
        ("资料.zip/图.mp4", "index.skip_ending"),
    ]
    text = runner.invoke(app, ["read", str(archive / "资料.zip")]).stdout
    for words in ("zip", "2024/季.zip/夏/防汛.txt", "text", "不支持 .mp4 格式"):
        assert words in text
    inside = json.loads(runner.invoke(app, ["read", str(archive / PATHS[0]), "--json"]).stdout)
    assert (inside["path"], inside["reader"]) == (PATHS[0], "xlsx/1")
    assert inside["metadata"]["speaker"]["value"] == "罗青松"
    missing = runner.invoke(app, ["read", str(archive / "资料.zip/无.txt")])
    assert missing.exit_code == 1
