from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import UsageError
from retrieval.search.output import evidence_json
from retrieval.search.searcher import Searcher
from retrieval.search.verify import Claim, Verdict, read_claims, verify

TEXT = "第一条要严格值班。\n第二条要清查隐患。\n第三条要及时报告。\n"
FIRST, SECOND, THIRD = (0, 9), (10, 19), (20, 29)


def claim(span: tuple[int, int], text: str | None = None, path: str = "讲话.txt", sha256: str = "") -> Claim:
    return Claim(1, path, TEXT[slice(*span)] if text is None else text, *span, sha256)


def write(archive: Path, text: str | bytes, path: str = "讲话.txt") -> None:
    (archive / path).write_bytes(text if isinstance(text, bytes) else text.encode())


def verdicts(archive: Path, *claims: Claim) -> list[Verdict]:
    return [proof.verdict for proof in verify(claims, archive)]


def test_quote_is_proved_and_the_file_too(tmp_path: Path) -> None:
    import hashlib

    write(tmp_path, TEXT)
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    (proof,) = verify([claim(SECOND, sha256=sha256)], tmp_path)
    assert (proof.verdict, proof.holds, proof.at, proof.found) == (Verdict.PROVED, True, None, "")


def test_changed_character_makes_exactly_its_quotes_fail(tmp_path: Path) -> None:
    write(tmp_path, TEXT.replace("隐患", "急患"))
    first, second, both, third = verify(
        [claim(FIRST), claim(SECOND), claim((10, 29)), claim(THIRD)], tmp_path
    )
    assert [p.verdict for p in (first, third)] == [Verdict.PROVED_FILE_CHANGED] * 2
    assert [p.verdict for p in (second, both)] == [Verdict.DIFFERS] * 2
    assert first.holds
    assert not second.holds
    # 第二条要清查 are six characters from 10 on.
    assert (second.at, second.found) == (16, "第二条要清查急患。")
    assert both.at == 16


def test_insertion_before_moves_what_comes_after(tmp_path: Path) -> None:
    write(tmp_path, TEXT.replace("第二条", "新的一条。第二条"))
    first, second, third = verify([claim(FIRST), claim(SECOND), claim(THIRD)], tmp_path)
    assert first.verdict is Verdict.PROVED_FILE_CHANGED
    assert (second.verdict, second.at, second.found) == (Verdict.MOVED, 15, "新的一条。第二条要")
    assert (third.verdict, third.at) == (Verdict.MOVED, 25)


def test_file_cut_short_differs_where_it_ends(tmp_path: Path) -> None:
    write(tmp_path, TEXT[:24])
    (proof,) = verify([claim(THIRD)], tmp_path)
    assert (proof.verdict, proof.at, proof.found) == (Verdict.DIFFERS, 24, "第三条要")
    write(tmp_path, "")
    assert verdicts(tmp_path, claim(THIRD)) == [Verdict.DIFFERS]


def test_quote_does_not_reach_beyond_the_end_of_its_file(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    assert verdicts(tmp_path, claim((20, 30), TEXT[20:]), claim((20, 31), TEXT[20:])) == [
        Verdict.PROVED_FILE_CHANGED,
        Verdict.MOVED,
    ]
    assert verdicts(tmp_path, claim((10**30, 10**31), "无")) == [Verdict.DIFFERS]


def test_missing_file_fails_alone(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    assert verdicts(tmp_path, claim(FIRST, path="无.txt"), claim(FIRST)) == [
        Verdict.FILE_MISSING,
        Verdict.PROVED_FILE_CHANGED,
    ]


@pytest.mark.parametrize(
    "path",
    [
        "../讲话.txt",
        "a/../../讲话.txt",
        "a/../b/讲话.txt",
        "{outside}",
        "讲话.txt/x",
        "讲\0话.txt",
        "\ud800.txt",
    ],
)
def test_path_never_leads_out_of_the_archive(tmp_path: Path, path: str) -> None:
    archive = tmp_path / "archive"
    (archive / "a").mkdir(parents=True)
    (archive / "b").mkdir()
    for folder in (tmp_path, archive, archive / "b"):
        write(folder, TEXT)
    outside = str(tmp_path / "讲话.txt")
    assert verdicts(archive, claim(FIRST, path=path.format(outside=outside))) == [Verdict.FILE_MISSING]


@pytest.mark.parametrize("path", ["folder", "", "长" * 300])
def test_path_that_is_no_file_can_not_be_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    assert verdicts(tmp_path, claim(FIRST, path=path)) == [Verdict.FILE_UNREADABLE]


def test_file_below_a_folder(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    write(tmp_path, TEXT, "2024/讲话.txt")
    assert verdicts(tmp_path, claim(FIRST, path="2024/讲话.txt")) == [Verdict.PROVED_FILE_CHANGED]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_offsets_count_characters_whatever_the_encoding(tmp_path: Path, codec: str) -> None:
    text = TEXT * 20
    write(tmp_path, text.encode(codec))
    assert (
        verdicts(tmp_path, claim(SECOND), claim((310, 319), TEXT[10:19])) == [Verdict.PROVED_FILE_CHANGED] * 2
    )


def test_line_ends_are_characters_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, TEXT.replace("\n", "\r\n"))
    assert verdicts(tmp_path, claim((0, 20), "第一条要严格值班。\r\n第二条要清查隐患。")) == [
        Verdict.PROVED_FILE_CHANGED
    ]
    assert verdicts(tmp_path, claim((0, 19))) == [Verdict.DIFFERS]


def quote(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "n": 1,
        "text": "值班",
        "start": 6,
        "end": 8,
        "document": {"path": "讲话.txt", "sha256": "0" * 64},
    }
    return whole | changes


def test_claims_of_one_answer() -> None:
    text = json.dumps({"question": "问", "quotes": [quote(), quote(start=16, end=18)]}, indent=2)
    assert read_claims(text) == (
        Claim(1, "讲话.txt", "值班", 6, 8, "0" * 64),
        Claim(2, "讲话.txt", "值班", 16, 18, "0" * 64),
    )


def test_several_answers_one_a_line() -> None:
    lines = [{"quotes": [quote()]}, {"quotes": []}, {"quotes": [quote(), quote(start=7, end=9)]}]
    text = "\r\n".join(json.dumps(line) for line in lines) + "\n\n"
    assert [(each.number, each.start) for each in read_claims(text)] == [(1, 6), (1, 6), (2, 7)]


def test_answer_without_quotes_claims_nothing() -> None:
    assert read_claims('{"quotes": []}') == ()


def test_byte_order_mark_is_no_part_of_the_answer() -> None:
    assert len(read_claims("\ufeff" + json.dumps({"quotes": [quote()]}))) == 1


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_line_separators_inside_a_quote_part_no_answers(separator: str) -> None:
    line = json.dumps({"quotes": [quote(text=f"值{separator}班")]}, ensure_ascii=False)
    assert [each.text for each in read_claims(f"{line}\n{line}")] == [f"值{separator}班"] * 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", r"not JSON \(empty\)"),
        (" \n\n", r"not JSON \(empty\)"),
        ("你好", "not JSON"),
        ('{"quotes": [', "not JSON"),
        (json.dumps({"quotes": [quote()]}, indent=1)[:60], "line 6"),
        ('{"quotes": []}\n{"quotes": [', "line 2:"),
        ('{"quotes": []}\n\nhello', "line 3:"),
        ("[" * 100_000, "not JSON"),
        ('{"quotes": ' * 50_000, "not JSON"),
        ('{"quotes": [], "n": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", 'no list "quotes"'),
        ("null", 'no list "quotes"'),
        ('"quotes"', 'no list "quotes"'),
        ("7", 'no list "quotes"'),
        ("{}", 'no list "quotes"'),
        ('{"quotes": {}}', 'no list "quotes"'),
        ('{"quotes": "值班"}', 'no list "quotes"'),
    ],
)
def test_what_is_no_answer_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        read_claims(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        1,
        "值班",
        [],
        {},
        quote(document=None),
        quote(document="讲话.txt"),
        quote(document=[]),
        quote(document={"path": "讲话.txt"}),
        quote(document={"path": None, "sha256": ""}),
        quote(document={"path": ["a"], "sha256": ""}),
        quote(text=None),
        quote(text=7),
        quote(start="6"),
        quote(start=6.0),
        quote(start=True, end=8),
        quote(end=True, start=0),
        quote(start=None),
        quote(start=-1),
        quote(start=9),
        quote(start=8, text=""),
        quote(start=float("nan")),
        quote(end=float("inf")),
    ],
)
def test_incomplete_quote_is_refused_by_its_number(bad: object) -> None:
    with pytest.raises(UsageError, match=r"^Quote 2 is incomplete"):
        read_claims(json.dumps({"quotes": [quote(), bad]}))


def test_what_was_near_is_proved_like_a_quote(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    claims = read_claims(json.dumps({"quotes": [], "near": [quote(), quote(text="别的")]}))
    assert [(proof.claim.number, proof.holds) for proof in verify(claims, tmp_path)] == [
        (1, True),
        (2, False),
    ]
    with pytest.raises(UsageError):
        read_claims(json.dumps({"quotes": [], "near": 3}))


def test_huge_offsets_are_no_crash(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    claims = read_claims(json.dumps({"quotes": [quote(start=10**400, end=10**401)]}))
    (proof,) = verify(claims, tmp_path)
    assert (proof.verdict, proof.at) == (Verdict.MOVED, 6)


def test_answer_of_the_example_archive_is_proved(example_searcher: Searcher) -> None:
    archive = Path(__file__).resolve().parents[3] / "examples" / "speeches"
    evidence = example_searcher.ask("春节期间安全要求是什么")
    claims = read_claims(json.dumps(evidence_json(evidence, mode="extractive", answer="")))
    assert claims
    assert verdicts(archive, *claims) == [Verdict.PROVED] * len(claims)


readable = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(text=readable, data=st.data())
def test_every_slice_of_an_archive_is_proved(
    text: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("archive")
    # A first Chinese sentence and a mark: which codec wrote the file is another module's question.
    text = "要严格值班。" + text
    write(archive, text.encode("utf-8-sig"))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    answer = {"quotes": [quote(text=text[start:end], start=start, end=end)]}
    for dump in (json.dumps, lambda x: json.dumps(x, ensure_ascii=False, indent=1)):
        (proof,) = verify(read_claims(dump(answer)), archive)
        assert proof.verdict is Verdict.PROVED_FILE_CHANGED


@given(text=readable, data=st.data())
def test_a_changed_character_is_found_where_it_is(
    text: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("archive")
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + ("乙" if text[at] == "甲" else "甲") + text[at + 1 :]
    write(archive, changed.encode("utf-8-sig"))
    (proof,) = verify([claim((0, len(text)), text)], archive)
    assert (proof.verdict, proof.at) == (Verdict.DIFFERS, at)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["quotes", "text", "start", "end", "document", "path", "sha256"]),
                inner,
                max_size=7,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"quotes": [value]})):
        try:
            claims = read_claims(text)
        except UsageError:
            continue
        assert all(type(each.start) is int and isinstance(each.text, str) for each in claims)
