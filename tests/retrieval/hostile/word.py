"""Word files: cut off, swollen, looping, or reaching out."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.retrieval.hostile.case import READ, Hostile, hostile, words
from tests.retrieval.readers.office import W, docx, p, package, style

_OFFICE = "http://schemas.openxmlformats.org"
_BIG = 400 << 20
_NAMES = f'xmlns:w="{W}"'
_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))


def word_files() -> list[Hostile]:
    """The cases."""
    good = speech("文档")
    return [
        hostile("截断.docx", good[: len(good) // 2], "damaged"),
        hostile("没有目录.docx", good[: good.rfind(b"PK\x01\x02")], "damaged"),
        hostile(
            "没有正文.docx",
            package({"[Content_Types].xml": "<Types/>", "word/styles.xml": "<a/>"}),
            "damaged",
        ),
        hostile("正文是空的.docx", _with_document(b""), "damaged"),
        hostile("只有空段.docx", docx("<w:p/>" * 200_000), "empty"),
        hostile("坏标记.docx", _with_document(f"<w:document {_NAMES}><w:body><w:p>".encode()), "damaged"),
        hostile("坏字节.docx", _flipped(good), "damaged"),
        hostile("炸弹.docx", _bomb(), "bomb"),
        hostile("十亿笑.docx", _entities(_LAUGHS, "&l11;"), "hostile"),
        hostile("外部实体.docx", _entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"), "hostile"),
        hostile(
            "网络实体.docx",
            _entities('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
            "hostile",
        ),
        hostile(
            "太深.docx",
            docx("<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000),
            "damaged",
        ),
        hostile("表中表.docx", docx(_tables(3000)), "damaged"),
        hostile(
            "样式成环.docx",
            docx(
                "".join(p(line, '<w:pStyle w:val="a"/>') for line in words("样式").splitlines()),
                styles=style("a", "甲", '<w:basedOn w:val="b"/>')
                + style("b", "乙", '<w:basedOn w:val="a"/>'),
            ),
            READ,
        ),
        hostile(
            "编号成环.docx",
            docx(
                "".join(
                    p(line, '<w:numPr><w:ilvl w:val="99"/><w:numId w:val="99999999999"/></w:numPr>')
                    for line in words("编号").splitlines()
                ),
            ),
            READ,
        ),
        hostile("重名.docx", _twice(), "empty"),
        hostile("穿越.docx", speech("穿越", {"../../../../tmp/anjiang-was-here": b"x"}), READ),
        hostile("宏.docm", speech("宏程序", {"word/vbaProject.bin": b"Sub AutoOpen()"}), READ),
        hostile(
            "模板.docx",
            speech(
                "模板",
                {
                    "word/_rels/settings.xml.rels": (
                        f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="r" '
                        f'Type="{_OFFICE}/officeDocument/2006/relationships/attachedTemplate" '
                        'Target="http://127.0.0.1:9/evil.dotm" TargetMode="External"/></Relationships>'
                    )
                },
            ),
            READ,
        ),
        hostile("成员太多.docx", _crowded(), "bomb"),
        hostile("加密.docx", ole("EncryptedPackage"), "encrypted"),
    ]


def speech(subject: str, extra: dict[str, str | bytes] | None = None) -> bytes:
    """A sound file."""
    return docx("".join(p(line) for line in words(subject).splitlines()), extra=extra)


def _with_document(content: bytes) -> bytes:
    return package({"[Content_Types].xml": "<Types/>", "word/document.xml": content})


def _entities(declared: str, used: str) -> bytes:
    return _with_document(
        f'<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY l0 "安">{declared}]>'
        f"<w:document {_NAMES}><w:body><w:p><w:r><w:t>{used}</w:t></w:r></w:p></w:body></w:document>".encode()
    )


def _tables(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + p("值班") + "</w:tc></w:tr></w:tbl>" * depth


def _flipped(data: bytes) -> bytes:
    at = data.find(b"word/document.xml") + 40
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _bomb() -> bytes:
    """A document that says it is small and unpacks to 400 MiB of blanks."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as member:
            for _ in range(_BIG // (1 << 22)):
                member.write(b" " * (1 << 22))
    return stream.getvalue()


def _twice() -> bytes:
    stream = io.BytesIO(speech("重名"))
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo("word/document.xml")
        archive.NameToInfo.pop("word/document.xml")
        archive.writestr(info, f"<w:document {_NAMES}><w:body/></w:document>")
    return stream.getvalue()


def _crowded() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", f"<w:document {_NAMES}><w:body/></w:document>")
        for number in range(30_000):
            archive.writestr(f"word/media/{number}", b"")
    return stream.getvalue()


def ole(stream: str) -> bytes:
    """The least of an OLE file: a header, and a directory that names a stream."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    name = stream.encode("utf-16-le")
    entry = name + bytes(64 - len(name)) + struct.pack("<H", len(name) + 2) + bytes(62)
    return bytes(header) + entry + bytes(512)
