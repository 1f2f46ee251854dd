"""A formulation followed through small archives that are read, cut and stored for real."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.errors import UsageError
from retrieval.index.store import Store
from retrieval.lineage.trace import formulation_of, lineage_of, trace
from retrieval.lineage.variants import marked
from retrieval.search.filters import Filters
from tests.retrieval.lineage.archives import ARCHIVE, LABEL, SPRING, SUMMER, open_store

Opener = Callable[[dict[str, str]], Store]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    stores: list[Store] = []

    def open_one(files: dict[str, str]) -> Store:
        folder = tmp_path / str(len(stores))
        folder.mkdir()
        stores.append(open_store(folder, files))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Opener) -> Store:
    return opened(ARCHIVE)


def test_all_places_in_the_order_of_their_dates(store: Store) -> None:
    lineage = trace(store, "三管三必须")
    told = [(str(one.moment or ""), one.speaker, one.wording) for one in lineage.occurrences]
    assert told == [
        ("2021-03-04", "周启明", "三管三必须"),
        ("2023-06-15", "邱和", "三管、三必須"),
        ("2023-06-15", "邱和", "三管三必需"),
        ("", "石开", "三管三必须"),
    ]
    assert lineage.documents == 3
    assert [one.similarity for one in lineage.occurrences] == pytest.approx([1, 1, 0.8, 1])


def test_every_place_is_verbatim_and_knows_what_is_around_it(store: Store) -> None:
    lineage = trace(store, "三管三必须")
    for one in lineage.occurrences:
        raw = store.document(one.document.id).raw
        assert raw == ARCHIVE[one.document.path]
        assert raw[one.span.start : one.span.end] == one.text
        assert raw[one.sentence.span.start : one.sentence.span.end] == one.sentence.text
        assert one.sentence.text[one.lead :].startswith(one.wording)
        assert one.passage_id in {passage.id for passage in store.passages(range(store.passage_count))}
    first = lineage.occurrences[0]
    assert first.section_path == ("一、压实各方面的责任",)
    assert first.sentence.text.startswith("各部门要落实")
    assert first.sentence.text.endswith("把责任扛起来。")
    assert first.explanation is not None
    assert first.explanation.text == LABEL
    assert SPRING[first.explanation.span.start : first.explanation.span.end] == LABEL
    assert lineage.occurrences[1].section_path == ("一、把“三管、三必須”落到楼栋",)


def test_first_latest_variants_and_counts(store: Store) -> None:
    lineage = trace(store, "三管三必须")
    assert (lineage.first, lineage.latest) == (lineage.occurrences[0], lineage.occurrences[1])
    (group,) = lineage.groups
    assert [(one.wording, len(one.occurrences)) for one in group.variants] == [
        ("三管三必须", 3),
        ("三管三必需", 1),
    ]
    assert marked(group.variants[1].changes) == "三管三必[-须-]{+需+}"
    assert [(one.name, one.occurrences, one.documents) for one in lineage.years] == [
        ("2021", 1, 1),
        ("2023", 2, 1),
    ]
    assert [(one.name, one.occurrences, one.documents) for one in lineage.speakers] == [
        ("邱和", 2, 1),
        ("周启明", 1, 1),
        ("石开", 1, 1),
    ]
    assert [one.path for one in lineage.undated] == ["c/燃气.txt"]


def test_how_it_is_typed_makes_no_difference(store: Store) -> None:
    plain = trace(store, "三管三必须")
    for typed in ("“三管三必须”", "三管、三必須", " 三 管 三必须\u200b"):
        assert trace(store, typed).occurrences == plain.occurrences


def test_a_long_formulation_is_found_and_its_label_is_not_needed(store: Store) -> None:
    lineage = trace(store, "管行业必须管安全、管业务必须管安全、管生产必须管安全")
    (one,) = lineage.occurrences
    assert one.wording == LABEL
    assert one.similarity == pytest.approx(1 - 2 / 26)


@pytest.mark.parametrize(
    ("filters", "paths"),
    [
        (Filters(year=2023), ["b/夏.txt", "b/夏.txt"]),
        (Filters(speaker="周启明"), ["a/春.txt"]),
        (Filters(document="燃气"), ["c/燃气.txt"]),
        (Filters(year=1999), []),
    ],
)
def test_filters_are_those_of_search(store: Store, filters: Filters, paths: list[str]) -> None:
    assert [one.document.path for one in trace(store, "三管三必须", filters).occurrences] == paths


def test_a_title_is_a_place_and_counts_as_its_speaker_s(opened: Opener) -> None:
    title = "在落实三管三必须工\n作会议上的讲话"
    store = opened({"t.txt": SPRING.replace("在全市安全生产工作会议上的讲话", title)})
    (heading, body) = trace(store, "三管三必须").occurrences
    assert (heading.is_title, heading.passage_id, heading.speaker) == (True, "", "周启明")
    assert body.is_title is False
    assert trace(store, "三管三必须工作会议").occurrences[0].text == "三管三必须工\n作会议"
    assert len(trace(store, "三管三必须", Filters(speaker="周启明")).occurrences) == 2
    assert trace(store, "三管三必须", Filters(speaker="邱和")).occurrences == ()


def test_hard_wrapped_and_spaced_text_says_the_same(opened: Opener) -> None:
    long = SPRING.replace("各部门要落实", "各级各部门和各有关单位都要不折不扣落实")
    lines = (line[at : at + 22] for line in long.split("\n") for at in range(0, max(1, len(line)), 22))
    wrapped = "\n".join(lines).replace("把责任扛起来", "把 责 任 扛 起 来")
    store = opened({"w.txt": wrapped})
    (one,) = trace(store, "三管三必须").occurrences
    assert one.text == "三管\n三必须"
    assert one.folded == "三管三必须"
    assert "\n" not in one.sentence.text
    assert trace(store, "把责任扛起来").occurrences[0].text == "把 责 任 扛 起 来"


def test_without_any_date_nothing_is_first(opened: Opener) -> None:
    lineage = trace(opened({"c.txt": ARCHIVE["c/燃气.txt"]}), "三管三必须")
    assert (lineage.first, lineage.latest, lineage.years) == (None, None, ())
    assert len(lineage.undated) == 1


def test_where_nothing_is_near_its_parts_are_named(opened: Opener) -> None:
    store = opened({"a.txt": SPRING + "要坚持人民至上、生命至上。\n不能说人民。至上也不行。\n"})
    swapped = trace(store, "生命至上，人民至上")
    assert swapped.occurrences == ()
    assert [one.wording for one in swapped.nearby] == ["人民至上", "生命至上"]
    # Four edits of eight characters.
    assert [one.similarity for one in swapped.nearby] == pytest.approx([0.5, 0.5])
    alone = trace(opened({"a.txt": SPRING + "不能说人民。至上也不行。\n"}), "生命至上，人民至上")
    assert alone.nearby == ()


def test_a_mark_that_was_not_typed_is_named_as_near(opened: Opener) -> None:
    """Four characters do not reach over it, for 分管安全、生产的副矿长 does not say 安全生产."""
    store = opened({"a.txt": SPRING + "打早、打小是根本。\n"})
    assert [one.wording for one in trace(store, "打早打小").nearby] == ["打早、打小"]
    assert [one.wording for one in trace(store, "打早、打小").occurrences] == ["打早、打小"]


@pytest.mark.parametrize("words", ["校长是校园安全第一责任人。", "抓安全第一时间到场。", "讲好安全第一课。"])
def test_an_ordinal_of_the_next_word_is_no_end_of_a_formulation(opened: Opener, words: str) -> None:
    assert trace(opened({"a.txt": SPRING + words + "\n"}), "安全第一").occurrences == ()


@pytest.mark.parametrize("words", ["坚持安全第一的方针。", "安全第一，责任到人。", "安全第一、个个尽责。"])
def test_an_ordinal_at_the_end_of_a_formulation_stays(opened: Opener, words: str) -> None:
    assert len(trace(opened({"a.txt": SPRING + words + "\n"}), "安全第一").occurrences) == 1


def test_nothing_found_names_what_comes_nearest(store: Store) -> None:
    lineage = trace(store, "三管五必查")
    assert lineage.occurrences == ()
    # Before a mark the last character is the formulation's own, replaced; before a word it is not.
    assert [one.wording for one in lineage.nearby] == ["三管三必须", "三管三必"]
    assert lineage.nearby[0].document.path == "a/春.txt"
    assert all(one.similarity < 0.8 for one in lineage.nearby)
    assert len({one.folded for one in lineage.nearby}) == len(lineage.nearby)
    assert trace(store, "航天发射场").nearby == ()
    assert trace(store, "三管五必查", Filters(year=1999)).nearby == ()


@pytest.mark.parametrize(
    ("text", "key"), [("安", "trace.too_short"), ("安" * 41, "trace.too_long"), ("，。", "trace.too_short")]
)
def test_too_short_and_too_long_are_wrong_usage(text: str, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        formulation_of(text)
    assert caught.value.key == key
    assert formulation_of("安全") == "安全"
    assert formulation_of("安" * 40) == "安" * 40


def test_the_order_of_finding_makes_no_difference(store: Store) -> None:
    lineage = trace(store, "三管三必须")
    shuffled = list(lineage.occurrences)
    random.Random(5).shuffle(shuffled)
    assert lineage_of("三管三必须", "三管三必须", shuffled) == lineage


def test_quoted_words_name_who_is_quoted(opened: Opener) -> None:
    quoted = SUMMER.replace("把“三管、三必須”落到楼栋", "明确责任").replace(
        "年底考核时", "省长李大山强调：“必须把三管三必须的要求落到每一个岗位。”年底考核时"
    )
    lineage = trace(opened({"q.txt": quoted}), "三管三必须的要求")
    (one,) = lineage.occurrences
    assert (one.speaker, one.quoted_speaker) == ("邱和", "李大山")
