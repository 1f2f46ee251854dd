"""Containers made for tests: zips as the programs of Chinese archives write them, mails, workbooks."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from typing import Any

import openpyxl

from config.errors import DocumentError
from retrieval.readers.members import Cursor, Member, Window
from retrieval.readers.types import Kind
from retrieval.readers.unpacking import unpack

TALK = (
    "在全镇烟花爆竹禁放工作会议上的讲话\n镇长 卢明远\n（2024年1月26日）\n同志们：\n"
    "小年一过，村里放炮的就多起来。今天把话说在前头，镇区和学校周围三百米以内一个炮也不许放。\n"
    "一、管住卖的\n供销点以外的摊子，派出所这两天挨个去看，有货的当场登记、当场收走。\n"
    "二、看住放的\n村干部除夕夜不许回城，网格员一人包三十户，放炮的先劝，劝不住的报派出所。\n"
)


class _Info(zipfile.ZipInfo):
    """An entry whose name goes into the file as these bytes."""

    raw = b""
    flags = 0

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # the name in `zipfile`
        return self.raw, self.flag_bits | self.flags


def zipped(
    files: Iterable[tuple[str, bytes]],
    codec: str = "utf-8",
    *,
    flag: bool = True,
    extra: bool = False,
    method: int = zipfile.ZIP_DEFLATED,
    comment: bytes = b"",
) -> bytes:
    """A zip.

    Args:
        files: names and contents, in order; names may repeat.
        codec: of the names.
        flag: whether it says that names are UTF-8 (7-Zip, Info-ZIP); WinRAR and old Windows do not.
        extra: whether the name stands in UTF-8 in a field beside it (Info-ZIP).
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.comment = comment
        for number, (name, content) in enumerate(files):
            info = _Info(str(number), (2024, 1, 26, 9, 0, 0))
            info.raw, info.flags = name.encode(codec, "surrogateescape"), 0x800 * flag
            info.compress_type = method
            if extra:
                told = b"\x01" + struct.pack("<L", zlib.crc32(info.raw)) + name.encode()
                info.extra = struct.pack("<HH", 0x7075, len(told)) + told
            archive.writestr(info, content)
    return stream.getvalue()


def plain_zip(**files: bytes | str) -> bytes:
    """A zip whose names need no care; "_txt" at the end of a name stands for ".txt", and so on."""
    return zipped((name.replace("_", "."), _bytes(content)) for name, content in files.items())


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> bytes:
    """An xlsx of these sheets; merged ranges are of the first one."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for one in merged:
        book.worksheets[0].merge_cells(one)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def mail(
    subject: str = "",
    body: str = "",
    page: str = "",
    attached: Iterable[tuple[str, bytes]] = (),
    charset: str = "utf-8",
) -> bytes:
    """A mail as Python writes it."""
    message = EmailMessage()
    message["From"], message["To"] = "office@example.com", "archive@example.com"
    if subject:
        message["Subject"] = subject
    if body:
        message.set_content(body, charset=charset)
    if page and body:
        message.add_alternative(page, subtype="html", charset=charset)
    elif page:
        message.set_content(page, subtype="html", charset=charset)
    for name, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def opened(data: bytes, kind: Kind = Kind.ZIP) -> list[Member]:
    """Everything that a container gives, as the worker gives it, in windows of one member."""
    found: list[Member] = []
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        window = unpack(data, kind, cursor, 1)
        found.extend(window.members)
        cursor = window.rest
    at_once = unpack(data, kind, Cursor(), 1 << 40)
    assert Window(found, None).as_json() == at_once.as_json(), "windows change what is found"
    assert [one.data for one in found] == [one.data for one in at_once.members]
    return found


def contents(data: bytes, kind: Kind = Kind.ZIP) -> dict[str, bytes | str]:
    """Bytes by name; where something is left out the key of the reason."""
    return {one.name: one.error.key if one.error else one.data for one in opened(data, kind)}


def refusal(data: bytes, kind: Kind = Kind.ZIP) -> str:
    """The key of the reason why a container is not opened."""
    try:
        opened(data, kind)
    except DocumentError as error:
        return error.key
    raise AssertionError("it was opened")
