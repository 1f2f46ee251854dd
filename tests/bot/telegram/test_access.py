"""Nobody but listed people and chats: one polite line, never a word of the archive."""

from __future__ import annotations

from config.messages import Language, message
from retrieval.documents.read import read_document
from tests.bot.telegram.fake import BOT_NAME, Shown, open_group
from tests.bot.telegram.running import EXAMPLES, FIREWORKS, GROUP, Boot, RunningBot, says


def archive_words() -> list[str]:
    """Stretches of the archive long enough that no sentence of the bot's own shares them."""
    texts = "".join(read_document(path, EXAMPLES).raw for path in EXAMPLES.iterdir())
    return [texts[at : at + 12] for at in range(0, len(texts) - 12, 6)]


def shows_archive(messages: list[Shown]) -> bool:
    text = "".join(shown.text + "".join(shown.labels) for shown in messages)
    return any(words in text for words in archive_words() if "\n" not in words)


async def test_a_stranger_gets_one_line_with_their_id_and_nothing_more_for_an_hour(
    running_bot: RunningBot,
) -> None:
    stranger, fake = running_bot.stranger, running_bot.fake
    assert (await running_bot.ask(FIREWORKS, stranger)).text == says("stranger", id=stranger.id)
    for text in (FIREWORKS, "/start", "/sources", "/search 值班", "/doc 防汛", "/stats", "/help", "/index"):
        stranger.write(text)
    stranger.send_document("讲话.txt", "各位：今天讲安全。".encode())
    stranger.edit(stranger.write("值班"), FIREWORKS)
    await running_bot.idle()
    assert len(stranger.private.from_bot()) == 1
    fake.world.clock_offset = 3601.0
    stranger.write(FIREWORKS)
    await stranger.private.wait_for(lambda: len(stranger.private.from_bot()) == 2)
    assert not shows_archive(stranger.private.from_bot())


async def test_the_hour_counts_over_a_restart(boot: Boot) -> None:
    first = await boot()
    await first.ask("你好", first.stranger)
    await first.stop()
    second = await boot()
    second.stranger.write("你好")
    await second.idle()
    assert len(second.stranger.private.from_bot()) == 1


async def test_a_stranger_s_press_of_a_button_opens_nothing(boot: Boot) -> None:
    """A button of a group that is no longer listed, and the data of somebody else's button."""
    first = await boot(readers=(102, GROUP))
    group = open_group(first.fake, GROUP, "值班组", first.reader, first.stranger)
    answer = await first.ask(f"/ask {FIREWORKS}", first.reader, group)
    private = await first.ask(FIREWORKS)
    await first.stop()
    second = await boot(readers=(102,))
    told = await second.stranger.pressed(answer, "原文 1", group)
    assert told["text"] == says("stranger", id=second.stranger.id)
    count = len(group.from_bot())
    second.stranger.write("早")
    await second.idle()
    copied = second.stranger.press_data(
        next(iter(second.stranger.private.chat.messages.values())), private.button("原文 1").data
    )
    await second.idle()
    assert copied.answer is None
    assert len(group.from_bot()) == count
    assert not shows_archive(second.stranger.private.from_bot())


async def test_a_listed_person_asks_nothing_in_a_group_that_is_not_listed(running_bot: RunningBot) -> None:
    """Everybody in the group would read the answer."""
    group = open_group(running_bot.fake, GROUP, "闲聊", running_bot.reader, running_bot.admin)
    shown = await running_bot.ask(f"/ask {FIREWORKS}", running_bot.reader, group)
    assert shown.text == says("strange_group", id=GROUP)
    running_bot.admin.write(f"@{BOT_NAME} {FIREWORKS}", group)
    running_bot.admin.write("/health", group)
    await running_bot.idle()
    assert len(group.from_bot()) == 1


async def test_a_group_that_is_not_listed_and_does_not_ask_hears_nothing(running_bot: RunningBot) -> None:
    group = open_group(running_bot.fake, GROUP, "闲聊", running_bot.stranger)
    running_bot.stranger.write("今天谁值班", group)
    await running_bot.idle()
    assert group.from_bot() == []


async def test_a_listed_group_serves_its_members_but_not_in_private(boot: Boot) -> None:
    running = await boot(readers=(GROUP,))
    group = open_group(running.fake, GROUP, "值班组", running.stranger)
    assert (await running.ask(f"/ask {FIREWORKS}", running.stranger, group)).labels
    assert (await running.ask(FIREWORKS, running.stranger)).text == says("stranger", id=running.stranger.id)


async def test_members_of_a_listed_group_are_readers_and_admins_stay_admins(boot: Boot) -> None:
    running = await boot(readers=(GROUP,))
    group = open_group(running.fake, GROUP, "值班组", running.stranger, running.admin)
    assert (await running.ask("/health", running.stranger, group)).text == says("admins_only")
    assert (await running.ask("/health", running.admin, group)).text.startswith("✅")


async def test_reactions_of_strangers_are_not_kept(boot: Boot) -> None:
    first = await boot(readers=(102, GROUP))
    group = open_group(first.fake, GROUP, "值班组", first.reader, first.stranger)
    answer = await first.ask(f"/ask {FIREWORKS}", first.reader, group)
    await first.stop()
    second = await boot(readers=(102,))
    second.stranger.react(answer.id, "👍", group)
    await second.idle()
    assert list(second.services.state.feedback()) == []


async def test_by_default_nobody_gets_in(boot: Boot) -> None:
    running = await boot(admins=(), readers=())
    for person in (running.admin, running.reader, running.stranger):
        assert (await running.ask(FIREWORKS, person)).text == says("stranger", id=person.id)


async def test_refusals_are_counted(running_bot: RunningBot) -> None:
    await running_bot.ask("你好", running_bot.stranger)
    running_bot.stranger.write("你好")
    await running_bot.idle()
    registry = running_bot.services.metrics.registry
    assert registry.get_sample_value("anjiang_refusals_total", {"reason": "stranger"}) == 2


async def test_the_line_for_a_stranger_is_in_their_language(running_bot: RunningBot) -> None:
    running_bot.stranger.user.language = "en"
    shown = await running_bot.ask("hello", running_bot.stranger)
    assert shown.text == message("telegram.stranger", Language.EN, id=running_bot.stranger.id)
