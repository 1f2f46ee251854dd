"""``verify``: prove the quotes of an answer from the source files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from config.errors import UsageError
from retrieval.cli.options import Options
from retrieval.cli.parsing import Command
from retrieval.cli.state import State

if TYPE_CHECKING:
    from retrieval.search.verify import Proof

_SHOWN_FOUND = 60  # characters of what stands in the file instead


def add_verify(app: typer.Typer, state: State) -> None:
    """Add the command."""
    options = Options(state)
    file = options.argument("answer_file", ...)

    @app.command(
        "verify",
        cls=Command,
        help=state.text("help.verify"),
        epilog=state.text("help.verify_examples", program=state.program),
    )
    def verify(answer: str = file, as_json: bool = options.as_json) -> None:
        _verify(state, answer, as_json)


def _verify(state: State, file: str, as_json: bool) -> None:
    from retrieval.search.verify import read_claims  # noqa: PLC0415
    from retrieval.search.verify import verify as prove  # noqa: PLC0415

    archive = state.archive()
    if not archive.is_dir():
        raise UsageError("index.archive_missing", archive=archive)
    proofs = prove(read_claims(_read(file)), archive)
    if as_json:
        state.print_json(_as_json(proofs))
    else:
        _show(state, proofs)
    if not all(proof.holds for proof in proofs):
        raise typer.Exit(1)


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError("verify.unreadable", path=file, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise UsageError("verify.not_json", reason="UTF-8") from error


def _show(state: State, proofs: tuple[Proof, ...]) -> None:
    from retrieval.cli.screen import BAD, FAIR, GOOD, MARK  # noqa: PLC0415
    from retrieval.search.verify import Verdict  # noqa: PLC0415

    screen = state.screen()
    if not proofs:
        screen.line(state.text("verify.no_claims"))
        return
    styles = {Verdict.PROVED: GOOD, Verdict.PROVED_FILE_CHANGED: FAIR}
    for proof in proofs:
        claim = proof.claim
        line = state.text(
            f"verify.{proof.verdict.value}",
            number=claim.number,
            path=claim.path,
            start=claim.start,
            end=claim.end,
            at=proof.at,
            found=_shortened(proof.found),
            reader=claim.reader,
            now=proof.reader,
        )
        label, _, rest = line.partition(" ")
        screen.line((label, MARK), " ", (rest, styles.get(proof.verdict, BAD)))
    failed = sum(not proof.holds for proof in proofs)
    summary = state.text("verify.summary", proved=len(proofs) - failed, failed=failed)
    screen.line((summary, BAD if failed else GOOD))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line[:_SHOWN_FOUND] + ("…" if len(line) > _SHOWN_FOUND else "")


def _as_json(proofs: tuple[Proof, ...]) -> dict[str, Any]:
    return {
        "proved": sum(proof.holds for proof in proofs),
        "failed": sum(not proof.holds for proof in proofs),
        "quotes": [
            {
                "n": proof.claim.number,
                "path": proof.claim.path,
                "start": proof.claim.start,
                "end": proof.claim.end,
                "holds": proof.holds,
                "verdict": proof.verdict.value,
                "at": proof.at,
                "found": proof.found,
            }
            for proof in proofs
        ],
    }
