"""A few broken files of every format with each run; `benchmarks.reader_fuzz` reads tens of thousands."""

from __future__ import annotations

import pytest

from tests.retrieval.readers.fuzzing import CRASHED, PICTURES, SLOW, SOUND, fuzz
from tests.retrieval.readers.mutations import mutant

_FILES = 60
_PICTURES = 8


@pytest.mark.parametrize("ending", SOUND)
def test_a_broken_file_gives_a_document_or_a_reason(ending: str) -> None:
    files = _PICTURES if ending in PICTURES else _FILES
    tally = fuzz(ending, 5, range(files))
    assert tally.wrong == []
    assert tally.outcomes.total() == files
    assert tally.outcomes[SLOW] == 0
    assert tally.outcomes["read"] + tally.outcomes["opened"] > 0, (
        "mutations that leave nothing readable test nothing"
    )
    assert tally.outcomes[CRASHED] <= 1


def test_a_mutation_can_be_made_again() -> None:
    sound = SOUND["docx"]()
    assert mutant(sound, 5, 17) == mutant(sound, 5, 17) != mutant(sound, 5, 18)
