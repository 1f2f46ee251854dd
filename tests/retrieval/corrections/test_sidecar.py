"""The file of corrections: what it may say, how it is changed, whose corrections are whose."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import MetadataError
from config.messages import Language
from retrieval.corrections import SIDECAR, Correction, Corrections, read_sidecar
from retrieval.corrections.editing import forget_correction, write_correction
from retrieval.corrections.sidecar import parse_sidecar

PATH = Path(SIDECAR)
A, B = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"b").hexdigest()


def key_of(text: str) -> str:
    with pytest.raises(MetadataError) as caught:
        parse_sidecar(text, PATH)
    for language in Language:
        assert "\n" not in caught.value.text(language)
        assert SIDECAR in caught.value.text(language)
    return caught.value.key


def test_values_are_read_as_documents_have_them() -> None:
    text = f"""
# 县里的讲话
["2024/春节/甲.docx"]
sha256 = "{A.upper()}"
speaker = " 张建业 "  # 原件看不清
date = 2024-01-18
occasion = ""

["./乙\\\\丙.txt"]
date = "2024年1月18日"
"""
    assert parse_sidecar(text, PATH) == (
        Correction("2024/春节/甲.docx", A, {"speaker": "张建业", "date": "2024-01-18", "occasion": ""}),
        Correction("乙/丙.txt", "", {"date": "2024-01-18"}),
    )
    assert parse_sidecar("", PATH) == ()


@pytest.mark.parametrize(
    ("written", "date"),
    [("2024", "2024年"), ("2024-03", "2024-03"), ("2024.3.5", "2024-03-05"), ("2024年下半年", "2024年下半年"),
     ("二〇二四年三月五日", "2024-03-05"), ("", "")],
)  # fmt: skip
def test_dates_are_written_in_many_ways(written: str, date: str) -> None:
    assert parse_sidecar(f'["a"]\ndate = "{written}"', PATH)[0].values == {"date": date}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('["a"]\nspeaker = ', "meta.syntax"),
        ('["a"\n', "meta.syntax"),
        ('["a"]\ndate = 2024-02-31', "meta.syntax"),
        ('["a"]\nspeaker = "甲"\n["a"]\nrole = "乙"', "meta.syntax"),
        ("a = " + "[" * 5000, "meta.syntax"),
        ('speaker = "甲"', "meta.no_table"),
        ('["a"]\n["./a"]', "meta.twice"),
        ('["a"]\nspaeker = "甲"', "meta.unknown_key"),
        ('["a".b]\nspeaker = "甲"', "meta.unknown_key"),
        ('["a"]\nsha256 = "abc"', "meta.bad_hash"),
        ('["a"]\ndate = "2024-13-01"', "meta.bad_value"),
        ('["a"]\ndate = "去年冬天"', "meta.bad_value"),
        ('["a"]\ndate = "1月18日"', "meta.bad_value"),
        ('["a"]\ndate = 2024-01-18T09:00:00', "meta.bad_value"),
        ('["a"]\nspeaker = 5', "meta.bad_value"),
        ('["a"]\nspeaker = ["甲"]', "meta.bad_value"),
        ('["a"]\ntitle = """一\n二"""', "meta.bad_value"),
        ('["a"]\ntitle = "' + "长" * 201 + '"', "meta.bad_value"),
    ],
)
def test_what_can_not_be_meant_is_told_in_one_line(text: str, key: str) -> None:
    assert key_of(text) == key


def test_a_mistake_is_told_with_its_line_and_column() -> None:
    with pytest.raises(MetadataError) as caught:
        parse_sidecar('["a"]\nspeaker = "甲"\nrole = 县长\n', PATH)
    assert (caught.value.values["line"], caught.value.values["column"]) == (3, 8)
    assert "第 3 行第 8 列" in caught.value.text(Language.ZH)
    with pytest.raises(MetadataError) as caught:
        parse_sidecar('["a"]\nspeaker = "甲', PATH)
    assert caught.value.values["line"] == 2


def test_files_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / SIDECAR).write_bytes(b"\xef\xbb\xbf" + '["a"]\nspeaker = "甲"'.encode())
    assert read_sidecar(tmp_path)[0].values == {"speaker": "甲"}
    (tmp_path / SIDECAR).write_bytes('["a"]\nspeaker = "甲"'.encode("gb18030"))
    with pytest.raises(MetadataError) as caught:
        read_sidecar(tmp_path)
    assert (caught.value.key, caught.value.values["line"]) == ("meta.not_utf8", 2)
    (tmp_path / SIDECAR).unlink()
    assert read_sidecar(tmp_path) == ()
    (tmp_path / SIDECAR).mkdir()
    with pytest.raises(MetadataError):
        read_sidecar(tmp_path)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(MetadataError):
        parse_sidecar(text, PATH)


def test_corrections_go_with_the_content_and_then_with_the_path() -> None:
    one, other = Correction("甲.txt", A, {"speaker": "一"}), Correction("乙.txt", "", {"speaker": "二"})
    known = Corrections([one, other])
    assert known.of("甲.txt", A) is one
    assert known.of("新名.txt", A) is one
    assert known.of("甲.txt", B) is None
    assert known.of("乙.txt", B) is other
    assert known.of("丙.txt", B) is None
    assert known.digest("甲.txt", A) == one.digest != other.digest != ""
    assert known.digest("丙.txt", B) == Correction("丙.txt", B).digest == ""


def test_corrections_without_a_file_are_told() -> None:
    known = Corrections([Correction("甲.txt", A, {"role": "一"}), Correction("乙.txt", "", {"role": "二"})])
    assert known.left_over([("新名.txt", A), ("乙.txt", B)]) == []
    left = known.left_over([("甲.txt", B)])
    assert [(path, reason.key) for path, reason in left] == [
        ("乙.txt", "meta.no_file"),
        ("甲.txt", "meta.replaced"),
    ]


def test_comments_and_order_stay_when_a_correction_is_added(tmp_path: Path) -> None:
    file = tmp_path / SIDECAR
    before = (
        '# 县里的讲话\n\n["乙.txt"]\nspeaker = "二"  # 问过本人\n\n# 以下待核\n["甲.txt"]\nrole = "县长"\n'
    )
    file.write_text(before, "utf-8")
    write_correction(tmp_path, "丙 (1).txt", A, {"speaker": "三", "occasion": ""})
    after = file.read_text("utf-8")
    assert after.startswith(before)
    assert read_sidecar(tmp_path)[2] == Correction("丙 (1).txt", A, {"speaker": "三", "occasion": ""})
    write_correction(tmp_path, "乙.txt", B, {"role": "局长"})
    assert 'speaker = "二"  # 问过本人' in file.read_text("utf-8")
    assert read_sidecar(tmp_path)[0] == Correction("乙.txt", B, {"speaker": "二", "role": "局长"})
    assert forget_correction(tmp_path, "丙 (1).txt", A)
    assert not forget_correction(tmp_path, "丙 (1).txt", A)
    assert [one.path for one in read_sidecar(tmp_path)] == ["乙.txt", "甲.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".{SIDECAR}.lock", SIDECAR]


def test_a_new_file_says_what_it_is(tmp_path: Path) -> None:
    write_correction(tmp_path, "甲.txt", A, {"title": '引"号\\'})
    text = (tmp_path / SIDECAR).read_text("utf-8")
    assert text.startswith("# 安讲")
    assert read_sidecar(tmp_path) == (Correction("甲.txt", A, {"title": '引"号\\'}),)


def test_a_correction_follows_a_renamed_file(tmp_path: Path) -> None:
    write_correction(tmp_path, "甲.txt", A, {"speaker": "一"})
    write_correction(tmp_path, "2024/甲.txt", A, {"role": "县长"})
    assert read_sidecar(tmp_path) == (Correction("2024/甲.txt", A, {"speaker": "一", "role": "县长"}),)
    assert forget_correction(tmp_path, "别处.txt", A)
    assert read_sidecar(tmp_path) == ()


def test_what_was_said_of_another_file_is_not_said_of_this_one(tmp_path: Path) -> None:
    write_correction(tmp_path, "甲.txt", A, {"speaker": "一"})
    write_correction(tmp_path, "甲.txt", B, {"role": "县长"})
    assert read_sidecar(tmp_path) == (Correction("甲.txt", B, {"role": "县长"}),)
    write_correction(tmp_path, "甲.txt", A, {})
    assert read_sidecar(tmp_path) == (Correction("甲.txt", A, {"role": "县长"}),)


def test_taking_back_the_last_value_takes_the_table(tmp_path: Path) -> None:
    write_correction(tmp_path, "甲.txt", A, {"speaker": "一"})
    write_correction(tmp_path, "甲.txt", A, {"speaker": None})
    assert read_sidecar(tmp_path) == ()


def test_nothing_is_written_over_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / SIDECAR).write_text('["甲.txt"\n', "utf-8")
    with pytest.raises(MetadataError):
        write_correction(tmp_path, "乙.txt", A, {"speaker": "一"})
    assert (tmp_path / SIDECAR).read_text("utf-8") == '["甲.txt"\n'


def test_writers_at_once_do_not_lose_each_other_s_changes(tmp_path: Path) -> None:
    def write(number: int) -> None:
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        write_correction(tmp_path, f"{number}.txt", digest, {"speaker": f"第{number}人"})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(one.path for one in read_sidecar(tmp_path)) == sorted(
        f"{number}.txt" for number in range(12)
    )


_VALUE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)


@given(path=_VALUE.filter(lambda name: name.strip("/").removeprefix("./")), value=_VALUE.filter(str.strip))
def test_any_path_and_value_come_back(
    tmp_path_factory: pytest.TempPathFactory, path: str, value: str
) -> None:
    archive = tmp_path_factory.mktemp("archive")
    write_correction(archive, path, A, {"speaker": value})
    (one,) = read_sidecar(archive)
    assert one.values == {"speaker": value.strip()}
    assert Corrections([one]).of(path, A) == one
