"""``show``: a document, a passage or a place in its context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.cli.screen import Screen
    from retrieval.cli.target import Target
    from retrieval.documents.types import Document
    from retrieval.index.generation import Generation
    from retrieval.index.store import Store
    from retrieval.types import FileInfo


def add_show(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    target = options.argument("target", ...)

    @app.command(
        "show",
        cls=Command,
        help=state.text("help.show"),
        epilog=state.text("help.show_examples", program=state.program),
    )
    def show(target: str = target, as_json: bool = options.as_json) -> None:
        _show(state, target, as_json)


def _show(state: State, text: str, as_json: bool) -> None:
    from retrieval.cli.reading import with_generation  # noqa: PLC0415
    from retrieval.cli.target import find_target  # noqa: PLC0415

    def find(generation: Generation) -> None:
        target = find_target(generation.store, text)
        if as_json:
            state.print_json(_as_json(target, target.document(generation.store)))
        else:
            show_target(state.screen(), state, generation.store, target)

    with_generation(state, find)


def show_target(screen: Screen, state: State, store: Store, target: Target) -> None:
    """Show what was found: its document, its section, its words."""
    from retrieval.cli.citations import SECTION_SIGN, byline_of, place, title_of  # noqa: PLC0415
    from retrieval.cli.excerpt import excerpt, whole_document  # noqa: PLC0415
    from retrieval.cli.screen import FAINT, STRONG  # noqa: PLC0415

    cited = target.stored.info
    info = target.copy.info if target.copy else cited
    document = target.document(store)
    screen.line((title_of(cited), STRONG))
    if byline := byline_of(cited):
        screen.line((byline, FAINT))
    if target.copy:
        screen.line((state.text("show.copy_of", path=cited.path), FAINT))
    if not target.spans:
        facts = state.text(
            "show.facts",
            path=info.path,
            characters=len(document.raw),
            encoding=_read_as(document),
            id=info.id,
        )
        screen.line((facts, FAINT))
        for file in [] if target.copy else cited.files:
            screen.line((_other_file(state, file), FAINT))
        for warning in document.warnings:
            screen.line((state.text(f"documents.{warning.value}"), "yellow"))
        screen.blank()
        screen.block(whole_document(document))
        return
    if target.passage is not None and target.passage.section_path:
        screen.line(SECTION_SIGN.join(target.passage.section_path))
    screen.line((" ".join(place(info.path, span) for span in target.spans), FAINT))
    if named := _located(document, target):
        screen.line((named, FAINT))
    screen.blank()
    screen.marked(*excerpt(document, target.spans))


def _other_file(state: State, file: FileInfo) -> str:
    """Another file of the speech, and what is known from it alone."""
    named = " · ".join(state.text(f"read.{name}") for name in file.gives)
    return state.text("show.other_file_gives" if named else "show.other_file", path=file.path, names=named)


def _read_as(document: Document) -> str:
    """The encoding of a text file; of any other what read it, too."""
    from retrieval.documents.types import TEXT_READER  # noqa: PLC0415

    reader = "" if document.reader == TEXT_READER else document.reader
    return " · ".join(filter(None, (reader, document.encoding)))


def _located(document: Document, target: Target) -> str:
    from retrieval.readers.places import located  # noqa: PLC0415

    return " ".join(filter(None, (located(document.units, span) for span in target.spans)))


def _as_json(target: Target, document: Document) -> dict[str, Any]:
    from retrieval.search.output import document_json  # noqa: PLC0415

    passage = target.passage
    spans = target.spans
    start = spans[0].start if spans else 0
    end = spans[-1].end if spans else len(document.raw)
    return {
        "document": document_json(target.copy.info if target.copy else target.stored.info),
        **({"copy_of": target.stored.info.path} if target.copy else {}),
        "encoding": document.encoding or None,
        "warnings": [warning.value for warning in document.warnings],
        "passage_id": passage.id if passage else None,
        "section": list(passage.section_path) if passage else [],
        "start": start,
        "end": end,
        "spans": [{"start": span.start, "end": span.end} for span in spans],
        **({"place": named} if (named := _located(document, target)) else {}),
        "text": document.raw[start:end],
    }
