"""Whatever is sent: an answer or one friendly line, never markup, never an exception."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from config.messages import Language, message
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from tests.bot.telegram.fake import BOT_NAME, Person, join, open_group
from tests.bot.telegram.running import EXAMPLES, FIREWORKS, Boot, RunningBot, says

WORDS = "主城区三环以内和各县城建成区全时段禁止燃放"
NOT_FOUND = message("answer.not_in_archive", Language.ZH)
PEOPLE = tuple(range(130, 150))
MINE = {"bold", "italic", "text_link", "expandable_blockquote"}


def failures(running: RunningBot) -> list[str]:
    """What went wrong inside: places with a count above 0."""
    counted = running.services.metrics.registry.collect()
    return [
        str(sample.labels)
        for family in counted
        if family.name == "anjiang_errors"
        for sample in family.samples
        if sample.name.endswith("_total") and sample.value
    ]


def people(running: RunningBot) -> list[Person]:
    """Twenty readers: one chat gets a message a second, several don't wait for each other."""
    return [join(running.fake, number, "读者") for number in PEOPLE]


MARKED_UP = (
    f"<b>{FIREWORKS}</b>",
    f"*{FIREWORKS}* _?_ `code` [链接](https://example.org)",
    f"<script>alert(1)</script>{FIREWORKS}",
    f"&lt;{FIREWORKS}&gt; &amp;",
    "过\u200b年\u200d放\u2060炮\ufeff仗\u202e咋\u2066管\u2069",
    f"{FIREWORKS}\n\n\n\t?",
    f"﹤{FIREWORKS}﹥ ＡＢＣ １２３",
    f"{FIREWORKS} 🎆🧨👨\u200d👩\u200d👧",
    f"'; DROP TABLE questions; -- {FIREWORKS}",
    f"{{question}} %s {{0}} {FIREWORKS}",
)


async def test_markup_and_invisible_characters_are_text(boot: Boot) -> None:
    running = await boot(readers=PEOPLE)
    for text, person in zip(MARKED_UP, people(running), strict=False):
        shown = await running.ask(text, person)
        assert WORDS in shown.text or shown.text.startswith(NOT_FOUND), text
        assert {entity["type"] for entity in shown.entities} <= MINE
        assert "<b>" not in shown.text
        assert "<script>" not in shown.text
    assert failures(running) == []


ODD = (
    "😀" * 2048,
    "a" * 4096,
    "。" * 4000,
    "👍",
    "?",
    "\u0301" * 50,
    "\u3164",
    "𠮷" * 100,
    "٣٤٥ ہے",
    "//",
    "/",
    "@",
    "/中文命令",
    "https://example.org/?q=值班",
)


async def test_a_text_of_any_kind_gets_one_reply(boot: Boot) -> None:
    running = await boot(readers=PEOPLE)
    asked = [(person, person.write(text)) for text, person in zip(ODD, people(running), strict=False)]
    assert len(asked) == len(ODD)
    for person, message_id in asked:
        await running.answer(message_id, person)
    await running.idle()
    for person, message_id in asked:
        (shown,) = person.private.from_bot(message_id)
        assert shown.text
    assert failures(running) == []


async def test_too_long_a_question_is_told_the_limit(running_bot: RunningBot) -> None:
    shown = await running_bot.ask("值" * 2001)
    assert shown.text == message("question.too_long", Language.ZH, length=2001, limit=2000)


NO_TEXT: tuple[dict[str, Any], ...] = (
    {
        "sticker": {
            "file_id": "s",
            "file_unique_id": "s",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "type": "regular",
        }
    },
    {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
    {
        "photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}],
        "caption": "这是什么",
    },
    {
        "poll": {
            "id": "1",
            "question": "值班吗",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    },
    {"location": {"latitude": 30.0, "longitude": 120.0}},
    {"contact": {"phone_number": "1", "first_name": "李"}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"video_note": {"file_id": "n", "file_unique_id": "n", "length": 240, "duration": 2}},
    {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "a.exe", "file_size": 3}},
    {"story": {"chat": {"id": 9, "type": "private", "first_name": "x"}, "id": 1}},
)


async def test_what_is_no_text_gets_one_friendly_line(boot: Boot) -> None:
    running = await boot(readers=PEOPLE)
    for content, person in zip(NO_TEXT, people(running), strict=False):
        shown = await running.answer(person.send(content), person)
        assert shown.text == says("only_text"), content
    assert failures(running) == []


async def test_an_album_gets_one_line_and_not_ten(running_bot: RunningBot) -> None:
    photo = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]}
    for _ in range(10):
        running_bot.reader.send(photo, extra={"media_group_id": "1"})
    await running_bot.idle()
    assert [shown.text for shown in running_bot.reader.private.from_bot()] == [says("only_text")]


async def test_service_messages_are_passed_over(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    reader.send({"pinned_message": reader.private.chat.messages[reader.write("/new")].json()})
    reader.send({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
    await running_bot.idle()
    assert [shown.text for shown in reader.private.from_bot()] == [says("forgotten")]
    assert failures(running_bot) == []


async def test_a_forwarded_message_is_a_question(running_bot: RunningBot) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "某人", "date": 1_700_000_000}
    sent = running_bot.reader.write(FIREWORKS, extra={"forward_origin": origin})
    assert WORDS in (await running_bot.answer(sent)).text


async def test_commands_of_other_bots_and_unknown_ones(running_bot: RunningBot) -> None:
    assert (await running_bot.ask("/ask@other_bot 值班")).text == says("other_bot")
    await running_bot.idle()
    assert (await running_bot.ask("/nonsense 值班")).text == says("unknown_command")


async def test_an_edited_command_does_nothing(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    asked = reader.write("/help")
    await running_bot.answer(asked)
    reader.edit(asked, "/new")
    await running_bot.idle()
    assert len(reader.private.from_bot(asked)) == 1


async def test_a_command_edited_into_a_question_is_answered(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    asked = reader.write("/help")
    helped = await running_bot.answer(asked)
    reader.edit(asked, FIREWORKS)
    assert WORDS in (await running_bot.answer(helped.id)).text


async def test_a_group_s_pictures_and_noise_stay_without_reply(boot: Boot) -> None:
    group_id = -1001000000001
    running = await boot(readers=(group_id,))
    group = open_group(running.fake, group_id, "值班组", running.stranger)
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]
    running.stranger.send({"photo": photo}, group)
    running.stranger.send({"dice": {"emoji": "🎲", "value": 3}}, group)
    running.stranger.send({"new_chat_members": [running.reader.user.json()]}, group)
    await running.idle()
    assert group.from_bot() == []
    sent = running.stranger.send(
        {
            "photo": photo,
            "caption": f"@{BOT_NAME} 这是什么",
            "caption_entities": [{"type": "mention", "offset": 0, "length": len(BOT_NAME) + 1}],
        },
        group,
    )
    assert (await running.answer(sent, running.stranger, group)).text == says("only_text")


async def test_a_mention_of_the_bot_alone_asks_back(boot: Boot) -> None:
    group_id = -1001000000001
    running = await boot(readers=(group_id,))
    group = open_group(running.fake, group_id, "值班组", running.stranger)
    shown = await running.ask(f"@{BOT_NAME}", running.stranger, group)
    assert shown.text == says("empty")


async def test_a_mention_after_astral_characters_is_cut_out_whole(boot: Boot) -> None:
    group_id = -1001000000001
    running = await boot(readers=(group_id,))
    group = open_group(running.fake, group_id, "值班组", running.stranger)
    await running.ask(f"😀𠮷 @{BOT_NAME} {FIREWORKS}", running.stranger, group)
    (turn,) = running.services.state.turns((group_id, 0))
    assert BOT_NAME not in turn.question
    assert turn.question.endswith(FIREWORKS)


async def test_a_document_s_own_markup_is_shown_as_text(boot: Boot, tmp_path: Path) -> None:
    """A speech full of HTML, Markdown, mentions, hidden and astral characters goes out as it is written."""
    archive = tmp_path / "archive"
    shutil.copytree(EXAMPLES, archive)
    head = "在锅炉房安全会议上的讲话\n副县长　石<i>开</i>\n（2024年5月6日）\n\n同志们：\n一、锅炉点检怎么做\n"
    # Tags and references left over from a page are read as what they stood for.
    shown_as = "锅炉𠮷号每班点检两次，<记录>*当日*交@anquan_ban归档，_逾期_[通报](名单)。"
    hidden = shown_as.replace("锅炉𠮷号", "<b>锅炉𠮷号</b>").replace("<记录>", "&lt;记录&gt;")
    hidden = hidden.replace("归档", "归\u200b档\u202e")
    (archive / "锅炉.txt").write_text(f"{head}{hidden}\n", "utf-8")
    index = tmp_path / "index"
    build_index(load_settings(), archive, index, state=State(Language.ZH, "anjiang"))
    running = await boot(index=index, archive=archive)
    shown = await running.ask("锅炉点检怎么做")
    assert shown_as in shown.text
    assert "\u202e" not in shown.text
    (quoted,) = shown.parts("expandable_blockquote")
    assert quoted.startswith("一、锅炉点检怎么做")
    assert any("锅炉𠮷号" in bold for bold in shown.parts("bold"))
    page_of = await running.ask("/doc 锅炉")
    assert page_of.text.startswith("《在锅炉房安全会议上的讲话》")


async def test_no_call_asks_telegram_to_parse_anything(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    await running_bot.reader.pressed(answer, "原文 1")
    await running_bot.ask("/sources")
    await running_bot.ask("/help")
    assert not [call for call in running_bot.fake.calls if "parse_mode" in call.params.values]
