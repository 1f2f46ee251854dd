from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.copies.choice import File, Signature
from retrieval.copies.comparing import Comparable, comparable, sketch
from retrieval.copies.facts import Facts
from retrieval.copies.grouping import MOST_TRIED, Group, group_files, likely_copies
from retrieval.documents.read import read_bytes
from tests.retrieval.copies.forms import (
    BYLINE,
    PARAGRAPHS,
    as_file,
    misread,
    text_form,
    web_form,
    word_form,
)
from tests.retrieval.index.helpers import speech

FORMS = {
    "讲话.docx": word_form(),
    "讲话.txt": text_form(),
    "网页.html": web_form(),
    "扫描.txt": misread(text_form(byline=()), 0.03),
    "去年.txt": text_form(byline=(BYLINE[0], "（2022年11月21日）")),
    "节选.txt": text_form(PARAGRAPHS[:6]),
    "防汛.txt": speech("防汛抗旱", 6).encode(),
    "防火.txt": speech("森林防火", 6).encode(),
}
DOCUMENTS = [read_bytes(data, path) for path, data in FORMS.items()]
TEXTS = {document.sha256: comparable(document.clean.text) for document in DOCUMENTS}
FILES = [as_file(document) for document in DOCUMENTS]
EXPECTED = [
    ["去年.txt"],
    ["节选.txt"],
    ["讲话.docx", "讲话.txt", "网页.html", "扫描.txt"],
    ["防汛.txt"],
    ["防火.txt"],
]


def text_of(file: File) -> Comparable:
    return TEXTS[file.sha256]


def refuse(file: File) -> Comparable:
    raise AssertionError(f"{file.path} was compared")


def paths(groups: list[Group]) -> list[list[str]]:
    return sorted([one.path for one in group.files] for group in groups)


@given(st.permutations(FILES))
def test_groups_do_not_depend_on_the_order_of_files(files: list[File]) -> None:
    assert paths(group_files(files, text_of)) == EXPECTED


@given(st.sets(st.sampled_from(range(len(FILES)))), st.sets(st.sampled_from(range(len(FILES)))))
def test_what_was_decided_before_changes_nothing(then: set[int], now: set[int]) -> None:
    groups = group_files([FILES[at] for at in then], text_of)
    before = {file.sha256: group.best.sha256 for group in groups for file in group.files}
    files = [FILES[at] for at in now]
    assert paths(group_files(files, text_of, before)) == paths(group_files(files, text_of))


def test_files_that_were_compared_are_not_compared_again() -> None:
    before = {file.sha256: group.best.sha256 for group in group_files(FILES, text_of) for file in group.files}
    assert paths(group_files(FILES, refuse, before)) == EXPECTED


def test_texts_of_files_that_nothing_resembles_are_not_asked_for() -> None:
    lone = [file for file in FILES if file.path in ("讲话.txt", "防汛.txt", "防火.txt")]
    assert len(group_files(lone, refuse)) == 3


def numbered(count: int, text: Callable[[int], str]) -> tuple[list[File], dict[str, Comparable]]:
    texts = {f"{number:064}": comparable(text(number)) for number in range(count)}
    files = [
        File(sha[-4:], sha, "text/1", Signature(len(folded.text), 0, 0, Facts(), sketch(folded.text)))
        for sha, folded in texts.items()
    ]
    return files, texts


def test_an_archive_full_of_one_template_costs_few_comparisons() -> None:
    text = PARAGRAPHS[1] * 3 + "".join(PARAGRAPHS)
    files, texts = numbered(40, lambda number: text.replace("桐树乡", f"{chr(0x4E00 + 37 * number)}树岭乡"))
    asked = 0

    def counted(file: File) -> Comparable:
        nonlocal asked
        asked += 1
        return texts[file.sha256]

    assert len(group_files(files, counted)) == 40
    assert asked <= 2 * 40 * MOST_TRIED


def test_the_likeliest_file_comes_first() -> None:
    chance = random.Random(1)
    text = "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(1500))
    files, _ = numbered(3, lambda number: text[:1500] if number != 1 else text[:1400] + text[:100])
    assert list(likely_copies(files)) == [[], [0], [0, 1]]
    empty = File("e", "e", "text/1", Signature(0, 0, 0, Facts(), np.empty(0, dtype=np.uint32)))
    assert list(likely_copies([empty, empty])) == [[], []]
