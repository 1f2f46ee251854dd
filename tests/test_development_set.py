"""Question sets about the example and the county archive: every gold quote stands in its file, once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from retrieval.documents.read import read_document
from retrieval.documents.types import ZoneKind
from retrieval.evaluation.questions import Question, load_dialogues
from training.leaks import read_measured
from training.overlap import grams

ROOT = Path(__file__).resolve().parents[1]
SPEECHES = ROOT / "examples" / "speeches"
DATA = ROOT / "tests" / "data"
COUNTY = DATA / "county"
MIXED = DATA / "mixed"
YEARS = DATA / "years"
TRADES = DATA / "trades"
TOWNS = DATA / "towns"
PORTS = DATA / "ports"
MINES = DATA / "mines"
SCENIC = DATA / "scenic"
RIVERS = DATA / "rivers"
HOTELS = DATA / "hotels"
DISTRICT = DATA / "district"
SITES = DATA / "sites"
SHARED = ROOT / "../shared/eval"
LONGEST_STOCK_PHRASE = 12
"""Characters that two speeches of different writers may share in one run: dates and titles of meetings."""


def read(path: Path) -> str:
    if path.suffix in (".docx", ".html"):
        return read_document(path, path.parent).raw
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def asked(name: str) -> list[Question]:
    return [turn for dialogue in load_dialogues(DATA / name) for turn in dialogue.turns]


def questions() -> list[Question]:
    return asked("questions.jsonl")


def turns() -> list[Question]:
    return asked("dialogues.jsonl")


def about_county() -> list[Question]:
    return [*asked("county.jsonl"), *asked("county_dialogues.jsonl")]


def about_mixed() -> list[Question]:
    """Of eight hands, asked by somebody who had not seen the program."""
    return [*asked("mixed.jsonl"), *asked("mixed_dialogues.jsonl")]


def about_years() -> list[Question]:
    """One city's speeches of three years, by another one."""
    return [*asked("years.jsonl"), *asked("years_dialogues.jsonl")]


def near_misses() -> list[Question]:
    """About the examples: those that may be looked at, and those that only figures are taken of."""
    return [*asked("near_misses.jsonl"), *asked("held_near_misses.jsonl")]


def near_misses_of_county() -> list[Question]:
    """The same about the county."""
    return [*asked("county_near_misses.jsonl"), *asked("county_held_near_misses.jsonl")]


def talks() -> list[Question]:
    return asked("talks.jsonl")


def test_set_has_its_full_size() -> None:
    assert Counter(question.answerable for question in questions()) == {True: 80, False: 40}
    assert len(load_dialogues(DATA / "dialogues.jsonl")) == 10
    assert len(load_dialogues(DATA / "talks.jsonl")) == 44
    together = (*questions(), *turns(), *talks())
    assert len({question.id for question in together}) == len(together)


def test_county_set_has_its_full_size() -> None:
    alone = asked("county.jsonl")
    assert Counter(question.answerable for question in alone) == {True: 150, False: 90}
    kinds = Counter(question.type for question in alone)
    assert kinds["paraphrase"] >= 50
    assert kinds["near-miss"] >= 45
    assert len({question.question for question in alone}) == len(alone)
    turns = [len(dialogue.turns) for dialogue in load_dialogues(DATA / "county_dialogues.jsonl")]
    assert (len(turns), min(turns), max(turns)) == (20, 3, 5)
    assert len({question.id for question in about_county()}) == len(about_county())
    assert {gold.doc for question in alone for gold in question.gold} == {
        path.name for path in COUNTY.iterdir()
    }


@pytest.mark.parametrize(
    ("archive", "files", "answerable"), [(MIXED, 8, 60), (YEARS, 7, 60), (TRADES, 5, 40)]
)
def test_sets_of_strangers_have_their_full_size(archive: Path, files: int, answerable: int) -> None:
    alone = asked(f"{archive.name}.jsonl")
    assert Counter(question.answerable for question in alone) == {True: answerable, False: 30}
    talks = DATA / f"{archive.name}_dialogues.jsonl"
    together = [*alone, *(asked(talks.name) if talks.is_file() else ())]
    assert len({question.id for question in together}) == len(together)
    assert len({gold.doc for question in together for gold in question.gold}) == files
    assert len(list(archive.iterdir())) == files


def test_near_misses_have_their_full_size() -> None:
    together = [*near_misses(), *near_misses_of_county()]
    assert Counter(question.answerable for question in together) == {True: 140, False: 187}
    others = {question.question for question in (*questions(), *about_county(), *talks())}
    assert len({question.question for question in together} - others) == len(together)
    assert len({question.id for question in together}) == len(together)


def test_no_gold_quote_is_taken_for_an_advert() -> None:
    raws = {path.name: read_document(path, COUNTY) for path in COUNTY.iterdir()}
    spoken = {
        name: "\n".join(
            d.raw[zone.span.start : zone.span.end] for zone in d.zones if zone.kind is ZoneKind.BODY
        )
        for name, d in raws.items()
    }
    lost = [
        question.id
        for question in about_county()
        if question.answerable
        and not (any if question.any_of else all)(gold.quote in spoken[gold.doc] for gold in question.gold)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("archive", "question"),
    [
        pytest.param(archive, question, id=question.id)
        for archive, those in (
            (SPEECHES, [*questions(), *turns(), *talks(), *near_misses()]),
            (COUNTY, [*about_county(), *near_misses_of_county()]),
            (MIXED, about_mixed()),
            (YEARS, about_years()),
            (TRADES, asked("trades.jsonl")),
            (TOWNS, asked("towns.jsonl")),
            (PORTS, asked("ports.jsonl")),
            (MINES, [*asked("mines.jsonl"), *asked("mines_dialogues.jsonl")]),
            (SCENIC, asked("scenic.jsonl")),
            (RIVERS, asked("rivers.jsonl")),
            (HOTELS, asked("hotels.jsonl")),
            (DISTRICT, asked("district.jsonl")),
            (SITES, asked("sites.jsonl")),
        )
        for question in those
    ],
)
def test_gold_quotes_stand_in_their_files(archive: Path, question: Question) -> None:
    assert question.answerable == bool(question.gold)
    for gold in question.gold:
        assert read(archive / gold.doc).count(gold.quote) == 1, gold
    # Measures fold white space, and a hard-wrapped file breaks its lines inside of a fact.
    together = re.sub(r"\s", "", "".join(gold.quote for gold in question.gold))
    assert [fact for fact in question.facts if fact not in together] == []


def test_heads_by_a_stranger_tell_whose_speech_it_is_and_when() -> None:
    """In Markdown, with fields, under a note, with a nickname, and as usual."""
    read_heads = {path.name: read_document(path, HOTELS).metadata for path in HOTELS.iterdir()}
    assert {name: (head.speaker.text, head.date.text) for name, head in read_heads.items()} == {
        "hotel_chain_anquanhui.md": ("梁若楠", "2024-07-11"),
        "二院安全会录音整理20240416.txt": ("闻立秋", "2024-04-16"),
        "副市长消防安全工作会议讲话.txt": ("邹立群", "2023-11-21"),
        "县春节烟花爆竹和景区安全会_魏县长.txt": ("魏长河", "2025-01-14"),
        "燃气公司入冬大会_范总.txt": ("范国栋", "2024年"),  # 十月廿八号 stands there without its year
    }


def test_notes_talks_pages_and_outlines_by_a_stranger_are_read_from_the_first_word_on() -> None:
    read_files = {path.name: read_document(path, DISTRICT) for path in DISTRICT.iterdir()}
    heads = {
        name: (found.metadata.speaker.text, found.metadata.date.text) for name, found in read_files.items()
    }
    assert heads == {
        "二院五一节前安全大会讲话提纲.docx": ("谌明远", "2024-04-28"),
        "佟大队长元旦前讲话_整理稿.txt": ("佟铁山", "2023-12-26"),
        "区长2023国庆节前安全会讲话.txt": ("栗广成", "2023-09-22"),
        "松鹤颐养院 苗院长家属会提问环节.txt": ("", "2024-11-08"),
        "石埠街道_燃气安全讲话_汀泉区政府网.html": ("邬丽华", "2024-03-14"),
        "贺局 暑假前校园长会 笔记.md": ("贺兰舟", "2024-06-21"),
    }
    firsts = {name: found.clean.text.split("\n")[0] for name, found in read_files.items()}
    assert firsts["佟大队长元旦前讲话_整理稿.txt"] == "各位经理,各位书记,大家下午好."
    assert firsts["贺局 暑假前校园长会 笔记.md"] == "0 开场"
    assert all(found.warnings == () for found in read_files.values())


def test_a_transcript_by_a_stranger_has_its_speakers() -> None:
    turns = read_document(SITES / "录音整理_240219复工第一课.txt", SITES).turns
    spoken = [turn.speaker for turn in turns]
    assert {speaker: spoken.count(speaker) for speaker in set(spoken)} == {
        "鲁大勇": 2,
        "韩秀芝": 4,
        "周总": 9,
    }
    front = read_document(SITES / "2024-05-16-防汛深基坑专题.md", SITES).metadata
    assert (front.speaker.text, front.role.text, front.date.text) == (
        "柳青禾",
        "峰禾建工集团安全总监",
        "2024-05-16",
    )


def test_examples_keep_the_shapes_they_are_there_for() -> None:
    files = {path.name: path for path in SPEECHES.iterdir()}
    assert len(files) == 9
    texts = {name: read(path) for name, path in files.items()}
    assert all(1200 <= len(re.sub(r"\s", "", text)) <= 3000 for text in texts.values())
    old = files["矿山现场会讲话2022.txt"].read_bytes()
    assert b"\r\n" in old
    with pytest.raises(UnicodeDecodeError):
        old.decode("utf-8")
    assert "但\n账要算全" in texts["2024年春节前讲话.txt"]
    assert texts["澜川县防汛讲话_网页复制.txt"].count("\n") < 10
    assert "死亡*人" in texts["建设领域安全生产会议讲话（下载）.txt"]


def test_county_archive_keeps_the_shapes_it_is_there_for() -> None:
    files = {path.name: path for path in COUNTY.iterdir()}
    texts = {name: read(path) for name, path in files.items()}
    assert len(files) == 14
    assert all(1400 <= len(re.sub(r"\s", "", text)) <= 3000 for text in texts.values())
    old = files["青碾镇防火现场会记录.txt"].read_bytes()
    assert b"\r\n" in old
    with pytest.raises(UnicodeDecodeError):
        old.decode("utf-8")
    assert files["金穗冷链安全生产月启动讲话.txt"].read_bytes().startswith(b"\xef\xbb\xbf")
    assert "昨天\n在常委会上" in texts["苍栎市2024年第1期通报_两会春节部署会.txt"]
    assert texts["桐岗县防汛抗旱短会讲话.txt"].count("\n") == 3
    assert "文稿小二" in texts["汶溪县防汛备汛会_网页复制.txt"]
    assert "考生*人" in texts["临津区高考中考保障会（公开版）.txt"]
    assert texts["北屏区高温天气视频会讲话.txt"].count("，") == 0
    assert sum("松一寸就险一尺" in re.sub(r"\s", "", text) for text in texts.values()) == 14


def test_county_archive_shares_no_phrase_with_the_evaluation_or_the_examples() -> None:
    if not SHARED.is_dir():
        pytest.skip("the evaluation set is not beside the project")
    width = LONGEST_STOCK_PHRASE + 1
    measured = [text for one in read_measured(SHARED) for text in (one.question, *one.quotes)]
    others = [*SHARED.glob("archive/*.txt"), *SHARED.glob("seeds/*.txt"), *SPEECHES.iterdir()]
    taken = frozenset[str]().union(*(grams(text, width) for text in (*measured, *map(read, others))))
    assert len(taken) > 10_000
    shared = {path.name: sorted(grams(read(path), width) & taken) for path in COUNTY.iterdir()}
    shared |= {one.id: sorted(grams(one.question, width) & taken) for one in about_county()}
    assert {name: runs for name, runs in shared.items() if runs} == {}
