"""What the commands of one program share: language, global options, settings, and where output goes."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import SettingsError
from config.messages import Language, language_of, message
from config.patterns import lazy_pattern
from retrieval.cli.terminal import one_line

if TYPE_CHECKING:
    from config.settings import Settings
    from retrieval.cli.screen import Screen

_SURROGATE = lazy_pattern("[\ud800-\udfff]")
SETTINGS_FILE = "anjiang.toml"


class State:
    """One program run. The root command's options fill it in before a command begins.

    Attributes:
        program: the name that help and hints show, such as "anjiang".
        language: of everything printed.
    """

    def __init__(self, language: Language, program: str) -> None:
        self.language = language
        self.program = program
        self.debug = False
        self.verbose = False
        self._config: Path | None = None
        self._overrides: dict[str, object] = {}
        self._settings: Settings | None = None

    def begin(
        self, *, config: Path | None, overrides: Mapping[str, object], verbose: bool, debug: bool
    ) -> None:
        """Take the global options of this run; forget those of a run before."""
        self._config = config
        self._overrides = dict(overrides)
        self.verbose, self.debug = verbose, debug
        self._settings = None
        if (asked := overrides.get("language")) is not None:
            self.language = Language(str(asked))
        self._configure_logging(())

    def given(self, key: str) -> object | None:
        """A setting as given on the command line; None when it was not."""
        return self._overrides.get(key)

    def override(self, key: str, value: object) -> None:
        """Take a setting from a command's own argument."""
        self._overrides[key] = value
        self._settings = None

    def settings(self) -> Settings:
        """The settings in force, read once.

        Raises:
            SettingsError: a file can't be read, a key is unknown or a value is not allowed.
        """
        from config.settings import LanguageChoice, load_settings  # noqa: PLC0415

        if self._settings is None:
            self._settings = load_settings(self._config, self._overrides)
            if self._settings.language is not LanguageChoice.AUTO:
                self.language = Language(self._settings.language.value)
            self._configure_logging(self._settings.secrets())
        return self._settings

    def archive(self) -> Path:
        """The archive of the settings in force, for what can't do without.

        Raises:
            SettingsError: none is set, or the settings can't be read.
        """
        archive = self.settings().archive
        if archive is None:
            raise SettingsError("settings.archive_not_set")
        return archive

    def secrets(self) -> tuple[str, ...]:
        """Texts that must not be printed, as far as the settings are known."""
        return self._settings.secrets() if self._settings else ()

    def text(self, key: str, **values: object) -> str:
        """A message of the catalogue in the person's language."""
        return message(key, self.language, **values)

    def say(self, text: str) -> None:
        """Tell the person something that is no result: one line on standard error."""
        print(one_line(text), file=sys.stderr)  # noqa: T201

    def print_json(self, value: Any) -> None:
        """Print a result for programs: indented for a person's eyes, else in one line."""
        unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
        text = json.dumps(value, ensure_ascii=not unicode, indent=2 if sys.stdout.isatty() else None)
        # File names may hold bytes that are no text; JSON can still spell them.
        print(_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))  # noqa: T201

    def screen(self) -> Screen:
        """Where results for people go."""
        from retrieval.cli.screen import Screen, stdout_console  # noqa: PLC0415

        return Screen(stdout_console())

    def _configure_logging(self, secrets: Sequence[str]) -> None:
        from config.logging import configure_logging  # noqa: PLC0415

        configure_logging(2 if self.debug else int(self.verbose), sys.stderr, secrets)


def requested_language(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> Language:
    """The language asked for, before anything is parsed, so that help and errors are in it too.

    ``--lang`` wins over ``ANJIANG_LANGUAGE``, that over the settings file, that over the locale. Whatever is
    wrong with them is told later, when the settings are really read.
    """
    asked = _option(arguments, "--lang") or environ.get("ANJIANG_LANGUAGE", "")
    if not asked:
        asked = _language_of_file(Path(_option(arguments, "--config") or SETTINGS_FILE))
    return language_of(environ, asked.lower())


def _option(arguments: Sequence[str], name: str) -> str:
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith(name + "="):
            return argument.partition("=")[2]
        if argument == name and at + 1 < len(arguments):
            return arguments[at + 1]
    return ""


def _language_of_file(path: Path) -> str:
    try:
        return str(tomllib.loads(path.read_text("utf-8")).get("language", ""))
    except (OSError, ValueError):
        return ""
