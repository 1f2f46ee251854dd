from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.readers.members import Cursor
from retrieval.readers.types import Kind
from retrieval.readers.unpacking import unpack
from tests.retrieval.readers.boxes import TALK, contents, mail, opened, plain_zip, refusal, zipped
from tests.retrieval.readers.office import docx, p

WORD = docx(p("值班要在岗。"))
NAME = "2024/春节讲话.txt"
TEXT = TALK.encode()


@pytest.mark.parametrize(
    "data",
    [
        zipped([(NAME, TEXT)]),
        zipped([(NAME, TEXT)], flag=False),  # macOS and many servers
        zipped([(NAME, TEXT)], "gbk", flag=False),  # WinRAR, 360, Windows of old
        zipped([(NAME.replace("/", "\\"), TEXT)], "gbk", flag=False),
        zipped([(NAME, TEXT)], "gbk", flag=False, extra=True),
        zipped([("./" + NAME, TEXT)], comment="年终汇编".encode("gbk")),
        zipped([(NAME, TEXT)], method=zipfile.ZIP_STORED),
        zipped([(NAME, TEXT)], method=zipfile.ZIP_BZIP2),
        zipped([(NAME, TEXT)], method=zipfile.ZIP_LZMA),
    ],
)
def test_names_are_read_whoever_wrote_the_zip(data: bytes) -> None:
    assert contents(data) == {NAME: TEXT}


def test_a_backslash_inside_a_character_divides_no_folders() -> None:
    # The second byte of 誠 in GBK is that of a backslash.
    assert "誠".encode("gbk")[1:] == b"\\"
    assert list(contents(zipped([("誠信/讲话.txt", b"x")], "gbk", flag=False))) == ["誠信/讲话.txt"]


def test_two_short_names_that_happen_to_be_utf8_do_not_mislead() -> None:
    # 啊 alone is no UTF-8; only all names together tell.
    files = [("联通.txt", b"1"), ("啊.txt", b"2")]
    assert list(contents(zipped(files, "gbk", flag=False))) == ["联通.txt", "啊.txt"]


def test_a_field_of_another_name_is_not_believed() -> None:
    data = bytearray(zipped([("讲话.txt", b"x")], "gbk", flag=False, extra=True))
    told = struct.pack("<L", zlib.crc32("讲话.txt".encode("gbk")))
    data = bytearray(bytes(data).replace(told, b"\0\0\0\0"))
    data = bytearray(bytes(data).replace("讲话.txt".encode(), "假话.txt".encode()))
    assert list(contents(bytes(data))) == ["讲话.txt"]


def test_what_systems_leave_behind_is_passed_over() -> None:
    files = [
        (name, TEXT)
        for name in (
            "__MACOSX/._a.txt",
            ".DS_Store",
            "a/.hidden/b.txt",
            "~$a.docx",
            "Thumbs.db",
            "a/",
            "a.txt",
        )
    ]
    assert list(contents(zipped(files))) == ["a.txt"]


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "a/../../b.txt", "/etc/a.txt", "C:\\a.txt", "d:a.txt", "a\n.txt", "字" * 600 + ".txt"],
)
def test_a_name_that_leads_out_or_can_not_be_shown_costs_that_file(name: str) -> None:
    found = opened(zipped([(name, TEXT), ("好.txt", TEXT)]))
    assert [one.error.key if one.error else one.name for one in found] == ["documents.member_name", "好.txt"]
    assert "\n" not in found[0].name


def test_of_two_files_with_one_name_the_last_is_read() -> None:
    found = opened(zipped([("a.txt", b"old"), ("a.txt", b"new")]))
    assert [(one.name, one.data, one.error and one.error.key) for one in found] == [
        ("a.txt", b"", "documents.member_twice"),
        ("a.txt", b"new", None),
    ]


def test_a_damaged_member_costs_itself() -> None:
    data = bytearray(zipped([("a.txt", TEXT), ("b.txt", b"good")], method=zipfile.ZIP_STORED))
    data[bytes(data).index(TEXT) + 10] ^= 1
    assert contents(bytes(data)) == {"a.txt": "documents.member_damaged", "b.txt": b"good"}


def test_a_link_and_what_no_reader_reads_are_told() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "../../etc/passwd")
        archive.writestr("movie.mp4", b"\0\0\0\x20ftyp" + bytes(5_000))
        archive.writestr("README", "plain")
        archive.writestr("speech", WORD)
    assert contents(stream.getvalue()) == {
        "link.txt": "index.skip_irregular",
        "movie.mp4": "index.skip_ending",
        "README": "index.skip_no_ending",
        "speech": WORD,
    }


def encrypted(data: bytes, *names: bytes) -> bytes:
    """The same with the flag of encryption on these entries."""
    changed = bytearray(data)
    for signature, flag_at, name_at in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = data.find(signature)
        while at >= 0:
            if any(data[at + name_at :].startswith(name) for name in names):
                changed[at + flag_at] |= 1
            at = data.find(signature, at + 4)
    return bytes(changed)


def test_encrypted_members_are_told_one_by_one_or_all_at_once() -> None:
    data = plain_zip(a_txt="1", b_txt="2")
    assert contents(encrypted(data, b"a.txt")) == {"a.txt": "documents.encrypted", "b.txt": b"2"}
    assert refusal(encrypted(data, b"a.txt", b"b.txt")) == "documents.encrypted"


def test_an_unknown_method_costs_that_file() -> None:
    data = zipped([("a.txt", TEXT)], method=zipfile.ZIP_STORED).replace(
        b"\x14\x00\x00\x08\x00\x00", b"\x14\x00\x00\x08\x63\x00"
    )
    assert contents(data) == {"a.txt": "documents.zip_method"}


def test_a_zip_in_the_large_form_is_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("大.txt", "w", force_zip64=True) as file:
        file.write(TEXT)
    assert contents(stream.getvalue()) == {"大.txt": TEXT}


def test_containers_in_containers_are_opened_with_their_paths() -> None:
    inner = zipped([("夏.txt", b"1"), ("秋.txt", b"2")], "gbk", flag=False)
    letter = mail("转发：防汛讲话", TALK, attached=[("附件.zip", inner), ("讲话.docx", WORD)])
    data = zipped([("春.txt", b"0"), ("包/四季.zip", inner), ("信.eml", letter), ("表.csv", b"a,b\n")])
    found = {one.name: one for one in opened(data)}
    assert list(found) == [
        "春.txt",
        "包/四季.zip/夏.txt",
        "包/四季.zip/秋.txt",
        "信.eml/正文",
        "信.eml/附件.zip/夏.txt",
        "信.eml/附件.zip/秋.txt",
        "信.eml/讲话.docx",
        "表.csv",
    ]
    assert found["信.eml/正文"].maker is Kind.EML
    assert found["信.eml/附件.zip/秋.txt"].data == b"2"
    assert found["表.csv"].table is Kind.CSV


def test_a_broken_container_in_a_container_costs_itself() -> None:
    inner = plain_zip(a_txt="1")
    data = zipped([("坏.zip", inner[:-30]), ("空.zip", plain_zip()), ("好.zip", inner)])
    assert contents(data) == {
        "坏.zip": "documents.zip_damaged",
        "空.zip": "documents.nothing_inside",
        "好.zip/a.txt": b"1",
    }


def test_reading_begins_with_the_member_asked_for() -> None:
    inner = plain_zip(a_txt="1", b_txt="2")
    data = zipped([("x.txt", b"0"), ("in.zip", inner), ("z.txt", b"3")])

    def first(name: str, most: int = 1) -> list[str]:
        return [one.name for one in unpack(data, Kind.ZIP, Cursor(name=name), most).members]

    assert first("in.zip/b.txt") == ["in.zip/b.txt"]
    assert first("in.zip/b.txt", 2) == ["in.zip/b.txt", "z.txt"]
    assert first("z.txt") == ["z.txt"]
    assert first("none.txt") == []
    # A file and a folder of one name: the file itself is meant.
    both = zipped([("a", WORD), ("a/b.txt", b"1")])
    assert unpack(both, Kind.ZIP, Cursor(name="a/b.txt"), 1).members[0].data == b"1"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_breaks_more_than_the_zip(data: st.DataObject) -> None:
    whole = zipped([("春.txt", TEXT), ("in.zip", plain_zip(a_txt="1")), ("c.docx", WORD)], "gbk", flag=False)
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] = data.draw(st.integers(0, 255))
    cut = bytes(changed[: data.draw(st.integers(1, len(changed)))])
    with contextlib.suppress(DocumentError):
        unpack(cut, Kind.ZIP, Cursor(), 1 << 20)
