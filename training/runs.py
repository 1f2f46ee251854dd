"""Settings of training runs: read from a TOML file and checked before anything is learned."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from training.errors import TrainingError


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes:
        name: of the adapter's file.
        rank, alpha: of LoRA; a weight's change is multiplied by alpha / rank.
        first_layer: lowest layer that learns, from 0.
        epochs: each shows every passage once, with up to three of its queries; 0 measures the plain model.
        batch: passages a step, at least 2.
        rate: highest learning rate; linear warm-up over a tenth of the steps, then cosine to zero.
        scale: what cosines are multiplied by before the softmax.
        alike: share of the batches that hold passages hard to tell apart, 0 to 1.
        near_misses: whether near misses join the passages, and unanswered questions the questions.
        headers: whether passages are also shown with title and neighbour, or alone only.
        keep: weight of staying near the plain model's vectors of queries (1 - cosine).
        examples: how many of the first examples to learn from; 0 means all.
        later: whether all later examples are learned as well; the first ones are then drawn by chance.
        seed: of order, forms and initial weights.
        start: an adapter file to go on from, by its path; empty for the plain model. It is merged first, and
            what is learned is added to it.
        general: whether batches of general Chinese are learned in between.
        everyday: whether an example's everyday queries are always among those shown.
        bfloat16: whether products are computed so (autocast): about a third faster where the processor can.
    """

    name: str
    rank: int = 16
    alpha: int = 32
    first_layer: int = 0
    epochs: int = 2
    batch: int = 32
    rate: float = 4e-4
    scale: float = 30.0
    alike: float = 0.5
    near_misses: bool = True
    headers: bool = True
    keep: float = 0.0
    examples: int = 0
    seed: int = 1
    start: str = ""
    general: bool = False
    later: bool = False
    everyday: bool = False
    bfloat16: bool = False


_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_LAYERS: Final = 12
"""Of the default model."""

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "str": (str,),
}

_RANGES: Final[dict[str, tuple[str, Callable[[float], bool]]]] = {
    "rank": ("at least 1", lambda value: value >= 1),
    "alpha": ("at least 1", lambda value: value >= 1),
    "first_layer": (f"0 to {_LAYERS - 1}", lambda value: 0 <= value < _LAYERS),
    "epochs": ("at least 0", lambda value: value >= 0),
    "batch": ("at least 2", lambda value: value >= 2),
    "rate": ("above 0", lambda value: value > 0),
    "scale": ("above 0", lambda value: value > 0),
    "alike": ("0 to 1", lambda value: 0 <= value <= 1),
    "keep": ("at least 0", lambda value: value >= 0),
    "examples": ("at least 0", lambda value: value >= 0),
}


def read_runs(path: Path) -> list[Run]:
    """The runs of a file that holds one table a run, in its order.

    Raises:
        TrainingError: the file can't be read, a setting is unknown, or a value is of the wrong kind or out
            of range; the message names file, run and setting.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainingError(f"{path}: {error}") from error
    if not tables:
        raise TrainingError(f"{path}: no run; a run is a table such as [first]")
    return [_run(name, table, f"{path}: [{name}]") for name, table in tables.items()]


def chosen(runs: list[Run], names: list[str] | None) -> list[Run]:
    """The runs of these names in the file's order; all for None.

    Raises:
        TrainingError: there is no run of a name.
    """
    if names is None:
        return runs
    known = [run.name for run in runs]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise TrainingError(f"no run named {unknown[0]}; there are {', '.join(known)}")
    return [run for run in runs if run.name in names]


def _run(name: str, table: object, place: str) -> Run:
    if not isinstance(table, dict):
        raise TrainingError(f"{place}: {table!r} is no table; write [name] and the settings below it")
    if not _NAME.fullmatch(name):
        raise TrainingError(f"{place}: the name becomes a file's; use letters, digits, '.', '_' and '-'")
    kinds = {field.name: str(field.type) for field in fields(Run) if field.name != "name"}
    for key, value in table.items():
        if key not in kinds:
            raise TrainingError(f"{place}: unknown setting {key!r}; there are {', '.join(kinds)}")
        if type(value) not in _KINDS[kinds[key]]:
            raise TrainingError(f"{place}: {key} = {value!r} is no {kinds[key]}")
        wanted, holds = _RANGES.get(key, ("", lambda _: True))
        if not holds(value):
            raise TrainingError(f"{place}: {key} = {value!r}; it must be {wanted}")
    return Run(name=name, **table)
