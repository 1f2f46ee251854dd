"""A small encoder, small speeches, and rebuilds that run in a process of their own."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from embeddings.types import FloatArray, IntArray, Progress
from retrieval.index.generation import Generation, open_generation
from retrieval.index.rebuild import rebuild_index
from retrieval.index.report import RebuildReport
from retrieval.index.tokens import tokenize
from retrieval.passages import indexed_text
from retrieval.types import DocumentInfo

FINGERPRINT = "hashing-1"
DIM = 32


class HashingEncoder:
    """Adds up a pseudo-random direction for each term: texts with common terms are near."""

    def __init__(self, fingerprint: str = FINGERPRINT) -> None:
        self._fingerprint = fingerprint
        self.encoded: list[str] = []

    @property
    def dim(self) -> int:
        return DIM

    @property
    def max_tokens(self) -> int:
        return 512

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        vectors = self._encode(texts)
        self.encoded.extend(texts)
        if progress:
            progress(len(texts))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> IntArray:
        self._refuse_other_types(texts)
        return np.asarray([len(text) + 2 for text in texts], dtype=np.int64)

    def close(self) -> None:
        pass

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        self._refuse_other_types(texts)
        vectors = np.zeros((len(texts), DIM), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in [*tokenize(text), ""]:
                digest = hashlib.sha256(term.encode("utf-8", "surrogatepass")).digest()
                vectors[row] += np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - 127.5
        result: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return result

    @staticmethod
    def _refuse_other_types(texts: Sequence[str]) -> None:
        if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
            raise TypeError("texts must be a sequence of str")


def speech(subject: str, parts: int = 3) -> str:
    """A speech with a title and numbered parts, each long enough to be a passage of its own."""
    lines = [
        f"在{subject}工作会议上的讲话",
        "",
        f"同志们：今天我们召开{subject}工作会议，主要任务是部署下一阶段的工作。",
    ]
    for number in "一二三四五六七八九"[:parts]:
        lines.append(f"{number}、抓好{subject}第{number}项任务")
        lines.extend(
            f"各单位要把{subject}第{number}项任务的第{step}步落到实处，逐级压实责任，逐项对照清单检查，"
            f"发现问题马上整改，不留死角，不走过场，确保{subject}不出现任何差错。"
            for step in "甲乙丙"
        )
    return "\n".join(lines) + "\n"


def write_archive(archive: Path, subjects: Sequence[str] = ("防汛抗旱", "森林防火", "道路交通")) -> None:
    """One file a subject, named 1.txt, 2.txt …"""
    archive.mkdir(exist_ok=True)
    for number, subject in enumerate(subjects, start=1):
        (archive / f"{number}.txt").write_text(speech(subject), "utf-8")


def rebuild(
    archive: Path,
    index: Path,
    encoder: HashingEncoder | None = None,
    *,
    full: bool = False,
    dry_run: bool = False,
) -> RebuildReport:
    """A rebuild with the hashing encoder."""
    encoder = encoder or HashingEncoder()
    return rebuild_index(
        archive,
        index,
        lambda: encoder,
        fingerprint=encoder.fingerprint,
        model="hashing",
        full=full,
        dry_run=dry_run,
    )


def contents(generation: Generation) -> object:
    """Everything that a generation answers from, in a form that compares equal."""
    store = generation.store
    rows = range(store.passage_count)
    passages = store.passages(rows)
    terms = sorted({term for passage in passages for term in tokenize(passage.text)})
    return (
        [store.document(info.id) for info in store.document_infos()],
        passages,
        generation.passage_vectors.vectors(list(rows)).tobytes(),
        generation.sentence_vectors.vectors(list(range(store.sentence_count))).tobytes(),
        generation.sentence_passage.tolist(),
        [generation.lexical.scores({term: 1.0}).tobytes() for term in terms],
        generation.lexical.passage_count,
    )


def contents_at(index: Path) -> object:
    """The contents of the generation in force, every file hashed."""
    with open_generation(index, FINGERPRINT, verify=True) as generation:
        return contents(generation)


def expected_texts(index: Path, paths: Sequence[str]) -> list[str]:
    """What an encoder must be given for some documents of an index: passages first, each text once."""
    with open_generation(index, None) as generation:
        passages = []
        for path in paths:
            stored = generation.store.find_path(path)
            assert stored is not None
            passages.extend(generation.store.passages(stored.passages))
    texts = [indexed_text(passage.header, passage.text) for passage in passages]
    texts.extend(sentence.text for passage in passages for sentence in passage.sentences)
    return list(dict.fromkeys(texts))


def info_of(index: Path, path: str) -> DocumentInfo:
    """What a citation says of a document of the generation in force, by its path."""
    with open_generation(index, FINGERPRINT) as generation:
        stored = generation.store.find_path(path)
        assert stored is not None
        return stored.info


class Nursery:
    """Rebuilds in child processes that start within milliseconds: they are forked from a warm one."""

    def __init__(self, archive: Path, index: Path) -> None:
        self._process = spawn(archive, index, "nursery")

    def start(self, kill_at: int = 0) -> int:
        """Start a rebuild; its process id, which stays its own until `wait`.

        Args:
            kill_at: the process kills itself before its n-th operation on a file of the index; 0 for never.
        """
        return int(self._ask(kill_at))

    def wait(self) -> bool:
        """Wait for its end, and tell whether it came to it undisturbed."""
        status = int(self._ask(0))
        assert os.WIFSIGNALED(status) or status == 0, f"the rebuild failed: {status}"
        return status == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def _ask(self, value: int) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{value}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def spawn(archive: Path, index: Path, *flags: str) -> subprocess.Popen[str]:
    """Rebuild in another process; it prints one line when it starts and the error or "done" at the end."""
    return subprocess.Popen(
        [sys.executable, __file__, str(archive), str(index), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": ".", "OMP_NUM_THREADS": "1", "PATH": ""},
    )


def say(*words: object) -> None:
    """Print a line that the other process gets at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _main() -> int:
    import resource
    import time

    from config.errors import AnjiangError

    archive, index, *flags = sys.argv[1:]
    for flag in flags:
        name, _, value = flag.partition("=")
        if name == "file-size":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(value), int(value)))
    # A shell that runs tests in the background may have taken Ctrl-C from its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    if "nursery" in flags:
        return _serve(Path(archive), Path(index))

    class Slow(HashingEncoder):
        def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
            say("encoding")
            if "slow" in flags:
                time.sleep(60)
            return super().encode_passages(texts, progress)

    say("started")
    try:
        encoder = Slow()
        rebuild(Path(archive), Path(index), encoder, full="full" in flags)
    except AnjiangError as error:
        say(type(error).__name__, error.key, error)
        return error.exit_code
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    say("done")
    return 0


def _kill_at(operation: int, folder: str) -> None:
    done = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event not in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"):
            return
        if any(isinstance(one, str | os.PathLike) and str(one).startswith(folder) for one in arguments):
            done += 1
            if done == operation:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def _serve(archive: Path, index: Path) -> int:
    rebuild(archive, index.with_name("warm"))  # imports everything, once
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            _kill_at(int(line), str(index))
            rebuild(archive, index)
            os._exit(0)
        say(child)
        sys.stdin.readline()
        say(os.waitpid(child, 0)[1])
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
