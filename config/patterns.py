"""Regular expressions that are compiled when they are first used.

A process that answers one question needs a few of the patterns that its modules define; compiling all of them
would take longer than the answer itself.
"""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ["lazy_pattern"]


class _LazyPattern:
    """Has what a compiled pattern has, from the first time that anything of it is asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)  # found without this method from now on
        return value


class _RarePattern(_LazyPattern):
    """Besides, is not compiled to search what has none of some characters."""

    def __init__(self, text: str, flags: int, needs: str) -> None:
        super().__init__(text, flags)
        self.needs = frozenset(needs)

    def search(self, string: str) -> re.Match[str] | None:
        return None if self.needs.isdisjoint(string) else self._searched(string)

    def _searched(self, string: str) -> re.Match[str] | None:
        self._searched = re.compile(self._text, self._flags).search  # type: ignore[method-assign]
        return self._searched(string)


def lazy_pattern(text: str, flags: int = 0, *, needs: str = "") -> re.Pattern[str]:
    """What ``re.compile`` gives, compiled at first use: a mistake in ``text`` is told then.

    For modules that a first answer imports. It can't be passed to the functions of :mod:`re`.

    Args:
        text: the regular expression.
        flags: of :mod:`re`.
        needs: characters of which every match has one; ``search`` looks for them first. For patterns that few
            texts match; "" where nothing can be said.
    """
    return cast(re.Pattern[str], _RarePattern(text, flags, needs) if needs else _LazyPattern(text, flags))
