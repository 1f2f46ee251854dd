from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.decoding import decode, is_text

SIMPLIFIED = (
    "各乡镇要把秋收时节的农机安全放在心上，收割机手必须持证上岗，夜间作业要有照明。"
    "粮食晾晒不得占用公路，村里的大喇叭每天早晚各播一次提醒。"
)
TRADITIONAL = "各鄉鎮要把秋收時節的農機安全放在心上，收割機手必須持證上崗，夜間作業要有照明。"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_simplified_text_round_trips_without_a_mark(codec: str, end: str) -> None:
    text = end.join([SIMPLIFIED, "第一，备足物资。", "abc 123"])
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.lost) == (text, codec, 0)


def test_traditional_text_in_big5_is_known() -> None:
    decoded = decode(TRADITIONAL.encode("big5"))
    assert (decoded.text, decoded.encoding) == (TRADITIONAL, "big5")


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(mark: bytes, codec: str) -> None:
    decoded = decode(mark + SIMPLIFIED.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.lost) == (SIMPLIFIED, codec, 0)


def test_a_rare_character_of_gb18030_survives() -> None:
    # Four bytes in GB 18030, none in GBK.
    text = SIMPLIFIED + "䶮"
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_one_bad_byte_costs_one_place_and_is_counted(codec: str) -> None:
    half = SIMPLIFIED.index("。") + 1
    data = SIMPLIFIED[:half].encode(codec) + b"\xff" + SIMPLIFIED[half:].encode(codec)
    decoded = decode(data)
    assert decoded.encoding == codec
    assert decoded.lost == 1
    assert decoded.text.startswith(SIMPLIFIED[:half] + "\ufffd")


def test_an_encoded_lone_surrogate_is_lost_and_counted() -> None:
    data = SIMPLIFIED.encode() + "\ud83d".encode("utf-8", "surrogatepass")
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    # CPython replaces each of the three bytes of an encoded surrogate.
    assert decoded.lost == 3
    assert "\ud83d" not in decoded.text


def test_nuls_are_kept_in_the_text_and_counted() -> None:
    decoded = decode(f"安全\x00生产。{SIMPLIFIED}".encode())
    assert decoded.text[2] == "\x00"
    assert decoded.controls == 1


def test_latin_text_in_utf16_without_a_mark_is_known() -> None:
    text = "Safety first, every day.\n"
    assert decode(text.encode("utf-16-le")).text == text


def test_empty_input_decodes_to_nothing() -> None:
    decoded = decode(b"")
    assert decoded.text == ""
    assert is_text(b"", decoded)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + bytes(200),
        b"%PDF-1.7\n" + SIMPLIFIED.encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        random.Random(7).randbytes(4000),
    ],
)
def test_binary_files_are_no_text(data: bytes) -> None:
    assert not is_text(data, decode(data))


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-16-le"])
def test_prose_is_text_in_every_encoding(codec: str) -> None:
    data = (SIMPLIFIED * 3).encode(codec)
    assert is_text(data, decode(data))


def test_a_text_with_a_few_control_characters_is_still_text() -> None:
    data = f"{SIMPLIFIED}\x00\x01{SIMPLIFIED}".encode()
    assert is_text(data, decode(data))


HALVES = ("".join(f"{SIMPLIFIED}{n}\n" for n in "一二三"), "".join(f"{SIMPLIFIED}{n}\n" for n in "四五六"))


@pytest.mark.parametrize(
    "codecs_of_halves", [("utf-8", "gb18030"), ("gb18030", "utf-8"), ("utf-8-sig", "gbk")]
)
def test_a_file_of_two_encodings_is_told_and_decoded_as_ever(codecs_of_halves: tuple[str, str]) -> None:
    data = b"".join(half.encode(codec) for half, codec in zip(HALVES, codecs_of_halves, strict=True))
    decoded = decode(data)
    assert decoded.is_mixed
    marked = codecs_of_halves[0] == "utf-8-sig"
    assert decoded.text == data.removeprefix(codecs.BOM_UTF8).decode(
        "utf-8" if marked else decoded.encoding, "replace"
    )


def test_two_encodings_line_by_line_are_told_too() -> None:
    codec = ("utf-8", "gb18030")
    assert decode(b"\r\n".join(SIMPLIFIED.encode(codec[n % 2]) for n in range(6))).is_mixed


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5", "utf-16-le"])
@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x80", b"\xb0"])
def test_damage_in_one_encoding_is_no_mixture(codec: str, damage: bytes) -> None:
    text = TRADITIONAL if codec == "big5" else SIMPLIFIED
    lines = [text.encode(codec), text[:20].encode(codec) + damage + text[20:].encode(codec), b"abc 123"] * 3
    assert not decode(b"\n".join(lines)).is_mixed


@given(st.lists(st.text(alphabet=SIMPLIFIED, max_size=12), max_size=60))
def test_short_lines_of_gb_are_no_mixture(lines: list[str]) -> None:
    # Some of them are valid UTF-8 by chance, as 联通 is.
    assert not decode("\n".join(["联通", *lines]).encode("gb18030")).is_mixed


@given(st.binary(max_size=300))
def test_any_bytes_decode(data: bytes) -> None:
    decoded = decode(data)
    assert decoded.lost <= decoded.text.count("\ufffd")
    if not decoded.lost and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0\0\xfe\xff")):
        assert decoded.text == data.decode(decoded.encoding)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_any_utf8_text_without_many_nuls_round_trips(text: str) -> None:
    text = text.replace("\x00", "").removeprefix("\ufeff")
    if not text.encode().startswith((b"\xff\xfe", b"\xfe\xff")):
        assert decode(text.encode()).text == text
