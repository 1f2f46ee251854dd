"""Text in a picture, found and recognised by the models that the package rapidocr carries.

Everything that it could vary by is fixed: one thread, one line at a time, the models of the wheel by their
paths (so that nothing is ever downloaded). The same picture gives the same text on the same kind of
processor.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from config.errors import DocumentError
from retrieval.readers.types import UNNAMED

if TYPE_CHECKING:
    import rapidocr

Picture = NDArray[np.uint8]
"""Shape (height, width, 3), blue first, as the models were trained."""

INSTALL = "pip install 'anjiang[ocr]'"

_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,
    # A line alone: the width that others of its batch have would change what is read in it.
    "Rec.rec_batch_num": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}

MOST_LINES = 300
"""Lines of one picture that are recognised: an A4 page of small print has 60, a page of a newspaper 250."""

_LEAST_SCORE = 0.5
"""Mean probability of a line's characters below which it is a smudge; the package's own default."""

_TALL = 1.5  # heights in widths: a line on its side
_TALL_SHARE = 0.6
_ASKED = 9  # lines that are asked whether they stand on their head


@dataclass(frozen=True, slots=True)
class Recognised:
    """A line of text in a picture.

    Attributes:
        text: as recognised.
        corners: upper left, upper right, lower right, lower left, in pixels; shape (4, 2).
        score: mean probability of the characters, in [0, 1].
    """

    text: str
    corners: NDArray[np.float64]
    score: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was recognised in a picture.

    Attributes:
        lines: in no order that matters.
        height: of the picture after it was turned upright.
        width: of it.
        is_partial: there were more lines, or some that could not be recognised.
    """

    lines: tuple[Recognised, ...]
    height: int
    width: int
    is_partial: bool


def recognise(picture: Picture, *, is_upright: bool = False) -> Seen:
    """Find and recognise the lines of a picture.

    Args:
        picture: of a page.
        is_upright: whether it stands as it is read; else it is turned by quarters until its lines do.

    Raises:
        DocumentError: the package is not installed.
        MemoryError: the limit of memory does not suffice.
    """
    engine = _engine()
    picture, corners = (picture, _detected(engine, picture)) if is_upright else _upright(engine, picture)
    height, width = picture.shape[:2]
    if not len(corners):
        return Seen((), height, width, is_partial=False)
    kept = corners[:MOST_LINES]
    texts, scores = _recognised(engine, _cut(engine, picture, kept))
    lines = [
        Recognised(text, box.astype(np.float64), score)
        for text, score, box in zip(texts, scores, kept, strict=True)
        if text.strip()
    ]
    good = tuple(line for line in lines if line.score >= _LEAST_SCORE)
    return Seen(good, height, width, is_partial=len(corners) > len(kept) or len(good) < len(lines))


@functools.cache
def _engine() -> rapidocr.RapidOCR:
    """The models, loaded once in a process.

    Raises:
        DocumentError: the package is not installed, or lacks a model.
    """
    try:
        import cv2  # noqa: PLC0415 - comes with it
        import rapidocr  # noqa: PLC0415 - an extra; seconds to import
    except ImportError as error:
        raise DocumentError("documents.ocr_missing", file=UNNAMED, command=INSTALL) from error
    cv2.setNumThreads(1)
    folder = Path(rapidocr.__file__).parent / "models"
    paths = {setting: folder / name for setting, name in _MODELS.items()}
    if missing := [path.name for path in paths.values() if not path.is_file()]:
        raise DocumentError("documents.ocr_model", file=UNNAMED, model=missing[0], command=INSTALL)
    return rapidocr.RapidOCR(params={**_SETTINGS, **{key: str(path) for key, path in paths.items()}})


def _upright(engine: rapidocr.RapidOCR, picture: Picture) -> tuple[Picture, NDArray[Any]]:
    """The picture turned until its lines run from left to right, and the corners of these."""
    corners = _detected(engine, picture)
    if len(corners) and np.mean([_is_tall(box) for box in corners]) > _TALL_SHARE:
        picture = np.ascontiguousarray(np.rot90(picture))
        corners = _detected(engine, picture)
    if len(corners) and _is_upside_down(engine, picture, corners):
        picture = np.ascontiguousarray(np.rot90(picture, 2))
        corners = _detected(engine, picture)
    return picture, corners


def _detected(engine: rapidocr.RapidOCR, picture: Picture) -> NDArray[Any]:
    """Corners of each line, shape (n, 4, 2); n may be 0."""
    with _memory():
        found = engine(picture, use_det=True, use_cls=False, use_rec=False)
    boxes = getattr(found, "boxes", None)
    return np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32)


def _is_tall(box: NDArray[Any]) -> bool:
    across, down = math.dist(box[0], box[1]), math.dist(box[0], box[3])
    return down > _TALL * across


def _is_upside_down(engine: rapidocr.RapidOCR, picture: Picture, corners: NDArray[Any]) -> bool:
    """What most of the longest lines say."""
    longest = sorted(range(len(corners)), key=lambda at: -math.dist(corners[at][0], corners[at][1]))[:_ASKED]
    votes = 0
    for part in _cut(engine, picture, corners[sorted(longest)]):
        # The classifier looks at the beginning of a line, four times as long as high.
        height, width = part.shape[:2]
        with _memory():
            found = engine(part[:, : min(width, 4 * height)], use_det=False, use_cls=True, use_rec=False)
        label, score = found.cls_res[0]
        votes += (1 if "180" in label else -1) if score > 0.9 else 0
    return votes > 0


def _cut(engine: rapidocr.RapidOCR, picture: Picture, corners: NDArray[Any]) -> list[Picture]:
    return list(engine.crop_text_regions(picture, corners))


def _recognised(engine: rapidocr.RapidOCR, parts: Sequence[Picture]) -> tuple[Sequence[str], Sequence[float]]:
    with _memory():
        found = engine.recognize_txt(list(parts))
    return found.txts or (), found.scores or ()


@contextmanager
def _memory() -> Iterator[None]:
    """Tells want of memory from other failures of the runtime, which packs both into text."""
    try:
        yield
    except Exception as error:
        text = str(error).lower()
        if "bad_alloc" in text or "allocate memory" in text or "insufficient memory" in text:
            raise MemoryError from error
        raise
