from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.detect import detect
from retrieval.readers.types import Kind
from tests.retrieval.readers.office import docx, p, package

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (docx(p("好")), Kind.DOCX),
        (b"prefix " + docx(p("好")), Kind.TEXT),
        (package({"WORD\\document.xml": "x"}), Kind.DOCX),
        (package({"xl/workbook.xml": "x"}), Kind.XLSX),
        (package({"OFD.xml": "x"}), Kind.OFD),
        (package({"mimetype": "x", "content.xml": "x"}), Kind.ODT),
        (package({"讲话.docx": docx(p("好"))}), Kind.ZIP),
        (docx(p("好"))[:-60], Kind.DOCX),
        (b"PK\x03\x04" + bytes(300), Kind.BINARY),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Kind.ENCRYPTED),
        (OLE + "WordDocument".encode("utf-16-le"), Kind.DOC),
        (OLE, Kind.BINARY),
        (b"%PDF-1.7\n", Kind.PDF),
        (b"\n\n%PDF-1.7\n", Kind.PDF),
        (b"{\\rtf1\\ansi", Kind.RTF),
        (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
        (b"<!DOCTYPE html>\n<p>a", Kind.HTML),
        (b"\xef\xbb\xbf <!-- saved --> <HTML>", Kind.HTML),
        ("<html><body>".encode("utf-16"), Kind.HTML),
        (b"From: <Saved by>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n", Kind.MHTML),
        (b"From: a@example.com\r\nSubject: b\r\nMIME-Version: 1.0\r\n\r\nc", Kind.EML),
        ("标题：防汛讲话\nMIME-Version: 1.0\n".encode(), Kind.TEXT),
        ("<p>网页复制的讲话</p><p>第二段</p><br>".encode(), Kind.TEXT),
        (b"", Kind.TEXT),
    ],
)
def test_the_content_tells_what_a_file_is(data: bytes, kind: Kind) -> None:
    assert detect(data, "讲话.txt") is kind


def test_tags_make_a_page_only_where_the_name_says_so() -> None:
    data = "<p>网页复制的讲话</p><p>第二段</p><br>".encode()
    assert detect(data, "讲话.HTM") is Kind.HTML
    assert detect("没有标签的讲话。".encode(), "讲话.html") is Kind.TEXT


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_no_bytes_break_detection(data: bytes, magic: bytes) -> None:
    assert detect(magic + data + magic + data, "x.html") in Kind
