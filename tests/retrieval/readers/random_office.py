"""Word files made at random, and the same in older formats by way of LibreOffice."""

from __future__ import annotations

import difflib
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from retrieval.readers import docx as docx_reader
from tests.retrieval.readers import legacy_office as office
from tests.retrieval.readers.office import docx, in_list, p, r

ENDINGS = ("doc", "rtf", "odt")
_SIGNS = "防汛抗旱安全生产检查水库大坝值班人员各乡镇部门要把责任落到实处，、。；：“”（）·—12345abc𠮷"


class _Maker:
    """One document; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._notes: list[str] = []

    def make(self) -> bytes:
        body = p(self._words(10))
        for _ in range(self._random.randrange(5, 40)):
            body += self._table() if self._random.random() < 0.12 else self._paragraph(notes=True)
        body += p(self._words(20))
        notes = "".join(
            f'<w:footnote w:id="{number}">{p(text)}</w:footnote>'
            for number, text in enumerate(self._notes, 2)
        )
        return docx(
            body, styles=office.STYLES, numbering=office.NUMBERING, footnotes=office.SEPARATORS + notes,
            extra={"[Content_Types].xml": office.TYPES},
        )  # fmt: skip

    def _words(self, length: int) -> str:
        return "".join(self._random.choice(_SIGNS) for _ in range(length))

    def _run(self) -> str:
        text = self._words(self._random.randrange(1, 12))
        change = f'w:id="{self._random.randrange(99999)}" w:author="x" w:date="2020-01-01T00:00:00Z"'
        kinds = {
            "bold": r(text, "<w:b/>"),
            "hidden": r(text, "<w:vanish/>"),
            "deleted": f"<w:del {change}><w:r><w:delText>{text}</w:delText></w:r></w:del>{r('后')}",
            "inserted": f"<w:ins {change}>{r(text)}</w:ins>",
            "link": office.field(' HYPERLINK "http://a.cn" ', r(text)) + r("，"),
            "break": f"<w:r><w:br/></w:r>{r(text)}",
            "tab": f"<w:r><w:tab/></w:r>{r(text)}",
            "plain": r(text),
        }
        return self._random.choices(list(kinds.values()), (15, 5, 8, 8, 6, 4, 4, 50))[0]

    def _paragraph(self, *, notes: bool = False) -> str:
        kind = self._random.choice(["", "", "", "list", "bullet", '<w:pStyle w:val="1"/>'])
        kind = {"list": in_list(1, self._random.randrange(3)), "bullet": in_list(3)}.get(kind, kind)
        inside = r("前") + "".join(self._run() for _ in range(self._random.randrange(1, 5)))
        if notes and self._random.random() < 0.08:
            self._notes.append(self._words(12))
            inside += f'<w:r><w:footnoteReference w:id="{len(self._notes) + 1}"/></w:r>'
        return p("", kind, inside)

    def _table(self) -> str:
        columns = self._random.randrange(1, 4)
        cell = '<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{}</w:tc>'
        rows = [
            "".join(
                cell.format("".join(self._paragraph() for _ in range(self._random.choice([1, 1, 1, 2]))))
                for _ in range(columns)
            )
            for _ in range(self._random.randrange(1, 4))
        ]
        grid = '<w:gridCol w:w="2000"/>' * columns
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>{p(self._words(9))}"
        )


def alike(wanted: str, found: str) -> float:
    """The share of characters in order, blanks aside."""
    one, other = "".join(wanted.split()), "".join(found.split())
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(one), len(other), 1)


def lines_alike(wanted: str, found: str) -> float:
    """The share of lines that come out whole."""
    lines = set(found.split("\n"))
    return sum(line in lines for line in wanted.split("\n")) / len(wanted.split("\n"))


def converted(seeds: range) -> Iterator[tuple[str, str, bytes]]:
    """The ending, the text of a Word file, and the file that LibreOffice makes of it.

    Args:
        seeds: of the files; they are converted together.
    """
    assert office.SOFFICE is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"{seed}.docx" for seed in seeds]
        for seed, file in zip(seeds, files, strict=True):
            file.write_bytes(_Maker(seed).make())
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        for ending in ENDINGS:
            command = [office.SOFFICE, profile, "--headless", "--convert-to", ending, "--outdir", name]
            subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=600)
            for file in files:
                text = docx_reader.read(file.read_bytes()).text
                yield ending, text, file.with_suffix(f".{ending}").read_bytes()
