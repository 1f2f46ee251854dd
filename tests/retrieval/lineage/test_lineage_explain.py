from __future__ import annotations

import pytest

from retrieval.lineage.explain import find_explanation

SAID = "管行业必须管安全、管业务必须管安全"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"落实“三管三必须”（{SAID}）要求。", SAID),
        (f"落实“三管三必须”要求（即{SAID}），不打折扣。", SAID),
        (f"落实“三管三必须”，即{SAID}。", SAID),
        (f"三管三必须就是{SAID}。", SAID),
        (f"“三管三必须”的要求，也就是说，{SAID}！", SAID),
        (f"“三管三必须”：{SAID}。", SAID),
        (f"“三管三必须”——{SAID}。", SAID),
        (f"{SAID}（以下简称“三管三必须”），要落实。", SAID),
        (f"{SAID}，也就是“三管三必须”。", SAID),
        ("落实“三管三必须”（2021年）要求。", None),
        ("落实“三管三必须”（详见附件一所列）要求。", None),
        ("落实三管三必须，立即整改全部隐患。", None),
        ("三管三必须就是要把责任扛起来。", None),
        ("落实三管三必须，即使困难再大也要做。", None),
        ("我们讲的，就是“三管三必须”。", None),
        ("落实三管三必须，把责任扛起来：一级抓一级。", None),
        ("落实三管三必须。", None),
    ],
)
def test_what_the_sentence_says_to_explain_it(text: str, expected: str | None) -> None:
    start = text.index("三管三必须")
    found = find_explanation(text, start, start + 5, (0, len(text)))
    assert (text[slice(*found)] if found else None) == expected


def test_what_another_sentence_says_is_no_explanation() -> None:
    text = "落实三管三必须。即管行业必须管安全。"
    assert find_explanation(text, 2, 7, (0, 8)) is None


def test_a_sentence_that_says_that_this_is_it_is_explained_by_the_one_before() -> None:
    text = f"{SAID}。这就是我们常说的“三管三必须”，谁也不能当看客。要落实三管三必须。"
    stop = len(SAID) + 1
    start = text.index("三管三必须")
    found = find_explanation(text, start, start + 5, (stop, len(text) - 9), (0, stop))
    assert found == (0, len(SAID))
    start = text.rindex("三管三必须")
    assert find_explanation(text, start, start + 5, (len(text) - 9, len(text)), (stop, len(text) - 9)) is None
