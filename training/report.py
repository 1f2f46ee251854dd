"""Writes the tables of docs/quality.md and the learning curve's picture from docs/quality.json.

usage: python -m training.report [--check]

`training.compare` measures and writes the JSON; a person writes the text of the page. Between
``<!-- figures:SECTION FORM -->`` and ``<!-- /figures -->`` stands what this script makes, FORM being a key of
`training.tables.FORMS`. --check changes nothing and exits with 1 when something is not up to date.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from training.curve import curve_picture
from training.tables import FORMS

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"

CURVE: Final = "curve"
"""The section that the learning curve is drawn from; `docs/learning_curve.svg` is its picture."""

_BLOCK: Final = re.compile(
    r"(?P<opening><!-- figures:(?P<section>\S+) (?P<form>\S+) -->\n).*?(?P<closing><!-- /figures -->)",
    re.DOTALL,
)

Figures = Mapping[str, Any]


def main(arguments: Sequence[str] | None = None, docs: Path = DOCS) -> int:
    """Write or check; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    made = files(docs)
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if asked.check:
            sys.stderr.write(f"{path.name} is not up to date: run python -m training.report\n")
        else:
            path.write_text(made[path], "utf-8")
            sys.stdout.write(f"{path.name} updated\n")
    return 1 if asked.check and stale else 0


def files(docs: Path) -> dict[Path, str]:
    """What the files of the page should hold, by path.

    Raises:
        ValueError: as `updated`.
    """
    figures = json.loads((docs / "quality.json").read_text("utf-8"))
    page = docs / "quality.md"
    found = {page: updated(page.read_text("utf-8"), figures)}
    if CURVE in figures:
        found[docs / "learning_curve.svg"] = curve_picture(figures[CURVE])
    return found


def updated(text: str, figures: Figures) -> str:
    """The page with every marked table made anew.

    Raises:
        ValueError: a table's section was not measured, its form is unknown, or a marker has no partner.
    """
    if text.count("<!-- figures:") != len(_BLOCK.findall(text)) or text.count("<!-- /figures") != len(
        _BLOCK.findall(text)
    ):
        raise ValueError("a marker of figures has no partner")
    return _BLOCK.sub(lambda found: found["opening"] + _made(found, figures) + found["closing"], text)


def _made(block: re.Match[str], figures: Figures) -> str:
    section, form = block["section"], block["form"]
    if section not in figures:
        raise ValueError(f"figures:{section}: not measured; measured are {', '.join(figures)}")
    if form not in FORMS:
        raise ValueError(f"figures:{section} {form}: forms are {', '.join(FORMS)}")
    return FORMS[form](figures[section])


if __name__ == "__main__":
    sys.exit(main())
