"""A conversation: follow-ups, a new subject, edits, two questions at once, budgets."""

from __future__ import annotations

from tests.bot.telegram.fake import FakeTelegram
from tests.bot.telegram.running import FIREWORKS, WAITING, Boot, RunningBot, says

ON_DUTY = "值班电话响铃三声内必须有人接听"
FLOOD = "山洪来了怎么转移群众"


async def test_a_follow_up_is_understood_in_the_light_of_the_chat(running_bot: RunningBot) -> None:
    await running_bot.ask(FIREWORKS)
    assert ON_DUTY in (await running_bot.ask("那值班呢")).text


async def test_the_same_words_in_another_chat_mean_something_else(running_bot: RunningBot) -> None:
    await running_bot.ask(FIREWORKS)
    await running_bot.ask(FLOOD, running_bot.admin)
    shown = await running_bot.ask("那值班呢", running_bot.admin)
    assert "实行24小时双人双岗值班" in shown.text.split("\n\n[1]")[0]


async def test_follow_ups_survive_a_restart(boot: Boot) -> None:
    first = await boot()
    await first.ask(FLOOD)
    await first.stop()
    second = await boot()
    shown = await second.ask("那值班呢")
    assert "实行24小时双人双岗值班" in shown.text.split("\n\n[1]")[0]


async def test_new_starts_over(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    await running_bot.ask(FLOOD)
    assert (await running_bot.ask("/new")).text == says("forgotten")
    assert running_bot.services.state.turns((reader.id, 0)) == ()
    fresh = (await running_bot.ask("谁负责")).text
    await running_bot.ask("/new", running_bot.admin)
    assert (await running_bot.ask("谁负责", running_bot.admin)).text == fresh


async def test_new_comes_after_the_questions_before_it(running_bot: RunningBot) -> None:
    running_bot.reader.write(FIREWORKS)
    running_bot.reader.write(FLOOD)
    running_bot.reader.write("/new")
    await running_bot.reader.private.says(says("forgotten"))
    assert running_bot.services.state.turns((running_bot.reader.id, 0)) == ()


async def test_an_edited_question_changes_its_answer_in_place(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    asked = reader.write(FIREWORKS)
    before = await running_bot.answer(asked)
    reader.edit(asked, FLOOD)
    after = await reader.private.wait_for(
        reader.private.first(asked, lambda shown: "一律提前转移" in shown.text)
    )
    assert after.id == before.id
    assert len(reader.private.from_bot(asked)) == 1
    assert len(running_bot.services.state.turns((reader.id, 0))) == 1


async def test_an_edit_that_changes_no_word_changes_nothing(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    asked = reader.write(FIREWORKS)
    before = await running_bot.answer(asked)
    calls = len(running_bot.fake.called("editMessageText"))
    reader.edit(asked, f"  {FIREWORKS} ")
    await running_bot.idle()
    assert len(running_bot.fake.called("editMessageText")) == calls
    (after,) = reader.private.from_bot(asked)
    assert after.text == before.text


async def test_a_question_edited_while_it_waits_is_answered_once_with_its_last_words(
    running_bot: RunningBot,
) -> None:
    reader = running_bot.reader
    running_bot.fake.faults.flood("editMessageText", 1, chat=reader.id)
    asked = reader.write(FIREWORKS)
    await reader.private.wait_for(lambda: running_bot.fake.called("editMessageText"))
    reader.edit(asked, FLOOD)
    shown = await reader.private.wait_for(
        reader.private.first(asked, lambda each: "一律提前转移" in each.text)
    )
    await running_bot.idle()
    assert [each.id for each in reader.private.from_bot(asked)] == [shown.id]


async def test_several_questions_at_once_are_answered_in_their_order(running_bot: RunningBot) -> None:
    reader = running_bot.reader
    questions = [FIREWORKS, FLOOD, "电动自行车进电梯怎么管", "森林防火谁负责"]
    asked = [reader.write(question) for question in questions]
    await running_bot.idle()
    shown = reader.private.from_bot(asked[-1])
    assert [each.reply_to for each in shown[:-1]] == asked[:-1], "which answer is whose is visible"
    marks = ["主城区三环以内", "一律提前转移", "一律不得进入电梯轿厢", "森林防火实行行政首长负责制"]
    assert all(mark in each.text for mark, each in zip(marks, shown, strict=True))


async def test_a_chat_that_asks_too_much_at_once_is_asked_to_wait(boot: Boot) -> None:
    running = await boot(max_open=2)
    reader = running.reader
    running.fake.faults.flood("editMessageText", 1, chat=reader.id)
    first = reader.write(FIREWORKS)
    reader.write(FLOOD)
    reader.write("森林防火谁负责")
    waiting = await reader.private.says(says("full"))
    assert waiting.id > first
    await running.idle()
    answered = [each for each in reader.private.from_bot() if each.labels]
    assert len(answered) == 2


async def test_a_quick_asker_is_told_the_limit_and_nothing_else_is_lost(boot: Boot) -> None:
    running = await boot(rate_per_minute=2)
    await running.ask(FIREWORKS)
    await running.ask(FLOOD)
    assert (await running.ask("森林防火谁负责")).text == says("too_fast", most=2)
    assert (await running.ask("/search 防汛")).text == says("too_fast", most=2)
    assert (await running.ask("/stats")).text.startswith("共 9 篇")
    running.fake.world.clock_offset = 61.0
    assert "森林防火" in (await running.ask("森林防火谁负责")).text


async def test_a_day_has_a_budget_of_its_own_for_each_person(boot: Boot) -> None:
    running = await boot(daily_budget=1)
    await running.ask(FIREWORKS)
    assert (await running.ask(FLOOD)).text == says("used_up", most=1)
    assert "一律提前转移" in (await running.ask(FLOOD, running.admin)).text
    running.fake.world.clock_offset = 24 * 3600.0
    assert "一律提前转移" in (await running.ask(FLOOD)).text


async def test_a_message_that_telegram_delivers_twice_is_answered_once(
    fake: FakeTelegram, running_bot: RunningBot
) -> None:
    reader = running_bot.reader
    asked = reader.write(FIREWORKS)
    await running_bot.answer(asked)
    fake.world.tell_bot("message", reader.private.chat.messages[asked].json())
    await running_bot.idle()
    assert len([each for each in reader.private.from_bot(asked) if each.text not in WAITING]) == 1


async def test_without_an_index_the_bot_says_so_plainly(boot: Boot, tmp_path: object) -> None:
    from pathlib import Path

    running = await boot(index=Path(str(tmp_path)) / "nowhere")
    assert (await running.ask(FIREWORKS)).text == says("no_index")
    told = await running.ask("/stats", running.admin)
    assert "anjiang index" in told.text
