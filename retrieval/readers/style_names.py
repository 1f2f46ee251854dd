"""What the built-in names of styles say, in the languages in which Word, WPS and LibreOffice write them."""

from __future__ import annotations

import re

CONTENTS_FIELD = re.compile(r"\s*TOC\b", re.I)
"""What the instruction of a field begins with that makes a table of contents."""

_HEADING = re.compile(r"(?:heading|标题)[\s_]*([1-9])$", re.I)
_CONTENTS = re.compile(r"(?:toc|目录|contents)\s*(?:[1-9]|heading|标题)?$|table of figures$", re.I)
_TITLE = re.compile(r"(?:title|标题)$", re.I)


def heading_level(name: str) -> int:
    """1 to 9 where the style's name is that of a heading, else 0."""
    found = _HEADING.match(name)
    return int(found[1]) if found else 0


def is_title(name: str) -> bool:
    """Whether it is the name of the title's style."""
    return _TITLE.match(name) is not None


def is_contents(name: str) -> bool:
    """Whether it is a style of tables of contents."""
    return _CONTENTS.match(name) is not None
