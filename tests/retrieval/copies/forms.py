"""One speech of our own in the forms in which an archive holds it, and speeches that only look like it."""

from __future__ import annotations

import random
from html import escape

from retrieval.copies.choice import File, signature_of
from retrieval.copies.comparing import comparable
from retrieval.copies.grouping import group_files
from retrieval.documents.read import read_bytes
from retrieval.documents.types import Document
from tests.retrieval.readers.office import abstract, docx, in_list, level, num, p

TITLE = "在全县今冬明春安全防范工作会议上的讲话"
BYLINE = ("柳叙章", "（2023年11月21日）")
PARAGRAPHS = (
    "同志们：",
    "今天把各乡镇、各部门的主要负责人请到一起，是要把从现在到明年三月的安全防范工作说清楚、分下去。"
    "上周我带队走了桐树乡、白石镇的11家企业和4所学校，看下来总的是好的，但也有6处问题让人坐不住。",
    "一、把取暖这道关守住",
    "入冬以来全县已经接到煤气中毒警情7起，救治19人，好在没有死人，可是不能指望次次都有好运气。"
    "各村的网格员要挨家挨户走一遍，烟囱通不通、窗户开没开、报警器响不响，三样都要当面看、当面试，"
    "看完请户主在册子上写名字。独居的老人家里，每个星期至少去两趟，电话打不通的当天必须敲门。",
    "民政所、卫生院把上年住过院的、瘫在床上的、眼睛看不见的人列成单子，十二月五日以前交到应急所，"
    "单子上的每一户都要落到一名干部头上，这名干部换了岗位，单子要当面移交，中间不许断档。",
    "二、把路上这道关守住",
    "进入十二月，青岭段、鹰嘴弯的背阴路面早晚结冰，去年一个冬天在那里翻了5辆车。交通局要在下雪之前"
    "把融雪盐、防滑沙拉到坡脚，每一公里放一堆，标牌换成夜里看得见的。交警大队把校车、客车、拉煤车"
    "的台账重新过一遍，轮胎磨平的、灯不亮的，一律不准上路，谁放行谁签字，出了事就找签字的人。",
    "农用车拉人去赶集、去吃席的老毛病，今年要下狠心改。村里办红白喜事，村干部要提前把车辆问清楚，"
    "人多就从县客运公司租车，租金由乡镇补一半，这笔钱财政局已经留出来了，不要舍不得花。",
    "三、把厂子里这道关守住",
    "年底赶订单，加班多、人员杂、设备连轴转，这时候最容易出事。经信局、应急局要把38家重点企业分成"
    "三组，每组由一名局领导带着，带上懂电、懂化工的人，一家一家看配电室、看储罐、看有限空间，"
    "查出来的毛病现场开单，能停的马上停，停不了的写明谁盯着、盯到哪一天。",
    "动火作业一律先批后干。没有票的、票上的人不在场的、灭火器打不出来的，安全员有权叫停，老板不高兴"
    "可以来找我。外包队伍进厂先培训半天，考不过的不进车间，这一条写进合同，违约的下回不再用。",
    "四、把值班这道关守住",
    "县里的总值班室从今天起实行双人双岗，乡镇领导带班不离开辖区，遇到大风、大雪、寒潮红色预警，"
    "主要负责人必须在岗。信息报送十五分钟口头报、四十分钟书面报，宁可报早了改，不准压着等弄清楚。",
    "我就讲这些。散会以后各单位用三天时间把自己的单子排出来，周五下午五点以前交到县安委办，"
    "下个月中旬我和县政府的几位同志分头去看，不打招呼，不要陪同，看到什么就说什么。",
)


def text_form(
    paragraphs: tuple[str, ...] = PARAGRAPHS, title: str = TITLE, byline: tuple[str, ...] = BYLINE
) -> bytes:
    """As a plain text file."""
    return "\n".join((title, *byline, "", *paragraphs)).encode() + b"\n"


def word_form(
    paragraphs: tuple[str, ...] = PARAGRAPHS, title: str = TITLE, byline: tuple[str, ...] = BYLINE
) -> bytes:
    """As a Word file, whose headings Word numbers itself."""
    lines = [p(title), *(p(line) for line in byline)]
    for text in paragraphs:
        is_heading = text[1:2] == "、"
        lines.append(p(text[2:], in_list(1)) if is_heading else p(text))
    numbering = abstract(0, level(0, "chineseCounting", "%1、")) + num(1, 0)
    return docx("".join(lines), numbering=numbering)


def web_form(
    paragraphs: tuple[str, ...] = PARAGRAPHS, title: str = TITLE, byline: tuple[str, ...] = BYLINE
) -> bytes:
    """As a web page with its menu, its credits and its list of other news."""
    inside = "".join(f"<p>　　{escape(text)}</p>" for text in paragraphs)
    who = "".join(f"<p>{escape(line)}</p>" for line in byline)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/a">政务公开</a> <a href="/b">办事服务</a></div>
<div id="content"><h1>{title}</h1><p>发布时间：2023-11-24　来源：县安委办</p>{who}{inside}</div>
<div><h3>相关阅读</h3><ul>
<li><a href="1">全县召开防火会</a></li><li><a href="2">冬季值班安排</a></li></ul></div>
<div class="footer">版权所有 云溪县人民政府　网站地图</div></body></html>""".encode()


def misread(data: bytes, rate: float, seed: int = 0) -> bytes:
    """As a scan reads it: that share of characters is another, is lost, or has a blot beside it."""
    chance = random.Random(seed)
    read = []
    for character in data.decode():
        if character == "\n" or chance.random() >= rate:
            read.append(character)
            continue
        kind = chance.random()
        if kind < 0.8:
            read.append(chr(chance.randrange(0x4E00, 0x6000)))
        elif kind < 0.9:
            read.append(character + chance.choice("-·'"))
    return "".join(read).encode()


def rewritten(data: bytes, *changes: tuple[str, str]) -> bytes:
    """The text with other words; each of the old ones must be there."""
    text = data.decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def is_one_speech(one: bytes, other: bytes, paths: tuple[str, str] = ("一份.txt", "另一份.txt")) -> bool:
    """Whether two files are taken for the same speech, in either order."""
    documents = [read_bytes(data, path) for data, path in zip((one, other), paths, strict=True)]
    counts = {len(grouped(*order)) for order in (documents, documents[::-1])}
    assert len(counts) == 1
    return counts == {1}


def grouped(*documents: Document) -> list[list[str]]:
    """The paths of each speech's files, best first."""
    texts = {document.sha256: comparable(document.clean.text) for document in documents}
    files = [as_file(document) for document in documents]
    return [
        [file.path for file in group.files] for group in group_files(files, lambda file: texts[file.sha256])
    ]


def as_file(document: Document) -> File:
    """A document as files are compared."""
    return File(document.path, document.sha256, document.reader, signature_of(document))
