"""Files that would fill memory or disk if they were unpacked: each costs a line, in bounded memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from retrieval.readers import mails, members
from retrieval.readers.types import Kind
from tests.retrieval.readers.boxes import TALK, contents, mail, opened, refusal, zipped

ZEROS = bytes(6 << 20)


def with_sizes(data: bytes, size: int) -> bytes:
    """The same with another declared size in every directory entry and header."""
    changed = bytearray(data)
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into("<L", changed, at + place, size)
            at = data.find(signature, at + 4)
    return bytes(changed)


def test_what_inflates_beyond_any_text_costs_itself() -> None:
    data = zipped([("bomb.txt", ZEROS), ("好.txt", b"1")])
    assert len(data) < 20_000
    assert contents(data) == {"bomb.txt": "documents.bomb", "好.txt": b"1"}


def test_no_more_is_inflated_than_is_declared() -> None:
    data = with_sizes(zipped([("bomb.txt", ZEROS)]), 10)
    assert contents(data) == {"bomb.txt": "documents.member_damaged"}
    # Declared larger than it is: no waiting for what never comes.
    data = with_sizes(zipped([("short.txt", b"1")], method=zipfile.ZIP_STORED), 1000)
    assert contents(data) == {"short.txt": "documents.member_damaged"}


def test_a_member_larger_than_any_speech_is_not_unpacked() -> None:
    big = with_sizes(zipped([("big.txt", b"1" * 300_000)], method=zipfile.ZIP_STORED), 51 << 20)
    assert contents(big) == {"big.txt": "documents.too_large"}


def test_what_lies_too_deep_is_told_and_not_opened() -> None:
    data = TALK.encode()
    name = "讲话.txt"
    for level in range(10, 0, -1):
        data, name = zipped([(name, data), (f"{level}.txt", b"1")]), f"{level}.zip"
    assert contents(data) == {
        "2.zip/3.zip/4.zip": "documents.too_deep",
        "2.zip/3.zip/3.txt": b"1",
        "2.zip/2.txt": b"1",
        "1.txt": b"1",
    }


def test_a_zip_in_a_mail_in_a_zip_counts_as_three() -> None:
    three = zipped([("a.eml", mail("防汛", TALK, attached=[("b.zip", zipped([("c.txt", b"1")]))]))])
    assert list(contents(three)) == ["a.eml/正文", "a.eml/b.zip/c.txt"]
    assert contents(zipped([("z.zip", three)]))["z.zip/a.eml/b.zip"] == "documents.too_deep"


def test_a_hundred_thousand_entries_are_refused() -> None:
    # Empty files, one after another; by hand, because `zipfile` takes seconds to write them.
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 6, 0)
    entry = struct.Struct("<4s6H3L5H2L")
    names = [f"{number:06}".encode() for number in range(100_000)]
    files = b"".join(local + name for name in names)
    directory = b"".join(
        entry.pack(b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, at * 36) + name
        for at, name in enumerate(names)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(directory), len(files), 0)
    assert refusal(files + directory + end) == "documents.too_many_members"


def test_entries_of_all_containers_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_MEMBERS", 7)
    two = zipped([("a.txt", b"1"), ("b.txt", b"2")])
    assert len(opened(zipped([("1.zip", two), ("2.zip", two)]))) == 4
    assert refusal(zipped([("1.zip", two), ("2.zip", two), ("3.zip", two)])) == "documents.too_many_members"


def test_files_that_share_their_bytes_are_refused() -> None:
    # One header, listed many times: a small file of any size with nothing nested.
    data = zipped([("a.txt", TALK.encode())])
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[at:end]
    many = (
        data[:at] + entry * 50 + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entry) * 50, at, 0)
    )
    assert refusal(many) == "documents.zip_overlap"
    # An entry whose data runs on over the next one.
    two = bytearray(zipped([("a.txt", b"1" * 100), ("b.txt", b"2" * 100)], method=zipfile.ZIP_STORED))
    struct.pack_into("<L", two, bytes(two).index(b"PK\x01\x02") + 20, 150)
    assert refusal(bytes(two)) == "documents.zip_overlap"


MEASURE = """
import resource, sys
from pathlib import Path
from retrieval.documents.stored import LeftOut, members
from retrieval.readers.types import Kind
from config.errors import DocumentError
count = 0
try:
    for one in members(Path(sys.argv[1]), Kind.ZIP, "a.zip"):
        count += not isinstance(one, LeftOut)
except DocumentError as error:
    print(error.key, end=" ")
from retrieval.readers.isolation import shared_readers
shared_readers().close()
own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(count, own, child)
"""


def measured(file: Path) -> list[str]:
    """What unpacking a file gives, and the megabytes that it takes here and in the worker."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True, timeout=300
    )
    return done.stdout.split()


def test_the_sum_of_all_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_UNPACKED", 1_000)
    texts = [(f"{i}.txt", b"12345" * 20) for i in range(4)]
    assert len(opened(zipped([("a.zip", zipped(texts))]))) == 4
    two = [("a.zip", zipped(texts)), ("b.zip", zipped(texts))]
    assert refusal(zipped(two)) == "documents.too_much_unpacked"


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is told by /proc")


@needs_proc
def test_a_large_zip_passes_through_in_bounded_memory(tmp_path: Path) -> None:
    text = (TALK * 60_000).encode()[: 12 << 20]  # repeats, but not as a bomb does
    noise = bytes(range(256)) * 400
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(12):
            archive.writestr(f"{number}.txt", noise + text)
    (tmp_path / "a.zip").write_bytes(stream.getvalue())
    count, own, child = map(int, measured(tmp_path / "a.zip"))
    assert count == 12  # 145 MB in all
    assert own < 250
    assert child < 300


@needs_proc
def test_a_bomb_of_bombs_is_given_up_with_one_line_and_in_bounded_memory(tmp_path: Path) -> None:
    # As 42.zip: sixteen in sixteen in sixteen.
    data = zipped([(f"{i}.txt", ZEROS[: 3 << 20]) for i in range(16)])
    for level in range(2):
        data = zipped([(f"{level}{i}.zip", data) for i in range(16)])
    assert len(data) < 300_000  # declares 12 GB
    (tmp_path / "a.zip").write_bytes(data)
    key, _, own, child = measured(tmp_path / "a.zip")
    assert key == "documents.bomb"
    assert int(own) < 350
    assert int(child) < 450


def test_a_mail_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MOST_MEMBERS", 100)
    parts = "\n".join(f"--x\nContent-Type: text/plain; name=a{i}.txt\n\n1" for i in range(101))
    data = f"MIME-Version: 1.0\nSubject: a\nContent-Type: multipart/mixed; boundary=x\n\n{parts}\n--x--\n"
    assert refusal(data.encode(), Kind.EML) == "documents.too_many_members"


def test_a_mail_nested_without_end_is_refused() -> None:
    depth = 3_000
    head = "".join(f'Content-Type: multipart/mixed; boundary="{i}"\n\n--{i}\n' for i in range(depth))
    assert refusal(f"MIME-Version: 1.0\n{head}\n\nx".encode(), Kind.EML).startswith("documents.")
