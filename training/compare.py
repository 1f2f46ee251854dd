"""Compares runs on the same questions: measures with intervals, and paired tests against the first run.

usage: python -m training.compare [LABEL=]REFERENCE [LABEL=]OTHER ... [--sets NAME ...]
       [--figures docs/quality.json --section NAME]

Each run is a NAME.ranks.json ({set: [rank of the first right passage of each question]}) of `training.train`,
`training.measure`, `benchmarks/parts.py` or `benchmarks/served.py`, or several joined by commas: runs that
differ in their seed only, averaged question by question. A table goes to stdout; with --figures the same
figures go into a section of that file, from which `python -m training.report` makes the tables of
docs/quality.md. What a log.jsonl beside the ranks says of a run (settings, data, seconds) comes along.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from retrieval.evaluation.intervals import LEVEL, RESAMPLES, SEED, Array, differences, estimates
from training.rank_measures import MEASURES, measured
from training.tables import full_table

Ranks: TypeAlias = Mapping[str, Sequence[int]]
Json: TypeAlias = dict[str, Any]

SUFFIX = ".ranks.json"


class RanksError(ValueError):
    """Runs that can't be compared; the text is one line: which file or set, and why."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A run ready to be compared.

    Attributes:
        label: what tables call it.
        values: by set, the measures of each question, ``(n, 3)``; means over seeds where there are several.
        log: what its training says of itself; {} for what was not trained.
    """

    label: str
    values: Mapping[str, Array]
    log: Json


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="[LABEL=]FILE[,FILE]")
    parser.add_argument("--sets", nargs="+", help="only these, in this order")
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--section")
    asked = parser.parse_args(arguments)
    if (asked.figures is None) != (asked.section is None):
        parser.error("--figures and --section go together")
    try:
        section = compare([read_run(named) for named in asked.runs], asked.sets)
        if asked.figures is not None:
            write_section(asked.figures, asked.section, section)
    except RanksError as error:
        parser.error(str(error))
    sys.stdout.write(full_table(section))


def read_run(named: str) -> Compared:
    """A run as the command line names it: ``[LABEL=]FILE[,FILE]``; a file's name is a label, too.

    Raises:
        RanksError: a file can't be read, or files of one run are not of the same questions.
    """
    label, separator, places = named.partition("=")
    paths = [Path(place) for place in (places if separator else label).split(",")]
    several = [read_ranks(path) for path in paths]
    shared = [name for name in several[0] if all(name in ranks for ranks in several)]
    values = {name: _mean([ranks[name] for ranks in several], f"{named}: {name}") for name in shared}
    return Compared(label if separator else _name(paths[0]), values, _log(paths))


def read_ranks(path: Path) -> Ranks:
    """The ranks of one run, by set.

    Raises:
        RanksError: the file can't be read, or holds something else.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RanksError(f"{path}: {error}") from error
    if not isinstance(found, dict) or not all(map(_are_ranks, found.values())):
        raise RanksError(f"{path}: not {{set: [rank, ...]}} with ranks from 1")
    return found


def compare(runs: Sequence[Compared], sets: Sequence[str] | None = None) -> Json:
    """A section of the figures: every run's measures, all but the first with how they differ from the first.

    Args:
        runs: the reference first.
        sets: names of question sets; without them those that all runs have, in the reference's order.

    Raises:
        RanksError: a run lacks a set, or has it with another number of questions; or there is no set.
    """
    reference = runs[0]
    shared = sets or [name for name in reference.values if all(name in run.values for run in runs)]
    if not shared:
        raise RanksError("the runs have no question set in common")
    rows = []
    for run in runs:
        scores = {name: _scores(name, run, None if run is reference else reference) for name in shared}
        rows.append({"run": run.label, "log": run.log, "sets": scores})
    return {"level": LEVEL, "resamples": RESAMPLES, "seed": SEED, "rows": rows}


def write_section(path: Path, name: str, section: Json) -> None:
    """Put a section into the file of figures, which is made when missing; the others stay as they are."""
    figures = json.loads(path.read_text("utf-8")) if path.exists() else {}
    figures[name] = section
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _scores(name: str, run: Compared, reference: Compared | None) -> Json:
    values = _values(run, name)
    scores: Json = {"questions": len(values)}
    for measure, estimate in zip(MEASURES, estimates(values), strict=True):
        scores[measure] = _rounded(asdict(estimate))
    if reference is not None:
        base = _values(reference, name)
        if len(base) != len(values):
            counts = f"{len(base)} and {len(values)}"
            raise RanksError(f"{reference.label}, {run.label}: {name} has {counts} questions")
        for measure, difference in zip(MEASURES, differences(base, values), strict=True):
            scores[measure]["difference"] = _rounded(asdict(difference))
    return scores


def _values(run: Compared, name: str) -> Array:
    if name not in run.values:
        raise RanksError(f"{run.label}: no question set {name}; it has {', '.join(run.values) or 'none'}")
    return run.values[name]


def _rounded(figures: Json) -> Json:
    """Four digits, as the logs have; a p as small as one in ten thousand keeps six."""
    return {
        key: value if isinstance(value, bool) else round(value, 6 if key == "p" else 4)
        for key, value in figures.items()
    }


def _mean(several: Sequence[Sequence[int]], where: str) -> Array:
    if len({len(ranks) for ranks in several}) > 1:
        raise RanksError(f"{where}: not the same number of questions in every file")
    return np.asarray(np.mean([measured(ranks) for ranks in several], axis=0))


def _log(paths: Sequence[Path]) -> Json:
    """What the logs beside the ranks say of the first run, with all seeds and the seconds of all."""
    rows = [row for row in map(_log_row, paths) if row]
    if not rows:
        return {}
    first = rows[0]
    return {
        "run": first["run"],
        "seeds": [row["run"]["seed"] for row in rows],
        "passages": first["passages"],
        "queries": first["queries"],
        "seconds": sum(row["seconds"] for row in rows),
    }


def _log_row(path: Path) -> Json:
    """The last row of a run's name; a run that was repeated has several."""
    log = path.with_name("log.jsonl")
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    rows = [row for row in map(json.loads, lines) if row["run"]["name"] == _name(path)]
    return rows[-1] if rows else {}


def _name(path: Path) -> str:
    return path.name.removesuffix(SUFFIX)


def _are_ranks(value: object) -> bool:
    return isinstance(value, list) and value != [] and all(type(rank) is int and rank >= 1 for rank in value)


if __name__ == "__main__":
    main()
