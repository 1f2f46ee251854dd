"""The index rebuild script, made for cron: ``python -m retrieval.rebuild DIR``.

It runs what ``anjiang index`` runs. On success it prints one line (or the JSON report) and nothing else; a
failure is one line on standard error and an exit code other than 0.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from config.errors import SettingsError, UsageError
from retrieval.cli.building import build_index
from retrieval.cli.edge import guarded
from retrieval.cli.root import forgive_output
from retrieval.cli.state import State, requested_language

PROGRAM = "python -m retrieval.rebuild"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Complain in one line, as every command does."""
        raise UsageError("index.usage", reason=message, program=self.prog)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild an index and return the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else arguments
    forgive_output()
    state = State(requested_language(arguments), PROGRAM)
    return guarded(state, lambda: _run(state, _parser(state).parse_args(arguments)))


def _parser(state: State) -> argparse.ArgumentParser:
    parser = _Parser(prog=PROGRAM, description=state.text("index.help"), allow_abbrev=False)
    accepted: dict[str, dict[str, Any]] = {
        "folder": {"nargs": "?", "type": Path},
        "--index": {"type": Path, "metavar": "DIR"},
        "--config": {"type": Path, "metavar": "FILE"},
        "--lang": {"choices": ["zh", "en"]},
        "--full": {"action": "store_true"},
        "--dry-run": {"action": "store_true"},
        "--json": {"action": "store_true"},
    }
    for name, options in accepted.items():
        key = name.removeprefix("--").replace("-", "_")
        parser.add_argument(name, help=state.text(f"index.help_{key}"), **options)
    return parser


def _run(state: State, asked: argparse.Namespace) -> None:
    overrides = {"archive": asked.folder, "index": asked.index, "language": asked.lang}
    state.begin(config=asked.config, overrides=overrides, verbose=False, debug=False)
    settings = state.settings()
    if settings.archive is None:
        raise SettingsError("index.no_folder", program=PROGRAM)
    report = build_index(
        settings, settings.archive, settings.index, state=state, full=asked.full, dry_run=asked.dry_run
    )
    if asked.json:
        state.print_json(report.as_json(state.language))
        return
    if report.unusable is not None:
        state.say(state.text("index.full_broken", error=report.unusable.text(state.language)))
    for path, reason in report.left_over:
        state.say(f"{path}  {reason.text(state.language)}")
    sys.stdout.write(report.summary(state.language) + "\n")


if __name__ == "__main__":
    sys.exit(main())
