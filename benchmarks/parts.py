"""The whole system against its parts: where BM25 alone, vectors alone, and all of it put the right passage.

usage: python -m benchmarks.parts QUESTIONS.jsonl ... --archive DIR [--archive DIR] --out DIR
       [--adapter NAME] [--name NAME]

The folders given as archives are copied into one and indexed. Every answerable question is asked as
`anjiang eval` asks it, dialogues turn by turn; that is "whole". For the parts the same candidates are ranked
by one measure, near-duplicates folded as the whole system folds them, and follow-ups carry the words of the
turns before, but not the preference for the document talked about: that is the whole system's own.

Writes OUT/NAME.bm25.ranks.json, OUT/NAME.vectors.ranks.json and OUT/NAME.whole.ranks.json, for
`python -m training.compare`, and prints a table. `--adapter` is the setting embedding.adapter.
"""

from __future__ import annotations

import argparse
import enum
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from config.messages import Language
from config.settings import load_settings
from embeddings.types import FloatArray
from retrieval.cli.building import build_index
from retrieval.cli.state import State
from retrieval.evaluation.measures import Judged, best_rank, gold_spans
from retrieval.evaluation.questions import Dialogue, Question, load_dialogues
from retrieval.evaluation.sources import stored_texts
from retrieval.search.candidates import Candidates, gather
from retrieval.search.context import PastTurn, in_context
from retrieval.search.duplicates import fold_duplicates
from retrieval.search.found import Found
from retrieval.search.fusion import PASSAGE_WEIGHT, SENTENCE_WEIGHT
from retrieval.search.opening import open_searcher
from retrieval.search.query import analyse
from retrieval.search.question import clean_question
from retrieval.search.searcher import Searcher
from retrieval.types import Evidence, Hit

HITS = 10
"""The measures look no deeper."""

DEPTH = 10 * HITS
"""Passages fetched for one ranking: near-duplicates among them fold into one."""


class Way(enum.StrEnum):
    """What passages are ranked by."""

    BM25 = "bm25"
    VECTORS = "vectors"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked: in its conversation, with what the whole system said."""

    question: Question
    text: str
    past: tuple[PastTurn, ...]
    evidence: Evidence


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--archive", type=Path, action="append", required=True)
    parser.add_argument("--adapter", help="none, or as the setting takes it")
    parser.add_argument("--name", default="system")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        indexed(arguments.archive, folder, arguments.adapter) as opened,
    ):
        found = {path.stem: ranks(opened, load_dialogues(path)) for path in arguments.questions}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for way in Way:
        by_set = {name: places[way] for name, places in found.items()}
        (arguments.out / f"{arguments.name}.{way}.ranks.json").write_text(json.dumps(by_set), "utf-8")
    _print(found)


def ranks(searcher: Searcher, dialogues: Sequence[Dialogue]) -> dict[Way, list[int]]:
    """Rank of the first right hit of each answerable question, in order, from 1; a million for none.

    Raises:
        LookupError: a gold quote is in no file of that name.
    """
    sources = stored_texts(searcher.generation.store)
    found: dict[Way, list[int]] = {way: [] for way in Way}
    for asked in _ask(searcher, dialogues):
        if asked.question.answerable:
            gold = gold_spans(asked.question, sources)
            for way, hits in _hits(searcher, asked).items():
                shown = Evidence(asked.text, (), hits, 0.0, answerable=False)
                found[way].append(best_rank(Judged(asked.question, shown, gold)))
    return found


def _ask(searcher: Searcher, dialogues: Sequence[Dialogue]) -> Iterator[Asked]:
    for dialogue in dialogues:
        past: list[PastTurn] = []
        for question in dialogue.turns:
            text = clean_question(question.question)
            evidence = searcher.ask(text, past=tuple(past), limit=HITS)
            yield Asked(question, text, tuple(past), evidence)
            past.append(PastTurn(text, evidence))


def _hits(searcher: Searcher, asked: Asked) -> dict[Way, tuple[Hit, ...]]:
    context = in_context(asked.text, asked.past, searcher.glossary, searcher.places, searcher.speakers)
    query = analyse(
        context.question,
        searcher.glossary,
        context.carried,
        context_weight=context.weight,
        spoken=context.spoken,
    )
    vectors = searcher.encoder.encode_queries([probe.text for probe in query.probes])
    candidates = gather(searcher.generation, query, vectors)
    near = PASSAGE_WEIGHT * candidates.passage + SENTENCE_WEIGHT * candidates.sentence
    return {
        Way.BM25: ranked(
            searcher, candidates, np.where(candidates.coverage > 0, candidates.coverage, -np.inf)
        ),
        Way.VECTORS: ranked(searcher, candidates, near),
        Way.WHOLE: asked.evidence.hits,
    }


def ranked(searcher: Searcher, candidates: Candidates, measure: FloatArray) -> tuple[Hit, ...]:
    """The best candidates by one measure, ``(n,)``, best first, ties by passage id, near-duplicates folded.

    What measures minus infinity is not found at all.
    """
    store = searcher.generation.store
    best = np.argsort(-measure, kind="stable")[:DEPTH]
    best = best[np.isfinite(measure[best])]
    found = [
        Found(
            Hit(passage, store.document_of(int(candidates.rows[at])).info, 0.0),
            float(measure[at]),
            candidates.nearness(at),
            int(candidates.first_sentence[at]),
        )
        for passage, at in zip(store.passages(candidates.rows[best]), best, strict=True)
    ]
    found.sort(key=lambda each: (-each.fused, each.hit.passage.id))
    return tuple(each.hit for each in fold_duplicates(found, HITS))


def indexed(archives: Sequence[Path], folder: str, adapter: str | None) -> Searcher:
    archive, index = Path(folder, "archive"), Path(folder, "index")
    archive.mkdir()
    for source in archives:
        for file in sorted(source.iterdir()):
            shutil.copy(file, archive / file.name)
    settings = load_settings(overrides={"index": index, "embedding.adapter": adapter})
    build_index(settings, archive, index, state=State(Language.EN, "parts"))
    return open_searcher(settings)


def _print(found: dict[str, dict[Way, list[int]]]) -> None:
    print("| questions | ranked by | Success@1 | Success@5 | MRR@10 |\n|---|---|--:|--:|--:|")
    for name, by_way in found.items():
        for way, listed in by_way.items():
            places = np.asarray(listed, np.float64)
            reciprocal = np.where(places <= HITS, 1 / places, 0)
            figures = (float((places <= 1).mean()), float((places <= 5).mean()), float(reciprocal.mean()))
            print(
                f"| {name} ({len(listed)}) | {way} | "
                + " | ".join(f"{figure:.4f}" for figure in figures)
                + " |"
            )


if __name__ == "__main__":
    main()
