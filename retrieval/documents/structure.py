"""From headings to sections: levels are inferred from how the numbers run on and nest.

No family of markers has a fixed rank. A number that goes on an open series belongs to it and closes what
is nested inside; a number one opens a series inside the innermost open section.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from retrieval.documents.attribution import reported_speech_starts
from retrieval.documents.edits import EditedText
from retrieval.documents.headings import Candidate, Family, marked_candidates
from retrieval.documents.run_ins import run_in_candidates
from retrieval.documents.sentences import HALF_WIDTH_STOP
from retrieval.documents.types import Section, Span

_UNNUMBERED = frozenset({Family.LINE, Family.BOLD, Family.RUN_IN})
_TOPICS = frozenset({Family.TASK, Family.BOLD, Family.RUN_IN})
_MINOR = _TOPICS | {Family.ARABIC, Family.ARABIC_BRACKETED, Family.CIRCLED}
_CLOSED_BY: dict[Family, frozenset[Family]] = {
    Family.PART: frozenset(Family) - {Family.PART},
    Family.CHINESE: _MINOR,
    Family.CHINESE_BRACKETED: _MINOR,
    Family.LINE: _TOPICS,
    Family.ARABIC: frozenset({Family.BOLD, Family.RUN_IN, Family.CIRCLED}),
}
"""Opening a series of the key never nests in these: nobody puts 一、 under 一要."""

_CLOSING = re.compile(
    r"(?P<address>(?:同志们|朋友们|同事们|同学们|各位[\u4e00-\u9fff]{2,6})"
    r"(?:、[\u4e00-\u9fff]{2,8})*[，,！!。：:])"
    r"|(?P<wish>最后[，,]?(?:祝|预祝|祝愿|希望|衷心))"
    r"|(?P<thanks>[^。\n]{0,20}(?:谢谢|讲这么多|讲到这里))"
)
_CLOSING_PLACE = re.compile(r"\n[\s\u3000]*|(?<=[。！？!?”.])")
_FULL_STOP = re.compile(rf"[。！？!?\n]|{HALF_WIDTH_STOP}")
_LONGEST_CLOSING = 900
_LONGEST_THANKS = 60


@dataclass(slots=True)
class _Node:
    heading: Candidate
    level: int
    end: int = -1


@dataclass(slots=True)
class _Series:
    """A run of headings of one family at one level."""

    family: Family
    members: list[_Node] = field(default_factory=list)

    @property
    def first(self) -> Candidate:
        return self.members[0].heading

    @property
    def last(self) -> Candidate:
        return self.members[-1].heading

    def takes(self, candidate: Candidate) -> bool:
        """Whether the candidate is the next of this series."""
        if candidate.family is not self.family:
            return False
        before = self.last.number
        if before is None:
            return candidate.level == self.last.level
        return candidate.number == before + 1


def build_sections(
    clean: EditedText, marked: Mapping[int, tuple[int, int]] | None = None
) -> tuple[Section, ...]:
    """The tree of sections of a body, outermost first; empty when it has no headings.

    A section ends where the next of its level or above begins, at the end of the paragraph when its whole
    series stands inside one, and at the closing words of the speech. Numbers say how headings nest; between
    headings without, the levels that the file itself gives.

    Args:
        clean: the clean text of the body.
        marked: headings that the file itself marks, as (end, level) by start.
    """
    nodes = _nest_credible(clean.text, marked_candidates(clean, marked))
    taken = [node.heading for node in nodes]
    run_ins = run_in_candidates(clean.text, taken)
    if run_ins:
        nodes = _nest_credible(clean.text, sorted([*taken, *run_ins], key=lambda c: c.start))
    _set_ends(nodes, _closing_start(clean.text, nodes))
    sections, _ = _tree(clean, nodes, 0, 0)
    return sections


def _nest_credible(text: str, candidates: Sequence[Candidate]) -> list[_Node]:
    """Nest, drop what is no run of headings (a lone 一是 heads nothing), and nest again until all hold."""
    while True:
        series = _nest(text, candidates)
        weak = {id(node.heading) for one in series if not _is_credible(text, one) for node in one.members}
        if not weak:
            return sorted((node for one in series for node in one.members), key=lambda n: n.heading.start)
        candidates = [candidate for candidate in candidates if id(candidate) not in weak]


def _is_credible(text: str, series: _Series) -> bool:
    """Whether the series heads something: a run of numbers or a line of its own does, a list does not."""
    first, last = series.first, series.last
    if len(series.members) == 1:
        return first.owns_line or first.family is Family.FINAL
    if first.number is None:
        return True
    if all(node.heading.number == first.number for node in series.members):
        return False  # nothing runs on
    if first.opens_line:
        return True
    # "…有三条：一是…；二是…；三是…。" is one sentence that lists.
    return _FULL_STOP.search(text, first.start, last.start) is not None


def _nest(text: str, candidates: Sequence[Candidate]) -> list[_Series]:
    """Every series in the order in which it opens, its members with their levels."""
    every: list[_Series] = []
    stack: list[_Series] = []
    for i, candidate in enumerate(candidates):
        _close_paragraph_series(text, stack, candidates, i)
        place = _place(stack, candidate)
        if place is None:
            if not _may_open(stack, candidates, i):
                continue
            _close_for(stack, candidate)
            stack.append(_Series(candidate.family))
            every.append(stack[-1])
            place = len(stack) - 1
        del stack[place + 1 :]
        stack[place].members.append(_Node(candidate, place + 1))
    _close_paragraph_series(text, stack, candidates, len(candidates))
    return every


def _place(stack: Sequence[_Series], candidate: Candidate) -> int | None:
    """Which open series the candidate goes on, innermost first; None when it goes on none."""
    if candidate.family is Family.FINAL:
        return None
    same = [i for i in reversed(range(len(stack))) if stack[i].family is candidate.family]
    running = [i for i in same if stack[i].takes(candidate)]
    if running:
        return next((i for i in running if stack[i].last.suffix == candidate.suffix), running[0])
    if candidate.number == 1 and len(same) > 1:
        return same[0]  # nobody nests a list in itself more than once
    for i in same:
        last = stack[i].last
        number, before = candidate.number or 0, last.number or 0
        if candidate.owns_line and number > 1 and before <= number <= before + 2:
            return i  # one heading lost or a number given twice
        if number == 1 and candidate.opens_line and last.opens_line and (before > 1 or not candidate.suffix):
            return i  # the numbers start again under a heading that cannot be seen
    return None


def _may_open(stack: Sequence[_Series], candidates: Sequence[Candidate], at: int) -> bool:
    candidate = candidates[at]
    if candidate.family is Family.FINAL and stack:
        # Where the outermost numbers go on behind it, it is not the last part.
        return not any(stack[0].takes(coming) for coming in candidates[at + 1 :])
    return candidate.number in (None, 1) or candidate.owns_line


def _close_for(stack: list[_Series], candidate: Candidate) -> None:
    """Close the open series that a new one, which begins with the candidate, does not nest in."""
    if candidate.family is Family.FINAL:
        stack.clear()
    closed = _CLOSED_BY.get(candidate.family, frozenset())
    while stack and stack[-1].family in closed:
        stack.pop()
    beside = (depth for depth, series in enumerate(stack) if _is_beside(series.last, candidate))
    del stack[next(beside, len(stack)) :]


def _is_beside(last: Candidate, candidate: Candidate) -> bool:
    """Whether the file puts a heading no deeper than an open one; between two numbers the numbers decide."""
    unnumbered = last.number is None or candidate.number is None
    return unnumbered and 0 < candidate.level <= last.level


def _close_paragraph_series(
    text: str, stack: list[_Series], candidates: Sequence[Candidate], at: int
) -> None:
    """End the outermost series that lives inside one paragraph, when that paragraph is over."""
    for depth, series in enumerate(stack):
        last = series.last
        is_over = at == len(candidates) or candidates[at].paragraph > last.paragraph
        if not is_over or not _lives_in_paragraph(text, series):
            continue
        if not _goes_on(stack[: depth + 1], candidates, at):
            reported = next(reported_speech_starts(text[last.end : last.line_end]), None)
            series.members[-1].end = last.line_end if reported is None else last.end + reported
            del stack[depth:]
            return


def _lives_in_paragraph(text: str, series: _Series) -> bool:
    first, last = series.first, series.last
    if first.paragraph != last.paragraph or (first.opens_line and len(series.members) == 1):
        return False
    # A heading glued to the end of a paragraph heads the next one.
    return bool(text[last.end : last.line_end].strip())


def _goes_on(stack: Sequence[_Series], candidates: Sequence[Candidate], at: int) -> bool:
    """Whether the innermost series takes up its count again before an outer one goes on."""
    inner = stack[-1]
    if inner.family in _UNNUMBERED:
        return False
    for i in range(at, len(candidates)):
        if inner.takes(candidates[i]):
            return True
        if candidates[i].family is inner.family and candidates[i].number == 1:
            return False
        if any(outer.takes(candidates[i]) for outer in stack[:-1]):
            return False
    return False


def _closing_start(text: str, nodes: Sequence[_Node]) -> int:
    """Where the closing words begin: "同志们，…" after the last heading. They belong to no section."""
    if not nodes:
        return len(text)
    after = max(nodes[-1].heading.end, len(text) - _LONGEST_CLOSING)
    for place in _CLOSING_PLACE.finditer(text, after):
        at = place.end()
        found = _CLOSING.match(text, at)
        if found is None:
            continue
        opens_line = text[:at].rstrip(" \u3000").endswith("\n")
        is_thanks = found["thanks"] is not None and len(text) - at < _LONGEST_THANKS
        if found["address"] or (opens_line and (found["wish"] or is_thanks)):
            return at
    return len(text)


def _set_ends(nodes: Sequence[_Node], closing: int) -> None:
    """Let every section end at the next of its level or above, never behind what it lies in."""
    path: list[_Node] = []
    for node in nodes:
        _end_from(path, node.level, node.heading.start)
        path.append(node)
    _end_from(path, 1, closing)
    path = []
    for node in nodes:
        del path[node.level - 1 :]
        node.end = min([node.end, closing, *(outer.end for outer in path[-1:])])
        path.append(node)


def _end_from(path: list[_Node], level: int, end: int) -> None:
    while len(path) >= level:
        node = path.pop()
        node.end = min(end, node.end) if node.end >= 0 else end


def _tree(clean: EditedText, nodes: Sequence[_Node], at: int, level: int) -> tuple[tuple[Section, ...], int]:
    """Sections deeper than ``level`` from position ``at`` on, and the position behind them."""
    sections: list[Section] = []
    while at < len(nodes) and nodes[at].level > level:
        node = nodes[at]
        children, at = _tree(clean, nodes, at + 1, node.level)
        heading = node.heading
        end = heading.start + len(clean.text[heading.start : node.end].rstrip())
        sections.append(
            Section(
                heading.marker,
                heading.title,
                node.level,
                Span(*clean.to_source(heading.start, heading.end)),
                Span(*clean.to_source(heading.start, max(end, heading.end))),
                children,
            )
        )
    return tuple(sections), at
