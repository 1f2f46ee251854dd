"""The report of a rebuild: what was left out and what is doubtful, by reason, with what to do."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import config.messages
from config.errors import AnjiangError, DocumentError
from config.messages import Language
from retrieval.cli.app import build_app
from retrieval.documents.read import read_document
from retrieval.documents.types import ReadWarning
from retrieval.index.archive import Skipped
from retrieval.index.doubts import Doubt, doubts_of
from retrieval.index.reasons import Group, doubt_groups, skipped_groups
from tests.retrieval.index.helpers import speech
from tests.retrieval.readers.office import docx, p
from tests.retrieval.readers.pdf_parts import drawn, lines


def skipped(path: str, key: str, **values: object) -> Skipped:
    return Skipped(path, DocumentError(key, **values))


def test_files_with_one_reason_are_a_group_and_what_differs_stands_with_each() -> None:
    found = skipped_groups(
        [
            skipped("甲.docx", "documents.encrypted", file="甲.docx"),
            skipped("c.docx", "documents.damaged", file="c.docx", detail="word/document.xml"),
            skipped("b.docx", "documents.encrypted", file="b.docx"),
            skipped("a.docx", "documents.damaged", file="a.docx", detail="第3页"),
            skipped("e.docx", "documents.damaged", file="e.docx", detail="第3页"),
        ],
        Language.ZH,
    )
    damaged = "文件已损坏（…）。请用原来的软件打开并另存一份。"
    assert found == [
        Group(damaged, (("a.docx", "第3页"), ("c.docx", "word/document.xml"), ("e.docx", "第3页"))),
        Group("文件已加密，打不开。请去掉密码后再放入。", (("b.docx", ""), ("甲.docx", ""))),
    ]


def test_what_is_said_of_every_file_stands_in_the_text() -> None:
    found = skipped_groups(
        [skipped(f"{n}.docx", "documents.damaged", file=f"{n}.docx", detail="第3页") for n in "ab"],
        Language.ZH,
    )
    assert found[0].text.startswith("文件已损坏（第3页）。")
    assert found[0].members == (("a.docx", ""), ("b.docx", ""))


def test_kinds_that_ask_for_different_things_are_different_groups() -> None:
    found = skipped_groups(
        [
            skipped(f"{n}{ending}", "index.skip_ending", ending=ending)
            for ending in (".ppt", ".mp3")
            for n in "ab"
        ],
        Language.EN,
    )
    assert [(group.text.split(" are ")[0], len(group.members)) for group in found] == [
        ("files ending in .mp3", 2),
        ("files ending in .ppt", 2),
    ]


def test_a_reason_within_a_reason_is_in_the_same_language() -> None:
    inner = AnjiangError("index.os_denied")
    missing = AnjiangError("index.os_missing")
    for language, words in (
        (Language.ZH, ("没有权限", "文件不存在")),
        (Language.EN, ("Permission", "No such")),
    ):
        (group,) = skipped_groups(
            [
                skipped("a", "index.skip_unreadable", reason=inner),
                skipped("b", "index.skip_unreadable", reason=missing),
            ],
            language,
        )
        assert [detail.startswith(word) for (_, detail), word in zip(group.members, words, strict=True)] == [
            True
        ] * 2


def test_doubts_are_grouped_and_a_file_may_have_several() -> None:
    found = doubt_groups(
        [
            Doubt("b", ReadWarning.TRUNCATED),
            Doubt("a", ReadWarning.TRUNCATED),
            Doubt("a", ReadWarning.MIXED_ENCODINGS),
        ],
        Language.ZH,
    )
    assert [[path for path, _ in group.members] for group in found] == [["a", "b"], ["a"]]
    assert "GBK 和 UTF-8" in found[1].text


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    pages = [lines("值班人员每晚两人在岗。"), lines("这一页坏了。"), lines("发现险情先撤人，再上报。")]
    damaged = drawn(*pages, pageCompression=0).replace(b"/Type /Page\n", b"/Type /Pagx\n", 2)
    path = tmp_path / "防汛.pdf"
    path.write_bytes(damaged.replace(b"/Type /Pagx\n", b"/Type /Page\n", 1))
    found = doubt_groups(doubts_of(read_document(path, tmp_path)), Language.ZH)
    assert [group.members for group in found if "读不出来" in group.text] == [(("防汛.pdf", "第2页"),)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    good = docx("".join(map(p, speech("防汛").splitlines())))
    (folder / "good.docx").write_bytes(good)
    (folder / "same.docx").write_bytes(good)
    (folder / "名不副实.txt").write_bytes(docx("".join(map(p, speech("防火").splitlines()))))
    halves = speech("值班").encode("gb18030"), speech("交通").encode()
    (folder / "mixed.txt").write_bytes(halves[0] * 2 + halves[1])
    for number in range(8):
        (folder / f"cut{number}.docx").write_bytes(good[: -60 - number])
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    (folder / "locked.docx").write_bytes(ole)
    (folder / "film.mp4").write_bytes(b"x")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def index(archive: Path, *options: str, language: Language = Language.ZH) -> str:
    arguments = ["index", str(archive), "--dry-run", "--index", str(archive.with_name("idx")), *options]
    result = CliRunner().invoke(build_app(language), arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_index_lists_reasons_with_the_first_paths(archive: Path, apart: Path) -> None:
    lines = index(archive).splitlines()
    start = lines.index("没有收入的文件：11 个")
    assert "文件已损坏" in lines[start + 1]
    assert lines[start + 1].endswith("（8 个）")
    assert [line.split()[0] for line in lines[start + 2 : start + 7]] == [f"cut{n}.docx" for n in range(5)]
    assert lines[start + 7] == "    ……还有 3 个（--verbose 全部列出）"
    assert lines[start + 8 : start + 11] == [
        "! empty.txt  文件是空的，没有可读的内容。请删除它，或换成有内容的文件。",
        "! film.mp4  不支持 .mp4 格式；是讲话的请另存为 docx、pdf 或 txt",
        "! locked.docx  文件已加密，打不开。请去掉密码后再放入。",
    ]
    assert lines[start + 11 : start + 13] == [
        "内容已收的其他文件：1 个",
        "= same.docx  内容与 good.docx 相同，只收一份，不必处理",
    ]
    assert lines[start + 13] == "读取存疑的文件：2 个"
    assert [line.partition("。")[0] for line in lines[start + 14 : start + 18]] == [
        "? mixed.txt  有字符无法按文件的编码识别，显示为 �",
        "? mixed.txt  文件里混用了两种编码（GBK 和 UTF-8），有一部分是乱码",
        "? mixed.txt  原文不完整：在标题或句子中间中断",
        "? 名不副实.txt  扩展名与内容不符，已按内容读取",
    ]
    assert "cut7.docx" in index(archive, "--verbose")


def test_every_reason_says_what_to_do() -> None:
    """Readers' reasons are two sentences (what it is; what to do) or name both in one."""
    folder = Path(config.messages.__file__).parent
    messages = {
        **tomllib.loads((folder / "documents.toml").read_text("utf-8")),
        **{
            name: texts
            for name, texts in tomllib.loads((folder / "index.toml").read_text("utf-8")).items()
            if name.startswith("skip_")
        },
    }
    facts = {"control_characters", "skip_same_speech", "ocr_doubtful"}  # nothing is to be done
    asking = ("请", "不必", "可以", "放入")
    silent = [
        name
        for name, texts in messages.items()
        if name not in facts and not any(w in texts["zh"] for w in asking)
    ]
    assert silent == []
