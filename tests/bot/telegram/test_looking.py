"""Looking closer at an answer: context page by page, further hits, the file, what one thinks of it."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

from tests.bot.telegram.fake import Shown, join
from tests.bot.telegram.running import EXAMPLES, FIREWORKS, Boot, RunningBot, says

PASSAGE = "一是管住烟花爆竹。"
BEFORE = "三要落实企业责任。"
AFTER = "二是坚守岗位值班。"


async def open_source(running: RunningBot, shown: Shown, label: str = "原文 1") -> Shown:
    await running.reader.pressed(shown, label)
    return await running.answer(max(each.id for each in running.reader.private.messages()) - 1)


async def test_a_source_opens_with_the_paragraphs_around_it_in_a_message_of_its_own(
    running_bot: RunningBot,
) -> None:
    answer = await running_bot.ask(FIREWORKS)
    page = await open_source(running_bot, answer)
    assert page.id > answer.id
    body = page.text
    assert body.index(BEFORE) < body.index(PASSAGE) < body.index(AFTER)
    assert "《周启明市长在全市安全生产暨春节保障工作视频会议上的讲话》" in body
    assert any(PASSAGE in bold for bold in page.parts("bold"))
    assert not any(AFTER in bold for bold in page.parts("bold"))


async def test_pages_turn_in_place_to_both_ends_of_the_document(running_bot: RunningBot) -> None:
    page = await open_source(running_bot, await running_bot.ask(FIREWORKS))
    reader = running_bot.reader
    seen = [page.text]
    while "下文 ▶" in page.labels:
        await reader.pressed(page, "下文")
        page = next(each for each in reader.private.from_bot() if each.id == page.id)
        seen.append(page.text)
    assert "过节的是群众，过关的是干部" in seen[-1]
    while "◀ 上文" in page.labels:
        await reader.pressed(page, "◀ 上文")
        page = next(each for each in reader.private.from_bot() if each.id == page.id)
        seen.append(page.text)
    assert "今天的会议一直开到乡镇" in seen[-1]
    assert len(seen) >= 4
    found = re.search(r"第 (\d+) – \d+ 段，共 \d+ 段", seen[-1])
    assert found is not None
    assert found[1] == "1"


async def test_each_number_opens_its_own_document(running_bot: RunningBot) -> None:
    answer = await running_bot.ask("谁负责值班")
    occasions = re.findall(r"^\[(\d)\] [^·]+ · (全[^·]+) · ", answer.text, re.MULTILINE)
    assert [number for number, _ in occasions] == ["1", "2"]
    assert len({occasion for _, occasion in occasions}) == 2
    for number, occasion in occasions:
        page = await open_source(running_bot, answer, f"原文 {number}")
        assert occasion in page.text


async def test_more_lists_hits_that_were_not_quoted_and_opens_them(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    await running_bot.reader.pressed(answer, "更多")
    hits = await running_bot.answer(answer.id)
    assert hits.text.startswith(says("hits_title"))
    assert re.findall(r"^(\d+)\. ", hits.text, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert "主城区三环以内" not in hits.text
    await running_bot.reader.pressed(hits, "下一页")
    turned = next(each for each in running_bot.reader.private.from_bot() if each.id == hits.id)
    assert re.findall(r"^(\d+)\. ", turned.text, re.MULTILINE)[0] == "6"
    await running_bot.reader.pressed(turned, "6")
    page = await running_bot.answer(hits.id)
    assert page.parts("bold")


async def test_the_source_file_is_sent_byte_by_byte(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    await running_bot.reader.pressed(answer, "发送原件")
    sent = await running_bot.answer(answer.id)
    assert sent.document == "2024年春节前讲话.txt"
    assert sent.file_id is not None
    assert running_bot.fake.world.files[sent.file_id][1] == (EXAMPLES / sent.document).read_bytes()


async def test_no_file_is_offered_or_sent_where_the_settings_forbid_it(boot: Boot) -> None:
    open_handed = await boot()
    answer = await open_handed.ask(FIREWORKS)
    await open_handed.stop()
    strict = await boot(send_originals=False)
    # The button of before still stands in the chat.
    told = await strict.reader.pressed(answer, "发送原件")
    assert told["text"] == says("originals_off")
    assert "发送原件" not in (await strict.ask("谁负责值班")).labels
    assert not strict.fake.called("sendDocument")


async def test_a_file_that_is_no_longer_what_was_quoted_is_not_sent(boot: Boot, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(EXAMPLES, archive)
    running = await boot(archive=archive)
    answer = await running.ask(FIREWORKS)
    (archive / "2024年春节前讲话.txt").write_text("改过了", "utf-8")
    told = await running.reader.pressed(answer, "发送原件")
    assert told["text"] == says("file_changed")
    assert not running.fake.called("sendDocument")


async def test_thumbs_are_kept_with_a_reason_and_the_latest_word_counts(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    reader, admin = running_bot.reader, running_bot.admin
    assert (await reader.pressed(answer, "👍"))["text"] == says("thanks")
    await reader.pressed(answer, "👎")
    why = await running_bot.answer(answer.id)
    assert set(why.labels) == {"答非所问", "不完整", "出处不对", "已过时"}
    await reader.pressed(why, "不完整")
    changed = await reader.private.wait_for(
        reader.private.first(answer.id, lambda shown: shown.text == says("thanks_reason"))
    )
    assert changed.id == why.id
    sent = await running_bot.ask("/feedback", admin)
    assert sent.file_id is not None
    table = running_bot.fake.world.files[sent.file_id][1].decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["question"], row["verdict"], row["reason"]) == (FIREWORKS, "down", "incomplete")


async def test_a_reaction_counts_as_feedback(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    running_bot.reader.react(answer.id, "👎")
    await running_bot.idle()
    running_bot.reader.react(answer.id, "🔥")
    await running_bot.idle()
    (kept,) = running_bot.services.state.feedback()
    assert (kept.verdict, kept.user_id) == ("down", running_bot.reader.id)


async def test_a_deep_link_opens_its_paragraph(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    link = next(entity["url"] for entity in answer.entities if entity["type"] == "text_link")
    page = await running_bot.ask(f"/start {link.partition('start=')[2]}")
    assert any(PASSAGE in bold for bold in page.parts("bold"))
    assert BEFORE in page.text


async def test_a_deep_link_to_what_is_gone_says_so(running_bot: RunningBot) -> None:
    shown = await running_bot.ask("/start p0123456789abcdef")
    assert shown.text == says("document_gone")
    assert (await running_bot.ask("/start pnonsense")).text == says("welcome")


async def test_a_deep_link_opens_nothing_for_a_stranger(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    link = next(entity["url"] for entity in answer.entities if entity["type"] == "text_link")
    shown = await running_bot.ask(f"/start {link.partition('start=')[2]}", running_bot.stranger)
    assert shown.text == says("stranger", id=running_bot.stranger.id)


async def test_buttons_work_after_a_restart(boot: Boot) -> None:
    first = await boot()
    answer = await first.ask(FIREWORKS)
    await first.stop()
    second = await boot()
    page = await open_source(second, answer)
    assert PASSAGE in page.text


async def test_a_button_that_is_unknown_or_too_old_says_so(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    reader = running_bot.reader
    forged = reader.press_data(reader.private.chat.messages[answer.id], "AAAAAAAAAAAA")
    told = await reader.private.wait_for(lambda: forged.answer)
    assert told["text"] == says("button_gone")
    running_bot.fake.world.clock_offset = 40 * 24 * 3600.0
    assert (await reader.pressed(answer, "原文 1"))["text"] == says("button_gone")


async def test_buttons_don_t_wait_behind_questions(running_bot: RunningBot) -> None:
    """A press is served while the chat's own lane is held up."""
    answer = await running_bot.ask(FIREWORKS)
    running_bot.fake.faults.flood("sendMessage", 1, chat=running_bot.admin.id)
    running_bot.admin.write("谁负责值班")
    page = await open_source(running_bot, answer)
    assert PASSAGE in page.text


async def test_button_data_is_short_and_tells_nothing(running_bot: RunningBot) -> None:
    answer = await running_bot.ask(FIREWORKS)
    data = [button.data for row in answer.buttons for button in row]
    assert all(re.fullmatch(r"[\w-]{12}", one) for one in data)
    assert len(set(data)) == len(data)


async def test_labels_are_in_the_language_of_the_client(boot: Boot) -> None:
    running = await boot(readers=(120,))
    smith = join(running.fake, 120, "Smith", language="en")
    shown = await running.ask(FIREWORKS, smith)
    assert {"Source 1", "More", "Send file"} <= set(shown.labels)
    await smith.pressed(shown, "Source 1")
    page = await running.answer(shown.id, smith)
    assert "paragraphs" in page.text
