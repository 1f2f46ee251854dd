"""Groups of files on the screen, each with its reason and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.cli.screen import FAINT, FAIR, STRONG, Screen, styled
from retrieval.cli.state import State
from retrieval.index.reasons import Group

_SHOWN_OF_GROUP = 5
"""Paths listed of a group; ``--json`` and ``--verbose`` have all of them."""


def show_groups(screen: Screen, state: State, title: str, groups: Sequence[Group], sign: str) -> None:
    """A title with the number of files, then each group; a file of its own takes one line."""
    if not groups:
        return
    files = len({path for group in groups for path, _ in group.members})
    screen.line((state.text(title, count=files), STRONG))
    for group in groups:
        margin = (f"{sign} ", FAIR)
        if len(group.members) == 1:
            path, detail = group.members[0]
            screen.block(styled(path, f"  {detail}" if detail else "", (f"  {group.text}", FAINT)), margin)
            continue
        screen.block(styled(state.text("index.group", reason=group.text, count=len(group.members))), margin)
        shown = group.members if state.verbose else group.members[:_SHOWN_OF_GROUP]
        for path, detail in shown:
            screen.block(styled(path, (f"  {detail}" if detail else "", FAINT)), "    ")
        if len(shown) < len(group.members):
            more = len(group.members) - len(shown)
            screen.line("    ", (state.text("cli.more_paths", count=more), FAINT))
