"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import retrieval.documents
import retrieval.search
from config.patterns import lazy_pattern


def test_lazy_pattern_does_what_a_compiled_one_does() -> None:
    pattern = lazy_pattern(r"(?P<year>\d{4})年", re.IGNORECASE)
    assert [found["year"] for found in pattern.finditer("2023年和2024年")] == ["2023", "2024"]
    assert pattern.sub("今年", "2024年春节") == "今年春节"
    assert pattern.match("在2024年") is None
    assert (pattern.pattern, pattern.groups, pattern.flags & re.IGNORECASE) == (
        r"(?P<year>\d{4})年",
        1,
        re.IGNORECASE,
    )


def test_mistake_in_a_pattern_is_told_at_first_use() -> None:
    pattern = lazy_pattern("(")
    with pytest.raises(re.error):
        pattern.search("")


@pytest.mark.parametrize("package", [retrieval.documents, retrieval.search])
def test_patterns_of_the_modules_are_without_mistakes(package: ModuleType) -> None:
    lazy = type(lazy_pattern(""))
    names = [each.name for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    patterns = [value for module in modules for value in vars(module).values() if isinstance(value, lazy)]
    assert len(patterns) > 40
    assert all(pattern.groups >= 0 for pattern in patterns)


def test_a_pattern_that_needs_some_characters_finds_the_same() -> None:
    pattern = lazy_pattern(r"多少(?P<unit>[元块])|几毛", needs="少毛")
    found = pattern.search("要交多少元")
    assert found is not None
    assert found["unit"] == "元"
    assert pattern.search("要交几毛") is not None
    assert pattern.search("多少") is None
    assert pattern.search("要交钱") is None
    assert pattern.sub("*", "要交几毛") == "要交*"


def test_characters_that_patterns_need_are_in_all_that_they_match() -> None:
    checked = 0
    for pattern in rare_patterns():
        checked += 1
        assert every_match_has(_parser.parse(pattern.pattern), pattern.needs), pattern.pattern
    assert checked > 40


@pytest.mark.parametrize(
    ("text", "needs", "holds"),
    [
        ("多少|几毛", "少毛", True),
        ("多少|几毛", "少", False),
        ("(?:天|年)多?", "天年", True),
        ("[天年]多?", "天", False),
        ("天?年", "天", False),
        ("(?=天)年", "天", False),
        ("天{2,3}", "天", True),
    ],
)
def test_what_every_match_has(text: str, needs: str, holds: bool) -> None:
    assert every_match_has(_parser.parse(text), frozenset(needs)) is holds


def rare_patterns() -> Iterator[Any]:
    rare = type(lazy_pattern("a", needs="a"))
    names = [each.name for each in pkgutil.iter_modules(retrieval.search.__path__, "retrieval.search.")]
    for module in map(importlib.import_module, names):
        for value in vars(module).values():
            kinds = value if isinstance(value, tuple) else (value,)
            asked = [getattr(kind, "asked", kind) for kind in kinds]
            yield from (each for each in asked if isinstance(each, rare))


def every_match_has(parsed: Iterable[tuple[Any, Any]], needs: frozenset[str]) -> bool:
    """Whether no text matches a parsed pattern that has none of some characters, as far as its form tells."""
    return any(_has(operation, argument, needs) for operation, argument in parsed)


def _has(operation: Any, argument: Any, needs: frozenset[str]) -> bool:
    if operation is _constants.LITERAL:
        return chr(argument) in needs
    if operation is _constants.IN:
        return all(kind is _constants.LITERAL and chr(value) in needs for kind, value in argument)
    if operation is _constants.SUBPATTERN:
        return every_match_has(argument[-1], needs)
    if operation is _constants.BRANCH:
        return all(every_match_has(branch, needs) for branch in argument[1])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return argument[0] > 0 and every_match_has(argument[2], needs)
    return False
