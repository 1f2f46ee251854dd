"""``chat``: a conversation in the terminal, or read line by line from a pipe."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from config.errors import UsageError
from retrieval.cli.options import Options, filters_from
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer

    from bot.answer import Answer
    from bot.conversation import Conversation
    from bot.live import Live
    from bot.terminal.worded import Wording
    from retrieval.cli.screen import Screen
    from retrieval.index.store import Store
    from retrieval.search.filters import Filters
    from retrieval.search.rewriting import Rewriting
    from retrieval.types import Quote

PROMPT = "❯ "
COMMANDS = ("/show", "/sources", "/new", "/help", "/quit")
HISTORY_FILE = "history"
_HITS = 10


def add_chat(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)

    @app.command(
        "chat",
        cls=Command,
        help=state.text("help.chat"),
        epilog=state.text("help.chat_examples", program=state.program),
    )
    def chat(
        document: str | None = options.document,
        speaker: str | None = options.speaker,
        year: int | None = options.year,
        no_llm: bool = options.no_llm,
    ) -> None:
        _chat(state, filters_from(document, speaker, year), no_llm)


class Chat:
    """Takes one line after the other and shows what comes of it."""

    def __init__(
        self,
        screen: Screen,
        state: State,
        conversation: Conversation,
        live: Live,
        wording: Wording | None = None,
    ) -> None:
        self._screen = screen
        self._state = state
        self._conversation = conversation
        self._live = live
        self._wording = wording
        self._told = ""

    def take(self, line: str) -> bool:
        """Do what one line says; False when the person leaves. What is wrong with it is told, not raised."""
        line = line.strip()
        if not line:
            return True
        try:
            if line.startswith("/"):
                return self._command(*line.split(maxsplit=1))
            self._ask(line)
        except UsageError as error:
            self._state.say(error.text(self._state.language))
        finally:
            self.tell_damage()
        return True

    def tell_damage(self) -> None:
        """Say once what is wrong with the index, if something is."""
        trouble = self._live.error
        text = trouble.text(self._state.language) if trouble else ""
        if text and text != self._told:
            self._state.say(text)
        self._told = text

    def _ask(self, question: str) -> None:
        from bot.terminal.answers import show_answer  # noqa: PLC0415

        past = self._conversation.past
        answer = self._live.use(lambda searcher: self._conversation.ask(searcher, question))
        self._screen.blank()
        show_answer(self._screen, self._state, answer, self._state.text("chat.hint"))
        if self._wording:
            self._wording.show(self._screen, answer, self._ask_again, past)
        self._screen.blank()

    def _ask_again(self, rewriting: Rewriting) -> Answer | None:
        return self._live.use(lambda searcher: self._conversation.ask_again(searcher, rewriting))

    def _command(self, name: str, argument: str = "") -> bool:
        text = self._state.text
        if name in ("/quit", "/exit", "/q"):
            return False
        if name == "/show":
            self._show(argument.strip().strip("[]"))
        elif name == "/sources":
            self._sources()
        elif name == "/new":
            self._conversation.new()
            self._screen.line((text("chat.forgotten"), "dim"))
        elif name == "/help":
            self._screen.line(text("chat.help"))
        else:
            raise UsageError("chat.no_such_command", name=name)
        return True

    def _show(self, number: str) -> None:
        quotes = self._quotes()
        if not number.isdecimal():
            raise UsageError("chat.which_quote")
        if not 1 <= int(number) <= len(quotes):
            raise UsageError("chat.no_such_quote", number=number, count=len(quotes))
        quote = quotes[int(number) - 1]
        self._live.use(lambda searcher: self._show_quote(searcher.generation.store, quote))

    def _show_quote(self, store: Store, quote: Quote) -> None:
        from retrieval.cli.commands.show import show_target  # noqa: PLC0415
        from retrieval.cli.target import Target  # noqa: PLC0415

        try:
            stored = store.stored(quote.document.id)
        except KeyError:  # another generation answers since
            raise UsageError("chat.quote_gone", path=quote.document.path) from None
        passage = store.passages_by_id([quote.passage_id]).get(quote.passage_id)
        target = Target(stored, (quote.span,), passage)
        target.document(store)  # what is damaged shows before anything is on the screen
        self._screen.blank()
        show_target(self._screen, self._state, store, target)
        self._screen.blank()

    def _sources(self) -> None:
        from retrieval.cli.citations import show_sources  # noqa: PLC0415

        show_sources(self._screen, self._state, self._quotes())

    def _quotes(self) -> tuple[Quote, ...]:
        last = self._conversation.last
        if last is None or not last.quotes:
            raise UsageError("chat.no_answer_yet")
        return last.quotes


def history_path() -> Path:
    """Where the lines that were typed are kept, for this person only."""
    import platformdirs  # noqa: PLC0415

    return platformdirs.user_data_path("anjiang", appauthor=False) / HISTORY_FILE


def private_file(path: Path) -> Path | None:
    """Make a file that only its owner can read; None when that can't be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError:
        return None
    return path


def _chat(state: State, filters: Filters, no_llm: bool) -> None:
    from bot.conversation import Conversation  # noqa: PLC0415
    from bot.live import Live  # noqa: PLC0415

    live = Live(state.settings())
    live.refresh()
    # Questions need not wait for what takes a second a gigabyte.
    threading.Thread(target=live.examine, daemon=True).start()
    conversation = Conversation(filters=filters, limit=_HITS, language=state.language)
    screen = state.screen()
    chat = Chat(screen, state, conversation, live, None if no_llm else _wording(state))
    chat.tell_damage()
    if sys.stdin.isatty():
        manifest = live.use(lambda searcher: searcher.generation.manifest)
        screen.line(
            (state.text("chat.welcome", documents=manifest.documents, passages=manifest.passages), "dim")
        )
        lines = _typed_lines()
    else:
        lines = iter(sys.stdin)
    for line in lines:
        if not chat.take(line):
            break
    live.close()


def _wording(state: State) -> Wording | None:
    llm = state.settings().llm
    if not (llm.base_url or llm.model):
        return None
    from bot.terminal.worded import Wording  # noqa: PLC0415

    return Wording(state)


def _typed_lines() -> Iterator[str]:
    """Lines as typed; Ctrl-C clears the line, Ctrl-D ends."""
    session = _session()
    while True:
        with suppress(KeyboardInterrupt):
            try:
                yield session.prompt()
            except EOFError:
                return


def _session() -> PromptSession[str]:
    from prompt_toolkit import PromptSession  # noqa: PLC0415
    from prompt_toolkit.completion import WordCompleter  # noqa: PLC0415
    from prompt_toolkit.formatted_text import FormattedText  # noqa: PLC0415
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory  # noqa: PLC0415

    path = private_file(history_path())
    history: History = FileHistory(path) if path else InMemoryHistory()
    completer: Completer = WordCompleter(list(COMMANDS), sentence=True)
    prompt = FormattedText([("ansicyan bold", PROMPT)])
    return PromptSession(prompt, history=history, completer=completer, complete_while_typing=False)
