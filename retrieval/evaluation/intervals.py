"""How sure a measured figure is: bootstrap intervals and paired tests over questions; areas under ROC curves.

The questions are treated as a sample. Where several questions ask for the same words, the intervals are
therefore somewhat too narrow. Everything drawn repeats for a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from embeddings.types import BoolArray

RESAMPLES: Final = 10_000
"""Resamples of a bootstrap, and random sign flips of a test."""

LEVEL: Final = 0.95
SEED: Final = 20

EXACT: Final = 16
"""Up to so many differing questions all 2**n sign flips are tried, beyond that `RESAMPLES` random ones."""

_AT_ONCE: Final = 2_000_000  # numbers held in memory by one step of a bootstrap or a test
_ROUNDING: Final = 1e-9  # sums of the same differences in another order differ by less

Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its interval (percentile bootstrap, Efron and Tibshirani, 1993)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference between two runs on the same questions.

    Attributes:
        value: second run less first.
        low: of the paired bootstrap's interval: questions are drawn, each with both of its figures.
        high: of the same.
        p: two-sided, of the sign-flip test (Fisher's randomisation test; Smucker et al., CIKM 2007): how
            often runs that are alike but for chance would differ at least as much.
        exact: whether all sign flips were tried, or a random sample of them.
    """

    value: float
    low: float
    high: float
    p: float
    exact: bool


def estimates(values: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> list[Estimate]:
    """Mean and interval of each column of ``values``, ``(n, k)``, n at least 1."""
    low, high = _interval(values, resamples, seed)
    columns = zip(values.mean(axis=0), low, high, strict=True)
    return [Estimate(float(value), float(least), float(most)) for value, least, most in columns]


def differences(
    first: Array, second: Array, *, resamples: int = RESAMPLES, seed: int = SEED
) -> list[Difference]:
    """How each column of ``second`` differs from that of ``first``, both ``(n, k)``, same questions.

    Raises:
        ValueError: the two are not of the same questions.
    """
    if first.shape != second.shape:
        raise ValueError(f"not the same questions: {len(first)} and {len(second)}")
    change = second - first
    low, high = _interval(change, resamples, seed)
    found = []
    for column, least, most in zip(change.T, low, high, strict=True):
        p, exact = sign_flip_test(column, flips=resamples, seed=seed)
        found.append(Difference(float(column.mean()), float(least), float(most), p, exact))
    return found


def sign_flip_test(change: Array, *, flips: int = RESAMPLES, seed: int = SEED) -> tuple[float, bool]:
    """Two-sided p of the mean of ``change``, ``(n,)``, and whether it is exact.

    Were two runs alike, each difference could as well have had the other sign. Random flips count the
    observed signs as one of them, so that p is never 0 (Phipson and Smyth, 2010).
    """
    differing = change[change != 0]
    if differing.size == 0:
        return 1.0, True
    exact = differing.size <= EXACT
    reached = abs(float(differing.sum())) - _ROUNDING
    signs = _all_signs(differing.size) if exact else _random_signs(differing.size, flips, seed)
    tried = beyond = 0
    for some in signs:
        tried += len(some)
        beyond += int((np.abs(some @ differing) >= reached).sum())
    return (beyond / tried if exact else (beyond + 1) / (tried + 1)), exact


def area_under_curve(values: npt.NDArray[np.floating], right: BoolArray) -> float:
    """The chance that a right pair scores above a wrong one (Mann-Whitney); there are some of both."""
    return round(float(_wins(values[right], values[~right]).mean()), 4)


def area_estimate(right: Array, wrong: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """`area_under_curve` of scores ``(n,)`` and ``(m,)``, both not empty, with its interval.

    Right and wrong ones are drawn apart: how many there are of each is the question file's choice.
    """
    wins = _wins(right, wrong)
    chance = np.random.default_rng(seed)
    areas = []
    for some in _steps(resamples, sum(wins.shape)):
        ours = _counts(chance.integers(len(right), size=(some, len(right))))
        theirs = _counts(chance.integers(len(wrong), size=(some, len(wrong))))
        areas.append(np.sum((ours @ wins) * theirs, axis=1) / wins.size)
    low, high = np.percentile(np.concatenate(areas), _tails())
    return Estimate(float(wins.mean()), float(low), float(high))


def _wins(right: npt.NDArray[np.floating], wrong: npt.NDArray[np.floating]) -> Array:
    """1 where a right score is above a wrong one, a half where they are level, ``(n, m)``."""
    better = right[:, None] - wrong[None, :]
    return np.asarray((better > 0) + 0.5 * (better == 0), np.float64)


def _interval(values: Array, resamples: int, seed: int) -> Array:
    """Low and high of the means of resampled questions, ``(2, k)``."""
    chance = np.random.default_rng(seed)
    questions = len(values)
    means = [
        _counts(chance.integers(questions, size=(some, questions))) @ values / questions
        for some in _steps(resamples, questions)
    ]
    return np.asarray(np.percentile(np.concatenate(means), _tails(), axis=0))


def _tails() -> tuple[float, float]:
    """The percentiles between which an interval lies."""
    tail = 50 * (1 - LEVEL)
    return tail, 100 - tail


def _counts(drawn: npt.NDArray[np.int64]) -> Array:
    """How often each question was drawn, ``(resamples, n)``: a product is faster than picking rows."""
    resamples, questions = drawn.shape
    shifted = drawn + questions * np.arange(resamples)[:, None]
    counted = np.bincount(shifted.ravel(), minlength=resamples * questions)
    return counted.reshape(resamples, questions).astype(np.float64)


def _all_signs(length: int) -> Iterator[Array]:
    bits = np.arange(2**length)[:, None] >> np.arange(length) & 1
    yield np.where(bits, -1.0, 1.0)


def _random_signs(length: int, flips: int, seed: int) -> Iterator[Array]:
    chance = np.random.default_rng(seed)
    for some in _steps(flips, length):
        yield np.where(chance.integers(2, size=(some, length)), -1.0, 1.0)


def _steps(total: int, width: int) -> Iterator[int]:
    """``total`` in steps whose rows of ``width`` fit into memory."""
    most = max(1, _AT_ONCE // width)
    for done in range(0, total, most):
        yield min(most, total - done)
