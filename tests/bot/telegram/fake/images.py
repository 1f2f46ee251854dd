"""What Telegram takes for a photo. The fake knows PNG alone."""

from __future__ import annotations

import io

from PIL import Image

from tests.bot.telegram.fake.wire import bad_request

MAX_PHOTO = 10 * 2**20
MAX_SUM = 10_000  # of width and height
MAX_RATIO = 20


def photo_size(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that may be sent as a photo."""
    if len(data) > MAX_PHOTO:
        raise bad_request(
            f"file of size {len(data)} bytes is too big for a photo; the maximum is {MAX_PHOTO}"
        )
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            width, height = image.size
            if width + height <= MAX_SUM:
                image.load()
    except (OSError, SyntaxError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if width + height > MAX_SUM or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height
