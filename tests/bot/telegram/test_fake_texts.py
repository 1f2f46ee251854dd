"""Texts and entities that the fake takes and refuses, as Telegram does."""

from __future__ import annotations

import pytest
from telegram import Bot, MessageEntity
from telegram.error import BadRequest

from tests.bot.telegram.fake import FakeTelegram, Person, join


async def test_a_text_of_4096_units_is_taken_and_one_more_is_not(bot: Bot, wang: Person) -> None:
    await bot.send_message(wang.id, "安" * 4096)
    await bot.send_message(wang.id, "😀" * 2048)
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(wang.id, "安" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(wang.id, "😀" * 2048 + "安")


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u2060", "\u202e", "\ufeff"])
async def test_a_text_that_shows_nothing_is_empty(bot: Bot, wang: Person, text: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.send_message(wang.id, text)


async def test_white_space_around_a_text_goes_and_entities_shrink_with_it(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, " 安全 \n", entities=[MessageEntity("bold", 0, 4)])
    assert sent.text == "安全"
    assert [(e.offset, e.length) for e in sent.entities] == [(0, 2)]


@pytest.mark.parametrize(
    ("kind", "offset", "length"),
    [("bold", 0, 6), ("bold", 5, 1), ("bold", -1, 2), ("bold", 1, 0), ("nonsense", 0, 1)],
)
async def test_an_entity_outside_its_text_is_refused(
    bot: Bot, wang: Person, kind: str, offset: int, length: int
) -> None:
    with pytest.raises(BadRequest, match=r"(?i)entities"):
        await bot.send_message(wang.id, "安全第一啊", entities=[MessageEntity(kind, offset, length)])


@pytest.mark.parametrize(("offset", "length"), [(0, 1), (1, 2)])
async def test_an_entity_that_cuts_a_character_is_refused(
    bot: Bot, wang: Person, offset: int, length: int
) -> None:
    await bot.send_message(wang.id, "𠮷野", entities=[MessageEntity("bold", 0, 2)])
    with pytest.raises(BadRequest, match=r"(?i)middle of a UTF-16 symbol"):
        await bot.send_message(wang.id, "𠮷野", entities=[MessageEntity("bold", offset, length)])


async def test_a_hundred_entities_are_taken_and_one_more_is_not(bot: Bot, wang: Person) -> None:
    entities = [MessageEntity("bold", 2 * at, 1) for at in range(101)]
    await bot.send_message(wang.id, "安。" * 101, entities=entities[:100])
    with pytest.raises(BadRequest, match=r"(?i)ENTITIES"):
        await bot.send_message(wang.id, "安。" * 101, entities=entities)


@pytest.mark.parametrize(
    "entities",
    [
        [MessageEntity("blockquote", 0, 4), MessageEntity("expandable_blockquote", 1, 2)],
        [MessageEntity("bold", 0, 3), MessageEntity("italic", 2, 3)],
        [MessageEntity("code", 0, 3), MessageEntity("bold", 1, 1)],
    ],
)
async def test_entities_that_cannot_be_shown_together_are_refused(
    bot: Bot, wang: Person, entities: list[MessageEntity]
) -> None:
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(wang.id, "安全第一。", entities=entities)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("<b>安全", "HTML"),
        ("<font>安</font>", "HTML"),
        ("</b>", "HTML"),
        ("*安", "MarkdownV2"),
        ("1.", "MarkdownV2"),
    ],
)
async def test_bad_markup_is_refused(bot: Bot, wang: Person, text: str, mode: str) -> None:
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(wang.id, text, parse_mode=mode)


async def test_good_markup_becomes_entities(bot: Bot, wang: Person) -> None:
    await bot.send_message(wang.id, "<b>安</b>&lt;<blockquote expandable>全</blockquote>", parse_mode="HTML")
    shown = wang.private.messages()[-1]
    assert shown.text == "安<全"
    assert shown.parts("bold") == ("安",)
    assert shown.parts("expandable_blockquote") == ("全",)


async def test_addresses_mentions_and_commands_are_found_in_what_people_write(fake: FakeTelegram) -> None:
    wang = join(fake, 11, "王")
    wang.write("𠮷 /ask@anjiang_test_bot 看 https://a.example/b，a@b.example #防汛 @wang_wu")
    assert [(e["type"], e["offset"], e["length"]) for e in wang.private.messages()[0].entities] == [
        ("bot_command", 3, 21),
        ("url", 27, 19),
        ("email", 47, 11),
        ("hashtag", 59, 3),
        ("mention", 63, 8),
    ]
