"""Messages as Telegram takes them, for any text at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.telegram.formatted import (
    BOLD,
    LINK,
    MAX_MARKS,
    QUOTE,
    Formatted,
    Mark,
    Part,
    harmless,
    joined,
    one_line,
    pack,
    plain,
    units,
)

TEXT = st.text(
    st.one_of(
        st.sampled_from("。！？；，、 \n\r\t甲乙丙丁安全生产一二<b>&*_[]()`~/@"),
        st.sampled_from("𠮷😀🏻é\u0301\u200b\u202e\u2066\u00ad\u3164\x00\x1b"),
        st.characters(),
    ),
    max_size=300,
)


def encoded(text: str) -> bytes:
    return text.encode("utf-16-le")


def marked_text(part: Part, entity: MessageEntity) -> str:
    """What an entity covers, worked out from the UTF-16 bytes as a client does it."""
    data = encoded(part.text)
    return data[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def check(part: Part, limit: int = 4096) -> None:
    assert part.text == part.text.strip() != ""
    assert len(encoded(part.text)) // 2 <= limit
    assert len(part.entities) <= 100
    for entity in part.entities:
        covered = marked_text(part, entity)  # strict decoding: an offset inside a pair would raise
        assert covered == covered.strip() != ""
    for one in part.entities:
        for other in part.entities:
            first, second = sorted((one, other), key=lambda entity: entity.offset)
            end = first.offset + first.length
            assert (
                end <= second.offset or second.offset + second.length <= end or first.offset == second.offset
            )


@st.composite
def blocks(draw: st.DrawFn) -> list[Formatted]:
    found = []
    for text in draw(st.lists(TEXT, max_size=5)):
        block = plain(text)
        if block.text.strip() and draw(st.booleans()):
            at = draw(st.integers(0, len(block.text)))
            bold = plain(text[:at]).marked(BOLD)
            block = (bold + plain(text[at:])).marked(QUOTE)
        if draw(st.booleans()):
            block = Formatted("[1]").marked(LINK, "https://t.me/some_bot?start=p1") + " " + block
        found.append(block)
    return found


@given(blocks(), st.integers(16, 200))
def test_any_text_becomes_messages_that_telegram_takes(given: list[Formatted], limit: int) -> None:
    for part in pack(given, limit):
        check(part, limit)


@given(blocks(), st.integers(16, 200))
def test_packing_loses_nothing_but_white_space_and_keeps_the_order(
    given: list[Formatted], limit: int
) -> None:
    def bare(text: str) -> str:
        return "".join(text.split())

    packed = "".join(bare(part.text) for part in pack(given, limit))
    assert packed == bare("".join(block.text for block in given))


@given(blocks(), st.integers(16, 200))
def test_marks_cover_the_same_words_after_packing(given: list[Formatted], limit: int) -> None:
    def bare(text: str) -> str:
        return "".join(text.split())

    wanted = "".join(
        bare(block.text[mark.start : mark.end])
        for block in given
        for mark in block.marks
        if mark.kind is QUOTE
    )
    found = "".join(
        bare(marked_text(part, entity))
        for part in pack(given, limit)
        for entity in part.entities
        if entity.type == "expandable_blockquote"
    )
    assert found == wanted


@given(blocks(), st.integers(16, 200))
def test_a_link_is_never_cut(given: list[Formatted], limit: int) -> None:
    links = [
        marked_text(part, entity)
        for part in pack(given, limit)
        for entity in part.entities
        if entity.type == "text_link"
    ]
    assert links == ["[1]"] * sum(block.text.startswith("[1]") and bool(block.marks) for block in given)


@given(TEXT)
def test_nothing_invisible_is_left(text: str) -> None:
    shown = harmless(text)
    assert not {unicodedata.category(character) for character in shown.replace("\n", "")} & {"Cc", "Cf", "Cs"}
    shown.encode("utf-8")
    assert harmless(shown) == shown


@given(TEXT, st.integers(1, 50))
def test_one_line_is_one_line_and_short(text: str, most: int) -> None:
    line = one_line(text, most)
    assert "\n" not in line
    assert len(line) <= most


def test_bidirectional_and_zero_width_characters_go_and_words_stay() -> None:
    assert (
        harmless("安\u200b全\u202e生产\u2066\ufeff。\r\n第二行\u2028第三行\x00")
        == "安全生产。\n第二行\n第三行"
    )


def test_markup_is_text() -> None:
    text = "<b>粗</b> *星* _线_ [链](https://example.org) `码` &amp;"
    (part,) = pack([plain(text)])
    assert part == Part(text)


def test_offsets_count_utf16_units() -> None:
    # 𠮷 and 😀 take two units each: "𠮷😀" is 4, the bold word begins there and is 2 long.
    (part,) = pack([plain("𠮷😀") + plain("安全").marked(BOLD)])
    assert [(entity.type, entity.offset, entity.length) for entity in part.entities] == [("bold", 4, 2)]
    assert units("𠮷😀安全") == 6


def test_blocks_that_fit_together_are_one_message_and_a_block_that_fits_is_not_cut() -> None:
    assert [part.text for part in pack([plain("甲" * 8), plain("乙" * 6)], 16)] == [
        "甲" * 8 + "\n\n" + "乙" * 6
    ]
    assert [part.text for part in pack([plain("甲" * 8), plain("乙" * 7)], 16)] == ["甲" * 8, "乙" * 7]


def test_a_long_block_is_cut_after_a_sentence() -> None:
    parts = pack([plain("第一句话在这里。第二句话也在这里。第三句话还在这里。")], 20)
    assert [part.text for part in parts] == ["第一句话在这里。第二句话也在这里。", "第三句话还在这里。"]


def test_a_paragraph_is_a_better_place_to_cut_than_a_sentence() -> None:
    parts = pack([plain("第一段的话都在这里了\n短句。又一句，很长很长很长")], 16)
    assert parts[0].text == "第一段的话都在这里了"


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    parts = pack([plain("他说：“都要到岗到位。”后面还有别的话要讲清楚")], 16)
    assert parts[0].text == "他说：“都要到岗到位。”"


def test_a_quote_that_is_cut_goes_on_in_the_next_message() -> None:
    parts = pack([plain("第一句话在这里啊。第二句话在这里啊。").marked(QUOTE)], 16)
    assert [(part.text, part.entities[0].offset, part.entities[0].length) for part in parts] == [
        ("第一句话在这里啊。", 0, 9),
        ("第二句话在这里啊。", 0, 9),
    ]


def test_a_text_of_emoji_only_is_cut_between_them() -> None:
    parts = pack([plain("😀" * 4096)])
    assert [units(part.text) for part in parts] == [4096, 4096]


def test_a_skin_tone_is_not_parted_from_its_hand() -> None:
    parts = pack([plain("✋🏻" * 10)], 16)
    assert all(part.text.startswith("✋") for part in parts)


def test_more_marks_than_telegram_takes_make_another_message() -> None:
    many = joined([plain(str(number)).marked(BOLD) for number in range(150)], " ")
    parts = pack([many])
    assert [len(part.entities) for part in parts] == [MAX_MARKS, 50]


def test_nothing_makes_no_message() -> None:
    assert pack([]) == ()
    assert pack([plain(" \n\u200b")]) == ()


def test_a_message_can_not_be_shorter_than_a_link() -> None:
    with pytest.raises(ValueError, match="no message"):
        pack([plain("甲")], 15)


def test_white_space_is_not_marked() -> None:
    part = Formatted("甲 乙", (Mark(BOLD, 1, 2), Mark(BOLD, 1, 3))).to_part()
    assert [(entity.offset, entity.length) for entity in part.entities] == [(2, 1)]
