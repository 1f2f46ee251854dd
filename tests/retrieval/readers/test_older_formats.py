"""The formats of older office programs: what LibreOffice writes, and speeches in files made by hand."""

from __future__ import annotations

import difflib
import hashlib
import html
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from retrieval.documents.decoding import decode
from retrieval.documents.read import read_bytes
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.readers import legacy_office as office
from tests.retrieval.readers.office import package
from tests.retrieval.readers.outlines import outline
from tests.retrieval.readers.random_office import alike, converted
from tests.retrieval.readers.test_fidelity import SPEECHES
from tests.retrieval.readers.test_rtf_reader import bytes_of, document, spelled
from tests.retrieval.readers.word97 import Par, Run, Word, word6


@pytest.mark.parametrize("ending", office.ENDINGS)
@pytest.mark.parametrize(
    "is_fresh",
    [False, pytest.param(True, marks=pytest.mark.skipif(not office.SOFFICE, reason="no LibreOffice"))],
    ids=["kept", "fresh"],
)
def test_what_libreoffice_writes_is_read_whole(ending: str, is_fresh: bool) -> None:
    kept = office.FORMATS / f"libreoffice.{ending}"
    data = office.converted(office.speech(), ending) if is_fresh else kept.read_bytes()
    reading = importlib.import_module(f"retrieval.readers.{ending}").read(data)
    found = [(unit.name, reading.text[unit.span.start : unit.span.end]) for unit in reading.units]
    # LibreOffice itself drops text boxes when it writes RTF.
    wanted = [line for line in office.LINES if ending != "rtf" or line[0] != "文本框1"]
    assert found == wanted
    assert reading.title == wanted[0][1]
    headings = [(reading.text[one.span.start : one.span.end], one.level) for one in reading.headings]
    assert headings == list(office.HEADINGS)


@pytest.mark.parametrize("ending", office.ENDINGS)
def test_a_speech_is_read_as_a_text_file_is_and_its_quotes_are_proved(ending: str, tmp_path: Path) -> None:
    data = (office.FORMATS / f"libreoffice.{ending}").read_bytes()
    (tmp_path / f"a.{ending}").write_bytes(data)
    document = read_bytes(data, f"a.{ending}")
    known = document.metadata
    assert (known.speaker.text, known.date.text) == ("陆文舟", "2023-06-08")
    wanted = outline(read_bytes(office.speech(), "a.docx").sections)
    assert outline(document.sections) == wanted
    assert wanted[:3] == [(1, "一、看住水库"), (2, "（一）巡坝"), (2, "（二）值守")]
    at = document.raw.index("接班的人没到")
    digest = hashlib.sha256(data).hexdigest()
    claim = Claim(1, f"a.{ending}", "接班的人没到", at, at + 6, digest, f"{ending}/2")
    assert verify([claim], tmp_path)[0].verdict is Verdict.PROVED


@pytest.mark.skipif(not office.SOFFICE, reason="no LibreOffice")
def test_random_files_come_out_the_same_by_way_of_libreoffice() -> None:
    shares: dict[str, list[float]] = {}
    for ending, wanted, data in converted(range(5)):
        found = importlib.import_module(f"retrieval.readers.{ending}").read(data).text
        shares.setdefault(ending, []).append(alike(wanted, found))
    assert set(shares) == {"doc", "rtf", "odt"}
    assert all(sum(found) / len(found) >= 0.995 for found in shares.values())


def by_word(lines: Sequence[str]) -> bytes:
    middle = [len(line) // 2 for line in lines]  # programs cut runs anywhere
    return Word(
        [Par([Run(line[:at]), Run(f"{line[at:]}\r")]) for line, at in zip(lines, middle, strict=True)],
        scattered=True,
    ).data()


def by_word_6(lines: Sequence[str]) -> bytes:
    return word6("".join(f"{line}\r" for line in lines).encode("gb18030"))


def by_code_page(lines: Sequence[str]) -> bytes:
    return document(b"".join(rb"\pard\plain\f13 " + escaped(line) + rb"\par " for line in lines))


def escaped(line: str) -> bytes:
    return b"".join(bytes_of(sign) if sign not in "\\{}" else f"\\{sign}".encode() for sign in line)


def in_unicode(lines: Sequence[str]) -> bytes:
    return document(b"".join(rb"{\pard " + spelled(line) + rb"\par}" for line in lines))


def as_open_document(lines: Sequence[str]) -> bytes:
    text = "".join(f"<text:p>{html.escape(line)}</text:p>" for line in lines)
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    return package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


@pytest.mark.parametrize("make", [by_word, by_word_6, by_code_page, in_unicode, as_open_document])
@pytest.mark.parametrize("path", SPEECHES, ids=lambda path: path.stem)
def test_a_speech_reads_the_same_from_every_format(
    path: Path, make: Callable[[Sequence[str]], bytes]
) -> None:
    data = path.read_bytes()
    text = read_bytes(data, path.name)
    lines = [line for line in decode(data).text.splitlines() if line.strip()]
    other = read_bytes(make(lines), path.stem)
    wanted, found = "".join("".join(lines).split()), "".join(other.raw.split())
    same = difflib.SequenceMatcher(None, wanted, found, False).get_matching_blocks()
    assert sum(block.size for block in same) >= 0.995 * max(len(wanted), len(found))
    assert outline(other.sections) == outline(text.sections)
    for name in ("title", "speaker", "role", "date", "occasion", "organ"):
        assert getattr(other.metadata, name).text == getattr(text.metadata, name).text
