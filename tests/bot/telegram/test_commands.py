"""Commands of everybody: help by role, place and language; search; browsing; documents; figures; language."""

from __future__ import annotations

import re

import pytest

from config.messages import Language
from tests.bot.telegram.fake import BOT_NAME, Shown, join, open_group
from tests.bot.telegram.running import GROUP, Boot, RunningBot, says

READERS = ["ask", "search", "trace", "sources", "doc", "stats", "new", "lang", "help", "start"]
ADMINS = ["index", "reload", "remove", "feedback", "health"]


def current(running: RunningBot, shown: Shown) -> Shown:
    return next(each for each in running.reader.private.from_bot() if each.id == shown.id)


async def test_start_greets_with_examples_that_the_archive_answers(running_bot: RunningBot) -> None:
    welcome = (await running_bot.ask("/start")).text
    assert welcome == says("welcome")
    for example in ("过年放炮仗咋管", "汛期怎么转移群众"):
        assert example in welcome
        assert "原文 1" in (await running_bot.ask(example)).labels


async def test_help_is_for_the_one_who_asks(boot: Boot) -> None:
    running = await boot(readers=(102, 120, GROUP))
    smith = join(running.fake, 120, "Smith", language="en")
    group = open_group(running.fake, GROUP, "值班组", running.reader, running.admin)
    for_reader = (await running.ask("/help")).text
    assert for_reader == says("help", bot=BOT_NAME)
    for_admin = (await running.ask("/help", running.admin)).text
    assert for_admin == f"{for_reader}\n\n{says('help_admin')}"
    assert (await running.ask("/help", smith)).text == says("help", Language.EN, bot=BOT_NAME)
    in_group = (await running.ask("/help", running.reader, group)).text
    assert in_group == says("help_group", bot=BOT_NAME)


async def test_menus_are_published_per_scope_and_language(boot: Boot) -> None:
    running = await boot(readers=(102, GROUP))
    running.admin.write("/start")
    await running.idle()
    from bot.telegram.handlers import publish

    await publish(running.services, running.runner.bot)
    menus = running.fake.world.commands

    def names(scope: str, code: str) -> list[str]:
        return [one["command"] for one in menus[(scope, code)]]

    for code in ("", "zh", "en"):
        assert names("default", code) == READERS
        assert names("all_group_chats", code) == READERS
        assert names("chat:101", code) == READERS + ADMINS
    chinese = {one["command"]: one["description"] for one in menus[("default", "zh")]}
    english = {one["command"]: one["description"] for one in menus[("default", "en")]}
    assert chinese["new"] == says("menu_new")
    assert english["new"] == says("menu_new", Language.EN)


async def test_every_command_of_the_menus_is_understood(boot: Boot) -> None:
    # One chat gets a message a second; several admins don't wait for each other.
    running = await boot(admins=tuple(range(130, 150)))
    for number, name in enumerate(READERS + ADMINS, 130):
        shown = await running.ask(f"/{name}", join(running.fake, number, "管理员"))
        assert shown.text not in (says("unknown_command"), says("admins_only"), says("failed"))


@pytest.mark.parametrize("name", ADMINS)
async def test_admins_commands_are_not_for_readers(running_bot: RunningBot, name: str) -> None:
    assert (await running_bot.ask(f"/{name}")).text == says("admins_only")


async def test_search_lists_passages_page_by_page_without_an_answer(running_bot: RunningBot) -> None:
    shown = await running_bot.ask("/search 烟花爆竹")
    assert shown.text.startswith(f"{says('hits_title')}\n\n1. 一是管住烟花爆竹")
    assert "2024-01-24" in shown.text
    assert shown.labels == ("1", "2", "3", "4", "5", says("button_next"))
    await running_bot.reader.pressed(shown, says("button_next"))
    second = current(running_bot, shown)
    assert "\n\n6. " in second.text
    assert says("button_previous") in second.labels


async def test_search_without_words_asks_for_them(running_bot: RunningBot) -> None:
    assert (await running_bot.ask("/search")).text == says("search_what")
    assert (await running_bot.ask("/ask")).text == says("empty")
    assert (await running_bot.ask("/doc")).text == says("doc_which")


async def test_the_archive_is_browsed_by_year_speaker_and_occasion(running_bot: RunningBot) -> None:
    shelves = await running_bot.ask("/sources")
    assert shelves.labels == ("按年份", "按讲话人", "按场合")
    reader = running_bot.reader
    await reader.pressed(shelves, "按年份")
    years = current(running_bot, shelves)
    listed = [label for label in years.labels if re.match(r"\d{4}（\d+）", label)]
    assert listed == sorted(listed, reverse=True)
    assert "2024（4）" in listed or "2024（3）" in listed
    await reader.pressed(years, "2022")
    documents = current(running_bot, shelves)
    assert "1. 《" in documents.text
    await reader.pressed(documents, "1")
    card = await running_bot.answer(shelves.id)
    assert "2022" in card.text
    await reader.pressed(card, "从头读")
    page = await running_bot.answer(card.id)
    assert "第 1 – " in page.text
    await reader.pressed(documents, says("button_back"))
    assert current(running_bot, shelves).text == "按年份"
    await reader.pressed(current(running_bot, shelves), says("button_back"))
    await reader.pressed(current(running_bot, shelves), "按讲话人")
    assert any(label.startswith("周启明") for label in current(running_bot, shelves).labels)
    await reader.pressed(current(running_bot, shelves), says("button_back"))
    await reader.pressed(current(running_bot, shelves), "按场合")
    assert any("防汛抗旱" in label for label in current(running_bot, shelves).labels)


async def test_doc_finds_one_several_or_none(running_bot: RunningBot) -> None:
    one = await running_bot.ask("/doc 防汛")
    assert one.text.startswith("《县长在全县防汛抗旱工作会议上的讲话》")
    assert {"从头读", "发送原件"} == set(one.labels)
    several = await running_bot.ask("/doc 安全 2024")
    assert several.text.startswith(says("doc_many"))
    assert "1" in several.labels
    none = await running_bot.ask("/doc 航天发射")
    assert none.text == says("doc_none")


async def test_stats_are_the_archive_s(running_bot: RunningBot) -> None:
    shown = await running_bot.ask("/stats")
    assert shown.text.startswith("共 9 篇，61 段")
    assert "周启明 1" in shown.text


async def test_language_is_the_client_s_until_chosen(boot: Boot) -> None:
    running = await boot(readers=(102, 120, 121))
    smith = join(running.fake, 120, "Smith", language="en-US")
    weber = join(running.fake, 121, "Weber", language="de")
    assert (await running.ask("/start", smith)).text == says("welcome", Language.EN)
    assert (await running.ask("/start", weber)).text == says("welcome")
    choice = await running.ask("/lang", smith)
    await smith.pressed(choice, "中文")
    assert (await running.ask("/start", smith)).text == says("welcome")
    assert (await running.ask("/lang en")).text == says("lang_set", Language.EN)
    assert (await running.ask("/start")).text == says("welcome", Language.EN)
    await running.ask("/lang auto")
    assert (await running.ask("/start")).text == says("welcome")


async def test_a_group_has_a_language_of_its_own(boot: Boot) -> None:
    running = await boot(readers=(102, GROUP))
    group = open_group(running.fake, GROUP, "值班组", running.reader)
    await running.ask("/lang en", running.reader, group)
    in_group = await running.ask("/help", running.reader, group)
    assert in_group.text == says("help_group", Language.EN, bot=BOT_NAME)
    assert (await running.ask("/start")).text == says("welcome")


async def test_commands_may_be_written_in_capitals_and_with_the_bot_s_name(running_bot: RunningBot) -> None:
    assert (await running_bot.ask("/HELP")).text == says("help", bot=BOT_NAME)
    assert (await running_bot.ask(f"/help@{BOT_NAME}")).text == says("help", bot=BOT_NAME)
    assert (await running_bot.ask(f"/help@{BOT_NAME.upper()}")).text == says("help", bot=BOT_NAME)
