"""A draft while it comes: what is shown of it is whole, proved, and not the smaller part."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.arriving import Arriving
from bot.llm.proving import Proof, prove
from bot.llm.wording import Counts, word
from tests.bot.llm.asking import ALSO, FALSE, QUOTES, TRUE, evidence_of, opened
from tests.bot.llm.chat_server import chat_server, fails, head, piece, says, sends

MORE = "值班电话由值班室统一公布[2]。"


def shown(*pieces: str) -> list[str]:
    arriving = Arriving(QUOTES)
    return [text for one in pieces if (text := arriving.add(one)) is not None]


def by_character(draft: str) -> list[str]:
    return shown(*draft)


def test_a_sentence_is_shown_once_the_next_has_begun() -> None:
    assert by_character(TRUE) == []
    assert by_character(TRUE + "汛") == [TRUE]
    assert by_character(TRUE + ALSO + "值") == [TRUE, TRUE + ALSO]
    assert shown(TRUE + ALSO + "值") == [TRUE + ALSO]


def test_marks_behind_the_stop_are_waited_for() -> None:
    assert by_character("建成区内禁止燃放烟花爆竹。 [1") == []
    assert by_character("建成区内禁止燃放烟花爆竹。[1][2]\n汛") == [TRUE]


def test_lines_end_sentences() -> None:
    assert by_character("建成区内禁止燃放烟花爆竹[1]\n汛期") == [TRUE]


def test_what_is_not_proved_is_never_shown_nor_the_smaller_part() -> None:
    assert by_character(FALSE + TRUE + "值") == [TRUE]
    assert by_character(FALSE + FALSE + TRUE + "值") == []
    assert by_character(TRUE + FALSE + FALSE + ALSO + "值") == [TRUE, TRUE + ALSO]


def test_thoughts_are_not_shown_though_a_quote_proves_them() -> None:
    assert by_character(f"<think>{TRUE}{ALSO}") == []
    assert by_character(f" <think>{TRUE}{ALSO}</think>\n{MORE}汛") == [MORE]


@given(st.lists(st.sampled_from((*TRUE, *ALSO, TRUE, ALSO, FALSE, "<think>", "</think>", "\n")), max_size=30))
def test_whatever_comes_each_sentence_shown_is_proved_as_it_stands(pieces: list[str]) -> None:
    for text in shown(*pieces):
        assert "".join(prove(text, QUOTES).proved) == text


@pytest.mark.parametrize("junk", ["。", "\n", "；", "。x", "[1]。汛", "（", " "])
def test_junk_is_looked_at_a_bounded_number_of_times(junk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def look(text: str, quotes: Sequence[str]) -> Proof:
        looks.append(text)
        return prove(text, quotes)

    monkeypatch.setattr("bot.llm.arriving.prove", look)
    assert shown(*[junk] * 2000) == []
    assert len(looks) <= 36


async def test_a_reader_sees_proved_sentences_before_the_draft_is_whole() -> None:
    pytest.importorskip("openai")
    seen: list[str] = []
    counted: list[Counts] = []
    acts = says(FALSE + TRUE + ALSO + FALSE), says(f"{MORE}\n无")
    async with chat_server(*acts) as server, opened(server.url) as chat:
        given_ = await word(chat, evidence_of(*QUOTES), show=seen.append, count=counted.append)
    assert seen == [TRUE, TRUE + ALSO]
    assert given_ is not None
    assert given_.text == MORE + TRUE + ALSO
    assert counted == [Counts(proved=2, repaired=1, dropped=1)]


async def test_the_last_sentence_is_shown_while_another_is_repaired_and_nothing_twice() -> None:
    pytest.importorskip("openai")
    for draft, expected in ((FALSE + TRUE + ALSO, [TRUE, TRUE + ALSO]), (TRUE + FALSE, [TRUE])):
        seen: list[str] = []
        async with chat_server(says(draft), says("无")) as server, opened(server.url) as chat:
            await word(chat, evidence_of(*QUOTES), show=seen.append)
        assert seen == expected


async def test_a_draft_that_breaks_off_was_shown_and_comes_to_nothing() -> None:
    pytest.importorskip("openai")
    seen: list[str] = []
    counted: list[Counts] = []
    acts = sends(head(), piece(TRUE + "汛"), piece("期")), fails("500 No")
    async with chat_server(*acts) as server, opened(server.url) as chat:
        given_ = await word(chat, evidence_of(*QUOTES), show=seen.append, count=counted.append)
    assert (seen, given_, counted) == ([TRUE], None, [])
