"""Word files made by hand, part by part, for tests of what no library writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = (
    f'xmlns:w="{W}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = ("styles", "numbering", "footnotes", "endnotes")


def package(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def docx(body: str, *, extra: Mapping[str, str | bytes] | None = None, **parts: str) -> bytes:
    """A document with this XML as its body; ``parts`` are insides of styles, numbering and notes."""
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_TYPES}/{name}" Target="{name}.xml"/>'
        for i, name in enumerate(_PARTS)
        if name in parts
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r" Type="{_TYPES}/officeDocument" '
            'Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{links}</Relationships>',
    }
    for name, content in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name} {_NAMES}>{content}</w:{name}>"
    return package({**members, **(extra or {})})


def p(text: str = "", properties: str = "", inside: str = "") -> str:
    """A paragraph of one run, and other content behind it."""
    own = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{own}{r(text) if text else ''}{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    own = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{own}<w:t xml:space="preserve">{text}</w:t></w:r>'


def in_list(list_id: int, level: int = 0) -> str:
    """Paragraph properties that number it."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def level(at: int, form: str, text: str, inside: str = "") -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{inside}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(number: int, *levels: str) -> str:
    """The definition of a list."""
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def num(list_id: int, of: int, inside: str = "") -> str:
    """A list of that definition."""
    return f'<w:num w:numId="{list_id}"><w:abstractNumId w:val="{of}"/>{inside}</w:num>'


def style(style_id: str, name: str, inside: str = "") -> str:
    """A paragraph style."""
    return f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/>{inside}</w:style>'
