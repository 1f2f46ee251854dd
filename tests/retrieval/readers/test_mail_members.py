from __future__ import annotations

import base64
import contextlib
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import DocumentError
from retrieval.readers.detect import detect
from retrieval.readers.members import Cursor
from retrieval.readers.types import Kind
from retrieval.readers.unpacking import unpack
from tests.retrieval.readers.boxes import TALK, contents, mail, opened
from tests.retrieval.readers.office import docx, p

WORD = docx(p("值班要在岗。"))


def raw(headers: str, body: bytes, codec: str = "utf-8") -> bytes:
    return headers.replace("\n", "\r\n").encode(codec) + b"\r\n\r\n" + body


def encoded(text: str, codec: str) -> str:
    return f"=?{codec}?B?{base64.b64encode(text.encode('gb18030')).decode()}?="


def body_of(data: bytes) -> str:
    (member,) = opened(data, Kind.EML)
    assert (member.name, member.maker) == ("正文", Kind.EML)
    return member.data.decode()


def test_the_words_of_a_mail_stand_under_its_subject() -> None:
    assert body_of(mail("关于防汛的讲话", TALK)) == f"关于防汛的讲话\n\n{TALK.strip()}"
    assert body_of(mail("", TALK)) == TALK.strip()
    first = TALK.split("\n", maxsplit=1)[0]
    assert body_of(mail(first, TALK)) == TALK.strip()


@pytest.mark.parametrize("prefix", ["转发：", "Fw: 回复：", "RE: Fwd: "])
def test_the_subject_is_without_what_forwarding_added(prefix: str) -> None:
    assert body_of(mail(f"{prefix}关于防汛的讲话", TALK)).startswith("关于防汛的讲话\n\n在全镇")


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "x-gbk", "", "nonsense-8"])
def test_chinese_charsets_are_read_as_the_largest_of_them(charset: str) -> None:
    # 镕 and 喆 are in GBK, and in GB 2312 they are not.
    text = "朱镕喆同志说，值班室里的电话铃响三声以内必须有人接，接了就要记下来。"
    told = f"; charset={charset}" if charset else ""
    data = raw(
        f"Subject: {encoded('镕喆讲话', charset or 'gb2312')}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain{told}\nContent-Transfer-Encoding: 8bit",
        text.encode("gb18030"),
    )
    assert detect(data) is Kind.EML
    expected = "镕喆讲话" if charset != "nonsense-8" else body_of(data).split("\n")[0]
    assert body_of(data) == f"{expected}\n\n{text}"


def test_a_mail_whose_subject_has_bare_bytes_is_read() -> None:
    data = raw("Subject: 关于防汛的讲话\nMIME-Version: 1.0", TALK.encode("gbk"), "gbk")
    assert body_of(data).startswith("关于防汛的讲话\n\n在全镇烟花爆竹")


def test_a_subject_cut_in_the_middle_of_a_character_is_put_together() -> None:
    whole = "关于防汛抗旱工作的讲话".encode("gb2312")
    parts = [base64.b64encode(part).decode() for part in (whole[:7], whole[7:])]
    subject = "\n ".join(f"=?gb2312?B?{part}?=" for part in parts)
    data = raw(f"Subject: {subject}\nMIME-Version: 1.0", TALK.encode())
    assert body_of(data).startswith("关于防汛抗旱工作的讲话\n\n")


@pytest.mark.parametrize(
    "disposition",
    [
        'attachment; filename="=?gb2312?B?{b64}?="',
        "attachment; filename*=gb2312''{percent}",
        "attachment; filename*0*=GBK''{percent}",
        'attachment; filename="{bare}"',
        "attachment; filename={bare}",
    ],
)
def test_attachments_keep_their_names_however_they_are_written(disposition: str) -> None:
    name = "春节讲话.docx".encode("gbk")
    percent = "".join(f"%{byte:02X}" for byte in name)
    header = (
        disposition.format(b64=base64.b64encode(name).decode(), percent=percent, bare="@")
        .encode()
        .replace(b"@", name)
    )
    data = (
        b"MIME-Version: 1.0\nSubject: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\nContent-Disposition: "
        + header
        + b"\n\n"
        + base64.b64encode(WORD)
        + b"\n--x--\n"
    )
    assert contents(data, Kind.EML) == {"春节讲话.docx": WORD}


def test_attachments_of_one_name_are_all_kept_and_stay_in_the_mail() -> None:
    files = [("a.docx", WORD), ("a.docx", WORD), ("../../a.docx", WORD), ("正文", WORD)]
    assert list(contents(mail("x", TALK, attached=files), Kind.EML)) == [
        "正文", "a.docx", "a (2).docx", "a (3).docx", "正文 (2)",
    ]  # fmt: skip


def test_plain_words_are_preferred_to_the_page_unless_they_only_point_to_it() -> None:
    page = "<p>" + TALK.replace("\n", "</p><p>") + "</p>"
    assert body_of(mail("x", TALK, page)) == f"x\n\n{TALK.strip()}"
    (member,) = opened(mail("防汛", "请用网页方式查看。", page), Kind.EML)
    assert (member.name, member.maker) == ("正文.html", None)
    assert member.data.decode("utf-8-sig").startswith("<!DOCTYPE html>\n<title>防汛</title>\n<p>在全镇")
    assert detect(member.data, member.name) is Kind.HTML


def test_a_page_in_gbk_says_utf8_in_the_end() -> None:
    page = f"<html><head><meta charset=gb2312></head><body><p>{TALK}</p></body></html>"
    (member,) = opened(mail("防汛", "", page, charset="gb18030"), Kind.EML)
    assert member.data.startswith(b"\xef\xbb\xbf")
    assert "同志们" in member.data.decode("utf-8-sig")


def test_a_note_above_attachments_is_told_and_not_read() -> None:
    found = contents(mail("讲话", "各位领导：讲话稿见附件，请审阅。", attached=[("a.docx", WORD)]), Kind.EML)
    assert found == {"正文": "documents.cover_note", "a.docx": WORD}


def test_pictures_of_the_page_are_passed_over() -> None:
    message = EmailMessage()
    message["Subject"] = "防汛"
    message.set_content(TALK)
    message.add_related(b"\x89PNG\r\n", "image", "png", cid="<1>", filename="logo.png")
    message.add_attachment(b"\x89PNG\r\n", "image", "png", filename="scan.png")
    assert list(contents(message.as_bytes(), Kind.EML)) == ["正文", "scan.png"]


def test_a_mail_attached_to_a_mail_is_opened() -> None:
    inner = EmailMessage()
    inner["Subject"] = "防汛讲话"
    inner.set_content(TALK)
    outer = EmailMessage()
    outer["Subject"] = "转发"
    outer.set_content("请各村学习下面这封邮件里的讲话，周五之前把各自的措施报到镇政府办公室。" * 3)
    outer.add_attachment(inner)
    assert list(contents(outer.as_bytes(), Kind.EML)) == ["正文", "附件1.eml/正文"]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_breaks_more_than_the_mail(data: st.DataObject) -> None:
    changed = bytearray(mail("关于防汛的讲话", TALK, f"<p>{TALK}</p>", [("春节.docx", WORD[:300])]))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + 1] = data.draw(st.binary(max_size=3))
    with contextlib.suppress(DocumentError):
        unpack(bytes(changed), Kind.EML, Cursor(), 1 << 20)
