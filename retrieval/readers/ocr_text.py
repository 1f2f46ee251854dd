"""Recognised text in the widths and signs of print, where only the text can tell them apart."""

from __future__ import annotations

import re
import unicodedata

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HAN_ANY = re.compile(f"[{_HAN}]")
_CLOSING = "。，、；：！？”’）》】%％"
_WIDE = str.maketrans(",;:!?()", "，；：！？（）")
_MARK = re.compile(rf"(?<=[{_HAN}”’）》】])[,;:!?]|[,;:!?](?=[{_HAN}“‘（《【])")
_BRACKETS = re.compile(rf"\((?=[^()]*[{_HAN}])([^()]*)\)|\((?=[{_HAN}])|(?<=[{_HAN}])\)")
_LINE_END = re.compile(r"(?<=.)[,;:!?]$")
_PAGE_NUMBER = re.compile(r"[-—–~一]+\s?(\d{1,4})(?:\s?[-—–~一]+)?|(\d{1,4})\s?[-—–~]+")
_STOP = re.compile(rf"(?<=[{_HAN}])\.(?=[{_HAN}“]|$)")
_ITEM = re.compile(r"^(?P<before>[（(]?)[-—–ー一](?P<behind>[、）)])")
_BLANK = re.compile(rf"(?<=[{_CLOSING}]) +| +(?=[{_CLOSING}“‘（《【])|(?<=[“‘（《【]) +")


def as_printed(text: str) -> str:
    """A recognised line with Chinese marks in their usual width and a dash before 、 as the numeral it is."""
    text = unicodedata.normalize("NFC", text).strip().replace("\u3000", " ")
    text = _MARK.sub(lambda found: found[0].translate(_WIDE), text)
    text = _BRACKETS.sub(lambda found: found[0].replace("(", "（").replace(")", "）"), text)
    text = _STOP.sub("。", text)
    if _HAN_ANY.search(text):
        text = _LINE_END.sub(lambda found: found[0].translate(_WIDE), text)
    elif number := _PAGE_NUMBER.fullmatch(text):
        return f"- {number[1] or number[2]} -"
    text = _ITEM.sub(r"\g<before>一\g<behind>", text)
    return _BLANK.sub("", text)


def columns(text: str) -> int:
    """Columns that a line takes: two for a Chinese character or mark, one for any other."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" or one in "“”‘’…—·" else 1 for one in text)
