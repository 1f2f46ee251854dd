"""The ``anjiang`` command, also as ``python -m bot``."""

from __future__ import annotations

import gc

_YOUNG = 10_000
"""New objects between two collections. With Python's 700 the imports alone are gone through 170 times, in
vain: what they make stays. The garbage that waits instead is a megabyte or two."""


def main() -> None:
    """Run ``anjiang`` with the process's arguments."""
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    from bot.cli import main as run  # noqa: PLC0415 -- imports make the objects

    run()


if __name__ == "__main__":
    main()
