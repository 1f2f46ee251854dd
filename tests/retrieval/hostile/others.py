"""Old Word files, rich text, OFD, tables, mails and pictures that are not what they should be."""

from __future__ import annotations

import random
import struct
import zlib

from tests.retrieval.hostile.case import MEMBERS, READ, Hostile, hostile, words
from tests.retrieval.hostile.word import ole
from tests.retrieval.readers.office import package

_NOISE = random.Random(11).randbytes
_OFFICE = "http://schemas.openxmlformats.org"
_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def others() -> list[Hostile]:
    """The cases."""
    return [*_old(), *_rich(), *_fixed(), *_tables(), *_mails(), *_pictures()]


def _old() -> list[Hostile]:
    return [
        hostile("只有目录.doc", ole("WordDocument"), "damaged"),
        hostile("只有开头.doc", ole("WordDocument")[:600], "damaged"),
        hostile("扇区成环.doc", _looping(), "damaged"),
        hostile("全是乱码.doc", ole("WordDocument") + _NOISE(100_000), "damaged"),
        hostile(
            "表格.doc",
            ole("Workbook"),
            "reader_crashed",
            "table_damaged",
        ),
        hostile("演示.wps", ole("PowerPoint Document"), "unsupported"),
        hostile("不认识.wps", ole("Contents"), "not_text"),
    ]


def _rich() -> list[Hostile]:
    body = "".join(
        f"\\u{ord(char) if ord(char) < 32768 else ord(char) - 65536}?"
        for char in words("富文本").replace("\n", "")
    )
    return [
        hostile("太深.rtf", "{\\rtf1" + "{" * 200_000 + body + "}" * 200_001, "hostile"),
        hostile("没关上.rtf", "{\\rtf1\\ansi {" + body, READ),
        hostile("二进制.rtf", "{\\rtf1 " + body + "\\bin2147483647 x}", READ),
        hostile(
            "大数.rtf",
            "{\\rtf1\\uc99999999 " + body + "\\u99999999999999999999? \\li" + "9" * 5000 + "}",
            READ,
        ),
        hostile("只有图.rtf", "{\\rtf1{\\pict\\pngblip " + "89504e47" * 100_000 + "}}", "empty"),
        hostile("对象.rtf", "{\\rtf1{\\object\\objdata 0105000002" + "00" * 9000 + "}" + body + "}", READ),
    ]


def _fixed() -> list[Hostile]:
    root = f"<ofd:OFD {_OFD}><ofd:DocBody><ofd:DocRoot>%s</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    document = (
        f"<ofd:Document {_OFD}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        "</ofd:PageArea></ofd:CommonData><ofd:Pages>%s</ofd:Pages></ofd:Document>"
    )
    page = (
        f'<ofd:Page {_OFD}><ofd:Content><ofd:Layer><ofd:TextObject Boundary="%s" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="%s">安全</ofd:TextCode>'
        "</ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>"
    )
    one = '<ofd:Page ID="1" BaseLoc="Pages/P.xml"/>'

    def ofd(**parts: str) -> bytes:
        parts = {
            "root": root % "Doc_0/Document.xml",
            "document": document % one,
            "page": page % ("0 0 9 9", "5"),
            **parts,
        }
        return package(
            {
                "OFD.xml": parts["root"],
                "Doc_0/Document.xml": parts["document"],
                "Doc_0/Pages/P.xml": parts["page"],
            }
        )

    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    return [
        hostile("空版式.ofd", package({"OFD.xml": ""}), "damaged"),
        hostile("正文穿越.ofd", ofd(root=root % "../../../../etc/passwd"), "damaged"),
        hostile("没有页.ofd", ofd(document=document % ""), "damaged"),
        hostile("页无穷.ofd", ofd(document=document % (one * 200_000)), "bomb"),
        hostile("间距无穷.ofd", ofd(page=page % ("0 0 9 9", "g 1000000000 1")), READ),
        hostile("坏数字.ofd", ofd(page=page % ("nan inf 1e999 x", "g -5 1 nan")), READ),
        hostile(
            "十亿笑.ofd",
            ofd(
                page=f'<!DOCTYPE x [<!ENTITY l0 "安">{laughs}]>'
                + page.replace("安全", "&l11;") % ("0 0 9 9", "5")
            ),
            "hostile",
        ),
    ]


def _tables() -> list[Hostile]:
    sheet = (
        f'<worksheet xmlns="{_OFFICE}/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        "<sheetData>%s</sheetData></worksheet>"
    )

    def xlsx(inside: str) -> bytes:
        return package(
            {
                "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
                "_rels/.rels": _relation("r", "officeDocument", "xl/workbook.xml"),
                "xl/workbook.xml": (
                    f'<workbook xmlns="{_OFFICE}/spreadsheetml/2006/main" '
                    f'xmlns:r="{_OFFICE}/officeDocument/2006/relationships">'
                    '<sheets><sheet name="讲话" sheetId="1" r:id="r1"/></sheets></workbook>'
                ),
                "xl/_rels/workbook.xml.rels": _relation("r1", "worksheet", "worksheets/sheet1.xml"),
                "xl/worksheets/sheet1.xml": sheet % inside,
            }
        )

    return [
        hostile(
            "谎报行数.xlsx",
            xlsx('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>安</t></is></c></row>'),
            "table_too_large",
        ),
        hostile("炸弹.xlsx", xlsx("<row/>" * 20_000_000), "bomb"),
        hostile(
            "引用外部.xlsx",
            xlsx('<row r="1"><c r="A1"><f>WEBSERVICE("http://127.0.0.1:9")</f></c></row>'),
            "nothing_inside",
        ),
        hostile("坏表.xlsx", xlsx("<row><c>"), "table_damaged"),
        hostile("一格.csv", "标题,内容\n一," + '"' + "安" * 3_000_000, "damaged"),
        hostile("零.csv", b"a,b\n" + bytes(9000), "not_text"),
        hostile("列太多.csv", ",".join("列" for _ in range(300_000)) + "\n", MEMBERS),
    ]


def _relation(name: str, kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="{name}" '
        f'Type="{_OFFICE}/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
    )


def _mails() -> list[Hostile]:
    head = "From: a@example.cn\r\nSubject: =?gb2312?B?sLLIqw==?=\r\nMIME-Version: 1.0\r\n"
    nested = head + "".join(
        f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(2000)
    )
    letter = head + "Content-Type: message/rfc822\r\n\r\n"
    return [
        hostile("套娃.eml", nested + "Content-Type: text/plain\r\n\r\nx", "mail_damaged"),
        hostile("信中信.eml", letter * 500 + head + "\r\nx", "mail_damaged"),
        hostile("没有边界.eml", head + "Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nx", MEMBERS),
        hostile(
            "不认识的字符集.eml",
            (head + "Content-Type: text/plain; charset=klingon\r\n\r\n").encode()
            + words("邮件").encode("gb18030"),
            MEMBERS,
        ),
        hostile(
            "坏附件名.eml",
            head
            + 'Content-Type: application/octet-stream; name="../../x.txt"\r\n'
            + 'Content-Disposition: attachment; filename="../../../tmp/anjiang-was-here.txt"\r\n\r\nx',
            MEMBERS,
        ),
        hostile("头太长.eml", head + "X-Long: " + "安" * 2_000_000 + "\r\n\r\nx", MEMBERS),
    ]


def _pictures() -> list[Hostile]:
    return [
        hostile("炸弹.png", _png(60_000, 60_000, zlib.compress(bytes(1 << 24))), "bomb", "scan"),
        hostile("截断.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + _NOISE(2000), "damaged", "scan"),
        hostile("没有尺寸.png", _png(0, 0, b""), "damaged", "scan"),
        hostile("谎称文本.txt", _png(8, 8, zlib.compress(bytes(8 * 25))), "no_text_seen", "scan"),
        hostile("目录成环.tif", b"II*\x00\x08\x00\x00\x00" + struct.pack("<HI", 0, 8), "damaged", "scan"),
    ]


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _looping() -> bytes:
    """An OLE file whose chain of sectors leads back to its beginning."""
    data = bytearray(ole("WordDocument") + bytes(4096))
    struct.pack_into("<I", data, 76, 1)
    for sector in range(128):
        struct.pack_into("<I", data, 1024 + 4 * sector, sector % 3)
    return bytes(data)
