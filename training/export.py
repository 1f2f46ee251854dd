"""Question sets as texts to embed and rows to find, so that training needs neither reader nor index.

usage: python -m training.export OUT.json NAME=ARCHIVE:QUESTIONS.jsonl ... [--cmrc NAME=FILE.json,FILE.json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.limits import token_limit
from embeddings.prepare import prepare_model
from retrieval.documents.read import is_supported, read_document
from retrieval.evaluation.measures import COVERED_BY_HIT, covered, gold_spans
from retrieval.evaluation.questions import load_dialogues
from retrieval.passages import cut_passages, indexed_text


def main(words: Sequence[str] | None = None) -> None:
    """The command line; see the module's text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--cmrc", action="append", default=[])
    arguments = parser.parse_args(words)
    exported = []
    for named in arguments.sets:
        name, _, places = named.partition("=")
        archive, _, questions = places.partition(":")
        exported.append({"name": name, **_speeches(Path(archive), Path(questions))})
    for named in arguments.cmrc:
        name, _, path = named.partition("=")
        exported.append({"name": name, **_cmrc([Path(part) for part in path.split(",")])})
    arguments.out.write_text(json.dumps(exported, ensure_ascii=False), "utf-8")


def _speeches(archive: Path, questions: Path) -> dict[str, Any]:
    limit = token_limit(prepare_model("default", adapter="none"))
    files = sorted(path for path in archive.rglob("*") if path.is_file() and is_supported(path))
    documents = [read_document(path, archive) for path in files]
    sources = {document.path: document.raw for document in documents}
    owned = [(d.path, p) for d in documents for p in cut_passages(d, limit.exceed, limit.max_tokens)]
    asked = [
        turn
        for dialogue in load_dialogues(questions)
        for turn in dialogue.turns
        if turn.answerable and len(dialogue.turns) == 1
    ]
    right = []
    for question in asked:
        gold = gold_spans(question, sources)
        right.append(
            [
                row
                for row, (path, passage) in enumerate(owned)
                if any(path == g and covered(span, passage.spans) >= COVERED_BY_HIT for g, span in gold)
            ]
        )
    return {
        "passages": [indexed_text(passage.header, passage.text) for _, passage in owned],
        "sentences": [sentence.text for _, passage in owned for sentence in passage.sentences],
        "owners": [row for row, (_, passage) in enumerate(owned) for _ in passage.sentences],
        "questions": [question.question for question in asked],
        "right": right,
    }


def _cmrc(files: list[Path]) -> dict[str, Any]:
    """SQuAD-style files as one set: the paragraph of a question is its one right passage."""
    rows: dict[str, int] = {}
    questions: list[str] = []
    right: list[list[int]] = []
    articles = (article for file in files for article in json.loads(file.read_text("utf-8"))["data"])
    for paragraph in (paragraph for article in articles for paragraph in article["paragraphs"]):
        row = rows.setdefault(paragraph["context"], len(rows))
        for asked in paragraph["qas"]:
            questions.append(asked["question"])
            right.append([row])
    return {"passages": list(rows), "sentences": [], "owners": [], "questions": questions, "right": right}


if __name__ == "__main__":
    main()
