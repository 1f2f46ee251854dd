"""Records packed with a common dictionary: the same again, smaller, and never another one."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.compression import LARGEST, Compression, dictionary_of

PHRASES = [f"各单位要把第{number}项任务落到实处，逐级压实责任，逐项对照清单检查。" for number in range(40)]


@given(st.binary(max_size=2000), st.binary(max_size=200))
def test_every_record_comes_back(record: bytes, dictionary: bytes) -> None:
    compression = Compression(dictionary)
    assert compression.unpack(compression.pack(record)) == record
    assert compression.unpack(compression.pack(record)) == record  # packing leaves nothing behind


def test_what_the_dictionary_says_is_small() -> None:
    record = PHRASES[7].encode()
    assert len(Compression(record).pack(record)) < 20 < len(Compression().pack(record))


def test_another_dictionary_gives_an_error_and_nothing_else() -> None:
    packed = Compression(PHRASES[1].encode()).pack(PHRASES[1].encode())
    for other in (b"", PHRASES[2].encode()):
        with pytest.raises(zlib.error):
            Compression(other).unpack(packed)


def test_a_changed_or_shortened_record_gives_an_error() -> None:
    compression = Compression(PHRASES[1].encode())
    packed = compression.pack("".join(PHRASES).encode())
    chance = random.Random(5)
    for _ in range(50):
        at = chance.randrange(len(packed))
        changed = packed[:at] + bytes([packed[at] ^ 0x41]) + packed[at + 1 :]
        with pytest.raises(zlib.error):
            compression.unpack(changed)
        with pytest.raises(zlib.error):
            compression.unpack(packed[:at])


def test_a_dictionary_is_made_of_texts_from_beginning_to_end() -> None:
    assert dictionary_of([]) == b""
    assert dictionary_of(["甲", "乙"]) == "甲乙".encode()
    # 600 bytes of each 30th of 810 texts: 27 of them fill 16,200 bytes.
    texts = [f"{number:04}" * 200 for number in range(810)]
    made = dictionary_of(texts)
    assert made == b"".join(f"{number:04}".encode() * 150 for number in range(0, 810, 30))
    assert len(dictionary_of(texts * 3)) <= LARGEST
    assert dictionary_of(["\ud800"]) == b"\xed\xa0\x80"
