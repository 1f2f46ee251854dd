"""Vectors of large archives: one byte a component, found by way of codes of one bit a component.

What a vector has beyond the mean of all is kept as bytes, the largest of them 127 or -127. How much a byte is
follows from the vector's length, which is 1: so there are no ranges to be fitted, and it is the same bytes
again when it is read and written once more about the same mean. Rows with the same bytes share them: a third
of the sentences of speeches recur. A search takes two steps. FAISS's product quantizer (4 bits for each group
of four components, "fast scan") names some thousands of vectors that may be near; then the bytes of these
decide. Why not an inverted file or a graph: docs/architecture.md, "Vectors".

The file: a header, the bytes (mapped, not read), the mean, how much a byte of each vector is, which rows
share them, and the FAISS index of the codes.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import BoolArray, FloatArray, IntArray
from retrieval.index.files import read_head
from retrieval.index.nearest import best_of, cosines_of
from retrieval.index.sharing import Int32Array, Sharing

LEAST: Final = 4000
PER_RESULT: Final = 10
"""How many vectors the codes name: ten times as many as are wanted, at least 4,000. The ten nearest are with
these as often as among all bytes (`benchmarks/vectors.py`); with 500 two in a hundred are lost at 100,000
rows."""

COMPARED: Final = 20_000
"""So few allowed rows are compared at once by their bytes, in 6 ms."""

COPIES: Final = 20
"""Rows found of one vector while there are others: what 300 speeches say word for word, as they do slogans,
would else be most of the 400 sentences that a question fetches."""

TRAINING_ROWS: Final = 4096
"""Vectors that the product quantizer is fitted to: 256 for each of its 16 centroids; more change nothing."""

LONGEST: Final = 0.9
"""The mean is shortened to this where it is longer, so that no vector equals it."""

_HEADER = struct.Struct("<8siqqqI")
"""Name of the format, dim, rows, different vectors, bytes of the FAISS index, CRC-32 of all but the bytes."""
_NAME: Final = b"anjiang8"
_LARGEST: Final = 127
_GROUP: Final = 4
_BITS: Final = 4
_BLOCK: Final = 4096  # rows that are float32 at a time: 6 MB
_COMPARED_BLOCK: Final = 512
"""Rows that are compared at a time, in memory that is used again: with what they are as float32 they fit a
core's cache, and comparing takes half the time that new arrays for all of them would."""
_DIGEST: Final = 16

ByteArray = npt.NDArray[np.int8]


class ApproximateVectors:
    """Bytes, ``int8 (distinct, dim)``, how much one is, ``float32 (distinct,)``, rows, and FAISS's codes."""

    def __init__(
        self, codes: ByteArray, scales: FloatArray, centre: FloatArray, sharing: Sharing, index: Any
    ) -> None:
        self.centre = centre
        self._codes = codes
        self._scales = scales
        self._sharing = sharing
        self._index = index

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        """See `retrieval.index.vectors.Vectors.search`."""
        places = self._likely(query, k, allowed)
        places, scores = best_of(places, self._cosines(places, query[None, :])[:, 0], min(k, places.size))
        rows, counts = self._sharing.rows_of(places, allowed, COPIES)
        if rows.size < k:
            rows, counts = self._sharing.rows_of(places, allowed, k)
        return best_of(rows, np.repeat(scores, counts), k)

    def vectors(self, rows: IntArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.vectors`."""
        result = np.empty((rows.size, self._codes.shape[1]), np.float32)
        for start in range(0, rows.size, _BLOCK):
            part = self._sharing.places[rows[start : start + _BLOCK]]
            result[start : start + _BLOCK] = self._codes[part] * self._scales[part, None] + self.centre
        return result

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.cosines`."""
        return self._cosines(self._sharing.places[rows], queries)

    def _cosines(self, places: IntArray | Int32Array, queries: FloatArray) -> FloatArray:
        result = np.empty((len(queries), places.size), np.float32)
        codes = np.empty((_COMPARED_BLOCK, self._codes.shape[1]), np.int8)
        numbers = np.empty(codes.shape, np.float32)
        for start in range(0, places.size, _COMPARED_BLOCK):
            part = slice(start, min(start + _COMPARED_BLOCK, places.size))
            size = part.stop - start
            np.take(self._codes, places[part], axis=0, out=codes[:size], mode="clip")
            np.copyto(numbers[:size], codes[:size])
            for query, cosines in zip(queries, result, strict=True):
                np.vecdot(numbers[:size], query, out=cosines[part])
        result *= self._scales[places]
        result += cosines_of(self.centre[None, :], queries).T
        return np.ascontiguousarray(result.T)

    def _likely(self, query: FloatArray, k: int, allowed: BoolArray | None) -> IntArray:
        """Vectors among which the nearest are, ascending; all allowed ones where codes would not help."""
        count = len(self._codes)
        wanted = named = max(LEAST, PER_RESULT * k)
        permitted = count
        if allowed is not None:
            permitted = int(np.count_nonzero(allowed))
            left_out = allowed.size - permitted
            # With half as many again as would be enough if what is left out were spread evenly.
            named += wanted * 3 * left_out // (2 * permitted)
        if permitted > max(COMPARED, wanted) and named < count // 2:
            places: IntArray = np.sort(self._index.search(query[None, :], named)[1][0])
            if allowed is None:
                return places
            # Only these are looked at: to ask all vectors takes as long as the rest of the search.
            places = places[self._sharing.has_any(places, allowed)]
            if 2 * places.size >= wanted:
                return places
            # What is allowed lies far from the query, at ranks that the codes confuse.
        return np.arange(count) if allowed is None else self._sharing.places_of(allowed)


def write_approximate(
    file: BinaryIO, vectors: FloatArray, places: IntArray, centre: FloatArray | None = None
) -> None:
    """Write rows of unit vectors; no copy of them all is made.

    Args:
        file: to write to, from its start.
        vectors: ``float32 (n, dim)``.
        places: the vector of each row, ``int64 (rows,)``, rows >= 1.
        centre: of the file that some of them come from; None to take the mean of the rows.

    Raises:
        OSError: the file can't be written.
    """
    file.write(bytes(_HEADER.size))
    used, numbers = _by_first_row(places)
    centre = _mean(vectors, used, np.bincount(numbers)) if centre is None else centre
    firsts, codes, scales = _write_codes(file, vectors, used, centre)
    index = _coded(vectors, used[firsts])
    of_rows = codes[numbers]
    rows = np.argsort(of_rows, kind="stable").astype("<i4")
    checksum = 0
    for rest in (centre.astype("<f4"), scales, np.bincount(of_rows).astype("<i4"), rows, index):
        checksum = zlib.crc32(rest.data, checksum)
        file.write(rest.data)
    file.seek(0)
    dim = vectors.shape[1]
    file.write(_HEADER.pack(_NAME, dim, places.size, firsts.size, index.size, checksum))


def read_approximate(path: Path, *, count: int, dim: int, label: str) -> ApproximateVectors:
    """Map what `write_approximate` wrote.

    Of the bytes none is read, let alone checked: any byte is a number, so damage there changes scores and
    nothing else, and is found where files are hashed. The rest is checked before FAISS sees it.

    Raises:
        IndexDamagedError: the file is not what was promised.
    """
    distinct, size, checksum = _read_header(path, count, dim, label)
    mapped = np.memmap(path, np.uint8, mode="r")
    codes, rest = np.split(np.asarray(mapped[_HEADER.size :]), [distinct * dim])
    if zlib.crc32(rest.data) != checksum:
        raise IndexDamagedError("index.file_checksum", file=label)
    numbers = rest[:-size].tobytes()
    floats = np.frombuffer(numbers, "<f4", dim + distinct).astype(np.float32, copy=False)
    shared = np.frombuffer(numbers, "<i4", offset=floats.nbytes).astype(np.int32, copy=False)
    index = _opened(rest[-size:])
    if (index.d, index.ntotal) != (dim, distinct):
        raise _damaged(count, dim, label)
    sharing = Sharing.of(shared[distinct:], shared[:distinct])
    matrix = codes.view(np.int8).reshape(distinct, dim)
    return ApproximateVectors(matrix, floats[dim:], floats[:dim], sharing, index)


def _by_first_row(places: IntArray) -> tuple[IntArray, IntArray]:
    """The vectors that some row has, by the first row of each, and which of these each row has."""
    used, firsts, numbers = np.unique(places, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    ranks = np.empty_like(order)
    ranks[order] = np.arange(order.size)
    return used[order], ranks[numbers]


def _mean(vectors: FloatArray, used: IntArray, rows: IntArray) -> FloatArray:
    """Of some vectors, each counted as often as it has rows."""
    sums = np.zeros(vectors.shape[1])
    for start in range(0, used.size, _BLOCK):
        sums += rows[start : start + _BLOCK].astype(np.float64) @ vectors[used[start : start + _BLOCK]]
    mean = sums / rows.sum()
    shortened: FloatArray = (mean * (LONGEST / max(float(np.linalg.norm(mean)), LONGEST))).astype(np.float32)
    return shortened


def _write_codes(
    file: BinaryIO, vectors: FloatArray, used: IntArray, centre: FloatArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Write the different bytes of some vectors: where each comes first, which ones each has, the scales."""
    firsts: list[int] = []
    places = np.empty(used.size, np.int64)
    scales: list[FloatArray] = []
    known: dict[bytes, int] = {}
    for start in range(0, used.size, _BLOCK):
        codes = _rounded(vectors[used[start : start + _BLOCK]] - centre)
        new = len(firsts)
        for at, code in enumerate(codes, start):
            digest = hashlib.blake2b(code.data, digest_size=_DIGEST).digest()
            places[at] = place = known.setdefault(digest, len(firsts))
            if place == len(firsts):
                firsts.append(at)
        written = codes[np.asarray(firsts[new:], np.int64) - start]
        scales.append(_scales(written, centre))
        file.write(written.data)
    return np.asarray(firsts, np.int64), places, np.concatenate(scales).astype("<f4")


def _rounded(beyond: FloatArray) -> ByteArray:
    """Bytes times their scale, rounded again, give the same: the largest is 127 as before."""
    codes: ByteArray = np.rint(beyond * (_LARGEST / np.abs(beyond).max(axis=1, keepdims=True))).astype(
        np.int8
    )
    return codes


def _scales(codes: ByteArray, centre: FloatArray) -> FloatArray:
    """By what bytes are multiplied so that with the centre they are of length 1.

    That is the positive root of ``square * scale**2 + 2 * along * scale + centre @ centre - 1``.
    """
    numbers, middle = codes.astype(np.float64), centre.astype(np.float64)
    square, along = np.vecdot(numbers, numbers), np.vecdot(numbers, middle)
    root = np.sqrt(along**2 + square * (1 - middle @ middle))
    scales: FloatArray = ((root - along) / square).astype(np.float32)
    return scales


def _coded(vectors: FloatArray, rows: IntArray) -> npt.NDArray[np.uint8]:
    """The FAISS index of the codes of some rows, as FAISS writes it."""
    faiss = _faiss()
    dim = vectors.shape[1]
    # As many groups as four components each make; where four don't divide the components, fewer larger ones.
    size = next(size for size in range(_GROUP, dim + 1) if dim % size == 0) if dim >= _GROUP else dim
    index = faiss.IndexPQFastScan(dim, dim // size, _BITS, faiss.METRIC_INNER_PRODUCT)
    sample = rows[np.linspace(0, rows.size - 1, TRAINING_ROWS).astype(np.int64)]
    threads = faiss.omp_get_max_threads()
    # A hundred tiny fits one after another: threads would only wait for each other, for a minute at worst.
    faiss.omp_set_num_threads(1)
    try:
        index.train(np.ascontiguousarray(vectors[sample]))
    finally:
        faiss.omp_set_num_threads(threads)
    for start in range(0, rows.size, _BLOCK):
        index.add(vectors[rows[start : start + _BLOCK]])
    written: npt.NDArray[np.uint8] = faiss.serialize_index(index)
    return written


def _opened(written: npt.NDArray[np.uint8]) -> Any:
    faiss = _faiss()
    return faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(written), written.size))


def _faiss() -> Any:
    import faiss  # noqa: PLC0415 - 0.1 s that small archives don't need

    return faiss  # as Any: its type stubs lack half of what is used here


def _read_header(path: Path, count: int, dim: int, label: str) -> tuple[int, int, int]:
    """Different vectors, bytes of the FAISS index, and the checksum."""
    head, size = read_head(path, _HEADER.size, label)
    if len(head) == _HEADER.size:
        name, found_dim, rows, distinct, index_size, checksum = _HEADER.unpack(head)
        expected = _HEADER.size + distinct * (dim + 8) + 4 * (dim + count) + index_size
        if (name, found_dim, rows, size) == (_NAME, dim, count, expected) and min(distinct, index_size) > 0:
            return distinct, index_size, checksum
    raise _damaged(count, dim, label)


def _damaged(count: int, dim: int, label: str) -> IndexDamagedError:
    return IndexDamagedError("index.file_content", file=label, detail=f"not {count} vectors of {dim} numbers")
