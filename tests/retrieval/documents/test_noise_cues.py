import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.documents import noise
from retrieval.documents.noise import STRONG, noise_score


@pytest.mark.parametrize("name", ["_STRONG", "_SELLS", "_COUNTERS", "_CAPTION", "_WEAK"])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_everything_that_looks_like_noise_holds_a_cue(name: str, data: st.DataObject) -> None:
    for alternative in _alternatives(getattr(noise, name).pattern):
        stretch = data.draw(st.from_regex(alternative))
        assert noise._CUE.search(stretch), f"{alternative} is never looked for"


@pytest.mark.parametrize(
    ("stretch", "score"),
    [
        ("点击下方蓝字关注本号", STRONG),
        ("【大 中 小】", STRONG),
        ("图3：现场检查", STRONG),
        ("会员下载范文享优惠", STRONG),
        ("下载说明：", STRONG),
        ("购买须知", STRONG),
        ("文档编号：NJ-0042", STRONG),
        ("下载后可任意编辑", STRONG),
        ("…………………………", STRONG),
        ("= = = = = = = =", 0),
        ("==========", STRONG),
        ("阅读 1.2万", STRONG),
        ("12条评论", STRONG),
        ("（全文完）", STRONG),
        ("……", 0),
        ("......", 0),
        ("***", 0),
        ("机手使用说明书要随车带。", 0),
        ("各县区要加强值班值守。", 0),
        ("开展安全生产检查，资料要齐全。", 1),
    ],
)
def test_a_stretch_is_scored_by_its_cues(stretch: str, score: int) -> None:
    assert noise_score(stretch) == score


def _alternatives(pattern: str) -> Iterator[str]:
    """The branches of a pattern that stand in no brackets."""
    depth = start = 0
    for found in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", pattern):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "|" and not depth:
            yield pattern[start : found.start()]
            start = found.end()
    yield pattern[start:]
