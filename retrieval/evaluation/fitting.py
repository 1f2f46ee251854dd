"""Fitting confidence to questions whose answers are known.

A logistic regression that is held near given weights (ridge regression with the prior's weights in place of
zero; Hoerl and Kennard, 1970): few questions move it little, many move it as far as they tell. How strongly
it is held is chosen by cross-validation. The threshold is the conformal one (Vovk, Gammerman and Shafer,
2005): it lets as many unanswerable questions pass as keep the expected share of them within the target.

Questions with and without an answer weigh alike, whatever their numbers: confidence is a probability where
every other question has an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from retrieval.search.confidence import Regression, Weight, logistic

Array: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

STRENGTHS: Final = (math.inf, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
"""How strongly weights are held, in questions' worth; infinity leaves them as they are."""

FOLDS: Final = 5
LEAST: Final = 10
"""Questions of either kind that a fit takes: two of each in a fold."""

_SEED: Final = 5
_NEVER: Final = -1e9  # the log-odds of what no threshold lets pass
_CLEARANCE: Final = 0.05  # most log-odds between the threshold and what it holds back


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured questions; row *i* of every array is question *i*.

    Attributes:
        values: of the signals, ``float64 (n, k)``, in the order of the weights of the regression; any number
            where a rule decided.
        answerable: ``bool (n,)``.
        open: whether confidence decides; False where a rule has declined already, ``bool (n,)``.
    """

    values: Array
    answerable: Flags
    open: Flags

    def __post_init__(self) -> None:
        if not len(self.values) == len(self.answerable) == len(self.open):
            raise ValueError("rows differ")

    def part(self, rows: npt.NDArray[np.int64] | Flags) -> Sample:
        """Some of the questions."""
        return Sample(self.values[rows], self.answerable[rows], self.open[rows])


@dataclass(frozen=True, slots=True)
class Line:
    """A regression over standardised signals: intercept and weights ``float64 (1 + k,)``, means, spreads."""

    beta: Array
    mean: Array
    spread: Array

    def logits(self, sample: Sample) -> Array:
        """Log-odds of each question; where a rule has declined, less than any threshold."""
        scaled = (sample.values - self.mean) / self.spread
        return np.where(sample.open, self.beta[0] + scaled @ self.beta[1:], _NEVER)


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold, and what it lets pass.

    Attributes:
        logit: the least log-odds that are answered.
        passed: unanswerable questions above it, of those it was set by.
        allowed: most that may.
        unanswerable: how many there were.
    """

    logit: float
    passed: int
    allowed: int
    unanswerable: int

    @property
    def expected(self) -> float:
        """Share of unanswerable questions that will be answered on average, if they are like these."""
        return min(1.0, (self.allowed + 1) / (self.unanswerable + 1))

    @property
    def upper(self) -> float:
        """The share that it exceeds with a probability of at most 5% (see :func:`upper_bound`)."""
        return upper_bound(self.allowed, self.unanswerable)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A regression fitted to questions.

    Attributes:
        strength: how strongly the weights were held to the prior; infinite where they stayed.
        unseen: log-odds of each question by weights that have not seen it, ``float64 (n,)``.
    """

    line: Line
    strength: float
    cut: Cut
    unseen: Array


def fit(sample: Sample, prior: Line, target: float) -> Fitted:
    """Weights, how strongly they were held, and the threshold.

    Args:
        sample: the questions.
        prior: the weights that are held to.
        target: share of unanswerable questions that may be answered, in (0, 1).
    """
    folds = _folds(sample)
    strength = _best_strength(sample, prior, folds)
    line = fit_line(sample, prior, strength)
    # Questions look surer by weights that have seen them; the threshold is for questions that were not seen.
    unseen = _unseen_logits(sample, prior, strength, folds)
    cuts = [find_cut(logits, sample.answerable, target) for logits in (unseen, line.logits(sample))]
    return Fitted(line, strength, max(cuts, key=lambda cut: cut.logit), unseen)


def fit_line(sample: Sample, prior: Line, strength: float) -> Line:
    """The weights of least loss, by Newton's method, the step halved until the loss falls.

    Log loss, both kinds of questions weighing alike, plus ``strength / 2 * |beta - prior|²``.
    """
    used = sample.part(sample.open)
    kinds = [used.answerable, ~used.answerable]
    if math.isinf(strength) or not all(kind.any() for kind in kinds):
        return prior
    design = np.column_stack([np.ones(len(used.values)), (used.values - prior.mean) / prior.spread])
    weights = _balance(used.answerable) * len(used.values)
    sign = np.where(used.answerable, 1.0, -1.0)

    def loss(beta: Array) -> float:
        held = strength / 2 * float(((beta - prior.beta) ** 2).sum())
        return float(weights @ np.logaddexp(0.0, -sign * (design @ beta))) + held

    beta = prior.beta.copy()
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -500, 500)))
        slope = design.T @ (weights * (chance - used.answerable)) + strength * (beta - prior.beta)
        curve = (design.T * (weights * chance * (1 - chance))) @ design + strength * np.eye(len(beta))
        step = np.linalg.solve(curve, slope)
        size, before = 1.0, loss(beta)
        while size > 1e-6 and loss(beta - size * step) > before:
            size /= 2
        beta = beta - size * step
        if float(np.abs(size * step).max()) < 1e-9:
            break
    return Line(beta, prior.mean, prior.spread)


def allowed_passes(unanswerable: int, target: float) -> int:
    """How many of ``n`` unanswerable questions may pass so that the next one does with at most ``target``.

    The largest m with (m + 1) / (n + 1) <= target; -1 where even none is too many to promise that.
    """
    return math.floor(target * (unanswerable + 1) + 1e-9) - 1


def questions_needed(target: float) -> int:
    """The least number of unanswerable questions with which a target can be promised at all."""
    return math.ceil(1 / target - 1e-9) - 1


def find_cut(logits: Array, answerable: Flags, target: float) -> Cut:
    """The lowest threshold that lets no more unanswerable questions pass than allowed.

    Where there are too few of them to keep to the target at all, none may pass.
    """
    wrong = np.sort(logits[~answerable])[::-1]
    allowed = max(0, allowed_passes(wrong.size, target))
    held = float(wrong[allowed]) if allowed < wrong.size else _NEVER
    above = logits[logits > held]
    if held == _NEVER:
        # All that confidence decides may pass.
        cut = float(above.min()) - _CLEARANCE if above.size else 0.0
    else:
        clearance = min(_CLEARANCE, (float(above.min()) - held) / 2 if above.size else _CLEARANCE)
        # Half of the least difference that there is would be none.
        cut = max(held + clearance, math.nextafter(held, math.inf))
    # Beyond ±25 a probability has no digits left to tell thresholds apart.
    cut = min(25.0, max(-25.0, cut))
    return Cut(cut, int((wrong >= cut).sum()), allowed, int(wrong.size))


def upper_bound(passed: int, questions: int, doubt: float = 0.05) -> float:
    """The one-sided bound of a share by Clopper and Pearson (1934); 1 where there are no questions.

    The largest share for which so few passes still have a probability of ``doubt``.
    """
    if passed >= questions:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        few = sum(
            math.comb(questions, k) * middle**k * (1 - middle) ** (questions - k) for k in range(passed + 1)
        )
        low, high = (middle, high) if few > doubt else (low, middle)
    return high


def line_of(regression: Regression) -> Line:
    """A regression over its standardised signals."""
    weights = list(regression.weights.values())
    mean, spread, weight = (
        np.asarray([getattr(each, name) for each in weights], np.float64)
        for name in ("mean", "spread", "weight")
    )
    return Line(np.concatenate([[regression.intercept + weight @ mean], weight * spread]), mean, spread)


def regression_of(fitted: Fitted, names: Sequence[str]) -> Regression:
    """A fit as a regression over the signals themselves."""
    line = fitted.line
    slopes = line.beta[1:] / line.spread
    weights = {
        name: Weight(float(slope), float(mean), float(spread))
        for name, slope, mean, spread in zip(names, slopes, line.mean, line.spread, strict=True)
    }
    return Regression(float(line.beta[0] - slopes @ line.mean), weights, logistic(fitted.cut.logit))


def _folds(sample: Sample) -> npt.NDArray[np.int64]:
    """The fold of each question; both kinds are dealt out evenly, by chance but always alike."""
    chance = np.random.default_rng(_SEED)
    folds = np.zeros(len(sample.values), np.int64)
    for kind in (sample.answerable, ~sample.answerable):
        rows = chance.permutation(np.flatnonzero(kind))
        folds[rows] = np.arange(rows.size) % FOLDS
    return folds


def _best_strength(sample: Sample, prior: Line, folds: npt.NDArray[np.int64]) -> float:
    """The greatest strength whose loss on unseen questions is not clearly above the least.

    Clearly: by more than one standard error of the difference (Breiman et al., 1984).
    """
    used = sample.open
    weights = _balance(sample.answerable[used])
    sign = np.where(sample.answerable[used], 1.0, -1.0)
    if not weights.size:
        return math.inf
    losses = [
        np.logaddexp(0.0, -sign * _unseen_logits(sample, prior, strength, folds)[used])
        for strength in STRENGTHS
    ]
    best = min(losses, key=lambda loss: float(weights @ loss))
    for strength, loss in zip(STRENGTHS, losses, strict=True):
        worse = loss - best
        mean = float(weights @ worse)
        if mean <= math.sqrt(float(weights**2 @ (worse - mean) ** 2)):
            return strength
    return STRENGTHS[-1]


def _unseen_logits(sample: Sample, prior: Line, strength: float, folds: npt.NDArray[np.int64]) -> Array:
    """Log-odds of every question by weights that have not seen it."""
    logits = np.empty(len(sample.values))
    for fold in np.unique(folds):
        inside = folds == fold
        logits[inside] = fit_line(sample.part(~inside), prior, strength).logits(sample.part(inside))
    return logits


def _balance(answerable: Flags) -> Array:
    """Weights that sum to 1, half for each kind."""
    count = max(1, int(answerable.sum())), max(1, int((~answerable).sum()))
    return np.where(answerable, 0.5 / count[0], 0.5 / count[1])
