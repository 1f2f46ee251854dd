from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document, Span
from retrieval.passages import cut_passages
from retrieval.search.followup import About, Item
from retrieval.search.pointing import item_of, next_sentences, told_of
from retrieval.types import Passage, Quote, Sentence
from tests.retrieval.search.builders import info

SPEECH = """在全县冬季安全会议上的讲话
副县长　林一平
（2023年11月2日）

同志们：现在开会，我讲两点意见，请大家认真听、认真记。
一、抓好三件事
（一）管好煤炉
每户装一个报警器，由村里统一登记。烟道每月清一次，清完要签字。
（二）管好冰面
水库冰面一律不得上人，由水管站竖牌子。
（三）管好车辆
班车停运要做到三点：一是早通知，提前一天；二是贴公告，贴到站台；三是派人劝返。路面结冰就封路。
二、落实责任
乡镇长是第一责任人，每周到村里走一遍。
"""


@pytest.fixture(scope="module")
def document() -> Document:
    return read_bytes(SPEECH.encode(), "冬季.txt")


def span(text: str) -> Span:
    start = SPEECH.index(text)
    return Span(start, start + len(text))


def pointed(document: Document, quoted: str, item: Item) -> str | None:
    found = item_of(document, [span(quoted)], item)
    return SPEECH[found.start : found.end].strip() if found else None


def test_an_item_is_given_with_all_that_stands_under_it(document: Document) -> None:
    whole = "（一）管好煤炉\n每户装一个报警器，由村里统一登记。烟道每月清一次，清完要签字。"
    assert pointed(document, "水库冰面一律不得上人，由水管站竖牌子。", Item(1)) == whole
    assert pointed(document, "一、抓好三件事", Item(-3)) == whole
    assert pointed(document, whole, Item(2)) == "（二）管好冰面\n水库冰面一律不得上人，由水管站竖牌子。"


def test_the_items_beside_the_last_one(document: Document) -> None:
    ice = "水库冰面一律不得上人，由水管站竖牌子。"
    before, after = Item(-1, relative=True), Item(1, relative=True)
    assert (pointed(document, ice, before) or "").startswith("（一）")
    assert (pointed(document, ice, after) or "").startswith("（三）")
    assert pointed(document, "乡镇长是第一责任人，每周到村里走一遍。", after) is None


def test_a_list_in_a_sentence_is_nearer_than_the_sections(document: Document) -> None:
    line = "班车停运要做到三点：一是早通知，提前一天；二是贴公告，贴到站台；三是派人劝返。"
    assert pointed(document, line, Item(2)) == "二是贴公告，贴到站台；"
    assert pointed(document, line, Item(-1)) == "三是派人劝返。"
    assert pointed(document, "二是贴公告，贴到站台；", Item(3)) == "三是派人劝返。"


def test_a_number_that_the_nearest_list_has_not_is_looked_for_further_out(document: Document) -> None:
    assert pointed(document, "每户装一个报警器，由村里统一登记。", Item(3, of="车")) is not None
    assert pointed(document, "每户装一个报警器，由村里统一登记。", Item(7)) is None
    assert pointed(document, "每户装一个报警器，由村里统一登记。", Item(2, of="阶段")) is None


TWO_LISTS = """在全镇用电安全会议上的讲话
镇长　陈又新

同志们：现在开会。
火是怎么起来的，我们找到了三条。一是线老化。线用了二十年。二是没空开。一跳就断的那种没有装。三是没人看。夜里没有人。
有人说难改。我看不难，定几件硬事。
第一，换线。老线月底前全部换掉。
第二，装空开。每户一个，镇里出钱。
第三，排班。每夜两个人看。
"""


def test_two_lists_of_one_depth_are_told_apart() -> None:
    document = read_bytes(TWO_LISTS.encode(), "用电.txt")

    def item(quoted: str, number: int) -> str:
        start = TWO_LISTS.index(quoted)
        found = item_of(document, [Span(start, start + len(quoted))], Item(number))
        assert found is not None
        return TWO_LISTS[found.start : found.end].strip()

    assert item("定几件硬事。\n第一，换线。老线月底前全部换掉。", 2) == "第二，装空开。每户一个，镇里出钱。"
    assert item("定几件硬事。", 2) == "第二，装空开。每户一个，镇里出钱。"
    assert item("线用了二十年。", 3) == "三是没人看。夜里没有人。"


FAR_APART = """在全乡防汛会议上的讲话
乡长　何一舟

同志们：现在开会。
一、讨论情况
老周说，沙袋不够，水库边上要多堆一些。
二、其他意见
老吴说，喇叭坏了两个。
三、会议定了三件事
1．关于沙袋。水库边上堆五百袋。
2．关于喇叭。坏的三天内换好。
3．关于值班。每晚两个人。
"""


def test_of_quotes_far_apart_the_one_that_opens_an_item_tells_the_list() -> None:
    document = read_bytes(FAR_APART.encode(), "防汛.txt")
    quoted = ["老周说，沙袋不够，水库边上要多堆一些。", "1．关于沙袋。水库边上堆五百袋。"]
    spans = [Span(start := FAR_APART.index(text), start + len(text)) for text in quoted]
    found = item_of(document, spans, Item(2))
    assert found is not None
    assert FAR_APART[found.start : found.end].strip() == "2．关于喇叭。坏的三天内换好。"
    assert item_of(document, spans[:1], Item(3)) == Span(FAR_APART.index("三、"), len(FAR_APART) - 1)


def test_the_source_is_told_by_its_own_line(document: Document) -> None:
    said = Quote("话", span("每户装一个报警器"), info(), (), "林一平", "", "p")

    def told(about: About) -> str:
        found = told_of(document, said, about)
        assert found is not None
        return SPEECH[found.start : found.end]

    assert told(About.WHO) == "副县长　林一平"
    assert told(About.WHEN) == "（2023年11月2日）"
    assert told(About.WHERE) == "在全县冬季安全会议上的讲话"


def told_sentences(document: Document) -> list[tuple[Passage, Sentence]]:
    passages = cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts])
    return [(passage, sentence) for passage in passages for sentence in passage.sentences]


def test_more_goes_on_after_the_last_quote_and_repeats_nothing(document: Document) -> None:
    sentences = told_sentences(document)
    quoted = span("水库冰面一律不得上人，由水管站竖牌子。")
    more = next_sentences(sentences, [quoted], quoted.end)
    assert more[0][1].text == "（三）管好车辆"
    assert all(sentence.span.start >= quoted.end for _, sentence in more)
    assert "乡镇长" not in "".join(sentence.text for _, sentence in more)


def test_more_turns_back_only_in_the_same_part(document: Document) -> None:
    sentences = told_sentences(document)
    last = span("乡镇长是第一责任人，每周到村里走一遍。")
    head = span("二、落实责任")
    assert next_sentences(sentences, [last, head], last.end) == []


@given(st.integers(0, len(SPEECH)), st.integers(0, 80), st.integers(-5, 5), st.booleans())
def test_any_item_of_any_quote_lies_in_the_speech(
    start: int, length: int, number: int, relative: bool
) -> None:
    document = read_bytes(SPEECH.encode(), "冬季.txt")
    quoted = Span(start, min(start + length, len(SPEECH)))
    found = item_of(document, [quoted], Item(number or 1, relative))
    assert found is None or 0 <= found.start < found.end <= len(SPEECH)
