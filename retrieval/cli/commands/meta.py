"""``meta``: what is known of a speech and how, and the corrections that a person makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from config.errors import MetadataError, UsageError
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.corrections import Correction, Corrections
    from retrieval.documents.types import Document, Known


def add_meta(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    file = options.argument("archive_file", None)
    unset_fields = options.value("unset", "--unset", metavar="m_field")
    taken_back = options.flag("forget", "--forget")
    still_holds = options.flag("confirm", "--confirm")

    def text(name: str) -> Any:
        return options.value(f"set_{name}", f"--{name}", metavar="m_date" if name == "date" else "m_text")

    @app.command(
        "meta",
        cls=Command,
        help=state.text("help.meta"),
        epilog=state.text("help.meta_examples", program=state.program),
    )
    def meta(
        file: Path | None = file,
        *,
        title: str | None = text("title"),
        speaker: str | None = text("speaker"),
        role: str | None = text("role"),
        date: str | None = text("date"),
        occasion: str | None = text("occasion"),
        organ: str | None = text("organ"),
        series: str | None = text("series"),
        place: str | None = text("place"),
        unset: list[str] | None = unset_fields,
        forget: bool = taken_back,
        confirm: bool = still_holds,
        as_json: bool = options.as_json,
    ) -> None:
        values = {
            "title": title,
            "speaker": speaker,
            "role": role,
            "date": date,
            "occasion": occasion,
            "organ": organ,
            "series": series,
            "place": place,
        }
        changes = _changes(values, unset or ())
        _refuse_both(changes, forget=forget, confirm=confirm)
        if file is not None:
            _one(state, file, changes, forget=forget, confirm=confirm, as_json=as_json)
        elif changes or forget or confirm:
            missing = state.text("help.m_speech_file")
            raise UsageError("cli.usage_missing", parameter=missing, help=f"{state.program} meta --help")
        else:
            _list(state, as_json)


def _changes(values: Mapping[str, str | None], unset: Sequence[str]) -> dict[str, str]:
    """What is said, by field; "" where there is none.

    Raises:
        UsageError: a field is unknown, empty, both set and unset, or has a value that can't be meant.
    """
    from retrieval.corrections.sidecar import checked  # noqa: PLC0415
    from retrieval.documents.types import CITED_FIELDS  # noqa: PLC0415

    changes: dict[str, str] = {}
    for name, value in values.items():
        if value is None:
            continue
        try:
            changes[name] = checked(name, value)
        except MetadataError as reason:
            raise UsageError(reason.key, **reason.values) from reason
        if not changes[name]:
            raise UsageError("cli.empty_option", option=f"--{name}")
    for name in unset:
        if name not in CITED_FIELDS:
            raise UsageError("meta.unknown_field", field=name[:40], known=" ".join(CITED_FIELDS))
        if name in changes:
            raise UsageError("meta.set_and_unset", field=name)
    return changes | dict.fromkeys(unset, "")


def _refuse_both(changes: Mapping[str, str], *, forget: bool, confirm: bool) -> None:
    """A correction is changed, taken back or confirmed: one of the three."""
    for option, is_given in (("--forget", forget), ("--confirm", confirm)):
        if is_given and (changes or (forget and confirm)):
            raise UsageError("meta.both", option=option)


def _one(
    state: State, file: Path, changes: Mapping[str, str], *, forget: bool, confirm: bool, as_json: bool
) -> None:
    from retrieval.corrections import SIDECAR, Corrections, read_sidecar  # noqa: PLC0415
    from retrieval.corrections.editing import forget_correction, write_correction  # noqa: PLC0415
    from retrieval.documents.read import read_stored  # noqa: PLC0415

    archive = state.archive().resolve()
    path = _in_archive(file, archive)
    document = read_stored(archive, path)
    told = ""
    if forget:
        is_gone = forget_correction(archive, path, document.sha256)
        key = "meta.forgotten" if is_gone else "meta.nothing_to_forget"
        told = state.text(key, document=path, program=state.program)
    elif confirm and Corrections(read_sidecar(archive)).named(path) is None:
        told = state.text("meta.nothing_to_confirm", document=path)
    elif changes or confirm:
        write_correction(archive, path, document.sha256, changes)
        told = state.text("meta.written", file=archive / SIDECAR, program=state.program)
    corrections = Corrections(read_sidecar(archive))
    if as_json:
        state.print_json(_as_json(document, corrections, archive))
    else:
        _show(state, document, corrections)
    if told:
        state.say(told)


def _in_archive(file: Path, archive: Path) -> str:
    """A file as citations name it, given as a path in the archive or as any path to a file in it.

    Raises:
        UsageError: it lies elsewhere.
    """
    if not file.is_absolute() and (archive / file).exists() and ".." not in file.parts:
        return file.as_posix()
    try:
        return file.absolute().resolve().relative_to(archive).as_posix()
    except ValueError:
        pass
    if file.is_absolute() or ".." in file.parts:
        raise UsageError("meta.outside", file=file, archive=archive)
    return file.as_posix()


def _as_json(document: Document, corrections: Corrections, archive: Path) -> dict[str, Any]:
    from retrieval.corrections import SIDECAR  # noqa: PLC0415
    from retrieval.documents.types import CITED_FIELDS  # noqa: PLC0415

    found = corrections.of(document.path, document.sha256)
    return {
        "path": document.path,
        "sha256": document.sha256,
        "sidecar": str(archive / SIDECAR),
        "metadata": {name: _known(getattr(document.metadata, name), found, name) for name in CITED_FIELDS},
        "corrections": dict(found.values) if found else {},
        "replaced": found is None and corrections.named(document.path) is not None,
    }


def _known(read: Known, correction: Correction | None, name: str) -> dict[str, Any]:
    """A value in force, and what was read where that is another."""
    as_read = {"value": read.text or None, "provenance": read.provenance.value}
    if correction is None or name not in correction.values:
        return as_read
    return {"value": correction.values[name] or None, "provenance": "corrected", "read": as_read}


def _show(state: State, document: Document, corrections: Corrections) -> None:
    from retrieval.cli.screen import FAIR, STRONG  # noqa: PLC0415
    from retrieval.documents.types import CITED_FIELDS  # noqa: PLC0415

    screen, text = state.screen(), state.text
    found = corrections.of(document.path, document.sha256)
    screen.line((document.path, STRONG))
    if found is None and corrections.named(document.path):
        screen.line(("! ", FAIR), (text("meta.replaced"), FAIR))
    screen.blank()
    rows = []
    for name in CITED_FIELDS:
        read: Known = getattr(document.metadata, name)
        known = _known(read, found, name)
        value = " ".join(str(known["value"]).split()) if known["value"] else text("read.unknown")
        told = _told(state, read, is_none=known["value"] is None) if "read" in known else _origin(state, read)
        rows.append(((text(f"read.{name}"), "cyan"), f"{value}  ({told})" if told else value))
    screen.aligned(rows)


def _told(state: State, read: Known, *, is_none: bool) -> str:
    if not read.text:
        return state.text("meta.corrected_unread")
    key = "meta.corrected_none" if is_none else "meta.corrected"
    return state.text(key, before=" ".join(read.text.split()))


def _origin(state: State, read: Known) -> str:
    return state.text(f"read.{read.provenance.value}") if read.text else ""


def _list(state: State, as_json: bool) -> None:
    """All corrections, each with what is wrong with it as far as the file alone tells."""
    from retrieval.cli.screen import FAIR, STRONG  # noqa: PLC0415
    from retrieval.corrections import SIDECAR, read_sidecar  # noqa: PLC0415

    archive = state.archive().resolve()
    corrections = read_sidecar(archive)
    if as_json:
        listed = [{"path": one.path, "corrections": dict(one.values)} for one in corrections]
        state.print_json({"sidecar": str(archive / SIDECAR), "documents": listed})
        return
    screen = state.screen()
    for one in corrections:
        screen.line((one.path, STRONG))
        values = one.values.items()
        rows = [
            ((state.text(f"read.{name}"), "cyan"), value or state.text("read.unknown"))
            for name, value in values
        ]
        screen.aligned(rows, "  ")
    if not corrections:
        screen.line((state.text("meta.none_yet", program=state.program), FAIR))
