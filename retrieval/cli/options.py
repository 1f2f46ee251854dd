"""Options that several commands share, with their help in the person's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from config.errors import UsageError
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.search.filters import Filters

MAX_LIMIT = 100
FIRST_YEAR, LAST_YEAR = 1900, 2999


class Options:
    """Defaults for the parameters of typer commands; typer turns each into an option."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.question: Any = self.argument("question", ...)
        self.document: Any = self.value("document", "--document", "-d", metavar="m_document")
        self.speaker: Any = self.value("speaker", "--speaker", "-s", metavar="m_name")
        self.year: Any = self.value("year", "--year", "-y", metavar="m_year", low=FIRST_YEAR, high=LAST_YEAR)
        self.as_json: Any = self.flag("json", "--json")
        self.no_llm: Any = self.flag("no_llm", "--no-llm")

    def limit(self, default: int) -> Any:
        """At most so many hits."""
        help_text = self._state.text("help.limit", default=default)
        metavar = self._state.text("help.m_number")
        return typer.Option(default, "--limit", "-n", min=1, max=MAX_LIMIT, metavar=metavar, help=help_text)

    def argument(self, name: str, default: Any) -> Any:
        """A positional argument; its texts are ``help.NAME`` and ``help.m_NAME``."""
        text = self._state.text
        return typer.Argument(default, metavar=text(f"help.m_{name}"), help=text(f"help.{name}"))

    def value(
        self, name: str, *names: str, metavar: str, low: int | None = None, high: int | None = None
    ) -> Any:
        """An option with a value; its text is ``help.NAME``."""
        text = self._state.text
        return typer.Option(
            None, *names, metavar=text(f"help.{metavar}"), help=text(f"help.{name}"), min=low, max=high
        )

    def flag(self, name: str, *names: str) -> Any:
        """An option that is given or not; its text is ``help.NAME``."""
        return typer.Option(False, *names, help=self._state.text(f"help.{name}"))


def filters_from(document: str | None, speaker: str | None, year: int | None) -> Filters:
    """The filters of the three options.

    Raises:
        UsageError: one of them is given but empty, which would silently mean "any".
    """
    from retrieval.search.filters import Filters  # noqa: PLC0415

    for name, value in (("--document", document), ("--speaker", speaker)):
        if value is not None and not value.strip():
            raise UsageError("cli.empty_option", option=name)
    return Filters(document and document.strip(), speaker and speaker.strip(), year)
