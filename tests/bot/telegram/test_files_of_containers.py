"""Files that are sent from inside zips and tables."""

from __future__ import annotations

from pathlib import Path

from bot.telegram.handlers.look import _file_of, _name_of
from retrieval.index.generation import open_generation
from tests.retrieval.index.helpers import FINGERPRINT, rebuild, speech
from tests.retrieval.readers.boxes import workbook, zipped


def test_what_lies_in_a_container_is_sent_by_itself_and_under_a_name_that_opens(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    text = speech("防汛抗旱")
    (archive / "资料.zip").write_bytes(zipped([("夏/防汛.txt", text.encode())]))
    (archive / "台账.xlsx").write_bytes(
        workbook({"讲话": [("标题", "内容"), ("粮食会", speech("粮食安全"))]})
    )
    rebuild(archive, tmp_path / "index")
    with open_generation(tmp_path / "index", FINGERPRINT) as generation:
        row, member = generation.store.document_infos()
    assert (_name_of(member), _file_of(archive, member)) == ("防汛.txt", text.encode())
    assert _name_of(row) == "第2行.txt"
    assert (_file_of(archive, row) or b"").decode().startswith("粮食会\n\n在粮食安全工作会议上")
    (archive / "资料.zip").write_bytes(zipped([("夏/防汛.txt", b"changed")]))
    assert _file_of(archive, member) is None
