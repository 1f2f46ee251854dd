from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from config.messages import Language, message
from retrieval.documents import read
from retrieval.documents.read import is_supported, read_bytes, read_document
from retrieval.documents.types import ReadWarning, ZoneKind

SPEECH = (
    "在全县秋收农机安全工作会议上的讲话\n乔木生\n（2021年9月28日）\n同志们：\n"
    "把大家请到打谷场来开会，就是要当着收割机的面，把秋收的安全事情说清楚。下面，我讲两点意见。\n"
    "一、机手要过硬\n每台收割机的驾驶员都要有证，没有证的不准下田，查出*起处理*起。\n"
    "二、机器要过硬\n灯光、刹车不合格的收割机，修好了再下田。\n"
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / "2021").mkdir()
    return tmp_path


def write(archive: Path, name: str, data: bytes) -> Path:
    path = archive / name
    path.write_bytes(data)
    return path


def refusal(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, "2021/a.txt")
    return caught.value


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_speech_is_read_whole_in_any_encoding(archive: Path, codec: str) -> None:
    data = SPEECH.encode(codec)
    document = read_document(write(archive, "2021/秋收.txt", data), archive)
    assert document.path == "2021/秋收.txt"
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.id == document.sha256[:16]
    assert document.raw == SPEECH
    assert document.metadata.speaker.text == "乔木生"
    assert document.metadata.date.text == "2021-09-28"
    assert document.clean.text.split("\n")[1] == "一、机手要过硬"
    assert [section.marker for section in document.sections] == ["一、", "二、"]
    assert [document.raw[mask.start : mask.end] for mask in document.masks] == ["*", "*"]
    assert document.warnings == ()


def test_line_ends_stay_in_the_raw_text_and_leave_the_clean_one() -> None:
    document = read_bytes(SPEECH.replace("\n", "\r\n").encode(), "a.txt")
    assert document.raw.count("\r\n") == SPEECH.count("\n")
    assert "\r" not in document.clean.text
    start, end = document.clean.to_source(0, 4)
    assert document.raw[start:end] == "把大家请"


def test_a_text_that_stops_at_a_heading_is_flagged() -> None:
    document = read_bytes((SPEECH + "三、路口要管住\n").encode(), "a.txt")
    assert document.warnings == (ReadWarning.TRUNCATED,)


@pytest.mark.parametrize("last", ["散会：10:20", "（散会）", "散会时间：下午5点半", "会议结束"])
def test_minutes_end_where_the_meeting_does(last: str) -> None:
    assert read_bytes(f"{SPEECH}{last}\n".encode(), "a.txt").warnings == ()


def test_a_text_that_must_be_paid_for_is_flagged() -> None:
    document = read_bytes((SPEECH + "剩余60%未读，开通会员即可阅读全文\n").encode(), "a.txt")
    assert document.warnings == (ReadWarning.TRUNCATED,)
    assert "会员" not in document.clean.text


def test_damage_is_flagged_and_control_characters_leave_the_clean_text() -> None:
    data = SPEECH.replace("打谷场", "打\x00谷\x07场").encode() + b"\xff\n"
    document = read_bytes(data, "a.txt")
    assert ReadWarning.LOST_CHARACTERS in document.warnings
    assert ReadWarning.CONTROL_CHARACTERS in document.warnings
    assert "打谷场" in document.clean.text
    start, end = document.clean.to_source(3, 6)
    assert document.raw[start:end] == "请到打"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", "\u3000\n\u3000".encode(), b"\x00"])
def test_a_file_without_content_is_refused(data: bytes) -> None:
    assert refusal(data).key == "documents.empty"


def test_a_file_of_noise_only_is_refused() -> None:
    error = refusal("首页\n登录\n免责声明：文稿由网友投稿。\n版权所有\n".encode())
    assert error.key == "documents.only_noise"


def test_a_file_with_a_title_only_is_refused() -> None:
    assert (
        refusal("在全县秋收农机安全工作会议上的讲话\n（2021年9月28日）\n".encode()).key == "documents.no_body"
    )


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(300), bytes(range(256)) * 20])
def test_a_binary_file_is_refused(data: bytes) -> None:
    assert refusal(data).key == "documents.not_text"


def test_a_file_over_the_limit_is_refused_unread(archive: Path) -> None:
    path = archive / "big.txt"
    with path.open("wb") as file:
        file.truncate(read.MAX_BYTES + 1)
    with pytest.raises(DocumentError) as caught:
        read_document(path, archive)
    assert caught.value.key == "documents.too_large"
    assert caught.value.values == {"file": "big.txt", "size": "50", "limit": 50}


def test_bytes_over_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    assert refusal(SPEECH.encode()).key == "documents.too_large"


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_file_that_may_not_be_read_is_refused(archive: Path) -> None:
    path = write(archive, "locked.txt", SPEECH.encode())
    path.chmod(0)
    with pytest.raises(DocumentError) as caught:
        read_document(path, archive)
    assert caught.value.key == "documents.unreadable"


@pytest.mark.parametrize("name", ["missing.txt", "2021"])
def test_what_is_no_file_is_refused(archive: Path, name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(archive / name, archive)
    assert caught.value.key == "documents.unreadable"
    assert name in str(caught.value)


def test_a_symlink_loop_is_refused(archive: Path) -> None:
    path = archive / "loop.txt"
    path.symlink_to(path)
    with pytest.raises(DocumentError) as caught:
        read_document(path, archive)
    assert caught.value.key == "documents.unreadable"


@pytest.mark.parametrize("key", ["empty", "only_noise", "no_body", "not_text"])
@pytest.mark.parametrize("language", list(Language))
def test_messages_name_the_file(key: str, language: Language) -> None:
    assert "2021/a.txt" in message(f"documents.{key}", language, file="2021/a.txt")


@pytest.mark.parametrize("warning", list(ReadWarning))
def test_every_warning_has_a_text(warning: ReadWarning) -> None:
    assert message(f"documents.{warning.value}", Language.ZH)


@pytest.mark.parametrize(
    ("name", "supported"),
    [("a.txt", True), ("b.MD", True), ("c.docx", True), ("d.exe", False), ("txt", False)],
)
def test_endings_of_what_has_a_reader_are_supported(name: str, *, supported: bool) -> None:
    assert is_supported(Path(name)) is supported


PIECES = st.lists(
    st.sampled_from(
        [
            "同志们：",
            "在全县秋收安全会议上的讲话",
            "一、机手要过硬",
            "（一）验证件。逐人核对，一个不漏。",
            "每台收割机的驾驶员都要有证，没有证的不准下田，查出*起处理*起，决不含糊。",
            "**一要压实责任。**",
            "【广告】会员限时优惠，扫码领取！",
            "— 3 —",
            "抄送：县委办公室。",
            "2021年9月28日",
            "谢谢大家！",
            " ",
            "\u3000\u3000",
            "\n",
            "\r\n",
            "\x00",
            "https://example.com/a",
        ]
    ),
    max_size=25,
)


@settings(max_examples=150)
@given(PIECES)
def test_any_mixture_is_read_consistently_or_refused(pieces: list[str]) -> None:
    raw = "".join(pieces)
    try:
        document = read_bytes(raw.encode(), "a.txt")
    except DocumentError:
        return
    assert document.raw == raw
    ends = [0]
    for zone in document.zones:
        assert ends[-1] <= zone.span.start < zone.span.end <= len(raw)
        ends.append(zone.span.end)
    body = [zone.span for zone in document.zones if zone.kind is ZoneKind.BODY]
    for position in range(len(document.clean.text)):
        start, end = document.clean.to_source(position, position + 1)
        if start < end:
            assert raw[start:end] == document.clean.text[position]
            assert any(span.start <= start and end <= span.end for span in body)
    kept = {
        start
        for position in range(len(document.clean.text))
        for start, end in [document.clean.to_source(position, position + 1)]
        if start < end
    }
    lost = {raw[i] for span in body for i in range(span.start, span.end) if i not in kept}
    assert lost <= set("*\n\r\x00 \u3000")
