"""What admins do in the chat: files in and out, a rebuild with progress, reload, feedback, health."""

from __future__ import annotations

import asyncio
import shutil
import time
from itertools import pairwise
from pathlib import Path

import pytest

from bot.telegram.handlers import admin as admin_module
from bot.telegram.intake import REMOVED
from config.messages import Language, message
from retrieval.documents.read import SUFFIXES
from tests.bot.telegram.fake import Shown, join, open_group
from tests.bot.telegram.running import EXAMPLES, Boot, RunningBot, says

SPEECH = """在全区养老机构安全工作会议上的讲话
副区长　唐若云
（2025年3月6日）

同志们：
一、管住燃气和用电
养老机构的厨房每天收火以后要断气断电，值夜护工每两小时查一遍房，轮椅和助行器不得堆在疏散通道里。
二、练好转移这门功课
每季度组织一次夜间疏散演练，失能老人按楼层编组，一人一卡一名责任护工，三分钟内要转移到安全区域。
"""
QUESTION = "养老院夜间疏散演练怎么搞"
WORDS = "失能老人按楼层编组"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    shutil.copytree(EXAMPLES, folder)
    return folder


@pytest.fixture
async def running(boot: Boot, archive: Path, example_index: Path, tmp_path: Path) -> RunningBot:
    """A bot that may write: an archive and an index of its own."""
    index = tmp_path / "index"
    shutil.copytree(example_index, index)
    return await boot(archive=archive, index=index)


async def send(running: RunningBot, name: str, data: bytes) -> Shown:
    sent = running.admin.send_document(name, data)
    return await running.answer(sent, running.admin)


async def rebuilt(running: RunningBot, after: int) -> Shown:
    window = running.admin.private
    return await window.wait_for(window.first(after, lambda shown: says("index_done") in shown.text))


async def stalls_of_the_loop(until: asyncio.Event) -> tuple[float, float]:
    """Of the event loop: the longest work at a stretch in seconds, and how often it was away over 50 ms.

    The second is a share of its turns, and rarely the bot's doing: on a busy machine the whole process has to
    wait for its own.
    """
    longest, away, times = 0.0, 0, 0
    while not until.is_set():
        worked, before = time.thread_time(), time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.thread_time() - worked)
        away += time.perf_counter() - before > 0.055
        times += 1
    return longest, away / times


async def test_a_file_is_added_reported_indexed_and_answered_from(
    running: RunningBot, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_module, "PROGRESS_SECONDS", 0.0)
    report = await send(running, "养老机构讲话.txt", SPEECH.encode("gb18030"))
    assert report.text.startswith(says("added", name="养老机构讲话.txt"))
    for fact in (
        "《在全区养老机构安全工作会议上的讲话》",
        "唐若云 副区长 · 2025-03-06",
        "gb18030",
        "一级标题 2 个",
    ):
        assert fact in report.text
    assert (archive / "养老机构讲话.txt").read_bytes() == SPEECH.encode("gb18030")
    assert WORDS not in (await running.ask(QUESTION)).text

    stop = asyncio.Event()
    stalls = asyncio.ensure_future(stalls_of_the_loop(stop))
    await running.admin.pressed(report, says("button_rebuild"))
    await asyncio.sleep(0.3)
    meanwhile = await running.ask("过年放炮仗咋管")
    assert "主城区三环以内" in meanwhile.text, "questions are answered during a rebuild"
    done = await rebuilt(running, report.id)
    stop.set()
    longest, away = await stalls
    assert longest < 0.05
    assert away < 0.1
    assert done.history[0] == says("index_started")
    progress = done.history[1:-1]
    assert any("▓" in one or "░" in one for one in progress)
    assert "+ 养老机构讲话.txt" in done.text
    assert WORDS in (await running.ask(QUESTION)).text


async def test_progress_is_not_shown_more_often_than_telegram_likes(
    running: RunningBot, archive: Path
) -> None:
    for number in range(3):
        (archive / f"{number}.txt").write_text(SPEECH.replace("唐若云", f"唐若{number}"), "utf-8")
    asked = running.admin.write("/index")
    await rebuilt(running, asked)
    edits = running.fake.called("editMessageText", lambda call: call.chat == running.admin.id)
    gaps = [second.at - first.at for first, second in pairwise(edits)]
    assert all(gap >= 2.9 for gap in gaps[:-1])


async def test_two_rebuilds_never_run_at_once(running: RunningBot, archive: Path) -> None:
    (archive / "新.txt").write_text(SPEECH, "utf-8")
    asked = running.admin.write("/index")
    await running.admin.private.says(says("index_started"))
    assert (await running.ask("/index", running.admin)).text == says("index_running")
    await rebuilt(running, asked)


async def test_a_rebuild_that_fails_says_why_and_the_index_before_answers(
    running: RunningBot, archive: Path
) -> None:
    shutil.rmtree(archive)
    asked = running.admin.write("/index")
    window = running.admin.private
    failed = await window.wait_for(window.first(asked, lambda shown: shown.text.startswith("重建没有成功")))
    assert str(archive) in failed.text
    assert "主城区三环以内" in (await running.ask("过年放炮仗咋管")).text


async def test_stopping_the_bot_ends_a_rebuild_and_keeps_the_index(
    running: RunningBot, archive: Path
) -> None:
    (archive / "新.txt").write_text(SPEECH, "utf-8")
    running.admin.write("/index")
    await running.admin.private.says(says("index_started"))
    began = time.monotonic()
    await running.stop()
    assert time.monotonic() - began < 10.0


async def test_files_of_other_kinds_and_sizes_are_refused_before_they_are_fetched(
    running: RunningBot, archive: Path
) -> None:
    before = sorted(path.name for path in archive.iterdir())
    program = await send(running, "讲话.exe", b"MZ\x90\x00")
    assert program.text == says("file_kind", name="讲话.exe", endings="、".join(sorted(SUFFIXES)))
    large = await send(running, "大.txt", b"a" * (21 * 2**20))
    assert large.text == says("file_large", size="21", limit=20)
    assert not running.fake.called("getFile")
    picture = await send(running, "图.txt", bytes(range(256)) * 40)
    assert picture.text == message("documents.not_text", Language.ZH, file="图.txt")
    empty = await send(running, "空.txt", b" \n ")
    assert empty.text == message("documents.empty", Language.ZH, file="空.txt")
    assert sorted(path.name for path in archive.iterdir()) == before


NAMES = (
    ("../../etc/讲话.txt", "讲话.txt"),
    ("..\\..\\讲话.TXT", "讲话.txt"),
    ("/absolute/讲话.md", "讲话.md"),
    (".hidden.txt", "hidden.txt"),
    ("a\u202etxt.exe\u200b.txt", "atxt.exe.txt"),
    ('a:b*c?"<>|.txt', "a_b_c_.txt"),
    ("..txt", "讲话.txt"),
    ("长" * 300 + ".txt", "长" * 60 + ".txt"),
)


async def test_no_name_leads_out_of_the_archive(boot: Boot, archive: Path) -> None:
    running = await boot(archive=archive, admins=tuple(range(130, 130 + len(NAMES))))
    outside, before = sorted(archive.parent.iterdir()), set(archive.iterdir())
    for number, (given, kept) in enumerate(NAMES, 130):
        admin = join(running.fake, number, "管理员")
        speech = SPEECH.replace("唐若云", f"唐若{number}").encode()
        report = await running.answer(admin.send_document(given, speech), admin)
        assert report.text.startswith(says("added", name=kept)), given
        assert (archive / kept).read_bytes() == speech
        (archive / kept).unlink()
    assert sorted(archive.parent.iterdir()) == outside
    assert set(archive.iterdir()) == before


async def test_the_same_content_is_not_added_twice_and_no_file_is_overwritten(
    running: RunningBot, archive: Path
) -> None:
    await send(running, "养老.txt", SPEECH.encode())
    twice = await send(running, "又一份.txt", SPEECH.encode())
    assert twice.text == says("file_known", name="养老.txt")
    assert not (archive / "又一份.txt").exists()
    other = await send(running, "养老.txt", SPEECH.replace("唐若云", "唐若雨").encode())
    assert other.text.startswith(says("added", name="养老 (2).txt"))
    assert (archive / "养老.txt").read_text("utf-8") == SPEECH


async def test_files_from_readers_are_not_taken(running: RunningBot, archive: Path) -> None:
    before = sorted(archive.iterdir())
    sent = running.reader.send_document("讲话.txt", SPEECH.encode())
    assert (await running.answer(sent)).text == says("only_text")
    assert sorted(archive.iterdir()) == before


async def test_remove_asks_first_and_deletes_nothing(running: RunningBot, archive: Path) -> None:
    name = "矿山现场会讲话2022.txt"
    data = (archive / name).read_bytes()
    asked = await running.ask("/remove 矿山现场会", running.admin)
    assert asked.text == says("remove_sure", name=name)
    await running.admin.pressed(asked, says("button_keep"))
    assert (archive / name).exists()
    asked = await running.ask("/remove 矿山现场会", running.admin)
    await running.admin.pressed(asked, says("button_remove"))
    gone = await running.admin.private.says(says("removed", name=name))
    assert not (archive / name).exists()
    (kept,) = (archive / REMOVED).iterdir()
    assert kept.read_bytes() == data
    await running.admin.pressed(gone, says("button_rebuild"))
    done = await rebuilt(running, gone.id)
    assert f"− {name}" in done.text
    again = await running.ask("/remove 矿山现场会", running.admin)
    assert again.text == says("remove_none")


async def test_remove_never_guesses(running: RunningBot) -> None:
    several = await running.ask("/remove 讲话", running.admin)
    assert several.text.startswith("对得上的不止一个")
    assert not several.labels
    for outside in ("../../../etc/passwd", "/etc/passwd", ".."):
        assert (await running.ask(f"/remove {outside}", running.admin)).text == says("remove_none")


async def test_a_reader_can_not_press_what_is_for_admins(boot: Boot, archive: Path, tmp_path: Path) -> None:
    group_id = -1001000000001
    running = await boot(archive=archive, readers=(102, group_id))
    group = open_group(running.fake, group_id, "值班组", running.admin, running.reader)
    assert (await running.ask("/remove 矿山", running.admin, group)).text == says("private_only")
    asked = await running.ask("/remove 矿山现场会", running.admin)
    data = asked.button(says("button_remove")).data
    running.reader.write("/start")
    stolen = running.reader.press_data(next(iter(running.reader.private.chat.messages.values())), data)
    told = await running.reader.private.wait_for(lambda: stolen.answer)
    assert told["text"] == says("admins_only")
    assert (archive / "矿山现场会讲话2022.txt").exists()


async def test_reload_takes_up_what_another_program_built(running: RunningBot) -> None:
    assert (await running.ask("/reload", running.admin)).text.startswith("用的已经是最新的索引 gen-")


async def test_health_tells_the_index_the_queue_and_the_answers(running: RunningBot) -> None:
    await running.ask("过年放炮仗咋管")
    shown = await running.ask("/health", running.admin)
    assert shown.text.startswith("✅ 索引 gen-")
    assert "已答 1，" in shown.text
    assert "排队 0，未答 0" in shown.text


async def test_feedback_without_any_says_so(running: RunningBot) -> None:
    assert (await running.ask("/feedback", running.admin)).text == says("feedback_none")


async def test_exported_words_are_no_formulas(running: RunningBot) -> None:
    answer = await running.ask("=HYPERLINK(1) 过年放炮仗咋管")
    await running.reader.pressed(answer, "👍")
    sent = await running.ask("/feedback", running.admin)
    assert sent.file_id is not None
    table = running.fake.world.files[sent.file_id][1].decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    assert ",=" not in table
