"""Sound files of every format to break, and what reading a broken one may come to."""

from __future__ import annotations

import html
import io
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from PIL import Image

from config.errors import DocumentError
from retrieval.documents.read import read_bytes
from retrieval.documents.stored import Stored, members
from retrieval.documents.types import Document
from retrieval.readers.detect import detect
from retrieval.readers.formats import CONTAINERS
from tests.retrieval.readers.boxes import mail, workbook, zipped
from tests.retrieval.readers.legacy_office import speech as word_speech
from tests.retrieval.readers.mutations import mutant
from tests.retrieval.readers.ofd_press import by_steps, printed
from tests.retrieval.readers.print_shop import Layout, by_reportlab
from tests.retrieval.readers.printed_speeches import MINE

_FORMATS = Path(__file__).resolve().parents[2] / "data" / "formats"
_LINES = [block.text for block in MINE[:24]]

PICTURES = ("jpg", "tif")
"""Formats that take a second a file."""

SLOW = "documents.reader_slow"
CRASHED = "documents.reader_crashed"


def _text() -> bytes:
    return "\n".join(_LINES).encode("gb18030")


def _page() -> bytes:
    body = "".join(f"<p class='a' style='x'>{html.escape(line)}</p>" for line in _LINES)
    body += "<table><tr><td>库</td><td>水位</td></tr><tr><td>三号</td><td>1.7米</td></tr></table>"
    menu = "<div id='nav'>首页</div>"
    return f"<html><head><meta charset='utf-8'></head><body>{menu}{body}</body></html>".encode()


def _picture(form: str) -> bytes:
    """A paragraph cut out of a scan: recognising a whole page takes seconds."""
    stream = io.BytesIO()
    with Image.open(_FORMATS / "worn.jpg") as page:
        page.convert("L").crop((80, 320, 790, 500)).save(stream, form)
    return stream.getvalue()


def _saved() -> bytes:
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b0"\r\n\r\n--b0\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + _page() + b"\r\n--b0--\r\n"


SOUND: dict[str, Callable[[], bytes]] = {
    "txt": _text,
    "docx": word_speech,
    "html": _page,
    "mhtml": _saved,
    "doc": (_FORMATS / "libreoffice.doc").read_bytes,
    "rtf": (_FORMATS / "libreoffice.rtf").read_bytes,
    "odt": (_FORMATS / "libreoffice.odt").read_bytes,
    "ofd": lambda: printed(MINE, by_steps),
    "pdf": lambda: by_reportlab(MINE, Layout()),
    "jpg": lambda: _picture("JPEG"),
    "tif": lambda: _picture("TIFF"),
    "zip": lambda: zipped([("春节/讲话.txt", _text()), ("讲话.docx", word_speech())]),
    "eml": lambda: mail(_LINES[0], "\n".join(_LINES), attached=[("讲话.docx", word_speech())]),
    "xlsx": lambda: workbook({"讲话": [["标题", "内容"], *([_LINES[0], line * 3] for line in _LINES[3:9])]}),
}
"""A sound file of each format, by its ending."""


@dataclass
class Tally:
    """What came of reading many broken files.

    Attributes:
        outcomes: how often each; "read", "opened" for what holds documents, or the key of the error.
        slowest: seconds of the slowest file, and its number.
        wrong: number and what happened, where it is nothing that may happen.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, -1)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def fuzz(ending: str, seed: int, numbers: range) -> Tally:
    """Break a sound file once for each number and read what comes of it."""
    sound = SOUND[ending]()
    tally = Tally()
    for number in numbers:
        data = mutant(sound, seed, number)
        began = monotonic()
        try:
            outcome = _read(data, f"{number}.{ending}")
        except DocumentError as error:
            outcome = error.key
        except Exception as error:  # noqa: BLE001 - whatever else a parser's input raises here is a defect
            outcome = type(error).__name__
            tally.wrong.append((number, repr(error)))
        tally.outcomes[outcome] += 1
        tally.slowest = max(tally.slowest, (monotonic() - began, number))
    return tally


def _read(data: bytes, name: str) -> str:
    if detect(data, name) not in CONTAINERS:
        return _checked(read_bytes(data, name))
    with TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(data)
        for member in members(file, detect(data, name), name):
            if isinstance(member, Stored):
                with suppress(DocumentError):
                    _checked(read_bytes(member.data, member.path, made_by=member.reader))
    return "opened"


def _checked(document: Document) -> str:
    """Whether every place of a document lies in its text."""
    length = len(document.raw)
    spans = [zone.span for zone in document.zones] + [unit.span for unit in document.units]
    if any(span.end > length for span in spans):
        raise ValueError(f"a place beyond the {length} characters")
    return "read"
