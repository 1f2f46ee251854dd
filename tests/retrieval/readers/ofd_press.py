"""OFD files set by hand, as several programs write them: for each character a step, a line, or an object."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from retrieval.readers.pdf_signs import is_wide
from tests.retrieval.readers.office import package
from tests.retrieval.readers.printed_speeches import Block

_PREFIXED = ' xmlns:ofd="http://www.ofdspec.org/2016"'
_MM = 25.4 / 72
_LEFT, _TOP, _WIDTH, _BOTTOM, _SIZE, _LEADING = 28.0, 37.0, 154.0, 262.0, 16 * _MM, 28 * _MM
_CLOSING = "，。、；：！？）》」』】”’%"
_WORD = re.compile(r"[!-~]+|.", re.S)


@dataclass(frozen=True)
class Placed:
    """A line as it is set: its characters, and where each starts; millimetres from the upper left corner."""

    text: str
    places: tuple[float, ...]
    baseline: float
    size: float
    font: str = "3"


@dataclass
class Sheet:
    """A page: lines of text, and drawn lines as (left, top, right, bottom)."""

    lines: list[Placed] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)


def width(text: str) -> float:
    """Ems of a text."""
    return sum(1.0 if is_wide(sign) else 0.5 for sign in text)


def typeset(blocks: Sequence[Block]) -> list[Sheet]:
    """Blocks in the layout of official papers: first lines indented, full lines justified, tables ruled."""
    sheets = [Sheet()]
    at = _TOP
    for number, block in enumerate(blocks):
        is_row = block.kind == "row"
        if block.kind in ("title", "person", "date"):
            size, font = (22 * _MM, "5") if block.kind == "title" else (_SIZE, "3")
            lines = [
                _line(
                    text,
                    _LEFT + (_WIDTH - width(text) * size) / 2,
                    size,
                    "5" if block.kind == "title" else "3",
                )
                for text in _broken(block.text, _WIDTH / size, 0)
            ]
        elif is_row:
            lines = []
        else:
            indent = 0 if block.kind == "call" else 2
            texts = _broken(block.text, _WIDTH / _SIZE, indent)
            font = "4" if block.kind == "h1" else "3"
            lines = [
                _line(text, _LEFT + (indent * _SIZE if first else 0), _SIZE, font,
                      full=_LEFT + _WIDTH if text is not texts[-1] else 0)
                for first, text in zip([True] + [False] * len(texts), texts, strict=False)
            ]  # fmt: skip
        for line in lines:
            at += line.size / _SIZE * _LEADING
            if at > _BOTTOM:
                sheets.append(Sheet())
                at = _TOP + _LEADING
            sheets[-1].lines.append(Placed(line.text, line.places, at, line.size, line.font))
        if is_row:
            if at + 9 > _BOTTOM:
                sheets.append(Sheet())
                at = _TOP
            at = _row(sheets[-1], block.text.split("\t"), at + (3 if blocks[number - 1].kind != "row" else 0))
    return sheets


def _row(sheet: Sheet, cells: Sequence[str], at: float) -> float:
    edges = [_LEFT, _LEFT + 30, _LEFT + 66, _LEFT + 90, _LEFT + _WIDTH]
    size, bottom = 10 * _MM, at + 7
    for left, text in zip(edges, cells, strict=False):
        line = _line(text, left + 1, size, "3")
        sheet.lines.append(Placed(line.text, line.places, at + 5, size))
    sheet.rules += [(edge, at, edge, bottom) for edge in edges]
    sheet.rules += [(_LEFT, y, _LEFT + _WIDTH, y) for y in (at, bottom)]
    return bottom


def _line(text: str, left: float, size: float, font: str, full: float = 0) -> Placed:
    places, at = [], left
    stretch = (full - left - width(text) * size) / max(1, len(text) - 1) if full else 0.0
    for sign in text:
        places.append(at)
        at += (1.0 if is_wide(sign) else 0.5) * size + stretch
    return Placed(text, tuple(places), 0, size, font)


def _broken(text: str, ems: float, indent: int) -> list[str]:
    """Lines of a paragraph; no line begins with a closing mark, no word is cut."""
    lines, line, room = [], "", ems - indent
    for word in _WORD.findall(text):
        if width(line) + width(word) > room + 1e-6:
            taken = ""
            if word in _CLOSING:
                line, taken = line[:-1], line[-1]
            lines.append(line)
            line, room = taken, ems
        line += word
    return [*lines, line]


def _steps(values: Iterable[float]) -> str:
    return " ".join(f"{value:.4f}" for value in values)


def by_steps(line: Placed) -> str:
    """An object a line, a step for each character."""
    left = line.places[0]
    steps = (after - before for before, after in zip(line.places, line.places[1:], strict=False))
    return (
        f'<ofd:TextObject ID="9" Boundary="{left:.4f} {line.baseline - line.size:.4f} 160 {line.size:.4f}" '
        f'Font="{line.font}" Size="{line.size:.4f}"><ofd:FillColor Value="0 0 0"/>'
        f'<ofd:TextCode X="0" Y="{line.size:.4f}" DeltaX="{_steps(steps)}">{html.escape(line.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def by_runs(line: Placed) -> str:
    """An object a line whose matrix scales a unit font; equal steps are told as runs."""
    scale = line.size
    steps = [
        f"{(after - before) / scale:.5f}" for before, after in zip(line.places, line.places[1:], strict=False)
    ]
    runs: list[list[str]] = []
    for step in steps:
        if runs and runs[-1][0] == step:
            runs[-1].append(step)
        else:
            runs.append([step])
    told = " ".join(f"g {len(run)} {run[0]}" if len(run) > 2 else " ".join(run) for run in runs)
    return (
        f'<ofd:PageBlock ID="8"><ofd:TextObject ID="9" Boundary="0 0 210 297" Font="{line.font}" Size="1" '
        f'CTM="{scale:.5f} 0 0 {scale:.5f} {line.places[0]:.5f} {line.baseline:.5f}">'
        f'<ofd:TextCode X="0" Y="0" DeltaX="{told}">{html.escape(line.text)}</ofd:TextCode>'
        "</ofd:TextObject></ofd:PageBlock>"
    )


def by_characters(line: Placed) -> str:
    """An object for each character."""
    return "".join(
        f'<ofd:TextObject ID="9" Boundary="{place:.3f} {line.baseline - line.size:.3f} {line.size:.3f} '
        f'{line.size:.3f}" Font="{line.font}" Size="{line.size:.3f}"><ofd:TextCode X="0" Y="{line.size:.3f}">'
        f"{html.escape(sign)}</ofd:TextCode></ofd:TextObject>"
        for sign, place in zip(line.text, line.places, strict=True)
    )


def drawn(rules: Iterable[tuple[float, float, float, float]]) -> str:
    """Lines as paths."""
    return "".join(
        f'<ofd:PathObject ID="7" Boundary="{left} {top} {right - left} {bottom - top}" LineWidth="0.2">'
        f"<ofd:AbbreviatedData>M 0 0 L {right - left} {bottom - top}</ofd:AbbreviatedData></ofd:PathObject>"
        for left, top, right, bottom in rules
    )


def layer(content: str) -> str:
    """The inside of a page."""
    return f'<ofd:Content><ofd:Layer ID="6" Type="Body">{content}</ofd:Layer></ofd:Content>'


def root(*documents: tuple[str, str], inside: str = "") -> str:
    """The list of documents: their titles and where they are."""
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>a</ofd:DocID><ofd:Title>{title}</ofd:Title></ofd:DocInfo>"
        f"<ofd:DocRoot>{place}</ofd:DocRoot><ofd:Signatures>/Signatures.xml</ofd:Signatures></ofd:DocBody>"
        for title, place in documents
    )
    return f'<ofd:OFD{_PREFIXED} DocType="OFD" Version="1.0">{bodies}{inside}</ofd:OFD>'


def document(pages: Sequence[str], template: str = "") -> dict[str, str]:
    """The members of a document, named from its folder."""
    used = '<ofd:Template TemplateID="2" ZOrder="Background"/>' if template else ""
    listed = '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    places = "".join(
        f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages))
    )
    members = {
        "Document.xml": f"<ofd:Document{_PREFIXED}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>{listed}</ofd:CommonData>"
        f"<ofd:Pages>{places}</ofd:Pages></ofd:Document>",
        "PublicRes.xml": f'<ofd:Res{_PREFIXED} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="3" FontName="仿宋_GB2312"/><ofd:Font ID="4" FontName="黑体"/>'
        '<ofd:Font ID="5" FontName="方正小标宋简体"/></ofd:Fonts></ofd:Res>',
    }
    for at, page in enumerate(pages):
        members[f"Pages/Page_{at}/Content.xml"] = f"<ofd:Page{_PREFIXED}>{used}{page}</ofd:Page>"
    if template:
        members["Tpls/Tpl_0/Content.xml"] = f"<ofd:Page{_PREFIXED}>{template}</ofd:Page>"
    return members


def text(words: str, left: float, baseline: float, attributes: str = "", code: str = "") -> str:
    """An object of 5 mm characters."""
    return (
        f'<ofd:TextObject ID="9" Boundary="{left} {baseline - 5} 150 6" Font="3" Size="5" {attributes}>'
        f'<ofd:TextCode X="0" Y="5" {code}>{html.escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def ofd(
    pages: Sequence[str],
    *,
    title: str = "",
    template: str = "",
    extra: Mapping[str, str | bytes] | None = None,
    prefix: bool = True,
    inside: str = "",
) -> bytes:
    """A file of one document.

    Args:
        pages: what stands between the tags of each.
        title: in the information.
        template: the inside of a template that all pages use.
        extra: other members.
        prefix: False writes all elements in a default namespace.
        inside: more of the root.
    """
    members: dict[str, str] = {"OFD.xml": root((title, "/Doc_0/Document.xml"), inside=inside)}
    for name, content in document(pages, template).items():
        members[f"Doc_0/{name}"] = content
    if not prefix:
        for name, content in members.items():
            assert isinstance(content, str)
            members[name] = (
                content.replace("<ofd:", "<").replace("</ofd:", "</").replace("xmlns:ofd", "xmlns")
            )
    return package({**members, **(extra or {})})


def printed(
    blocks: Sequence[Block], write: Callable[[Placed], str], *, template: str = "", prefix: bool = True
) -> bytes:
    """A speech, its pages numbered."""
    pages = []
    for number, sheet in enumerate(typeset(blocks), 1):
        foot = f"— {number} —"
        size = 14 * _MM
        below = Placed(*_parts(_line(foot, 105 - width(foot) * size / 2, size, "3"), 280))
        pages.append(layer("".join(map(write, [*sheet.lines, below])) + drawn(sheet.rules)))
    return ofd(pages, template=template, prefix=prefix)


def _parts(line: Placed, baseline: float) -> tuple[str, tuple[float, ...], float, float]:
    return line.text, line.places, baseline, line.size
