"""Plain text files: empty, binary, endless, or made to keep a pattern busy."""

from __future__ import annotations

import random
import sqlite3
import zlib

from tests.retrieval.hostile.case import READ, Hostile, hostile, words

_MIB = 1 << 20


def texts() -> list[Hostile]:
    """The cases."""
    noise = random.Random(7).randbytes
    return [
        hostile("空.txt", b"", "empty"),
        hostile("全是空格.txt", "\ufeff" + " \u3000\r\n" * 5000, "empty"),
        hostile("全是零.txt", bytes(20_000), "empty"),
        hostile("乱码.txt", noise(200_000), "not_text"),
        hostile("程序.txt", b"\x7fELF\x02\x01\x01" + noise(50_000), "not_text"),
        hostile("视窗程序.md", b"MZ\x90\x00" + noise(50_000), "not_text"),
        hostile("压缩.txt", b"\x1f\x8b\x08\x00" + noise(9000), "not_text"),
        hostile("数据库.txt", _database(), "not_text"),
        hostile("太大.txt", b"\n" * (50 * _MIB + 1), "too_large"),
        hostile("只有广告.txt", "微信扫一扫关注公众号\n更多范文请加QQ群：123456789\n" * 3, "only_noise"),
        hostile("一个字.txt", "安" * _MIB, "only_noise"),
        hostile("一个字无穷.txt", "\n".join(["一、"] * 50_000), READ),
        hostile("点.txt", "……" * 200_000, "only_noise"),
        hostile("括号.txt", "（" * 100_000 + words("括号"), READ),
        hostile("引号.txt", "“他说" * 50_000 + words("引号"), READ),
        hostile("星号.txt", "**" * 100_000 + "\n" + words("星号"), READ),
        hostile("空格.txt", words("空格").replace("，", "，" + " " * 30_000), READ),
        hostile("日期.txt", "2024年" * 60_000 + words("日期"), READ),
        hostile("人名.txt", "县长王、" * 60_000 + words("人名"), READ),
        hostile("换行.txt", "\r\n\x0b\x0c\x85\u2028" * 30_000 + words("换行"), READ),
        hostile("倒写.txt", "\u202e\u2066\u200f" * 3000 + words("倒写"), READ),
        hostile("叠字.txt", "安" + "\u0301" * 100_000 + words("叠字"), READ),
        hostile("控制符.txt", words("控制符").replace("，", "，\x1b[2J\x07\x08", 3), READ),
        hostile(
            "标签.txt", words("标签").replace("，", "，<script>alert(1)</script>[x](tg://user?id=1)"), READ
        ),
        hostile("半个字.txt", words("半个字").encode("gb18030") + b"\x81", READ),
        hostile("两种编码.txt", words("前半").encode() + words("后半").encode("gb18030"), READ),
        hostile("奇数.txt", b"\xff\xfe" + words("奇数").encode("utf-16-le") + b"a", READ),
        hostile("过长编码.txt", words("过长").encode() + b"\xc0\xaf\xed\xa0\x80" * 3, "not_text"),
        hostile("压缩流.txt", zlib.compress(bytes(_MIB)) + noise(9000), "not_text"),
    ]


def _database() -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE speeches (id INTEGER, body BLOB)")
    base.executemany("INSERT INTO speeches VALUES (?, ?)", [(i, bytes(range(256))) for i in range(50)])
    base.commit()
    return base.serialize()
