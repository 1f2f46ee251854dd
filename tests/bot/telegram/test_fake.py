"""The fake refuses what Telegram refuses: seen through python-telegram-bot's own client."""

from __future__ import annotations

import asyncio
import io
import random
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.bot.telegram.fake import (
    TOKEN,
    FakeTelegram,
    Person,
    join,
    migrate,
    open_group,
    served,
)


@pytest.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bot]:
    async with client(fake) as bot:
        yield bot


def client(fake: FakeTelegram, token: str = TOKEN) -> Bot:
    def request() -> HTTPXRequest:
        return HTTPXRequest(httpx_kwargs={"transport": fake.transport()})

    return Bot(token, request=request(), get_updates_request=request())


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([list(buttons)])


async def test_the_bot_is_told_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.is_bot
    assert me.username == "anjiang_test_bot"


async def test_a_wrong_token_is_unauthorized_and_a_malformed_one_not_found(fake: FakeTelegram) -> None:
    for token, status in (("5000000002:abc", 401), ("abc", 404)):
        with pytest.raises(InvalidToken):
            await client(fake, token).initialize()
        async with httpx.AsyncClient(transport=fake.transport()) as http:
            answer = await http.post(f"https://api.telegram.org/bot{token}/getMe")
        assert (answer.status_code, answer.json()["error_code"]) == (status, status)


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("makeCoffee")


# Texts and entities


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


# Chats


async def test_nobody_is_written_to_first(fake: FakeTelegram, bot: Bot) -> None:
    stranger = join(fake, 12, "李")
    with pytest.raises(Forbidden, match=r"(?i)initiate"):
        await bot.send_message(stranger.id, "安")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(13, "安")


async def test_a_blocked_bot_is_forbidden_to_write(bot: Bot, wang: Person) -> None:
    wang.block()
    with pytest.raises(Forbidden, match=r"(?i)blocked"):
        await bot.send_message(wang.id, "安")
    wang.unblock()
    await bot.send_message(wang.id, "安")
    kinds = [update.my_chat_member is not None for update in await bot.get_updates()]
    assert kinds == [False, True, True]


async def test_a_migrated_group_names_its_new_id(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -77, "组", wang)
    new = migrate(fake, group, -1001234567890)
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(-77, "安")
    assert raised.value.new_chat_id == -1001234567890
    await bot.send_message(new.id, "安")
    told = [u.message for u in await bot.get_updates() if u.message and u.message.migrate_to_chat_id]
    assert [(m.chat_id, m.migrate_to_chat_id) for m in told] == [(-77, -1001234567890)]


async def test_an_answer_in_a_topic_stays_there(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    forum = open_group(fake, -1001, "论坛", wang, topics=("防汛", "消防"))
    topic = list(forum.chat.topics)[1]
    asked = wang.write("问", forum, thread=topic)
    plain = await bot.send_message(forum.id, "答", message_thread_id=topic)
    reply = await bot.send_message(forum.id, "答", reply_parameters=ReplyParameters(asked))
    assert plain.message_thread_id == reply.message_thread_id == topic
    with pytest.raises(BadRequest, match=r"(?i)thread not found"):
        await bot.send_message(forum.id, "答", message_thread_id=9999)
    with pytest.raises(BadRequest, match=r"(?i)thread not found"):
        await bot.send_message(wang.id, "答", message_thread_id=topic)


async def test_a_reply_needs_its_message_unless_it_may_do_without(bot: Bot, wang: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)replied not found"):
        await bot.send_message(wang.id, "答", reply_parameters=ReplyParameters(999))
    sent = await bot.send_message(
        wang.id, "答", reply_parameters=ReplyParameters(999, allow_sending_without_reply=True)
    )
    assert sent.reply_to_message is None


# Edits, deletions, drafts, reactions


async def test_an_edit_must_change_something(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(
        wang.id, "正在查", reply_markup=keyboard(InlineKeyboardButton("停", callback_data="x"))
    )
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_text(
            "正在查 ",
            wang.id,
            sent.message_id,
            reply_markup=keyboard(InlineKeyboardButton("停", callback_data="x")),
        )
    await bot.edit_message_text("正在查", wang.id, sent.message_id)
    await bot.edit_message_text("答", wang.id, sent.message_id)
    shown = wang.private.messages()[-1]
    assert (shown.text, shown.edited, shown.buttons) == ("答", True, ())
    assert shown.history == ("正在查", "正在查", "答")


async def test_only_own_messages_that_exist_can_be_edited(bot: Bot, wang: Person) -> None:
    theirs = wang.write("我的")
    with pytest.raises(BadRequest, match=r"(?i)can't be edited"):
        await bot.edit_message_text("答", wang.id, theirs)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("答", wang.id, 999)
    mine = await bot.send_message(wang.id, "答")
    assert await bot.delete_message(wang.id, mine.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to edit not found"):
        await bot.edit_message_text("再答", wang.id, mine.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message to delete not found"):
        await bot.delete_message(wang.id, mine.message_id)


async def test_an_edit_obeys_the_limits_of_texts(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "答")
    with pytest.raises(BadRequest, match=r"(?i)MESSAGE_TOO_LONG"):
        await bot.edit_message_text("安" * 4097, wang.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.edit_message_text("\u200b", wang.id, sent.message_id)


async def test_a_keyboard_can_be_taken_away_once(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(
        wang.id, "答", reply_markup=keyboard(InlineKeyboardButton("停", callback_data="x"))
    )
    await bot.edit_message_reply_markup(wang.id, sent.message_id)
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_reply_markup(wang.id, sent.message_id)


async def test_messages_of_others_are_deleted_only_by_an_administrator(
    fake: FakeTelegram, bot: Bot, wang: Person
) -> None:
    group = open_group(fake, -77, "组", wang)
    theirs = wang.write("哦", group)
    with pytest.raises(BadRequest, match=r"(?i)can't be deleted"):
        await bot.delete_message(group.id, theirs)
    group.chat.members[bot.id] = "administrator"
    await bot.delete_message(group.id, theirs)
    assert group.messages() == []


async def test_drafts_are_for_private_chats(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    await bot.send_message_draft(wang.id, 7, "正在写")
    assert [draft["text"] for draft in wang.private.chat.drafts] == ["正在写"]
    assert not wang.private.from_bot()
    group = open_group(fake, -77, "组", wang)
    with pytest.raises(BadRequest, match=r"(?i)TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(group.id, 7, "正在写")
    wang.private.chat.refuses_drafts = True
    with pytest.raises(BadRequest, match=r"(?i)TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(wang.id, 7, "正在写")


async def test_the_bot_reacts_with_one_known_emoji(bot: Bot, wang: Person) -> None:
    asked = wang.write("问")
    await bot.set_message_reaction(wang.id, asked, "👀")
    assert wang.private.chat.messages[asked].reactions[bot.id] == ["👀"]
    with pytest.raises(BadRequest, match=r"(?i)REACTION_INVALID"):
        await bot.set_message_reaction(wang.id, asked, "🧯")


async def test_an_action_must_be_one_that_clients_show(bot: Bot, wang: Person) -> None:
    await bot.send_chat_action(wang.id, "typing")
    assert wang.private.actions() == ["typing"]
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(wang.id, "thinking")


# Buttons


@pytest.mark.parametrize(
    ("button", "error"),
    [
        (InlineKeyboardButton("安", callback_data="安" * 21 + "a"), None),
        (InlineKeyboardButton("安", callback_data="安" * 22), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton("安", callback_data=""), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton(" ", callback_data="x"), "text buttons can't be empty"),
        (InlineKeyboardButton("安"), "unallowed"),
        (InlineKeyboardButton("安", url="ftp://a"), "BUTTON_URL_INVALID"),
        (InlineKeyboardButton("安", copy_text=CopyTextButton("安" * 257)), "BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_buttons_are_checked(
    bot: Bot, wang: Person, button: InlineKeyboardButton, error: str | None
) -> None:
    if error is None:
        await bot.send_message(wang.id, "答", reply_markup=keyboard(button))
        return
    with pytest.raises(BadRequest, match=rf"(?i){error}"):
        await bot.send_message(wang.id, "答", reply_markup=keyboard(button))


async def test_a_row_has_eight_buttons_at_most(bot: Bot, wang: Person) -> None:
    button = InlineKeyboardButton("安", callback_data="x")
    await bot.send_message(wang.id, "答", reply_markup=keyboard(*[button] * 8))
    with pytest.raises(BadRequest, match=r"(?i)markup is too long"):
        await bot.send_message(wang.id, "答", reply_markup=keyboard(*[button] * 9))


async def test_an_edit_takes_inline_keyboards_only(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "答", reply_markup=ForceReply())
    with pytest.raises(BadRequest, match=r"(?i)inline keyboard expected"):
        await bot.edit_message_text("再答", wang.id, sent.message_id, reply_markup=ForceReply())  # type: ignore[arg-type]


async def test_a_press_is_answered_once_and_soon(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    await bot.send_message(
        wang.id, "答", reply_markup=keyboard(InlineKeyboardButton("原文 1", callback_data="a1"))
    )
    shown = wang.private.messages()[-1]
    first = wang.press(shown, "原文 1")
    query = next(update.callback_query for update in await bot.get_updates() if update.callback_query)
    assert query.data == "a1"
    await bot.answer_callback_query(query.id, "好")
    assert first.answer == {"text": "好", "show_alert": False, "url": None}
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)
    second = wang.press(shown, "原文")
    fake.world.clock_offset += 61
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(second.id)


# Files


async def test_a_document_goes_both_ways_unchanged(bot: Bot, wang: Person) -> None:
    data = bytes(range(256)) + b"\r\n--x\r\n\r"
    wang.send_document("讲话.txt", data, caption="请收")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.document.file_size) == ("讲话.txt", len(data))
    assert await (await message.document.get_file()).download_as_bytearray() == data
    await bot.send_document(wang.id, data, filename="原件.txt", caption="给你")
    shown = wang.private.messages()[-1]
    assert (shown.document, shown.text) == ("原件.txt", "给你")
    assert shown.file_id is not None
    assert bot.username
    again = await bot.send_document(wang.id, shown.file_id)
    assert again.document is not None
    assert again.document.file_size == len(data)


async def test_files_have_limits(bot: Bot, wang: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)non-empty"):
        await bot.send_document(wang.id, b"", filename="a.txt")
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_document(wang.id, b"x", filename="a.txt", caption="安" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)wrong file"):
        await bot.get_file("nothing")
    wang.send_document("大.txt", b"\0" * (20 * 2**20 + 1))
    big = wang.private.messages()[-1].file_id
    assert big is not None
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(big)


def png(width: int, height: int, noise: int = 0) -> bytes:
    """A white picture; with noise that nothing makes smaller for so many bytes."""
    image = Image.new("L", (width, height), 255)
    image.paste(Image.frombytes("L", (width, noise // width), random.Random(1).randbytes(noise)), (0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


async def test_a_photo_has_its_size_and_can_be_fetched(bot: Bot, wang: Person) -> None:
    data = png(8000, 2000)
    sent = await bot.send_photo(wang.id, data, caption="请看")
    assert [(one.width, one.height, one.file_size) for one in sent.photo] == [(8000, 2000, len(data))]
    shown = wang.private.messages()[-1]
    assert (shown.photo, shown.document, shown.text) == ((8000, 2000), None, "请看")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert await file.download_as_bytearray() == data


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (png(8001, 2000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(4000, 4000, 11 << 20), "too big for a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "IMAGE_PROCESS_FAILED"),
        (png(100, 100)[:-30], "IMAGE_PROCESS_FAILED"),
        (b"", "non-empty"),
    ],
)
async def test_what_is_no_photo(bot: Bot, wang: Person, data: bytes, refusal: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){refusal}"):
        await bot.send_photo(wang.id, data)


async def test_groups_may_take_no_photos_and_no_files(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -1001000000009, "组", wang)
    group.chat.forbids |= {"photo", "document"}
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send photos"):
        await bot.send_photo(group.id, png(10, 10))
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send documents"):
        await bot.send_document(group.id, b"x", filename="a.txt")


# Commands and chats


async def test_commands_are_kept_by_scope_and_language(bot: Bot) -> None:
    commands = [BotCommand("ask", "提问")]
    await bot.set_my_commands(commands, BotCommandScopeAllGroupChats(), "zh")
    assert await bot.get_my_commands() == ()
    assert await bot.get_my_commands(BotCommandScopeAllGroupChats(), "zh") == tuple(commands)
    await bot.delete_my_commands(BotCommandScopeAllGroupChats(), "zh")
    assert await bot.get_my_commands(BotCommandScopeAllGroupChats(), "zh") == ()


@pytest.mark.parametrize(
    ("command", "description", "error"),
    [
        ("Ask", "提问", "BOT_COMMAND_INVALID"),
        ("a" * 33, "提问", "BOT_COMMAND_INVALID"),
        ("ask", " ", "DESCRIPTION"),
    ],
)
async def test_commands_are_checked(bot: Bot, command: str, description: str, error: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){error}"):
        await bot.set_my_commands([BotCommand(command, description)])


async def test_chats_and_members_are_known(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -77, "组", wang)
    assert (await bot.get_chat(group.id)).title == "组"
    assert (await bot.get_chat_member(group.id, wang.id)).status == "member"
    with pytest.raises(BadRequest, match=r"(?i)member not found"):
        await bot.get_chat_member(group.id, join(fake, 12, "李").id)


# Updates


async def test_updates_come_again_until_they_are_confirmed(bot: Bot, wang: Person) -> None:
    wang.write("一")
    wang.write("二")
    first = await bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["/start", "一", "二"]
    assert await bot.get_updates() == first
    assert await bot.get_updates(offset=first[1].update_id) == first[1:]
    assert await bot.get_updates(offset=first[2].update_id + 1) == ()


async def test_a_negative_offset_forgets_what_came_before(bot: Bot, wang: Person) -> None:
    wang.write("一")
    assert len(await bot.get_updates(offset=-1)) == 1
    assert len(await bot.get_updates()) == 1


async def test_polling_waits_for_an_update(bot: Bot, wang: Person) -> None:
    (start,) = await bot.get_updates()
    poll = asyncio.ensure_future(bot.get_updates(offset=start.update_id + 1, timeout=30))
    await wang.private.wait_for(lambda: wang.fake.polls == 2)
    assert not poll.done()
    wang.write("一")
    async with asyncio.timeout(5):
        assert len(await poll) == 1


async def test_a_second_poller_ends_the_first(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    (start,) = await bot.get_updates()
    first = asyncio.ensure_future(bot.get_updates(offset=start.update_id + 1, timeout=30))
    await wang.private.wait_for(lambda: fake.polls == 2)
    second = asyncio.ensure_future(client(fake).get_updates(timeout=30))
    with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates"):
        await first
    wang.write("一")
    assert len(await second) == 1


async def test_reactions_come_only_when_asked_for(bot: Bot, wang: Person) -> None:
    sent = await bot.send_message(wang.id, "答")
    wang.react(sent.message_id, "👍")
    await bot.get_updates(offset=-1, allowed_updates=["message", "message_reaction"])
    wang.react(sent.message_id, "👎")
    last = (await bot.get_updates())[-1].message_reaction
    assert last is not None
    assert [reaction.to_dict()["emoji"] for reaction in last.new_reaction] == ["👎"]


async def test_an_edit_of_a_person_comes_as_an_edited_message(bot: Bot, wang: Person) -> None:
    asked = wang.write("问一")
    wang.edit(asked, "问二")
    edited = (await bot.get_updates())[-1].edited_message
    assert edited is not None
    assert (edited.message_id, edited.text) == (asked, "问二")


# Webhook


async def test_a_webhook_excludes_polling(bot: Bot) -> None:
    await bot.set_webhook("https://bot.example/hook", secret_token="s3")
    assert (await bot.get_webhook_info()).url == "https://bot.example/hook"
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "secret", "error"),
    [
        ("http://bot.example", "s", "HTTPS"),
        ("https://bot.example:8080", "s", "ports"),
        ("https://b.example", "密", "secret"),
    ],
)
async def test_a_webhook_is_checked(bot: Bot, url: str, secret: str, error: str) -> None:
    with pytest.raises(BadRequest, match=rf"(?i){error}"):
        await bot.set_webhook(url, secret_token=secret)


async def test_a_webhook_is_delivered_to_with_its_secret_until_it_says_yes(
    fake: FakeTelegram, bot: Bot, wang: Person
) -> None:
    heads: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        assert size is not None
        await reader.readexactly(int(size.group(1)))
        heads.append(head)
        status = "500 Sorry" if len(heads) == 1 else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    fake.webhook.route["https://bot.example"] = server.sockets[0].getsockname()[:2]
    await bot.set_webhook("https://bot.example/hook", secret_token="s3")
    await wang.private.wait_for(lambda: not fake.world.updates)
    await bot.delete_webhook()
    server.close()
    assert len(heads) == 2
    assert all(head.startswith("POST /hook") for head in heads)
    assert all("X-Telegram-Bot-Api-Secret-Token: s3" in head for head in heads)


# Faults and limits


async def test_faults_strike_the_calls_they_are_for(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.flood("sendMessage", 7)
    with pytest.raises(RetryAfter) as raised:
        await bot.send_message(wang.id, "一")
    assert raised.value._retry_after.total_seconds() == 7
    fake.faults.bad_gateway("sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)Bad Gateway"):
        await bot.send_message(wang.id, "二")
    fake.faults.timeout_before("sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(wang.id, "三")
    assert not wang.private.from_bot()
    fake.faults.timeout_after("sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(wang.id, "四")
    assert [shown.text for shown in wang.private.from_bot()] == ["四"]
    await bot.send_message(wang.id, "五")
    assert [call.status for call in fake.called("sendMessage")] == [429, 502, 0, 0, 200]


async def test_entity_errors_leave_plain_texts_alone(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.entities("sendMessage", times=None)
    await bot.send_message(wang.id, "安")
    with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
        await bot.send_message(wang.id, "安", entities=[MessageEntity("bold", 0, 1)])


async def test_nothing_gets_through_an_outage(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.outage = True
    with pytest.raises(NetworkError, match=r"(?i)ConnectError"):
        await bot.send_message(wang.id, "安")
    fake.faults.outage = False
    await bot.send_message(wang.id, "安")


async def test_a_page_of_a_proxy_is_not_an_answer(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    fake.faults.garbage("sendMessage")
    with pytest.raises(NetworkError, match=r"(?i)502"):
        await bot.send_message(wang.id, "安")


async def test_a_group_takes_twenty_messages_a_minute(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -77, "组", wang)
    for _ in range(20):
        await bot.send_message(group.id, "安")
    with pytest.raises(RetryAfter):
        await bot.send_message(group.id, "安")
    await bot.send_message(wang.id, "安")


# On a port


async def test_the_served_fake_speaks_http(fake: FakeTelegram, wang: Person) -> None:
    with served(fake) as server:
        async with Bot(TOKEN, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
            await bot.send_message(wang.id, "安", reply_markup=ForceReply())
            wang.send_document("a.bin", b"\0\r\n\r\n1")
            message = (await bot.get_updates())[-1].message
            assert message is not None
            assert message.document is not None
            file = await message.document.get_file()
            assert await file.download_as_bytearray() == b"\0\r\n\r\n1"
            fake.faults.timeout_after("sendMessage")
            with pytest.raises(TimedOut):
                await bot.send_message(wang.id, "全", read_timeout=0.2)
            fake.faults.outage = True
            with pytest.raises(NetworkError):
                await bot.send_message(wang.id, "第")
            fake.faults.outage = False
            await bot.send_message(wang.id, "一")
    assert [shown.text for shown in wang.private.from_bot()] == ["安", "全", "一"]


async def test_a_poller_that_hangs_up_does_not_end_the_next(fake: FakeTelegram, wang: Person) -> None:
    with served(fake) as server:
        async with httpx.AsyncClient() as http:
            url = f"{server.base_url}{TOKEN}/getUpdates"
            await http.post(url, data={"offset": "-1"})
            with pytest.raises(httpx.ReadTimeout):
                await http.post(url, data={"offset": "1000000000", "timeout": "30"}, timeout=0.2)
            poll = asyncio.ensure_future(http.post(url, data={"timeout": "30"}, timeout=10))
            await wang.private.wait_for(lambda: fake.polls == 3)
            wang.write("一")
            answer = await poll
    assert [update["message"]["text"] for update in answer.json()["result"]] == ["一"]
