"""Work with the index for one command: where the generation in force proves damaged, another one is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from retrieval.cli.state import State

if TYPE_CHECKING:
    from config.errors import IndexDamagedError
    from retrieval.index.generation import Generation
    from retrieval.search.searcher import Searcher

T = TypeVar("T")
Opened = TypeVar("Opened", "Generation", "Searcher")


def with_generation(state: State, work: Callable[[Generation], T]) -> T:
    """Read in the index, whichever encoder built it; the work may be begun anew with another generation.

    Raises:
        AnjiangError: as `retrieval.opening.open_index`, and what the work raises.
    """
    from retrieval.opening import open_index  # noqa: PLC0415

    settings = state.settings()
    return _read(
        state, lambda damaged: open_index(settings, None, damaged=damaged), lambda opened: opened, work
    )


def with_searcher(state: State, work: Callable[[Searcher], T]) -> T:
    """Ask the index one question; the work may be begun anew with another generation.

    What is found in files that proved damaged while it was looked for is not given back.

    Raises:
        AnjiangError: as `retrieval.search.opening.open_searcher`, and what the work raises.
    """
    from embeddings import Purpose  # noqa: PLC0415
    from retrieval.index.recovery import damage_beside  # noqa: PLC0415
    from retrieval.search.opening import open_searcher  # noqa: PLC0415

    settings = state.settings()

    def work_on_whole(searcher: Searcher) -> T:
        damage_in = damage_beside(searcher.generation)
        result = work(searcher)
        if damage := damage_in():
            raise damage
        return result

    return _read(
        state,
        lambda damaged: open_searcher(settings, damaged, purpose=Purpose.ONE_QUERY),
        lambda opened: opened.generation,
        work_on_whole,
    )


def _read(
    state: State,
    open_: Callable[[dict[str, IndexDamagedError]], Opened],
    generation_of: Callable[[Opened], Generation],
    work: Callable[[Opened], T],
) -> T:
    from retrieval.index.recovery import damage_behind  # noqa: PLC0415

    damaged: dict[str, IndexDamagedError] = {}
    while True:  # each round passes one more generation over; when none is left, opening raises
        with open_(damaged) as opened:
            generation = generation_of(opened)
            if generation.damage:
                state.say(generation.damage.text(state.language))
            try:
                return work(opened)
            except Exception as error:
                damage = damage_behind(error, generation)
                if damage is None:
                    raise
                damaged[generation.path.name] = damage
