"""What commands show of a speech that several files hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.messages import Language
from retrieval.cli.app import build_app
from retrieval.index.generation import open_generation
from retrieval.readers.formats import FORMATS
from retrieval.readers.types import Kind
from retrieval.search.output import document_json
from retrieval.search.verify import Claim, Verdict, verify
from tests.retrieval.copies.forms import PARAGRAPHS, text_form, web_form, word_form
from tests.retrieval.index.helpers import FINGERPRINT, rebuild, write_archive

WEB = FORMATS[Kind.HTML].reader
WORD = FORMATS[Kind.DOCX].reader

WORDS = PARAGRAPHS[-1][:20]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    write_archive(tmp_path / "archive", ["防汛抗旱"])
    (tmp_path / "archive/四道关.docx").write_bytes(word_form(byline=()))
    (tmp_path / "archive/网页.html").write_bytes(web_form((*PARAGRAPHS[:-1], PARAGRAPHS[-1][:60] + "，")))
    (tmp_path / "archive/旧").mkdir()
    (tmp_path / "archive/旧/四道关.docx").write_bytes(word_form(byline=()))
    rebuild(tmp_path / "archive", tmp_path / "index")
    return tmp_path / "index"


def run(index: Path, *arguments: str, language: Language = Language.EN) -> str:
    result = CliRunner().invoke(build_app(language), [*arguments, "--index", str(index)])
    assert result.exit_code == 0, result.output
    return result.stdout


def run_json(index: Path, *arguments: str) -> Any:
    return json.loads(run(index, *arguments, "--json"))


def test_show_names_the_other_files_and_what_is_known_from_them(index: Path) -> None:
    shown = run(index, "show", "四道关.docx")
    assert "柳叙章" in shown
    assert "another file of the same speech: 旧/四道关.docx\n" in shown
    assert "another file of the same speech: 网页.html (known from it: speaker · date)\n" in shown
    assert "同一篇的另一份文件：网页.html（讲话人 · 讲话日期取自它）" in run(
        index, "show", "四道关.docx", language=Language.ZH
    )


def test_show_of_a_file_that_is_not_cited_shows_that_file(index: Path) -> None:
    shown = run(index, "show", "网页.html")
    assert "another file of the same speech, which is cited from 四道关.docx" in shown
    assert "版权所有" in shown
    told = run_json(index, "show", "网页.html")
    assert (told["copy_of"], told["document"]["path"]) == ("四道关.docx", "网页.html")
    assert told["document"]["reader"] == WEB
    at = told["text"].index(WORDS)
    place = run_json(index, "show", f"网页.html:{at}-{at + len(WORDS)}")
    assert (place["text"], place["passage_id"]) == (WORDS, None)
    assert run_json(index, "show", "旧/四道关.docx")["copy_of"] == "四道关.docx"


def test_a_document_in_json_lists_its_other_files(index: Path) -> None:
    with open_generation(index, FINGERPRINT) as generation:
        infos = {info.path: document_json(info) for info in generation.store.document_infos()}
    files = infos["四道关.docx"]["files"]
    assert [(file["path"], file["reader"], file.get("gives")) for file in files] == [
        ("旧/四道关.docx", WORD, None),
        ("网页.html", WEB, ["speaker", "date"]),
    ]
    assert files[0]["sha256"] == infos["四道关.docx"]["sha256"]
    assert "files" not in infos["1.txt"]


def test_stats_counts_files_and_says_what_read_each(index: Path) -> None:
    counted = run_json(index, "stats")
    assert (counted["documents"], counted["files"]) == (2, 4)
    assert {"path": "网页.html", "reader": WEB, "copy_of": "四道关.docx"} in counted["sources"]
    assert {"path": "四道关.docx", "reader": WORD} in counted["sources"]
    assert "4 · 2 of them hold the same speech as another one" in run(index, "stats")


def test_a_quote_that_named_a_file_now_copied_is_still_proved(index: Path) -> None:
    archive = index.with_name("archive")
    told = run_json(index, "show", "网页.html")
    at = told["text"].index(WORDS)
    document = told["document"]
    claim = Claim(1, "网页.html", WORDS, at, at + len(WORDS), document["sha256"], document["reader"])
    assert verify([claim], archive)[0].verdict is Verdict.PROVED
    (archive / "全文.txt").write_bytes(text_form())
    rebuild(archive, index)
    assert verify([claim], archive)[0].verdict is Verdict.PROVED
