"""A lineage on the screen: first and latest use, wordings with their differences, counts, places."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.cli.citations import SECTION_SIGN, place, title_of
from retrieval.cli.screen import BAD, FAINT, FOUND, GOOD, STRONG, Part, Screen, styled
from retrieval.cli.state import State
from retrieval.cli.terminal import columns, padded
from retrieval.lineage.excerpts import around, explanation
from retrieval.lineage.types import ChangeKind, Count, Lineage, Occurrence, Variant
from retrieval.lineage.variants import marked

SHOWN_PLACES = 20
SHOWN_VARIANTS = 12
_SHOWN_SPEAKERS = 8
_AROUND = 40  # characters before and behind a wording: its clause and the next
_EXPLANATION = 90
_OLD = f"{BAD} strike"


def show_lineage(screen: Screen, state: State, lineage: Lineage, within: str = "archive") -> None:
    """Show a lineage, or one line when the formulation does not stand there.

    Args:
        screen: where to.
        state: language, and whether to show everything.
        lineage: what to show.
        within: where it was looked for: "archive", or "chosen" for what filters let through.
    """
    if not lineage.occurrences:
        screen.line(_nothing(state, lineage, within))
        return
    facts = [state.text("trace.found", count=len(lineage.occurrences), documents=lineage.documents)]
    facts += [state.text("trace.near_found", near=lineage.near)] if lineage.near else []
    screen.line((lineage.formulation, STRONG), "  ", (" · ".join(facts), FAINT))
    screen.blank()
    _show_ends(screen, state, lineage)
    _show_variants(screen, state, lineage)
    _show_counts(screen, state, lineage)
    _show_places(screen, state, lineage)


def _nothing(state: State, lineage: Lineage, within: str) -> str:
    """One line: that the formulation does not stand there, and what comes nearest."""
    named = [
        state.text("trace.named", wording=one.wording, where=title_of(one.document)) for one in lineage.nearby
    ]
    formulation, where = lineage.formulation, state.text(f"trace.within_{within}")
    if not named:
        return state.text("trace.none", formulation=formulation, where=where)
    return state.text("trace.none_nearby", formulation=formulation, where=where, nearby="、".join(named))


def _show_ends(screen: Screen, state: State, lineage: Lineage) -> None:
    if not lineage.ends:
        screen.line(state.text("trace.no_dates"))
        return
    labelled = [(state.text(f"trace.{key}"), one) for key, one in lineage.ends]
    width = max(columns(label) for label, _ in labelled)
    margin = " " * (width + 2)
    for label, one in labelled:
        screen.block(styled(_heading(state, one)), (f"{padded(label, width)}  ", STRONG), margin)
        _show_words(screen, state, one, margin)


def _show_variants(screen: Screen, state: State, lineage: Lineage) -> None:
    variants = [
        (variant, variant is group.variants[0]) for group in lineage.groups for variant in group.variants
    ]
    screen.blank()
    screen.line((state.text("trace.variants", wording=lineage.base), STRONG))
    shown = len(variants) if state.verbose else SHOWN_VARIANTS
    width = len(str(max(len(variant.occurrences) for variant, _ in variants)))
    for variant, leads in variants[:shown]:
        lead = f"{len(variant.occurrences):>{width}}  " + ("" if leads else "  ")
        screen.block(styled(*_marked(screen, variant), (_times(variant), FAINT)), (lead, FAINT))
    if len(variants) > shown:
        screen.line((state.text("trace.more_variants", count=len(variants) - shown), FAINT))


def _marked(screen: Screen, variant: Variant) -> list[Part]:
    """A wording with its differences: in colours, or in marks where there are none."""
    if not screen.has_colours:
        return [marked(variant.changes)]
    parts: list[Part] = []
    for change in variant.changes:
        if change.kind is ChangeKind.EQUAL:
            parts.append(change.new)
        else:
            parts += [(change.old, _OLD), (change.new, GOOD)]
    return parts


def _times(variant: Variant) -> str:
    """The first and the last date of a wording."""
    dates = list(dict.fromkeys(str(one.moment) for one in variant.occurrences if one.moment))
    return "  " + " – ".join([dates[0], dates[-1]] if len(dates) > 1 else dates) if dates else ""


def _show_counts(screen: Screen, state: State, lineage: Lineage) -> None:
    speakers = lineage.speakers if state.verbose else lineage.speakers[:_SHOWN_SPEAKERS]
    more = ["…"] if len(lineage.speakers) > len(speakers) else []
    rows: list[tuple[Part, Part]] = []
    if lineage.years:
        rows.append(((state.text("trace.years"), "cyan"), " · ".join(_counted(state, lineage.years))))
    rows.append(((state.text("trace.speakers"), "cyan"), " · ".join([*_counted(state, speakers), *more])))
    screen.blank()
    screen.aligned(rows)
    if lineage.undated:
        screen.line((state.text("trace.undated"), "cyan"))
        for document in lineage.undated:
            screen.line("  ", title_of(document), "  ", (document.path, FAINT))


def _counted(state: State, counts: Sequence[Count]) -> list[str]:
    return [f"{count.name or state.text('trace.unknown')} ×{count.occurrences}" for count in counts]


def _show_places(screen: Screen, state: State, lineage: Lineage) -> None:
    if lineage.occurrences == (lineage.first,):
        return  # shown already
    screen.blank()
    screen.line((state.text("trace.places"), STRONG))
    shown = len(lineage.occurrences) if state.verbose else SHOWN_PLACES
    for one in lineage.occurrences[:shown]:
        screen.line(_heading(state, one))
        _show_words(screen, state, one, "  ")
    if len(lineage.occurrences) > shown:
        screen.line((state.text("trace.more", count=len(lineage.occurrences) - shown), FAINT))


def _heading(state: State, one: Occurrence) -> str:
    """Date, speaker, title and section of an occurrence."""
    speaker = one.speaker or state.text("trace.unknown")
    if one.quoted_speaker:
        speaker = state.text("trace.quoting", speaker=speaker, quoted=one.quoted_speaker)
    path = (state.text("trace.in_title"),) if one.is_title else one.section_path
    where = SECTION_SIGN.join((title_of(one.document), *path))
    return "  ".join((str(one.moment or state.text("trace.unknown")), speaker, where))


def _show_words(screen: Screen, state: State, one: Occurrence, margin: str) -> None:
    before, wording, after = around(one, _AROUND)
    screen.block(styled(before, (wording, FOUND), after), margin, margin)
    if explained := explanation(one, _EXPLANATION):
        screen.block(styled((state.text("trace.explained", text=explained), GOOD)), margin, margin)
    screen.block(styled((place(one.document.path, one.span), FAINT)), margin, margin)
