"""Files and photos that the fake takes and refuses, as Telegram does."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image
from telegram import Bot
from telegram.error import BadRequest

from tests.bot.telegram.fake import FakeTelegram, Person, open_group


async def test_a_document_goes_both_ways_unchanged(bot: Bot, wang: Person) -> None:
    data = bytes(range(256)) + b"\r\n--x\r\n\r"
    wang.send_document("讲话.txt", data, caption="请收")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.document.file_size) == ("讲话.txt", len(data))
    assert await (await message.document.get_file()).download_as_bytearray() == data
    await bot.send_document(wang.id, data, filename="原件.txt", caption="给你")
    shown = wang.private.messages()[-1]
    assert (shown.document, shown.text) == ("原件.txt", "给你")
    assert shown.file_id is not None
    assert bot.username
    again = await bot.send_document(wang.id, shown.file_id)
    assert again.document is not None
    assert again.document.file_size == len(data)


async def test_files_have_limits(bot: Bot, wang: Person) -> None:
    with pytest.raises(BadRequest, match=r"(?i)non-empty"):
        await bot.send_document(wang.id, b"", filename="a.txt")
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_document(wang.id, b"x", filename="a.txt", caption="安" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)wrong file"):
        await bot.get_file("nothing")
    wang.send_document("大.txt", b"\0" * (20 * 2**20 + 1))
    big = wang.private.messages()[-1].file_id
    assert big is not None
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(big)


def png(width: int, height: int, noise: int = 0) -> bytes:
    """A white picture; with noise that nothing makes smaller for so many bytes."""
    image = Image.new("L", (width, height), 255)
    image.paste(Image.frombytes("L", (width, noise // width), random.Random(1).randbytes(noise)), (0, 0))
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


async def test_a_photo_has_its_size_and_can_be_fetched(bot: Bot, wang: Person) -> None:
    data = png(8000, 2000)
    sent = await bot.send_photo(wang.id, data, caption="请看")
    assert [(one.width, one.height, one.file_size) for one in sent.photo] == [(8000, 2000, len(data))]
    shown = wang.private.messages()[-1]
    assert (shown.photo, shown.document, shown.text) == ((8000, 2000), None, "请看")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert await file.download_as_bytearray() == data


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (png(8001, 2000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(4000, 4000, 11 << 20), "too big for a photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "IMAGE_PROCESS_FAILED"),
        (png(100, 100)[:-30], "IMAGE_PROCESS_FAILED"),
        (b"", "non-empty"),
    ],
)
async def test_what_is_no_photo(bot: Bot, wang: Person, data: bytes, refusal: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){refusal}"):
        await bot.send_photo(wang.id, data)


async def test_groups_may_take_no_photos_and_no_files(fake: FakeTelegram, bot: Bot, wang: Person) -> None:
    group = open_group(fake, -1001000000009, "组", wang)
    group.chat.forbids |= {"photo", "document"}
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send photos"):
        await bot.send_photo(group.id, png(10, 10))
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send documents"):
        await bot.send_document(group.id, b"x", filename="a.txt")
