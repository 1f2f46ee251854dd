"""Vectors of large archives: one byte a component, found by way of codes of one bit a component.

Each vector is kept as bytes, the largest of them 127 or -127, and is those bytes divided by their length:
of length 1 again whatever was rounded, without ranges to be fitted, and the same bytes again when it is read
and written once more. A search takes two steps. FAISS's product quantizer (4 bits for each group of four
components, "fast scan") names some thousands of rows that may be near; then the bytes of these decide.
Why not an inverted file or a graph: docs/architecture.md, "Vectors".

The file: a header, the bytes (mapped, not read), their lengths, and the FAISS index of the codes.
"""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from config.errors import IndexDamagedError
from embeddings.types import FloatArray, IntArray
from retrieval.index.nearest import BoolArray, best_of, cosines_of

LEAST: Final = 4000
PER_RESULT: Final = 10
"""How many rows the codes name: ten times as many as are wanted, at least 4,000. The ten nearest are with
these as often as among all bytes (`benchmarks/vectors.py`); with 500 two in a hundred are lost at 100,000
rows."""

COMPARED: Final = 20_000
"""So few allowed rows are compared at once by their bytes, in 6 ms."""

TRAINING_ROWS: Final = 4096
"""Vectors that the product quantizer is fitted to: 256 for each of its 16 centroids; more change nothing."""

_HEADER = struct.Struct("<8siqqI")
"""Name of the format, dim, rows, bytes of the FAISS index, CRC-32 of the lengths and of that index."""
_NAME: Final = b"anjiang8"
_LARGEST: Final = 127
_GROUP: Final = 4
_BITS: Final = 4
_BLOCK: Final = 4096  # rows that are float32 at a time: 6 MB

ByteArray = npt.NDArray[np.int8]


class ApproximateVectors:
    """The bytes of vectors, ``int8 (count, dim)``, their lengths, ``float32 (count,)``, and FAISS's codes."""

    def __init__(self, codes: ByteArray, lengths: FloatArray, index: Any) -> None:
        self._codes = codes
        self._lengths = lengths
        self._index = index

    def search(self, query: FloatArray, k: int, allowed: BoolArray | None) -> tuple[IntArray, FloatArray]:
        """See `retrieval.index.vectors.Vectors.search`."""
        rows = self._likely(query, k, allowed)
        return best_of(rows, self.cosines(rows, query[None, :])[:, 0], k)

    def vectors(self, rows: IntArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.vectors`."""
        result = np.empty((rows.size, self._codes.shape[1]), np.float32)
        for start in range(0, rows.size, _BLOCK):
            part = rows[start : start + _BLOCK]
            result[start : start + _BLOCK] = self._codes[part] / self._lengths[part, None]
        return result

    def cosines(self, rows: IntArray, queries: FloatArray) -> FloatArray:
        """See `retrieval.index.vectors.Vectors.cosines`."""
        result = np.empty((rows.size, len(queries)), np.float32)
        for start in range(0, rows.size, _BLOCK):
            part = rows[start : start + _BLOCK]
            products = cosines_of(self._codes[part].astype(np.float32), queries)
            result[start : start + _BLOCK] = products / self._lengths[part, None]
        return result

    def _likely(self, query: FloatArray, k: int, allowed: BoolArray | None) -> IntArray:
        """Rows among which the nearest are, ascending; all that are allowed where codes would not help."""
        count = len(self._codes)
        wanted = named = max(LEAST, PER_RESULT * k)
        permitted = count
        if allowed is not None:
            permitted = int(np.count_nonzero(allowed))
            # With half as many again as would be enough if those allowed were spread evenly.
            named = wanted * 3 * count // (2 * permitted)
        if permitted > max(COMPARED, wanted) and named < count // 2:
            rows: IntArray = np.sort(self._index.search(query[None, :], named)[1][0])
            if allowed is None:
                return rows
            rows = rows[allowed[rows]]
            if rows.size >= wanted:
                return rows
            # What is allowed lies far from the query, at ranks that the codes confuse.
        return np.arange(count) if allowed is None else np.flatnonzero(allowed)


def write_approximate(file: BinaryIO, vectors: FloatArray) -> None:
    """Write unit vectors, ``float32 (n, dim)``, n >= 1.

    Raises:
        OSError: the file can't be written.
    """
    count, dim = vectors.shape
    lengths = np.empty(count, "<f4")
    file.write(bytes(_HEADER.size))
    for start in range(0, count, _BLOCK):
        codes = _rounded(vectors[start : start + _BLOCK])
        lengths[start : start + _BLOCK] = _lengths(codes)
        file.write(codes.data)
    index = _coded(vectors)
    checksum = zlib.crc32(index.data, zlib.crc32(lengths.data))
    file.write(lengths.data)
    file.write(index.data)
    file.seek(0)
    file.write(_HEADER.pack(_NAME, dim, count, index.size, checksum))


def read_approximate(path: Path, *, count: int, dim: int, label: str) -> ApproximateVectors:
    """Map what `write_approximate` wrote.

    Of the bytes none is read, let alone checked: any byte is a number, so damage there changes scores and
    nothing else, and is found where files are hashed. The rest is checked before FAISS sees it.

    Raises:
        IndexDamagedError: the file is not what was promised.
    """
    size, checksum = _read_header(path, count, dim, label)
    mapped = np.memmap(path, np.uint8, mode="r")
    ends = np.cumsum([_HEADER.size, count * dim, 4 * count, size])
    codes = np.asarray(mapped[ends[0] : ends[1]]).view(np.int8).reshape(count, dim)
    rest = np.asarray(mapped[ends[1] : ends[3]])
    if zlib.crc32(rest.data) != checksum:
        raise IndexDamagedError("index.file_checksum", file=label)
    lengths = np.frombuffer(rest[: 4 * count].tobytes(), "<f4").astype(np.float32, copy=False)
    index = _opened(rest[4 * count :])
    if (index.d, index.ntotal) != (dim, count):
        raise _damaged(count, dim, label)
    return ApproximateVectors(codes, lengths, index)


def _rounded(vectors: FloatArray) -> ByteArray:
    """A vector divided by its length and rounded again gives the same: its largest byte is 127 as before."""
    codes: ByteArray = np.rint(vectors * (_LARGEST / np.abs(vectors).max(axis=1, keepdims=True))).astype(
        np.int8
    )
    return codes


def _lengths(codes: ByteArray) -> FloatArray:
    numbers = codes.astype(np.float32)
    lengths: FloatArray = np.sqrt(np.vecdot(numbers, numbers))
    return lengths


def _coded(vectors: FloatArray) -> npt.NDArray[np.uint8]:
    """The FAISS index of the codes, as FAISS writes it."""
    faiss = _faiss()
    count, dim = vectors.shape
    # As many groups as four components each make; where four don't divide the components, fewer larger ones.
    size = next(size for size in range(_GROUP, dim + 1) if dim % size == 0) if dim >= _GROUP else dim
    index = faiss.IndexPQFastScan(dim, dim // size, _BITS, faiss.METRIC_INNER_PRODUCT)
    sample = np.linspace(0, count - 1, TRAINING_ROWS).astype(np.int64)
    threads = faiss.omp_get_max_threads()
    # A hundred tiny fits one after another: threads would only wait for each other, for a minute at worst.
    faiss.omp_set_num_threads(1)
    try:
        index.train(np.ascontiguousarray(vectors[sample]))
    finally:
        faiss.omp_set_num_threads(threads)
    index.add(np.ascontiguousarray(vectors))
    written: npt.NDArray[np.uint8] = faiss.serialize_index(index)
    return written


def _opened(written: npt.NDArray[np.uint8]) -> Any:
    faiss = _faiss()
    return faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(written), written.size))


def _faiss() -> Any:
    import faiss  # noqa: PLC0415 - 0.1 s that small archives don't need

    return faiss  # as Any: its type stubs lack half of what is used here


def _read_header(path: Path, count: int, dim: int, label: str) -> tuple[int, int]:
    """Bytes of the FAISS index and the checksum."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise IndexDamagedError("index.file_content", file=label, detail=error.strerror) from error
    if len(head) == _HEADER.size:
        name, found_dim, rows, index_size, checksum = _HEADER.unpack(head)
        expected = _HEADER.size + count * (dim + 4) + index_size
        if (name, found_dim, rows, size) == (_NAME, dim, count, expected) and index_size > 0:
            return index_size, checksum
    raise _damaged(count, dim, label)


def _damaged(count: int, dim: int, label: str) -> IndexDamagedError:
    return IndexDamagedError("index.file_content", file=label, detail=f"not {count} vectors of {dim} numbers")
