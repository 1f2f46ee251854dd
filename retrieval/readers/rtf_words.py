"""Control words of RTF: those that are characters, and those that say where the text of their group goes."""

from __future__ import annotations

from retrieval.readers.rtf_state import Destination

CHARACTERS = {
    b"tab": "\t", b"line": "\n", b"lbr": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": "\u2003", b"enspace": "\u2002",
    b"qmspace": "\u2005", b"nestcell": " ",
}  # fmt: skip
PAGES = {b"mac": 10000, b"pc": 437, b"pca": 850}
SKIPPED = frozenset(
    (
        b"colortbl", b"pict", b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl",
        b"footerr", b"footerf", b"ftnsep", b"ftnsepc", b"ftncn", b"aftnsep", b"aftnsepc", b"aftncn", b"sp",
        b"nonshppict", b"shprslt", b"nonesttables", b"xe", b"rxe", b"tc", b"tcn", b"pntxta", b"pntxtb",
        b"info", b"private1", b"upr", b"objclass", b"objname", b"annotation", b"comment", b"filetbl",
        b"revtbl", b"listtable",
    )
)  # fmt: skip
SHOWN_STARRED = frozenset((b"shpinst", b"do", b"ud", b"pntext", b"nesttableprops", b"footnote"))
"""Groups that may be passed over, says the file, and hold text all the same."""

DESTINATIONS = {
    b"fonttbl": Destination.FONTS,
    b"stylesheet": Destination.STYLES,
    b"listtext": Destination.NUMBER,
    b"pntext": Destination.NUMBER,
    b"fldinst": Destination.INSTRUCTION,
}
