"""``read``: what files give, without an index: how a person finds out why something is not found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.cli.listing import Listing
    from retrieval.documents.types import Document, Known, Section

_KNOWN = ("title", "speaker", "role", "date", "occasion", "organ", "series", "place", "issued")
_SHOWN_WORDS = 40  # characters of a zone


def add_read(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    files = options.argument("speech_file", ...)

    @app.command(
        "read",
        cls=Command,
        help=state.text("help.read"),
        epilog=state.text("help.read_examples", program=state.program),
    )
    def read(files: list[Path] = files, as_json: bool = options.as_json) -> None:
        if len(files) == 1:
            found = _read(state, files[0])
            if as_json:
                state.print_json(_as_json(state, found))
            else:
                _show_any(state, found)
        elif not _read_several(state, files, as_json):
            raise typer.Exit(1)


def _read(state: State, file: Path) -> Document | Listing:
    """A document as the index would have it, or what a container holds.

    Its path begins at the archive where the file lies in it.
    """
    from retrieval.cli.listing import list_container, root_of  # noqa: PLC0415
    from retrieval.documents.read import read_stored  # noqa: PLC0415

    root, path = root_of(file.absolute(), state.settings().archive)
    return list_container(root, path) or read_stored(root, path)


def _as_json(state: State, found: Document | Listing) -> dict[str, Any]:
    from retrieval.cli.listing import Listing  # noqa: PLC0415

    return found.as_json(state.language) if isinstance(found, Listing) else document_as_read(found)


def _show_any(state: State, found: Document | Listing) -> None:
    from retrieval.cli.listing import Listing, show_listing  # noqa: PLC0415

    if isinstance(found, Listing):
        show_listing(state, found)
    else:
        _show(state, found)


def _read_several(state: State, files: Sequence[Path], as_json: bool) -> bool:
    """Show each; whether all could be read. JSON is a list, in which an error stands in its place."""
    from config.errors import DocumentError  # noqa: PLC0415

    found: list[dict[str, Any]] = []
    failed = 0
    for number, file in enumerate(files):
        try:
            read = _read(state, file)
        except DocumentError as error:
            failed += 1
            found.append({"path": str(file), "reason": error.key, "error": error.text(state.language)})
            if not as_json:
                state.say(state.text("cli.error", text=error.text(state.language)))
            continue
        found.append(_as_json(state, read) if as_json else {})
        if not as_json:
            if number > failed:
                state.screen().blank()
            _show_any(state, read)
    if as_json:
        state.print_json(found)
    return not failed


def document_as_read(document: Document) -> dict[str, Any]:
    """Everything that reading found, as plain values."""
    metadata = document.metadata
    return {
        "path": document.path,
        "sha256": document.sha256,
        "reader": document.reader,
        "encoding": document.encoding or None,
        "characters": len(document.raw),
        "genre": metadata.genre.value,
        "metadata": {name: _known(getattr(metadata, name)) for name in _KNOWN},
        "outline": [_section(section) for section in document.sections],
        "zones": [
            {"kind": zone.kind.value, "start": zone.span.start, "end": zone.span.end}
            for zone in document.zones
        ],
        "units": [
            {"place": unit.name, "start": unit.span.start, "end": unit.span.end} for unit in document.units
        ],
        "warnings": [warning.value for warning in document.warnings],
        "text": document.raw,
    }


def _known(value: Known) -> dict[str, Any]:
    place = {"start": value.span.start, "end": value.span.end} if value.span else {}
    return {"value": value.text or None, "provenance": value.provenance.value, **place}


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "level": section.level,
        "start": section.span.start,
        "end": section.span.end,
        "sections": [_section(child) for child in section.children],
    }


def _show(state: State, document: Document) -> None:
    from retrieval.cli.screen import FAINT, FAIR, STRONG  # noqa: PLC0415
    from retrieval.readers.places import missing_places  # noqa: PLC0415

    screen, text = state.screen(), state.text
    screen.line((document.path, STRONG))
    facts = (document.reader, document.encoding, text("read.characters", count=f"{len(document.raw):,}"))
    screen.line((" · ".join(filter(None, facts)), FAINT))
    for warning in document.warnings:
        screen.line(("! ", FAIR), (text(f"documents.{warning.value}"), FAIR))
    if missing := missing_places(document.units):
        screen.line(("! ", FAIR), (text("read.missing", places="、".join(missing)), FAIR))
    screen.blank()
    screen.aligned([((text(f"read.{name}"), "cyan"), _told(state, document, name)) for name in _KNOWN])
    screen.blank()
    screen.line((text("read.outline"), STRONG))
    for section in document.all_sections():
        screen.line(
            "  " * section.level, section.title, (f"  {section.span.start}-{section.span.end}", FAINT)
        )
    if not document.sections:
        screen.line("  ", (text("read.no_outline"), FAINT))
    screen.blank()
    screen.line((text("read.zones"), STRONG))
    rows = []
    for zone in document.zones:
        words = " ".join(document.raw[zone.span.start : zone.span.end].split())
        cut = words[:_SHOWN_WORDS] + ("…" if len(words) > _SHOWN_WORDS else "")
        place = f"{zone.span.start}-{zone.span.end}"
        rows.append(((text(f"read.zone_{zone.kind.value}"), "cyan"), f"{place}  {cut}"))
    screen.aligned(rows, "  ")


def _told(state: State, document: Document, name: str) -> str:
    """A value, how it is known and where it stands."""
    from retrieval.readers.places import located  # noqa: PLC0415

    value: Known = getattr(document.metadata, name)
    if not value.text:
        return state.text("read.unknown")
    facts = [state.text(f"read.{value.provenance.value}")]
    if value.span is not None:
        facts += [located(document.units, value.span), f"{value.span.start}-{value.span.end}"]
    return f"{' '.join(value.text.split())}  ({' · '.join(filter(None, facts))})"
