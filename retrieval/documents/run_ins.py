"""Headings without number or bold print: short sentences in parallel, each with its elaboration behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.documents.headings import Candidate, Family, clean_title
from retrieval.documents.sentences import split_sentences

_LENGTHS = range(4, 21)
"""Characters of a run-in heading, its full stop left out."""

_SHORTEST_ELABORATION = 30
"""Characters that must follow it in its paragraph."""

_NO_PHRASE = re.compile(r"[，,：:；;\d“”\"]")
_OPENING_WORDS = (
    "强化 落实 压实 压紧 夯实 加强 加大 加快 加密 严肃 严格 严厉 严把 严防 "
    "全面 深入 深化 推进 推动 完善 健全 建立 构建 突出 抓好 抓牢 抓实 狠抓 "
    "紧盯 紧抓 聚焦 坚持 坚决 提升 提高 增强 开展 做好 做实 做细 做强 筑牢 "
    "织密 扎实 切实 持续 大力 着力 积极 充分 优化 创新 规范 细化 明确 统筹 "
    "防范 遏制 消除 排查 整治 培育 营造 打造 打好 打通 守住 守好 守牢 管住 "
    "管好 管严 盯住 盯牢 盯紧 把好 把牢 备足 用好 保障 广泛 科学 精准 依法 "
    "从严 切断 堵住 补齐 凝聚 弘扬 发挥 履行 拧紧 树牢 绷紧 厘清 引导 开好 "
    "办好 练好 建好 建强 配齐 配强 改进 巩固 拓展 引领 激发 倒逼 动员 组织 "
    "普及 关注 重视 解决 摸清 摸排 清除 清理 治理 整改 强抓 常抓 严抓"
)
_IMPERATIVE = re.compile("|".join(_OPENING_WORDS.split()))
"""How the tasks of official speeches begin: a verb, or an adverb before one."""


def run_in_candidates(text: str, taken: Sequence[Candidate]) -> list[Candidate]:
    """Short sentences that head what follows them in their paragraph, between the headings already taken.

    One alone proves nothing: at least two must stand in parallel between two other headings, each a plain
    imperative phrase, or all opening with the same two characters.
    """
    edges = [0, *(edge for heading in taken for edge in (heading.start, heading.end)), len(text)]
    found: list[Candidate] = []
    paragraph = line_start = 0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        paragraph += text.count("\n", line_start, start)
        line_start = start
        short = list(_short_sentences(text, start, end, paragraph))
        imperative = [c for c in short if _IMPERATIVE.match(c.title)]
        openings = [c.title[:2] for c in short]
        alike = [c for c in short if openings.count(c.title[:2]) > 1]
        parallel = imperative if len(imperative) >= len(alike) else alike
        if len(parallel) > 1:
            found += parallel
    return found


def _short_sentences(text: str, start: int, end: int, paragraph: int) -> Iterator[Candidate]:
    """Plain short sentences with enough behind them, in ``text[start:end]``, which begins in a paragraph."""
    at = start
    for number, line in enumerate(text[start:end].split("\n"), paragraph):
        line_end = at + len(line)
        heads = [
            (at + a, at + b)
            for a, b in split_sentences(line)
            if line[b - 1] in "。." and b - a - 1 in _LENGTHS and not _NO_PHRASE.search(line, a, b)
        ]
        for i, (a, b) in enumerate(heads):
            until = heads[i + 1][0] if i + 1 < len(heads) else line_end
            if until - b < _SHORTEST_ELABORATION:
                continue
            yield Candidate(
                family=Family.RUN_IN,
                start=a,
                end=b,
                marker="",
                title=clean_title(text[a:b]),
                number=None,
                suffix="",
                paragraph=number,
                opens_line=not text[text.rfind("\n", 0, a) + 1 : a].strip(),
                owns_line=False,
                line_end=line_end,
            )
        at = line_end + 1
