"""PDF files: cut off, looping, swollen, locked, or with a program inside."""

from __future__ import annotations

import zlib

from tests.retrieval.hostile.case import READ, Hostile, hostile

_ENGLISH = "Every unit checks its own hazards today and reports to the duty office before six. "


def portable() -> list[Hostile]:
    """The cases. Their words are English: a font for Chinese would be most of the file."""
    good = pdf(_pages(3))
    return [
        hostile("只有开头.pdf", b"%PDF-1.7\n", "damaged"),
        hostile("截断.pdf", good[: len(good) // 3], "damaged"),
        hostile("没有目录.pdf", good.replace(b"startxref", b"startxxxx"), READ),
        hostile(
            "目录错.pdf",
            good[: good.rfind(b"startxref")] + b"startxref\n99999999\n%%EOF",
            READ,
        ),
        hostile(
            "页树成环.pdf",
            pdf({**_pages(1), 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"}),
            "too_many_pages",
        ),
        hostile(
            "谎报页数.pdf",
            pdf({**_pages(1), 2: b"<</Type/Pages/Kids[3 0 R]/Count 100000000>>"}),
            READ,
        ),
        hostile(
            "页数太多.pdf",
            pdf({**_pages(1), 2: b"<</Type/Pages/Kids[" + b"3 0 R " * 50_000 + b"]/Count 50000>>"}),
            "too_many_pages",
        ),
        hostile(
            "炸弹.pdf",
            pdf({**_pages(1), 5: _stream(zlib.compress(b" " * (1 << 30), 1), "/Filter/FlateDecode")}),
            "reader_crashed",
            "reader_memory",
        ),
        hostile(
            "多重压缩.pdf",
            pdf({**_pages(1), 5: _stream(_deflated(8), "/Filter[" + "/FlateDecode" * 8 + "]")}),
            READ,
        ),
        hostile(
            "程序.pdf",
            pdf(
                {
                    **_pages(2),
                    1: (
                        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9'\\))>>"
                        b"/AA<</WC<</S/Launch/F(cmd.exe)>>>>>>"
                    ),
                }
            ),
            READ,
        ),
        hostile(
            "自己画自己.pdf",
            pdf(
                {
                    **_pages(1),
                    5: _stream(b"/X Do", "/Type/XObject/Subtype/Form/Resources<</XObject<</X 5 0 R>>>>"),
                }
            ),
            "empty",
        ),
        hostile(
            "没有尺寸.pdf",
            pdf({**_pages(1), 3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 0 0]/Contents 5 0 R>>"}),
            READ,
        ),
        hostile(
            "尺寸无穷.pdf",
            pdf(
                {
                    **_pages(1),
                    3: _page("-1e38 -1e38 1e38 1e38"),
                }
            ),
            READ,
        ),
        hostile(
            "长度是负的.pdf",
            good.replace(b"/Length ", b"/Length -"),
            READ,
        ),
        hostile("空白页.pdf", pdf({**_pages(1), 5: _stream(b"")}), "empty"),
        hostile(
            "图像页.pdf",
            pdf(
                {
                    **_pages(1),
                    5: _stream(b"q 500 0 0 700 0 0 cm /I Do Q"),
                    3: (_page("0 0 595 842", "/XObject<</I 6 0 R>>")),
                    6: _stream(
                        bytes(1),
                        "/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8"
                        "/ColorSpace/DeviceRGB",
                    ),
                }
            ),
            "no_text_seen",
            "scan",
        ),
        hostile("垃圾在前.pdf", b"\x00" * 500 + good, READ),
        hostile("参照成环.pdf", pdf({**_pages(1), 5: b"5 0 R"}), "empty"),
        hostile(
            "深层数组.pdf",
            pdf({**_pages(1), 6: b"[" * 200_000 + b"]" * 200_000}),
            READ,
        ),
    ]


def pdf(objects: dict[int, bytes]) -> bytes:
    """A file of these objects; object 1 is the catalogue."""
    found, offsets = b"%PDF-1.7\n", {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(found)
        found += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offsets.get(i, 0) for i in range(1, max(objects) + 1))
    return (
        found
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            max(objects) + 1,
            table,
            max(objects) + 1,
            len(found),
        )
    )


def _pages(count: int) -> dict[int, bytes]:
    kids = b"3 0 R " * count
    lines = "\n".join(f"BT /F1 12 Tf 72 {760 - 16 * i} Td ({_ENGLISH}) Tj ET" for i in range(20))
    return {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        3: _page("0 0 595 842"),
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        5: _stream(lines.encode()),
    }


def _page(box: str, resources: str = "/Font<</F1 4 0 R>>") -> bytes:
    return f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 5 0 R/Resources<<{resources}>>>>".encode()


def _stream(content: bytes, extra: str = "") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra.encode(), content)


def _deflated(times: int) -> bytes:
    data = b"BT /F1 12 Tf 72 700 Td (Check today.) Tj ET"
    for _ in range(times):
        data = zlib.compress(data)
    return data
