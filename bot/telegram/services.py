"""What every handler works with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.live import Live
from bot.telegram.delivery import Delivery
from bot.telegram.lanes import Lanes
from bot.telegram.metrics import Metrics
from bot.telegram.state import State
from bot.telegram.wordings import Wordings
from config.messages import Language
from config.settings import Settings
from retrieval.search.searcher import Searcher

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running bot.

    Attributes:
        language: of a person whose client says nothing useful.
        clock: seconds since 1970.
    """

    settings: Settings
    state: State
    lanes: Lanes
    delivery: Delivery
    live: Live
    metrics: Metrics
    wordings: Wordings
    language: Language = Language.ZH
    clock: Callable[[], float] = time.time

    async def search(self, work: Callable[[Searcher], T]) -> T:
        """Do something with the index in force, in a thread.

        Raises:
            DeadlineError: it took too long.
            AnjiangError: there is no usable index; the message says why.
        """
        return await self.lanes.run_search(lambda: self.live.use(work))
