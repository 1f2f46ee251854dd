"""Calibrations as files: the one that comes with the project, and those that `anjiang calibrate` writes."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from config.errors import SettingsError
from retrieval.search.confidence import SIGNALS_VERSION, Calibration, Regression, Signals, Weight

SHIPPED = Path(__file__).with_name("calibration.json")

FORMAT_VERSION = 1

_SIGNALS = frozenset(each.name for each in fields(Signals))


@functools.cache
def shipped_calibration() -> Calibration:
    """The calibration that comes with the project."""
    return read_calibration(SHIPPED)


def load_calibration(path: Path | None, encoder: str, cross_encoder: str) -> Calibration:
    """The calibration that the settings name, made sure to fit what it will be used with.

    Args:
        path: of the file; None means the one that comes with the project, which is used with any encoder.
        encoder: fingerprint of the encoder in use.
        cross_encoder: the same of the cross-encoder; "" without one.

    Raises:
        SettingsError: the file can't be read, is damaged, or was fitted with other models.
    """
    if path is None:
        return shipped_calibration()
    found = read_calibration(path)
    if found.encoder not in ("", encoder):
        raise SettingsError("calibrate.other_encoder", path=path)
    if cross_encoder and (found.read is None or found.cross_encoder not in ("", cross_encoder)):
        raise SettingsError("calibrate.other_cross_encoder", path=path)
    return found


def read_calibration(path: Path) -> Calibration:
    """What a file says.

    Raises:
        SettingsError: it can't be read, is no calibration, or was made by another version.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError("calibrate.unreadable", path=path, reason=error.strerror or error) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError("calibrate.damaged", path=path, reason=error) from error
    versions = (content.get("format"), content.get("signals")) if isinstance(content, dict) else (None, None)
    if versions != (FORMAT_VERSION, SIGNALS_VERSION) and all(isinstance(one, int) for one in versions):
        raise SettingsError("calibrate.other_version", path=path)
    try:
        return _calibration(content)
    except KeyError as error:
        raise SettingsError("calibrate.damaged", path=path, reason=f"no {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise SettingsError("calibrate.damaged", path=path, reason=error) from error


def calibration_text(calibration: Calibration) -> str:
    """The file of a calibration."""
    content = {
        "format": FORMAT_VERSION,
        "signals": SIGNALS_VERSION,
        "encoder": calibration.encoder,
        "cross_encoder": calibration.cross_encoder,
        "fitted": dict(calibration.fitted),
        "read": _json(calibration.read),
        "unread": _json(calibration.unread),
        "undecided": calibration.undecided,
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _json(regression: Regression | None) -> dict[str, Any] | None:
    if regression is None:
        return None
    return {
        "intercept": regression.intercept,
        "threshold": regression.threshold,
        "weights": {name: asdict(weight) for name, weight in regression.weights.items()},
    }


def _calibration(content: Mapping[str, Any]) -> Calibration:
    if (content["format"], content["signals"]) != (FORMAT_VERSION, SIGNALS_VERSION):
        raise ValueError("no version")
    unread = _regression(content["unread"])
    if "answers" in unread.weights:
        raise ValueError("the cross-encoder has a weight where it reads nothing")
    return Calibration(
        read=None if content["read"] is None else _regression(content["read"]),
        unread=unread,
        encoder=_text(content["encoder"]),
        cross_encoder=_text(content["cross_encoder"]),
        fitted=dict(content["fitted"]),
        undecided=_band(content["undecided"]),
    )


def _band(content: Sequence[Any] | None) -> tuple[float, float] | None:
    if content is None:
        return None
    least, most = map(_number, content)
    if not 0 <= least <= most <= 1:
        raise ValueError(f"undecided {content}")
    return least, most


def _regression(content: Mapping[str, Any]) -> Regression:
    weights = {
        name: Weight(*(_number(each[part]) for part in ("weight", "mean", "spread")))
        for name, each in content["weights"].items()
    }
    if not weights.keys() <= _SIGNALS:
        raise ValueError(f"no signal {min(weights.keys() - _SIGNALS)}")
    if not all(weight.spread > 0 for weight in weights.values()):
        raise ValueError("a spread is not above 0")
    threshold = _number(content["threshold"])
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold {threshold}")
    return Regression(_number(content["intercept"]), weights, threshold)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
