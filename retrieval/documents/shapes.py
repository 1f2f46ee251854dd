"""The shapes of the lines that stand around a speech: titles, salutations, bylines, dates, letterheads.

Each function looks at one line (or one stretch of a long line) on its own; ``zones`` decides by position.
"""

from __future__ import annotations

import re

from config.patterns import lazy_pattern

NUMERAL = "一二三四五六七八九十"
TERMINALS = "。！？!?；;…"
CLOSERS = '”’」』）)》】"'

DATE = (
    r"(?:(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|(?:19|20)\d{2}([.\-/．])\d{1,2}\1\d{1,2}|"
    r""
    r"[一二][〇零○ОＯO０0一二三四五六七八九]{3}\s*年\s*[一二三四五六七八九十]{1,2}\s*月(?:\s*[一二三四五六七八九十]{1,3}\s*[日号])?"
    r"|"
    r"\d{1,2}\s*月\s*\d{1,2}\s*[日号])"
)
ROLES = (
    r"(?:党委书记|党组书记|副书记|总书记|书记|副市长|副县长|副区长|副省长|副州长|副镇长|副乡长|副局长|"
    r"副主任|副厅长|副部长|副主席|副总经理|副总裁|副校长|"
    r"副院长|副董事长|副秘书长|副会长|副司长|副处长|副队长|市长|县长|区长|省长|州长|盟长|旗长|镇长|乡长|"
    r"局长|主任|厅长|部长|主席|董事长|总经理|总裁|校长|院长|"
    r"秘书长|会长|司长|处长|科长|所长|站长|队长|支队长|总队长|大队长|政委|总监|总工程师|经理|厂长|矿长|"
    r"行长|台长|社长|理事长|负责人|专员|常委(?!会)|委员(?!会)|调研员|巡视员|指挥长)"
)
"""Offices that people hold; 委员会 and 常委会 are bodies."""
NAME = (
    r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff][ \u3000]{1,4}[\u4e00-\u9fff]|"
    r"[*＊×XxＸ○〇某]{1,4}|[\u4e00-\u9fff][*＊×XxＸ○〇某]{1,3})"
)
_SPEECH = (
    r"(?:讲话|讲话稿|讲话提纲|讲话要点|讲话摘要|讲话精神|发言|发言稿|发言提纲|发言材料|致辞|致词|报告|"
    r"工作报告|汇报|动员令|动员|总结|点评|提纲|党课|主持词|"
    r"主持讲话|表态发言|典型发言|经验交流|通报|要求|意见|部署|寄语|倡议|表态)"
)
_TITLE_END = lazy_pattern(_SPEECH + r"(?:[（(][^（）()]{1,24}[）)])?[”》]?$")
_TITLE_MIDDLE = lazy_pattern(
    r"在.{2,60}?(?:会|会议|仪式|活动|大会|座谈|培训班|论坛|现场|启动|典礼|期间|调研时?|检查时?|"
    r"考察时?)(?:上|时|中|期间)?的?" + _SPEECH
)
_DATE_LINE = lazy_pattern(
    r"^[（(【\[]?\s*(?:讲话|会议)?(?:时间|日期)?[:：]?\s*"
    + DATE
    + r"\s*(?:[（(][^（）()]{1,12}[）)]|[上下]午|星期.|晚|,|，|\s|"
    r"\d{1,2}(?:[:：]\d{2}|[时点](?:半|整|\d{1,2}分)?))*[）)】\]]?$"
)
_ISSUE_LINE = lazy_pattern(DATE + r"\s*印发$|^(?:印发日期|印发时间)[:：]")
_SPEAKER_LABEL = (
    r"(?:(?:主讲(?:人|嘉宾|领导)?|讲话(?:人|领导)?|演讲人?|发言(?:人|领导)?|宣讲人|报告人|汇报人|授课人|通报人|作者|姓名"
    r"|author|speaker)\s*[:：]\s*|(?:主讲|讲话|演讲|发言|宣讲|授课)人[ \t\u3000]+)"
)
_LABELLED_SPEAKER = lazy_pattern(_SPEAKER_LABEL)
# 市委副书记  市长: two offices with blanks between them.
_OFFICES = rf"[^\s。！？:：]{{0,40}}{ROLES}(?:[ \u3000]+[^\s。！？:：]{{0,20}}{ROLES})?"
_BODY = r"(?:政府|医院|学院|公司|集团|中心|小学|中学|学校|大学|厂|矿|街道|支队|大队|[局厅委办院所站])"
_PERSON_LINES = (
    # 主讲：副院长 某某某（分管后勤）
    lazy_pattern(
        rf"^{_SPEAKER_LABEL}(?P<role>[^\s:：]*?{ROLES})?\s*(?P<name>{NAME})(?:同志)?"
        r"(?:[（(](?:分管|负责|主持)[^（）()]{2,30}[）)])?$"
    ),
    lazy_pattern(
        rf"^(?:{_SPEAKER_LABEL})?(?P<name>{NAME})(?:同志)?[ \u3000\t]*"
        rf"[（(，,](?P<role>[^\s。！？:：]{{0,40}}{ROLES})[）)]?$"
    ),
    lazy_pattern(rf"^(?P<role>{_OFFICES})[ \u3000\t]*(?P<name>{NAME})(?:同志)?$"),
    # Body, office and name, each apart from the next.
    lazy_pattern(
        rf"^(?P<role>[^\s，。！？:：]{{2,30}}{_BODY}[ \u3000\t]+[^\s，。！？:：]{{0,12}}{ROLES})"
        rf"[ \u3000\t]+(?P<name>{NAME})(?:同志)?$"
    ),
    lazy_pattern(
        rf"^(?:{_SPEAKER_LABEL})?(?P<name>{NAME})(?:同志)?[ \u3000\t]+"
        rf"(?P<role>[^\s。！？:：]{{0,40}}{ROLES})$"
    ),
    lazy_pattern(rf"^(?P<name>{NAME})同志$"),
)
# How what stands behind an office ends where it is a body, a meeting or a paper: 主任办公会, 局长信箱.
_NO_PERSON = lazy_pattern(
    r"^(?:各位|同志|全体)|(?:办公[室厅会]|委员会|委[会办]|小组|指挥部|[支总大]队|公司|集团|中心|机关|协会|学会|分会|会议|专题会|例会|"
    r"[\u4e00-\u9fff]{2}[局厅]|热线|信箱|文件|通报|通知|纪要|讲话|发言|致辞|报告|材料|名单|批示|寄语|职务)$"
)
_ROLE_LINE = lazy_pattern(rf"^[\u4e00-\u9fff、（）()·]{{0,36}}{ROLES}$")
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝"
    "邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项"
    "祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏"
    "蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊"
    "惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬"
    "全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲台从鄂索咸籍赖卓蔺屠蒙池乔"
    "阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通"
    "边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东"
    "欧沃利蔚越隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须"
    "丰巢关蒯相查荆红游竺权逯盖益桓公覃肖佟涂闫付代邸仝苟岳兰牟阳芦麦隋丛佘苑迟邝栗楚鄢谌粟冼楼帅漆辜亓邰况檀"
)
# Minutes that say of which meeting are a title: 某某2024年第三次全体会议纪要.
_SERIES = lazy_pattern(
    r"^(?!.*(?:\d{4}年|第[\d一二三四五六七八九十]+次).*纪要$)[^\s，。：]{2,20}(?:通报|简报|专报|快报|信息|动态|纪要|内部情况|通讯|参阅|文件|通知|情况反映|内参"
    r"|督查专报|工作交流)$"
)
_ISSUE_NUMBER = lazy_pattern(
    r""
    r"^[（(〔\[【]?\s*(?:\d{4}\s*年?\s*)?[（(]?(?:总)?第\s*[\d〇零一二三四五六七八九十百]{1,5}\s*[期号][）)]?(?:\s*[（(]?总第\s*\d+\s*期[）)]?)?\s*[）)〕\]】]?$"
)
_FILE_NUMBER = lazy_pattern(
    r"^[\u4e00-\u9fff]{1,10}\s*[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*第?\s*\d{1,4}\s*号$"
)
_ORGAN = lazy_pattern(
    r"^[^\s，。：:；！？]{2,40}(?:人民政府|办公室|办公厅|委员会|安委会|安委办|领导小组|指挥部|政府办|"
    r"市委|县委|区委|省委|[\u4e00-\u9fff]局|[\u4e00-\u9fff]厅|公司|集团|支队|总队|街道办事处|"
    r"管委会)(?:编|编印|印|主办)?$"
)
# What a letterhead or a cover calls the papers of an office; those of a meeting are no series.
_PAPER = lazy_pattern(
    r"(?:文件|(?:会议|学习|培训|交流|发言|汇报)(?:材料|文件|资料))(?:之[一二三四五六七八九十]{1,2})?$"
)
_ADDRESSEE = lazy_pattern(r"^各[^。！？:：]{2,42}[:：]$")
_COVER = lazy_pattern(
    r"印发给你们|现(?:将|予)[^。]{0,60}(?:印发|转发|刊发)|编者按|按[:：]|认真(?:学习)?贯彻(?:落实|执行)。$"
)
_LETTERHEAD_FIELD = lazy_pattern(
    r"^(?:签发人?|密级|紧急程度|编号|编辑|主办|主管|份号|内部资料|机密|秘密|特急|加急|注意保存)"
)
_TAIL = lazy_pattern(
    r"^(?:主\s*送|抄\s*送|抄\s*报|报\s*送|分\s*送|发\s*送|发\s*至|送\s*达|主题词)\s*[:：]|印发$|"
    r"共\s*印\s*\d+\s*份|^[（(]此件|^信息公开(?:选项|类别|属性)"
)
_ATTACHMENT = lazy_pattern(r"^附\s*件\s*[\d一二三]{0,2}\s*(?:[:：]|$)")
_CLOSING = lazy_pattern(
    r"^(?:(?:同志们|各位)?[，,]?(?:今天)?我(?:今天|的话|的讲话|的发言|这里)?(?:就)?(?:先)?(?:讲|"
    r"说)(?:这么多|这么些|这些|到这里|到这儿|完了|这几点)|我的(?:讲话|发言|汇报|报告)(?:完了|完毕|到此|"
    r"就到这里|结束)|"
    r"(?:最后[，,])?(?:再次)?(?:谢谢|感谢)(?:大家|同志们|各位)?|(?:讲话|发言|汇报)?(?:完毕|到此结束)|"
    r"[—–=*~_\-\s]*(?:END|End|end|The End|THE END|全文完|完)[—–=*~_\-\s]*$)"
)
_VOCATIVE = lazy_pattern(
    r"[*#\s]*(?:尊敬的|亲爱的)?[\u4e00-\u9fff（）()·]{0,14}?(?:同志们|朋友们|同事们|战友们|老师们|同学们"
    r"|乡亲们|先生们|女士们|工友们|嘉宾们?|来宾|领导|同志|同事|朋友|代表|委员|家长|师生|职工|工友|老师|"
    r"企业家|负责人|负责同志|先生|女士|主任|书记|市长|县长|局长)[*\s]*"
)
_ADDRESSED = lazy_pattern(
    r"[*#\s]*(?:尊敬的|亲爱的)?(?:各位|全体|广大|尊敬的)(?:(?!要|请|将|把)[\u4e00-\u9fff（）()]){1,16}[*\s]*"
)
CIRCLED = "[①-⑳❶-❿]"
_MARKER = lazy_pattern(
    rf"[*#\s\u3000]*(?:第[{NUMERAL}百\d]{{1,3}}(?:[、，,：:．.\s]|部分|章|节)|"
    rf"[{NUMERAL}]{{1,3}}[、．.，,]|[（(][{NUMERAL}\d]{{1,3}}[）)]|\d{{1,2}}[、．.](?!\d)|{CIRCLED}|"
    rf"[{NUMERAL}]{{1,2}}[要是](?!求|点|么|否|日|月)|(?:最后|首先|其次|再次)[，,])"
)


def circled_number(text: str) -> int:
    """The number of ① to ⑳ or ❶ to ❿; 0 for anything else."""
    first = next((first for first, last in ("①⑳", "❶❿") if len(text) == 1 and first <= text <= last), None)
    return ord(text) - ord(first) + 1 if first else 0


def is_title(text: str) -> bool:
    """Whether a line ends as titles of speeches do, or says where the speech was given."""
    bare = bare_title(text)
    if not 4 <= len(bare) <= 100 or bare.endswith(tuple("。，；：,;:")) or "。" in bare:
        return False
    return bool(_TITLE_END.search(bare) or _TITLE_MIDDLE.search(bare))


def bare_title(text: str) -> str:
    """A title line without Markdown's marks."""
    return text.strip("# *\u3000\t")


def unbold(text: str) -> str:
    """A line without the bold marks around it; a mask at its end stays."""
    return text[2:-2].strip() if len(text) > 4 and text.startswith("**") and text.endswith("**") else text


def title_before_date(text: str) -> int:
    """Where a title ends whose line goes on with a bracketed date or name; the line's length otherwise."""
    opening = max(
        text.rfind("(2"),
        text.rfind("（2"),
        text.rfind("(二"),
        text.rfind("（二"),
        text.rfind("(1"),
        text.rfind("（1"),
    )
    if opening > 0 and _DATE_LINE.match(text[opening:].strip()) and is_title(text[:opening]):
        return opening
    return len(text)


def is_date_line(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return len(text) <= 40 and bool(_DATE_LINE.match(text.strip("* ")))


def speaker_label(text: str) -> int:
    """How long the label before a speaker's name is (讲话人：); 0 without one."""
    found = _LABELLED_SPEAKER.match(text)
    return found.end() if found else 0


def person_line(text: str) -> re.Match[str] | None:
    """A line that names the speaker, with groups ``name`` and perhaps ``role``."""
    if len(text) > 60:
        return None
    found = next((found for shape in _PERSON_LINES if (found := shape.match(text))), None)
    return found if found and not _NO_PERSON.search(found["name"]) else None


def is_bare_name(text: str) -> bool:
    """Whether a line is a person's name and nothing else, by its surname."""
    name = text.replace(" ", "").replace("\u3000", "")
    return 2 <= len(name) <= 3 and name[0] in _SURNAMES and all("\u4e00" <= c <= "\u9fff" for c in name)


def is_role_line(text: str) -> bool:
    """Whether a line is an office that a person holds and nothing else."""
    return bool(_ROLE_LINE.match(text))


def is_letterhead(text: str) -> bool:
    """Whether a line belongs to the head of a circular: series, number, organ, date of issue."""
    shapes = (_SERIES, _ISSUE_NUMBER, _FILE_NUMBER, _ORGAN, _LETTERHEAD_FIELD, _ADDRESSEE)
    if len(text) <= 44 and (any(shape.match(text) for shape in shapes) or organ_of_paper(text)):
        return True
    parts = text.split()
    return 1 < len(parts) <= 4 and all(
        is_date_line(part) or is_organ(part) or is_issue_number(part) for part in parts
    )


def is_series(text: str) -> bool:
    """Whether a line names a periodical of an office, such as a bulletin."""
    return len(text) <= 24 and bool(_SERIES.match(text))


def is_issue_number(text: str) -> bool:
    """Whether a line numbers an issue or a file."""
    return bool(_ISSUE_NUMBER.match(text) or _FILE_NUMBER.match(text))


def is_organ(text: str) -> bool:
    """Whether a line is the name of an office."""
    return len(text) <= 44 and bool(_ORGAN.match(text))


def organ_of_paper(text: str) -> str:
    """The office whose paper a line says that this is: 某某局文件, 某某局会议材料; "" without."""
    paper = _PAPER.search(text)
    organ = text[: paper.start()].rstrip() if paper else ""
    return organ if organ and is_organ(organ) else ""


def is_distribution(text: str) -> bool:
    """Whether a line says to whom a circular goes or when it was printed."""
    return bool(_TAIL.search(text)) if len(text) <= 60 else bool(_TAIL.match(text))


def is_attachment(text: str) -> bool:
    """Whether a line announces an attachment."""
    return bool(_ATTACHMENT.match(text))


def is_cover(text: str) -> bool:
    """Whether a paragraph above the salutation sends the speech out or introduces it."""
    return bool(_COVER.search(text))


def is_closing(text: str) -> bool:
    """Whether a line only takes leave of the audience."""
    return len(text) <= 24 and bool(_CLOSING.match(text))


def salutation_length(text: str) -> int:
    """Characters of the salutation that a stretch begins with, 0 when with none."""
    stop = re.search(r"[：:！!]", text[:60])
    if not stop:
        return 0
    pieces = [piece for piece in re.split(r"[、，, \u3000]+", text[: stop.start()]) if piece]
    # 各位局长、校长: what follows on 各位 may be any office.
    opened = text.startswith(("各位", "尊敬的"))
    called = [
        bool(_VOCATIVE.fullmatch(piece)) or (opened and n > 0 and _is_called_by_office(piece))
        for n, piece in enumerate(pieces)
    ]
    if not pieces or not all(
        known or _ADDRESSED.fullmatch(piece) for known, piece in zip(called, pieces, strict=True)
    ):
        return 0
    end = stop.end()
    if not any(called) and (text[end:].strip("* ") or not all(piece.startswith("各位") for piece in pieces)):
        return 0
    while end < len(text) and text[end] == "*":
        end += 1
    return end


def _is_called_by_office(piece: str) -> bool:
    return len(piece) <= 8 and (is_role_line(piece) or piece.endswith(("园长", "组长", "班长", "科员")))


def has_marker(text: str) -> bool:
    """Whether a line begins with the number or ordinal of a heading or enumeration."""
    return bool(_MARKER.match(text))


def ends_sentence(text: str) -> bool:
    """Whether the last character that is no closing quote or bracket ends a sentence or opens a list."""
    bare = text.rstrip(CLOSERS + "* \u3000")
    # A half-width full stop ends a sentence after a Chinese character, not after a number.
    return bool(bare) and (bare[-1] in TERMINALS + "：:" or (bare[-1] == "." and bare[-2:-1] > "\u4e00"))


def is_prose(text: str) -> bool:
    """Whether a line can only be running text."""
    return len(text) >= 40 and (any(c in text for c in "。！？；;") or sum(c in "，,、" for c in text) >= 2)
