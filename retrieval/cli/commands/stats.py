"""``stats``: what the index holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State
from retrieval.documents.types import ReadWarning

if TYPE_CHECKING:
    from retrieval.index.generation import Generation
    from retrieval.types import DocumentInfo

_SHOWN_NAMES = {"years": 12, "speakers": 8, "occasions": 3, "encodings": 8, "readers": 12}
"""Names shown of each kind; ``--json`` has all. Occasions are long."""
_MEGABYTE = 1 << 20


def add_stats(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)

    @app.command(
        "stats",
        cls=Command,
        help=state.text("help.stats"),
        epilog=state.text("help.stats_examples", program=state.program),
    )
    def stats(as_json: bool = options.as_json) -> None:
        from retrieval.cli.reading import with_generation  # noqa: PLC0415

        counted = with_generation(state, count)
        if as_json:
            state.print_json(counted)
        else:
            _show(state, counted)


def count(generation: Generation) -> dict[str, Any]:
    """The figures of an opened index; ``None`` as a name counts documents that are silent about it."""
    store, manifest = generation.store, generation.manifest
    infos = store.document_infos()
    from retrieval.index.doubts import doubts_of  # noqa: PLC0415

    documents = [store.document(info.id) for info in infos]
    return {
        "generation": generation.path.name,
        "created": manifest.created,
        "archive": manifest.archive,
        "documents": manifest.documents,
        "files": manifest.documents + len(store.copies),
        "passages": manifest.passages,
        "sentences": manifest.sentences,
        "characters": sum(len(document.raw) for document in documents),
        "years": _counted(info.date[:4] if info.date and info.date[:4].isdigit() else None for info in infos),
        "speakers": _counted(info.speaker for info in infos),
        "occasions": _counted(info.occasion for info in infos),
        "encodings": _counted(document.encoding for document in documents if document.encoding),
        "readers": _counted(document.reader for document in documents),
        "sources": [source for info in infos for source in _sources(info)],
        "warnings": [
            {"path": doubt.path, "warning": doubt.warning.value, "places": list(doubt.places)}
            for document in documents
            for doubt in doubts_of(document)
        ],
        "model": {"name": manifest.model, "fingerprint": manifest.fingerprint, "dim": manifest.dim},
        "vectors": {
            "passages": "exact" if manifest.vectors.passages_exact else "approximate",
            "sentences": "exact" if manifest.vectors.sentences_exact else "approximate",
        },
        "bytes": sum(record.size for record in manifest.files.values()),
    }


def _sources(info: DocumentInfo) -> list[dict[str, str]]:
    """The files of a document with what read them; those that are not cited name the one that is."""
    return [
        {"path": info.path, "reader": info.reader},
        *({"path": file.path, "reader": file.reader, "copy_of": info.path} for file in info.files),
    ]


def _counted(names: Any) -> list[dict[str, Any]]:
    """Names and how often, most frequent first, then by name; the silent ones last."""
    counts: Mapping[str | None, int] = Counter(names)
    ordered = sorted(counts.items(), key=lambda item: (item[0] is None, -item[1], item[0] or ""))
    return [{"name": name, "documents": number} for name, number in ordered]


def _show(state: State, counted: Mapping[str, Any]) -> None:
    from retrieval.cli.reasons import show_groups  # noqa: PLC0415
    from retrieval.cli.screen import FAINT  # noqa: PLC0415
    from retrieval.index.doubts import Doubt  # noqa: PLC0415
    from retrieval.index.reasons import doubt_groups  # noqa: PLC0415

    screen = state.screen()
    screen.aligned([((name, "cyan"), value) for name, value in _rows(state, counted)])
    if state.verbose:
        screen.blank()
        screen.aligned([(one["path"], (one["reader"], FAINT)) for one in counted["sources"]])
    doubts = [
        Doubt(one["path"], ReadWarning(one["warning"]), tuple(one["places"])) for one in counted["warnings"]
    ]
    show_groups(screen, state, "index.doubts_title", doubt_groups(doubts, state.language), "?")


def _rows(state: State, counted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each line is about, and what it says."""
    text, model = state.text, counted["model"]
    return [
        (text("stats.contents"), text("stats.contents_value", **_numbers(counted))),
        *(
            [(text("stats.files"), _told_files(state, counted))]
            if counted["files"] > counted["documents"]
            else []
        ),
        *(
            (text(f"stats.{name}"), _listed(state, counted[name], most))
            for name, most in _SHOWN_NAMES.items()
        ),
        (text("stats.model"), f"{model['name']} ({model['dim']})  {model['fingerprint']}"),
        (
            text("stats.vectors"),
            text(
                "stats.vectors_value",
                **{kind: text(f"index.{way}") for kind, way in counted["vectors"].items()},
            ),
        ),
        (
            text("stats.index"),
            f"{counted['generation']}  {counted['bytes'] / _MEGABYTE:.1f} MB  {counted['created']}",
        ),
        (text("stats.archive"), counted["archive"]),
    ]


def _told_files(state: State, counted: Mapping[str, Any]) -> str:
    copies = counted["files"] - counted["documents"]
    return state.text("stats.files_value", files=f"{counted['files']:,}", copies=f"{copies:,}")


def _numbers(counted: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"{counted[name]:,}" for name in ("documents", "passages", "sentences", "characters")}


def _listed(state: State, counts: list[dict[str, Any]], most: int) -> str:
    named = [f"{row['name'] or state.text('stats.unknown')} {row['documents']}" for row in counts]
    more = [state.text("stats.more", count=len(named) - most)] if len(named) > most else []
    return " · ".join(named[:most] + more)
