"""``/trace``: the lineage of a formulation in a chat."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.telegram.formatted import MAX_MARKS, MAX_UNITS, units
from bot.telegram.lineage import render_lineage
from config.messages import Language, message
from config.settings import load_settings
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.index.generation import open_generation
from retrieval.lineage.trace import trace
from tests.bot.telegram.fake import ChatWindow, Person, Shown, open_group
from tests.bot.telegram.running import GROUP, Boot, RunningBot
from tests.retrieval.lineage.archives import ARCHIVE, LABEL, SUMMER


def says(key: str, language: Language = Language.ZH, **values: object) -> str:
    return message(f"trace.{key}", language, **values)


@pytest.fixture(scope="module")
def lineage_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a small archive by the default model, with one speech that repeats itself."""
    folder = tmp_path_factory.mktemp("traced")
    files = {**ARCHIVE, "d/楼.txt": SUMMER + "\n".join(_items(70))}
    for name, text in files.items():
        path = folder / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    state = State(Language.ZH, "anjiang")
    build_index(load_settings(), folder / "archive", folder / "index", state=state)
    return folder / "index"


def _items(count: int) -> list[str]:
    return [f"第{n}组要把谁的楼谁负责写上墙，第{n}组长签字并且每月自查一次。" for n in range(1, count + 1)]


async def traced(
    running: RunningBot, words: str, who: Person | None = None, where: ChatWindow | None = None
) -> list[Shown]:
    """All that the bot says to ``/trace``."""
    who = who or running.reader
    asked = who.write(f"/trace {words}", where)
    await running.answer(asked, who, where)
    await running.idle()
    return (where or who.private).from_bot(asked)


async def test_a_formulation_is_followed(boot: Boot, lineage_index: Path) -> None:
    running = await boot(index=lineage_index)
    shown, _ = await traced(running, "三管三必须")
    assert shown.text.startswith(
        "三管三必须\n6 处，见于 4 篇 · 其中 2 处措辞相近而不相同\n\n首次\n2021-03-04 · 周启明"
    )
    assert f"释义：{LABEL}" in shown.text
    assert "三管三必[-须-]{+需+}" in shown.text
    assert "未注明日期，不计入年份和先后" in shown.text
    assert "三管三必须" in shown.parts("bold")
    (link, *_) = [entity["url"] for entity in shown.entities if entity["type"] == "text_link"]
    page = await running.ask(f"/start {link.partition('start=')[2]}")
    assert "各部门要落实“三管三必须”" in page.text


async def test_what_does_not_fit_is_counted(boot: Boot, lineage_index: Path) -> None:
    running = await boot(index=lineage_index)
    shown, _ = await traced(running, "谁的楼谁负责")
    assert units(shown.text) <= MAX_UNITS
    assert len(shown.entities) <= MAX_MARKS
    listed = shown.text.split(says("places"))[1].count("写上墙")
    assert 5 < listed < 70
    assert says("more_elsewhere", count=72 - listed - 2) in shown.text


@pytest.mark.parametrize("language", Language)
def test_every_lineage_fits_into_one_message(lineage_index: Path, language: Language) -> None:
    with open_generation(lineage_index, None) as generation:
        for formulation in ("三管三必须", "谁的楼谁负责", "第1组", "航天发射场"):
            lineage = trace(generation.store, formulation)
            part = render_lineage(lineage, language, lambda _: "https://t.me/b?start=p0")
            assert 0 < units(part.text) <= MAX_UNITS
            assert len(part.entities) <= MAX_MARKS


async def test_the_timeline_comes_as_a_photo(boot: Boot, lineage_index: Path, squares: Path) -> None:
    running = await boot(index=lineage_index)
    _, picture = await traced(running, "三管三必须")
    # Two lanes of 62 pixels, and all at twice the size of the SVG.
    assert picture.photo == (2 * 640, 2 * (128 + 2 * 62 + 110 + 30 + 2 * 18))
    assert (picture.text, picture.document) == ("", None)
    (upload,) = (call.params.files["photo"] for call in running.fake.called("sendPhoto"))
    assert (upload.name, upload.mime) == ("timeline.png", "image/png")


@pytest.mark.parametrize("words", ["查隐患靠专家", "燃气", "航天发射场"])
async def test_without_a_course_of_time_there_is_no_picture(
    boot: Boot, lineage_index: Path, squares: Path, words: str
) -> None:
    running = await boot(index=lineage_index)
    assert len(await traced(running, words)) == 1


async def test_what_is_refused_as_a_photo_comes_as_a_file(
    boot: Boot, lineage_index: Path, squares: Path
) -> None:
    running = await boot(index=lineage_index, readers=(102, GROUP))
    group = open_group(running.fake, GROUP, "值班组", running.admin)
    group.chat.forbids.add("photo")
    _, picture = await traced(running, "三管三必须", running.admin, group)
    assert (picture.photo, picture.document) == (None, "timeline.png")
    # A group that takes neither still takes answers: it is not given up as one that has thrown the bot out.
    group.chat.forbids.add("document")
    assert len(await traced(running, "三管三必须", running.admin, group)) == 1
    assert len(await traced(running, "查隐患靠专家", running.admin, group)) == 1


async def test_without_a_font_the_svg_is_sent_and_admins_are_told_what_to_install(
    boot: Boot, lineage_index: Path, font_folder: Path
) -> None:
    running = await boot(index=lineage_index)
    _, picture = await traced(running, "三管三必须")
    assert (picture.photo, picture.document) == (None, "timeline.svg")
    assert picture.text == message("telegram.timeline_svg", Language.ZH)
    (upload,) = (call.params.files["document"] for call in running.fake.called("sendDocument"))
    assert ElementTree.fromstring(upload.data).tag == "{http://www.w3.org/2000/svg}svg"
    _, picture = await traced(running, "三管三必须", running.admin)
    assert "apt-get install fonts-noto-cjk" in picture.text


async def test_a_photo_that_may_have_arrived_is_not_sent_again(
    boot: Boot, lineage_index: Path, squares: Path
) -> None:
    running = await boot(index=lineage_index)
    running.fake.faults.timeout_after("sendPhoto")
    assert len(await traced(running, "三管三必须")) == 2
    assert not running.fake.called("sendDocument")


async def test_nothing_found_without_words_and_wrong_words(boot: Boot, lineage_index: Path) -> None:
    running = await boot(index=lineage_index)
    assert (await running.ask("/trace")).text == says("what")
    nowhere = (await running.ask("/trace 航天发射场")).text
    assert nowhere == "档案里没有“航天发射场”这个提法，也没有相近的。"
    assert (await running.ask("/trace 安")).text == says("too_short", text="安", least=2)
    nearest = (await running.ask("/trace 三管五必查")).text
    assert nearest.startswith("档案里没有“三管五必查”这个提法；最接近的是：“三管三必须”（")


async def test_access_and_limits_are_those_of_other_commands(boot: Boot, lineage_index: Path) -> None:
    running = await boot(index=lineage_index, readers=(102, GROUP), rate_per_minute=1)
    refused = await running.ask("/trace 三管三必须", running.stranger)
    assert refused.text == message("telegram.stranger", Language.ZH, id=running.stranger.id)
    group = open_group(running.fake, GROUP, "值班组", running.admin)
    shown, picture = await traced(running, "三管三必须", running.admin, group)
    assert "三管三必须" in shown.text
    assert shown.reply_to == picture.reply_to is not None
    shown, picture = await traced(running, "三管三必须")
    assert "三管三必须" in shown.text
    assert picture.reply_to is None
    fast = await running.ask("/trace 三管三必须")
    assert fast.text == message("telegram.too_fast", Language.ZH, most=1)
