"""Holds for every area of the catalogue and every place in the source that names a message."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from config import errors
from config.errors import AnjiangError, SettingsError
from config.messages import Language, language_of, message

ROOT = Path(__file__).resolve().parents[2]
AREAS = sorted((ROOT / "config/messages").glob("*.toml"))
LAYERS = ("config", "embeddings", "retrieval", "bot")
ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, AnjiangError)
}


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)\}", text))


def catalogue() -> dict[str, dict[str, str]]:
    return {
        f"{area.stem}.{name}": entry
        for area in AREAS
        for name, entry in tomllib.loads(area.read_text("utf-8")).items()
    }


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.stem)
def test_every_message_is_there_in_both_languages_with_the_same_fields(area: Path) -> None:
    entries = tomllib.loads(area.read_text("utf-8"))
    assert entries
    for name, entry in entries.items():
        assert set(entry) == {"zh", "en"}, name
        assert all(text.strip() == text != "" for text in entry.values()), name
        assert fields(entry["zh"]) == fields(entry["en"]), name
        assert re.search(r"[\u4e00-\u9fff]", entry["zh"]) or fields(entry["zh"]), f"{name}: no Chinese"


def calls() -> list[tuple[str, str, set[str] | None]]:
    """(place, key, field names or None when they can't be read) of every message named by a literal."""
    found = []
    for path in sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = (
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            )
            first = node.args[0]
            if (
                function in ERRORS | {"message"}
                and isinstance(first, ast.Constant)
                and isinstance(first.value, str)
            ):
                names = {keyword.arg for keyword in node.keywords}
                given = None if None in names else {name for name in names if name}
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", first.value, given))
    return found


def test_every_message_named_in_the_source_exists_and_gets_its_fields() -> None:
    known = catalogue()
    found = calls()
    assert ("settings.file_missing") in {key for _, key, _ in found}, "the scan sees nothing"
    for place, key, given in found:
        assert key in known, f"{place}: no message {key}"
        if given is not None:
            assert fields(known[key]["en"]) <= given, f"{place}: {key} lacks a field"


def test_fields_are_data_and_never_interpreted() -> None:
    text = message("settings.file_missing", Language.EN, path="{path} {0} %s")
    assert text.startswith("there is no settings file {path} {0} %s;")


def test_unknown_message_is_a_programmers_mistake() -> None:
    with pytest.raises(KeyError):
        message("settings.nonsense", Language.ZH)


@pytest.mark.parametrize(
    ("environ", "override", "language"),
    [
        ({}, "", Language.ZH),
        ({"LANG": "C.UTF-8"}, "auto", Language.ZH),
        ({"LANG": "en_US.UTF-8"}, "", Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "", Language.ZH),
        ({"LANG": "zh_CN", "LC_MESSAGES": "en_GB", "LC_ALL": ""}, "", Language.EN),
        ({"LANG": "zh_CN"}, "en", Language.EN),
        ({"LANG": "en_US"}, "zh", Language.ZH),
    ],
)
def test_language_is_chinese_unless_locale_or_settings_say_english(
    environ: dict[str, str], override: str, language: Language
) -> None:
    assert language_of(environ, override) is language


def test_error_text_in_both_languages() -> None:
    error = SettingsError("settings.file_missing", path="x.toml")
    assert str(error) == "there is no settings file x.toml; check the path after --config"
    assert error.text(Language.ZH) == "找不到设置文件 x.toml；请检查 --config 后面的路径"
