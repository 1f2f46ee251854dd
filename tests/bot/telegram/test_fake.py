"""The fake refuses what Telegram refuses: seen through python-telegram-bot's own client."""

from __future__ import annotations

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken

from tests.bot.telegram.clients import client
from tests.bot.telegram.fake import FakeTelegram, Person, join, migrate, open_group


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
