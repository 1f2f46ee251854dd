"""Who has spoken as names of files and folders tell it: read more strictly than a title above a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.documents import shapes, titles
from retrieval.documents.people import NAME, SURNAME

_SPOKE = (
    rf"(?:(?:的?(?:{titles.FESTIVALS}|复工|复产|开工|会议|会上|会)[期前后间的]{{0,3}}){{0,3}}"
    r"(?:重要|总结|动员|表态|主持|书面|即席|视频)?"
    r"(?:讲话|发言|致辞|致词|报告|汇报|点评|党课)(?:稿|提纲|要点|材料|摘要|集|汇编|合集|选编|资料)?)"
)
_SPOKEN = re.compile(rf"^(?P<who>[^，。：:]{{2,40}}?)(?:的)?{_SPOKE}?$")
_MASKED = re.compile(r"[*＊×XxＸ○〇某]")
_COMRADE = re.compile(r"同志(?:的|关于|在|$)")
_OPENED = re.compile(
    r"^(?P<who>[^，。：:_]{2,24}?)(?:同志)?\s*(?:[:：]|在|于|关于|约谈|调研|检查|督查|督导|慰问|主持|出席|赴|就|(?=\d))"
)
_CALLED_BY = re.compile(rf"^{SURNAME}(?P<role>{shapes.ROLES})$")
_SUFFIXED = re.compile(rf"^(?P<name>[\u4e00-\u9fff]{{2,3}}?)(?P<role>{shapes.ROLES})$")
_PEOPLE_FOLDER = re.compile(
    r"领导|书记|[县市区省州镇乡局]长|人物|按人|个人|讲话人|作者|班子|主要负责|历任|本人"
)

# Surnames that hardly begin a word of the subject: a name of two characters needs one of these.
_COMMON = frozenset(
    "王李张刘陈杨赵吴徐孙朱胡郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖董袁潘蒋蔡杜叶苏魏吕丁沈姚卢姜崔谭廖贾韦邹孟熊秦邱薛闫侯龚邵郝"
)
# What names of files are full of and no name of a person has in it.
_SUBJECT = re.compile(
    r"安全|工作|会议|讲话|消防|防汛|防火|防灾|应急|生产|学校|校园|交通|建设|建筑|建材|施工|燃气|煤矿|矿山|矿业|农业|农机|农村|"
    r"林业|林草|水利|水务|旅游|文旅|节前|节后|春节|国庆|中秋|元旦|清明|高考|中考|汛期|暑期|寒假|城管|危化|化工|化品|石油|石化|"
    r"钢铁|电力|电梯|通报|通知|文件|方案|意见|部署|动员|启动|总结|报告|领导|书记|主任|同志|全[国省市县区]|特种|隐患|事故|"
    r"政府|公安|公司|集团|党委|党课|党建|常委|班子|机关|单位|企业|街道|社区|河南|河北|云南|江苏|江西|安徽|贵州|广东|广西|山东|"
    r"张家|石家|马鞍|景德|平顶|连云|第[一二三四五六七八九十]|何时|许可|许多|陈述|杨柳|唐山|徐州|郑州|苏州|梁山|罗列|朱红|"
    r"秦岭|何为|邓州|曹县|许昌|孟州|吴江|宋体|叶片|杜绝|曾经|董事|袁州|肖像|沈阳|姚安|丁字|韩城|谢谢|吕梁|徐汇|杨浦|"
    r"[市县区镇乡省州局厅委办部院校司厂矿站所]长?$|[会议稿版类件案表页段篇集册辑组员们的了上下内外前后时日月节季]$"
)
# Of these, what people are called by.
_GIVEN = frozenset({"国庆", "建设", "清明", "元旦", "中秋"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody and an office; "" for what is not told."""

    name: str = ""
    role: str = ""


def person_in_title(title: str) -> Person:
    """The person whom a title names in front of "在…上的讲话", "…同志讲话" or a colon."""
    name, role = titles.speaker_in_title(title)
    if name and is_name(name.text, borne_out=True):
        return Person(name.text, role.text if role else "")
    opened = _OPENED.match(title)
    found = person_in(opened["who"], borne_out=True) if opened else Person()
    return found if found.name or not role else Person(role=office_of(role.text))


def office_of(role: str) -> str:
    """An office without the surname before it: 周书记 is a 书记."""
    called = _CALLED_BY.match(role)
    return called["role"] if called else role


def person_in(words: str, *, borne_out: bool = False) -> Person:
    """The person that some words name and nothing else, perhaps with 讲话 behind.

    Args:
        words: a piece of a file's name, or the name of a folder.
        borne_out: whether something beside the words says that a person is meant.
    """
    spoken = _SPOKEN.match(words)
    if not spoken:
        return Person()
    who = _COMRADE.sub("", spoken["who"]).strip()
    has_spoken = len(spoken["who"]) < len(words) or who != spoken["who"]
    if is_name(who, borne_out=borne_out or has_spoken):
        return Person(re.sub(r"\s", "", who))
    return _officer(who)


def _officer(who: str) -> Person:
    """An office with or without the name of its holder."""
    called = _CALLED_BY.match(who)
    if called and not re.fullmatch(shapes.ROLES, who):
        return Person(role=called["role"])
    name, role = titles.speaker_in(who)
    if role and name and is_name(name.text, borne_out=True):
        return Person(name.text, role.text)
    behind = _SUFFIXED.match(who)
    if behind and is_name(behind["name"], borne_out=True):
        return Person(behind["name"], behind["role"])
    if shapes.is_role_line(who) and not _MASKED.search(who):
        return Person(role=who)  # 白桦县县长 is nobody called 白桦县
    return Person(role=role.text if role else "")


def is_name(text: str, *, borne_out: bool = False) -> bool:
    """Whether words are a Chinese name; one of two characters must be borne out by what stands beside it."""
    plain = re.sub(r"\s", "", text)
    if not re.fullmatch(rf"{SURNAME}[\u4e00-\u9fff]{{1,2}}", plain) or _MASKED.search(plain):
        return False
    subject = _SUBJECT.search(plain)
    is_given = borne_out and subject is not None and subject[0] in _GIVEN and subject.start() == 1
    if (subject and not is_given) or not re.fullmatch(NAME, plain):
        return False
    if len(plain) == 2:
        return borne_out and plain[0] in _COMMON
    return True


def is_of_people(folder: str) -> bool:
    """Whether a folder's name says that those in it are of persons."""
    return bool(_PEOPLE_FOLDER.search(folder))
