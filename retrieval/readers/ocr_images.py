"""Image files as the pictures of their pages: upright, on white paper, of a size that is recognised well."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from config.errors import DocumentError
from retrieval.readers.ocr_engine import INSTALL, Picture
from retrieval.readers.package import damaged
from retrieval.readers.types import UNNAMED

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_PAGED = ("TIFF",)  # the frames of others move
_MOST_PIXELS = 80_000_000
"""Of one page: A3 at 600 dots an inch has 70 million."""

_ORIENTATION = 0x0112  # tag in which cameras write how they were held
_TURNS = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270"} | {
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_DEEP = ("I;16", "I;16B", "I;16L", "I", "F")
_CLEAR = ("P", "PA", "LA", "La", "RGBA", "RGBa")

_SHORT_SIDE = 1700
"""Pixels of the shorter side that more are reduced to: A4 at 200 dots an inch; more is not read better."""

_LEAST_SHORT_SIDE = 1000
_MOST_ENLARGED = 2.0
_LEAST_SIDE = 24  # pixels; nothing smaller holds a word
_BROKEN = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, OverflowError)


def count_pages(data: bytes) -> int:
    """Pages of an image file.

    Raises:
        DocumentError: it is damaged, or the package is not installed.
    """
    image = _opened(data)
    try:
        with _silently():
            return int(getattr(image, "n_frames", 1)) if image.format in _PAGED else 1
    except _BROKEN as error:
        raise damaged("image") from error


def read_pictures(data: bytes, most: int) -> Iterator[Picture | None]:
    """The pictures of the first pages; None for one that is damaged.

    Raises:
        DocumentError: the file is damaged, too large, or the package is not installed.
    """
    image = _opened(data)
    pages = min(most, count_pages(data))
    for page in range(pages):
        try:
            with _silently():
                if pages > 1:
                    image.seek(page)
                picture = as_picture(image)
            yield picture
        except _BROKEN as error:
            if pages == 1:
                raise damaged((image.format or "image").lower()) from error
            yield None


def as_picture(image: Image) -> Picture:
    """A page as the models take it.

    Raises:
        DocumentError: it has too many pixels.
        OSError, ValueError: it is damaged.
    """
    from PIL import Image as images  # noqa: N813, PLC0415

    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise DocumentError("documents.bomb", file=UNNAMED, detail=f"{width} × {height}")
    short = min(width, height)
    if image.format == "JPEG":
        # Decoded at a half or a quarter where that is enough: less memory, less time.
        image.draft("RGB", (width * _SHORT_SIDE // short, height * _SHORT_SIDE // short))
    image.load()
    turn = image.getexif().get(_ORIENTATION)
    if image.mode in _DEEP:
        image = _in_bytes(image)
    elif image.mode in _CLEAR or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode != "L":
        image = image.convert("L" if image.mode == "1" else "RGB")
    scale = _scale(min(image.size))
    if scale != 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, images.Resampling.LANCZOS)
    if image.mode == "RGBA":
        # What shows through is white paper.
        image = images.alpha_composite(images.new("RGBA", image.size, "white"), image)
    if turn in _TURNS:
        image = image.transpose(images.Transpose[_TURNS[turn]])
    pixels = np.asarray(image.convert("RGB"))
    return np.ascontiguousarray(pixels[:, :, ::-1])


def is_tiny(picture: Picture) -> bool:
    """Whether a picture is too small to hold a word: an icon, a line between paragraphs."""
    return bool(min(picture.shape[:2]) < _LEAST_SIDE)


def _scale(short: int) -> float:
    if short > _SHORT_SIDE:
        return _SHORT_SIDE / short
    if _LEAST_SIDE <= short < _LEAST_SHORT_SIDE:
        return min(_MOST_ENLARGED, _LEAST_SHORT_SIDE / short)
    return 1.0


def _in_bytes(image: Image) -> Image:
    """Deep grey levels spread over 256."""
    from PIL import Image as images  # noqa: N813, PLC0415

    levels = np.asarray(image).astype(np.float64)
    low, high = float(levels.min()), float(levels.max())
    spread = (levels - low) * (255 / (high - low)) if high > low else levels * 0 + 255
    return images.fromarray(spread.astype(np.uint8))


def _opened(data: bytes) -> Image:
    try:
        from PIL import Image as images  # noqa: N813, PLC0415 - comes with the extra
        from PIL import ImageFile  # noqa: PLC0415
    except ImportError as error:
        raise DocumentError("documents.ocr_missing", file=UNNAMED, command=INSTALL) from error
    images.MAX_IMAGE_PIXELS = None  # it would warn; the size is looked at before a pixel is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with _silently():
            return images.open(io.BytesIO(data), formats=_FORMATS)
    except _BROKEN as error:
        raise damaged("image") from error


@contextlib.contextmanager
def _silently() -> Iterator[None]:
    """Without the library's warnings: what it warns of is seen by what comes out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
