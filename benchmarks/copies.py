"""Finding the files of one speech among 10,000, and what it would cost otherwise.

    python benchmarks/copies.py [--files 10000] [--sample 300]

Makes up an archive's texts (no file is read): speeches put together from sentences of the examples with names
and numbers of their own, a fifth of them with a copy whose characters are misread, a fifth with last year's
version of it. Signatures, grouping and the texts that grouping asks for are timed, and what was found is
counted: copies found, and speeches merged that are two. Seconds are of one core. Two baselines: `datasketch`
(MinHash with LSH, if it is installed) over the same shingles, which only finds pairs that may be copies; and
comparing all pairs in full, estimated from a sample.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import time
from pathlib import Path

from retrieval.copies.choice import File, Signature
from retrieval.copies.comparing import SHINGLE, Comparable, comparable, sketch
from retrieval.copies.facts import Facts
from retrieval.copies.grouping import group_files
from retrieval.copies.sameness import is_copy
from retrieval.documents.read import read_document

EXAMPLES = Path(__file__).parents[1] / "examples/speeches"
COUNTY = Path(__file__).parents[1] / "tests/data/county"
PERMUTATIONS = 128
THRESHOLD = 0.3  # Jaccard of shingles: what 10 % misread characters leave


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--sample", type=int, default=300)
    chosen = options.parse_args()
    cleans, expected = archive(chosen.files)
    result: dict[str, object] = {"files": len(cleans), "characters": sum(map(len, cleans))}
    start = time.process_time()
    texts = [comparable(clean) for clean in cleans]
    result["fold_seconds"] = timed(start)
    start = time.process_time()
    files = [as_file(number, text) for number, text in enumerate(texts)]
    result["sketch_seconds"] = timed(start)
    asked: list[str] = []
    before = peak()
    start = time.process_time()

    def text_of(file: File) -> Comparable:
        asked.append(file.path)
        return texts[int(file.path)]

    groups = group_files(files, text_of)
    result["group_seconds"] = timed(start)
    result["group_megabytes"] = peak() - before
    result["texts_loaded"] = len(asked)
    found = {frozenset((int(group.best.path), int(copy.path))) for group in groups for copy in group.copies}
    result["copies"] = len(expected)
    result["copies_found"] = len(expected & found)
    result["falsely_merged"] = len(found - expected)
    result["all_pairs_seconds_estimated"] = all_pairs(texts, chosen.sample)
    result["datasketch_candidates_seconds"] = with_datasketch(texts)
    print(json.dumps(result, indent=1))


def archive(count: int) -> tuple[list[str], set[frozenset[int]]]:
    """Clean texts, and which two of them are the same speech."""
    chance = random.Random(7)
    folders = (EXAMPLES, COUNTY)
    documents = [read_document(path, folder) for folder in folders for path in sorted(folder.iterdir())]
    sentences = [line for document in documents for line in document.clean.text.split("\n") if len(line) > 20]
    texts: list[str] = []
    same: set[frozenset[int]] = set()
    while len(texts) < count:
        lines = [own(line, chance) for line in chance.sample(sentences, 24)]
        texts.append("\n".join(lines))
        kind = chance.random()
        if kind < 0.2:
            same.add(frozenset((len(texts) - 1, len(texts))))
            texts.append("\n".join(misread(line, 0.02, chance) for line in lines))
        elif kind < 0.4:
            changed = chance.sample(range(24), 4)
            texts.append("\n".join(own(x, chance) if i in changed else x for i, x in enumerate(lines)))
    return texts, same


def own(line: str, chance: random.Random) -> str:
    """A sentence with something in it that no other speech has."""
    name = "".join(chance.choice("青白黑石柳桥湾河沙坪岭沟营庄寨口") for _ in range(2))
    at = chance.randrange(len(line))
    return f"{line[:at]}{name}村{chance.randrange(3, 98)}户{line[at:]}"


def misread(line: str, rate: float, chance: random.Random) -> str:
    return "".join(
        chr(chance.randrange(0x4E00, 0x6000)) if chance.random() < rate else character for character in line
    )


def as_file(number: int, text: Comparable) -> File:
    signature = Signature(len(text.text), 0, 0, Facts(), sketch(text.text))
    return File(str(number), f"{number:064x}", "text/1", signature)


def all_pairs(texts: list[Comparable], sample: int) -> float:
    """Seconds to compare every text with every other in full."""
    start = time.process_time()
    pairs = list(itertools.combinations(texts[:sample], 2))
    for one, other in pairs[:: max(len(pairs) // 2000, 1)]:
        is_copy(one, other)
    each = (time.process_time() - start) / len(pairs[:: max(len(pairs) // 2000, 1)])
    return round(each * len(texts) * (len(texts) - 1) / 2, 1)


def with_datasketch(texts: list[Comparable]) -> float | None:
    try:
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415
    except ImportError:
        return None
    start = time.process_time()
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for number, text in enumerate(texts):
        words = text.text
        hashed = MinHash(num_perm=PERMUTATIONS)
        hashed.update_batch({words[at : at + SHINGLE].encode() for at in range(len(words) - SHINGLE + 1)})
        index.query(hashed)
        index.insert(str(number), hashed)
    return timed(start)


def timed(start: float) -> float:
    return round(time.process_time() - start, 2)


def peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
