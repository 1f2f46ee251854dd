"""A speech in the formats of older office programs, by way of LibreOffice.

``python -m tests.retrieval.readers.legacy_office`` writes the files of tests/data/formats anew, which tests
read where LibreOffice is not installed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.retrieval.readers.office import abstract, docx, in_list, level, num, p, r, style

FORMATS = Path(__file__).resolve().parents[2] / "data/formats"
ENDINGS = ("doc", "rtf", "odt")
SOFFICE = shutil.which("soffice")

_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml."
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_KIND}document.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}{name}+xml"/>'
        for name in ("styles", "numbering", "footnotes")
    )
    + "</Types>"
)
STYLES = (
    style("0", "Normal")
    + style("1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>')
    + style("T", "Title")
    + style("M", "toc 1")
)
NUMBERING = (
    abstract(
        0,
        level(0, "chineseCounting", "%1、"),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%3."),
    )
    + abstract(1, level(0, "bullet", "●"))
    + num(1, 0)
    + num(2, 0, '<w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride>')
    + num(3, 1)
)
_CHANGE = 'w:id="9" w:author="x" w:date="2020-01-01T00:00:00Z"'
_DELETED = f"<w:del {_CHANGE}><w:r><w:delText>这句删掉了。</w:delText></w:r></w:del>"
_INSERTED = f"<w:ins {_CHANGE}><w:r><w:t>这句是加上的。</w:t></w:r></w:ins>"
_NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="1"><w:p/></w:footnote>'
)
_NOTES = f'{SEPARATORS}<w:footnote w:id="2">{p("据县气象台六月一日预报。")}</w:footnote>'
_BOX = (
    '<w:r><w:pict><v:shape type="#_x0000_t202" style="position:absolute;width:200pt;height:60pt">'
    f"<v:textbox><w:txbxContent>{p('值班电话见附表')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)


def field(instruction: str, result: str) -> str:
    """A field with its result."""
    sign = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
    return f"{sign.format('begin')}{code}{sign.format('separate')}{result}{sign.format('end')}"


def _table(*rows: tuple[str, ...]) -> str:
    grid = '<w:gridCol w:w="3000"/>' * len(rows[0])
    cell = '<w:tc><w:tcPr><w:tcW w:w="3000" w:type="dxa"/></w:tcPr>{}</w:tc>'
    lines = "".join(f"<w:tr>{''.join(cell.format(p(text)) for text in row)}</w:tr>" for row in rows)
    head = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{head}<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"


_HANDOVER = "交班的人要把水位、雨量、闸门开度当面说清，接班的人没到，交班的人不准走。"
_BODY = (
    p("在全县汛期安全工作会议上的讲话", '<w:pStyle w:val="T"/>')
    + p("陆文舟")
    + p("（2023年6月8日）")
    + p("同志们：")
    + p("今年雨水来得早，上游水库已经放过两次水，今天开会只讲汛期的事，各乡镇要听清楚。", inside=_NOTE)
    + p("看住水库", in_list(1))
    + p("巡坝", in_list(1, 1))
    + p(
        "每天巡坝四遍，夜里加两遍，记录本要签名。详见",
        inside=field(' HYPERLINK "http://example.cn/a" ', r("巡坝规程")) + r("。"),
    )
    + p("值守", in_list(1, 1))
    + p("查岗", in_list(1, 2))
    + p("换人", in_list(1, 2))
    + p("值守人员不准离岗。", inside=_DELETED + _INSERTED)
    + p(inside=r("交接班。", "<w:b/>") + r(_HANDOVER))
    + p("转移群众", in_list(1))
    + p("喊应", in_list(2, 2))
    + p("名单如下，一户一户核对：", inside=_BOX)
    + _table(("村名", "户数", "责任人"), ("上坪村", "31", "何立群"), ("下坪村", "27", "方敏"))
    + p("以上名单三天内报到县里。")
    + p("防汛物资", '<w:pStyle w:val="1"/>')
    + p("编织袋", in_list(3))
    + p("照明灯", in_list(3))
    + p("上面两样要备足，𠮷姓仓管员负责清点，缺一样补一样，五月底前报数。")
    + p("同志们，人命关天，大家抓紧去办，办得好不好，汛期过后一并讲评。")
)
LINES = (
    ("第1段", "在全县汛期安全工作会议上的讲话"),
    ("第2段", "陆文舟"),
    ("第3段", "（2023年6月8日）"),
    ("第4段", "同志们："),
    ("第5段", "今年雨水来得早，上游水库已经放过两次水，今天开会只讲汛期的事，各乡镇要听清楚。"),
    ("第6段", "一、看住水库"),
    ("第7段", "（一）巡坝"),
    ("第8段", "每天巡坝四遍，夜里加两遍，记录本要签名。详见巡坝规程。"),
    ("第9段", "（二）值守"),
    ("第10段", "1. 查岗"),
    ("第11段", "2. 换人"),
    ("第12段", "值守人员不准离岗。这句是加上的。"),
    ("第13段", f"交接班。{_HANDOVER}"),
    ("第14段", "二、转移群众"),
    ("第15段", "1. 喊应"),
    ("第16段", "名单如下，一户一户核对："),
    ("文本框1", "值班电话见附表"),
    ("表1第1行", "村名\t户数\t责任人"),
    ("表1第2行", "上坪村\t31\t何立群"),
    ("表1第3行", "下坪村\t27\t方敏"),
    ("第17段", "以上名单三天内报到县里。"),
    ("第18段", "防汛物资"),
    ("第19段", "● 编织袋"),
    ("第20段", "● 照明灯"),
    ("第21段", "上面两样要备足，𠮷姓仓管员负责清点，缺一样补一样，五月底前报数。"),
    ("第22段", "同志们，人命关天，大家抓紧去办，办得好不好，汛期过后一并讲评。"),
    ("脚注1", "据县气象台六月一日预报。"),
)
"""What every format says, with the places of the lines."""

HEADINGS = (("交接班。", 0), ("防汛物资", 1))


def speech() -> bytes:
    """The speech as a Word file."""
    return docx(
        _BODY,
        styles=STYLES,
        numbering=NUMBERING,
        footnotes=_NOTES,
        extra={"[Content_Types].xml": TYPES},
    )


def converted(document: bytes, ending: str) -> bytes:
    """A Word file in another format; LibreOffice must be installed."""
    assert SOFFICE is not None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "speech.docx")
        source.write_bytes(document)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [
            SOFFICE,
            profile,
            "--headless",
            "--convert-to",
            ending,
            "--outdir",
            f"{folder}/out",
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return Path(folder, "out", f"speech.{ending}").read_bytes()


if __name__ == "__main__":
    FORMATS.mkdir(parents=True, exist_ok=True)
    for one in ENDINGS:
        (FORMATS / f"libreoffice.{one}").write_bytes(converted(speech(), one))
