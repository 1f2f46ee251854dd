"""Markdown tables of a section of docs/quality.json (see `training.compare`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from training.rank_measures import MEASURES

Section = Mapping[str, Any]

_HEADS: Final = {"success@1": "Success@1", "success@5": "Success@5", "mrr@10": "MRR@10"}
_MINUS: Final = "−"


def full_table(section: Section) -> str:
    """Every set, run and measure with intervals; below each run how it differs from the first, with p."""
    rows = [["questions", "run", *_HEADS.values()]]
    for name, questions in _sets(section):
        for number, row in enumerate(section["rows"]):
            scores = row["sets"][name]
            asked = f"{name} ({questions:,})" if number == 0 else ""
            rows.append([asked, row["run"], *(_estimate(scores[key]) for key in MEASURES)])
            if number:
                changes = [scores[key]["difference"] for key in MEASURES]
                rows.append(["", "difference", *(f"{_change(each)}, {_p(each['p'])}" for each in changes)])
    return _table(rows, left=2)


def summary_table(section: Section) -> str:
    """The first run against each other one: Success@5 and MRR@10 of both, and p of their difference."""
    first, *others = section["rows"]
    keys = ("success@5", "mrr@10")
    other = others[0]["run"] if len(others) == 1 else "run"
    several = ["run"] if len(others) > 1 else []
    rows = [
        [
            "questions",
            *several,
            *(head for key in keys for head in (f"{_HEADS[key]}, {first['run']}", other, "p")),
        ]
    ]
    for name, questions in _sets(section):
        for row in others:
            cells = [f"{name} ({questions:,})", *([row["run"]] if several else [])]
            for key in keys:
                before, after = first["sets"][name][key], row["sets"][name][key]
                cells += [_share(before["value"]), _share(after["value"]), _p(after["difference"]["p"], "")]
            rows.append(cells)
    return _table(rows, left=1 + len(several))


def lines_table(section: Section, measure: str = "mrr@10") -> str:
    """One line a run: a measure of the first on each set, then how the others differ from it."""
    sets = _sets(section)
    rows = [["run", *(f"{name} ({questions:,})" for name, questions in sets)]]
    first, *others = section["rows"]
    rows.append([first["run"], *(_estimate(first["sets"][name][measure]) for name, _ in sets)])
    for row in others:
        changes = [row["sets"][name][measure]["difference"] for name, _ in sets]
        rows.append([row["run"], *(_change(each) for each in changes)])
    return _table(rows)


def curve_table(section: Section) -> str:
    """How much was learned from, and Success@5 and MRR@10 on each set."""
    sets = _sets(section)
    keys = ("success@5", "mrr@10")
    heads = [f"{name}, {_HEADS[key]}" for name, _ in sets for key in keys]
    rows = [["run", "passages", "queries", *heads]]
    for row in section["rows"]:
        learned = [f"{row['log'].get(key, 0):,}" for key in ("passages", "queries")]
        rows.append(
            [row["run"], *learned, *(_estimate(row["sets"][name][key]) for name, _ in sets for key in keys)]
        )
    return _table(rows)


FORMS: Final = {"full": full_table, "summary": summary_table, "lines": lines_table, "curve": curve_table}
"""The kinds of table that a marker in docs/quality.md can ask for."""


def _sets(section: Section) -> list[tuple[str, int]]:
    first = section["rows"][0]["sets"]
    return [(name, scores["questions"]) for name, scores in first.items()]


def _estimate(estimate: Mapping[str, float]) -> str:
    return f"{_share(estimate['value'])} [{_share(estimate['low'])}, {_share(estimate['high'])}]"


def _change(change: Mapping[str, float]) -> str:
    return f"{_signed(change['value'])} [{_signed(change['low'])}, {_signed(change['high'])}]"


def _share(value: float) -> str:
    return f"{value:.3f}"


def _signed(value: float) -> str:
    shown = f"{abs(value):.3f}"
    if float(shown) == 0:
        return shown
    return (_MINUS if value < 0 else "+") + shown


def _p(p: float, name: str = "p = ") -> str:
    return f"{name.replace('=', '<') or '< '}0.001" if p < 0.001 else f"{name}{p:.3f}"


def _table(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    rule = "|---" * left + "|--:" * (len(rows[0]) - left) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
