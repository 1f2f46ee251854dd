"""Columns of a progress bar whose length is a share of time, while it counts something else."""

from __future__ import annotations

import time

from rich.progress import ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text


class Counted(ProgressColumn):
    """How many of how many are done, by the task's field ``done``."""

    def render(self, task: Task) -> Text:
        """Show it."""
        total = f"{task.total:.0f}"
        return Text(f"{task.fields['done']:{len(total)}d}/{total}", style="progress.download")


class Left(TimeRemainingColumn):
    """The time until the task's field ``end`` (seconds, monotonic), or the usual guess where it is None."""

    def render(self, task: Task) -> Text:
        """Show it."""
        end = task.fields["end"]
        if end is None or task.finished:
            return super().render(task)
        minutes, seconds = divmod(max(0, round(end - time.monotonic())), 60)
        hours, minutes = divmod(minutes, 60)
        return Text(f"{hours:d}:{minutes:02d}:{seconds:02d}", style="progress.remaining")
