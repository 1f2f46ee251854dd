"""Encoding as a rebuild does it against plain SentenceTransformer.encode, in turns in one run.

usage: python -m benchmarks.encoding --archive DIR [--runs N] [--threads N] [--texts N] [--json FILE]

The same model, texts and number of threads. The baseline is float32 and batches of 32; ours goes through an
empty vector cache, as a first rebuild does. The texts are what a rebuild encodes, passages with their headers
and sentences. Prints characters per second of each (medians over the turns; the models are loaded before), by
the clock and by the time that the cores worked, which others on the machine disturb less; the ratios turn by
turn; and how near the vectors are.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.measure import Line, write_lines
from config.cores import usable_cores
from embeddings import FloatArray, Purpose, load_encoder
from embeddings.cache import VectorCache
from embeddings.cached_encoder import CachedEncoder
from embeddings.limits import token_limit
from embeddings.prepare import prepare_model
from embeddings.prepared import PreparedModel
from embeddings.sentence_transformer import SentenceTransformerEncoder, load_sentence_transformer
from embeddings.texts import with_prefix
from retrieval.documents.read import is_supported, read_document
from retrieval.documents.views import encoded_text
from retrieval.passages import cut_passages, indexed_text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--texts", type=int, default=0, help="so many texts, evenly taken; 0 for all")
    parser.add_argument("--json", type=Path, help="write the lines for `bench`")
    arguments = parser.parse_args()
    texts = rebuilt_texts(arguments.archive)
    if arguments.texts:
        texts = texts[:: max(1, len(texts) // arguments.texts)]
    prepared = prepare_model("default")
    plain = _plain(prepared, arguments.threads)
    ours = _ours(prepared, arguments.threads)
    plain(texts[:2])
    ours(texts[:2])
    turns = [(_timed(plain, texts), _timed(ours, texts)) for _ in range(arguments.runs)]
    agreement = np.sum(plain(texts) * ours(texts), axis=1)
    characters = sum(map(len, texts))
    print(f"{len(texts)} texts, {characters} characters, {arguments.threads} threads\n")
    print("| characters / s | SentenceTransformer | rebuild | ratio (least, most) |\n|---|---|---|---|")
    for number, name in enumerate(("by the clock", "of a core")):
        before, after = ([characters / one[number] for one in side] for side in zip(*turns, strict=True))
        ratios = [b / a for a, b in zip(before, after, strict=True)]
        figures = f"{statistics.median(before):.0f} | {statistics.median(after):.0f}"
        print(
            f"| {name} | {figures} | {statistics.median(ratios):.2f} ({min(ratios):.2f}, {max(ratios):.2f}) |"
        )
    print(f"\ncosine of the vectors: mean {agreement.mean():.5f}, least {agreement.min():.5f}")
    if arguments.json:
        by_the_clock = statistics.median(before[0] / after[0] for before, after in turns)
        what = "characters a second, a rebuild to SentenceTransformer.encode in float32"
        write_lines(arguments.json, [Line("encoding.speed", what, by_the_clock, higher_is_better=True)])


def rebuilt_texts(archive: Path) -> list[str]:
    """What a rebuild of a folder encodes, each text once, passages first."""
    limit = token_limit(prepare_model("default"))
    passages: list[str] = []
    sentences: list[str] = []
    for path in sorted(archive.iterdir()):
        if not is_supported(path):
            continue
        document = read_document(path, archive)
        for passage in cut_passages(document, limit.exceed, limit.max_tokens):
            passages.append(encoded_text(indexed_text(passage.header, passage.text)))
            sentences += [encoded_text(sentence.text) for sentence in passage.sentences]
    return list(dict.fromkeys(passages + sentences))


Encode = Callable[[list[str]], FloatArray]


def _plain(prepared: PreparedModel, threads: int) -> Encode:
    import torch  # noqa: PLC0415

    torch.set_num_threads(threads)
    model = load_sentence_transformer(prepared.folder, torch.float32)
    prefix = prepared.manifest.conventions.passage_prefix

    def encode(texts: list[str]) -> FloatArray:
        vectors: FloatArray = model.encode(with_prefix(prefix, texts), batch_size=32, show_progress_bar=False)
        return vectors

    return encode


def _ours(prepared: PreparedModel, threads: int) -> Encode:
    encoder = load_encoder(purpose=Purpose.BULK, threads=threads)
    if isinstance(encoder, SentenceTransformerEncoder):
        # As in a large rebuild: these texts alone would not be worth loading torch.
        encoder = SentenceTransformerEncoder(prepared.folder, prepared.manifest, threads=threads)

    def encode(texts: list[str]) -> FloatArray:
        with tempfile.TemporaryDirectory() as folder, VectorCache(Path(folder, "vectors.sqlite")) as cache:
            return CachedEncoder(encoder, cache).encode_passages(texts)

    return encode


def _timed(encode: Encode, texts: list[str]) -> tuple[float, float]:
    """Seconds by the clock, and seconds of work of all cores."""
    start, worked = time.perf_counter(), time.process_time()
    encode(texts)
    return time.perf_counter() - start, time.process_time() - worked


if __name__ == "__main__":
    main()
