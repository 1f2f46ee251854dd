"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re
from types import ModuleType

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
