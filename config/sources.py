"""Raw settings from the command line, the environment, ``.env`` and ``anjiang.toml``, each with its origin.

The sources of pydantic-settings pass over an environment name that they do not know and can't say afterwards
which of them gave a value; both are promises here. What is left of it would be a model of pydantic.
"""

from __future__ import annotations

import difflib
import enum
import io
import json
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.errors import SettingsError
from config.messages import Language, message
from config.redaction import redact

__all__ = ["Entry", "Origin", "OriginKind", "printable", "read_sources"]

_FILE = "anjiang.toml"
_DOTENV = ".env"
_PREFIX = "ANJIANG_"
_NESTING = "__"
_SHOWN = 60  # characters of a bad value that are shown: enough to recognise it, short enough for one line


class OriginKind(enum.Enum):
    """Where a value came from, strongest first."""

    COMMAND_LINE = "command_line"
    ENVIRONMENT = "environment"
    DOTENV = "dotenv"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from; ``name`` is the option, the variable or the file."""

    kind: OriginKind
    name: str = ""

    def text(self, language: Language) -> str:
        """The origin as ``anjiang config`` shows it."""
        return message(f"settings.origin_{self.kind.value}", language, name=self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """One raw value under its dotted key.

    Attributes:
        place: where it stands, as an error names it: ``--index``, ``$ANJIANG_INDEX``, ``.env:3``.
        base: the folder that a relative path in ``value`` counts from.
    """

    key: str
    value: object
    origin: Origin
    place: str
    base: Path = Path()


def read_sources(
    path: Path | None, overrides: Mapping[str, object], keys: Collection[str]
) -> tuple[Path, dict[str, Entry]]:
    """The project folder, and the strongest entry of every key that is set anywhere.

    Empty text counts as not set: a service file can switch a value off by ``ANJIANG_LLM__MODEL=``.

    Args:
        path: a settings file that must exist; None looks for ``anjiang.toml`` in the current folder.
        overrides: from the command line by dotted key; None as a value means "not given".
        keys: every dotted key there is.

    Raises:
        SettingsError: a file can't be read, or a key is not in ``keys``.
    """
    file = path or Path(_FILE)
    layers = (
        _file_entries(file, path is not None, keys),
        _dotenv_entries(file.parent / _DOTENV, keys),
        _environment_entries(keys),
        _override_entries(overrides, keys),
    )
    return file.parent, {
        entry.key: entry for layer in layers for entry in layer if entry.value not in ("", None)
    }


def printable(value: object) -> str:
    """A raw value as an error shows it: one line, short, nothing shaped like a secret."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # a number that JSON has no form for
        text = str(value)
    text = redact(text).encode("utf-8", "backslashreplace").decode()
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _file_entries(file: Path, required: bool, keys: Collection[str]) -> Iterator[Entry]:
    text = _text_of(file, required)
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = found[1] if found else len(text.rstrip().splitlines())  # "at end of document"
        raise SettingsError("settings.invalid_toml", path=file, line=line) from error
    for key, value in _flat(tables, keys):
        yield _checked(Entry(key, value, Origin(OriginKind.FILE, str(file)), str(file), file.parent), keys)


def _flat(
    tables: Mapping[str, object], keys: Collection[str], prefix: str = ""
) -> Iterator[tuple[str, object]]:
    for name, value in tables.items():
        key = prefix + name
        if isinstance(value, dict) and key not in keys:
            yield from _flat(value, keys, f"{key}.")
        else:
            yield key, value


def _dotenv_entries(file: Path, keys: Collection[str]) -> Iterator[Entry]:
    """The ``ANJIANG_`` lines of a ``.env`` file; its other lines belong to other programs.

    Values are taken as they stand: filling in ``${NAME}`` would change tokens that hold a dollar sign.
    """
    text = _text_of(file, required=False)
    if not text:
        return
    from dotenv.parser import parse_stream  # noqa: PLC0415 -- few have such a file

    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        # The blank lines before a binding count as part of it.
        line = binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")
        if binding.error or (_is_ours(binding.key or "") and binding.value is None):
            raise SettingsError("settings.invalid_dotenv", path=file, line=line)
        if binding.key is not None and _is_ours(binding.key):
            origin = Origin(OriginKind.DOTENV, str(file))
            yield _checked(
                Entry(_key_of(binding.key), binding.value, origin, f"{file}:{line}", file.parent),
                keys,
                binding.key,
            )


def _environment_entries(keys: Collection[str]) -> Iterator[Entry]:
    for name, value in sorted(os.environ.items()):
        if _is_ours(name):
            origin = Origin(OriginKind.ENVIRONMENT, name)
            yield _checked(Entry(_key_of(name), value, origin, f"${name}"), keys, name)


def _override_entries(overrides: Mapping[str, object], keys: Collection[str]) -> Iterator[Entry]:
    for key, value in overrides.items():
        if key not in keys:  # the option's own definition is wrong, nothing that a user could mend
            raise ValueError(f"no such setting: {key}")
        option = "--" + re.sub(r"[._]", "-", key)
        yield Entry(key, value, Origin(OriginKind.COMMAND_LINE, option), option)


def _checked(entry: Entry, keys: Collection[str], variable: str = "") -> Entry:
    """The entry, unless nothing of that name can be set. ``variable`` is the name it was written under."""
    written = variable or entry.key
    valid = {_variable_of(key) if variable else key: key for key in keys}
    if written in valid:
        if isinstance(entry.value, dict):
            raise SettingsError("settings.not_a_value", place=entry.place, setting=entry.key)
        return entry
    inner = [name for name, key in valid.items() if key.startswith(f"{entry.key}.")]
    if inner:
        raise SettingsError("settings.not_a_table", place=entry.place, setting=entry.key, near=inner[0])
    key = printable(entry.key).strip('"')
    near = difflib.get_close_matches(written.upper() if variable else written, valid, n=1)
    if near:
        raise SettingsError("settings.unknown_key_near", place=entry.place, setting=key, near=near[0])
    raise SettingsError("settings.unknown_key", place=entry.place, setting=key)


def _text_of(file: Path, required: bool) -> str:
    """The file's text, or "" for a file that need not exist."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        if required:
            raise SettingsError("settings.file_missing", path=file) from None
        return ""
    except OSError as error:
        raise SettingsError("settings.unreadable", path=file, reason=error.strerror) from error
    try:
        return data.decode("utf-8-sig")  # editors on Windows write a byte-order mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError("settings.not_utf8", path=file, line=line) from error


def _is_ours(name: str) -> bool:
    return name.upper().startswith(_PREFIX)


def _key_of(variable: str) -> str:
    return variable[len(_PREFIX) :].lower().replace(_NESTING, ".")


def _variable_of(key: str) -> str:
    return _PREFIX + key.upper().replace(".", _NESTING)
