"""Who may be speaking: surnames, titles and the verbs of speech, as patterns."""

from __future__ import annotations

import re

from config.patterns import lazy_pattern

_COMPOUND = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|司空|夏侯|端木|百里|呼延|东郭|南宫|"
    "独孤|轩辕|钟离|闻人|申屠|公冶|濮阳|淳于|单于|太叔|澹台|仲孙|赫连|拓跋|完颜|纳兰|西门|万俟|鲜于|闾丘"
)
_SINGLE = (
    "习王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴"
    "霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑"
    "迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉"
    "禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜"
    "印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
"""A Chinese surname of one or two characters."""

_HAN = r"[\u4e00-\u9fff]"
_NO_NAMES = (
    "文件 方案 明确 严格 时刻 高度 全面 通知 应当 公司 国家 公安 安全 强调 路上 "
    "元旦 都要 平时 应急 全省 全市 全县 全区 全国 全会 全体 高层 党委 党中央 师生 "
    "成员 国务院 包括 任何 任务 利用 向上 和平 平安 公开 关键 关于 相关 宣传 计划 "
    "有关 信息 管理 连续 连日来 干部 农业 海关 区委 区政府 商务 都会 明年 时常 安委会 "
    "安监 干群 边检 方面 公告 公报 解读 史料 章程 文章 花絮 简报 原文 原则 元首 "
    "单位 万一 连年 同时 项目 荣誉 官方 都是 应该 于是 那么 何况 别人 成都 时任 "
    "居民 群众"
)
"""Words that begin with a surname's character and stand before verbs of speech."""

NAME = (
    rf"(?:(?:{_COMPOUND}){_HAN}{{1,2}}?"
    rf"|(?=[{_SINGLE}])(?!{'|'.join(_NO_NAMES.split())})[{_SINGLE}]{_HAN}{{1,2}}?)"
)
"""A Chinese name of two to four characters, shortest first: what follows must decide where it ends."""

TITLE_ENDS = (
    r"(?:总书记|书记|主席|总理|委员长|部长|司长|厅长|省长|市长|州长|盟长|旗长|县长|区长|局长|处长|科长|镇长|乡长|"
    r"村长|主任|组长|队长|站长|所长|院长|校长|行长|会长|社长|秘书长|参谋长|政委|司令员|董事长|总裁|总经理|经理|厂长|"
    r"矿长|总监|总工程师|工程师|专员|巡视员|调研员|检察长|指挥长|指挥|总队长|支队长|大队长|常委(?!会)|委员(?!会)|常务(?!委)|理事长|"
    r"教授|院士|专家|领导|负责人|代表|发言人)"
)
"""How a person's title ends."""

SPEECH_VERBS = (
    r"(?:强调|指出|要求|表示|认为|提出|指示|批示|介绍|谈到|讲到|讲道|坦言|透露|希望|提醒|呼吁|号召|叮嘱|嘱咐|写道|"
    r"说道|说|告诫|勉励|宣布|补充道)"
)
"""Verbs that give somebody's words."""

SPEECH_ADVERBS = (
    r"(?:同志|还|又|也|曾|再次|多次|反复|一再|进一步|特别|着重|明确|郑重|严肃|同时|最后|首先|随后|专门|"
    r"就此|对此|在[^，,。；;：:“”\n]{0,24}?(?:时|中|上|后))"
)
"""What may stand between a speaker and the verb."""

_FOLLOWERS = (
    rf"(?:{SPEECH_ADVERBS}|{SPEECH_VERBS}|[，,、。；;（(：:“\s]|$|作|主持|出席|参加|到会|到|赴|在|对|就|向|带队|率|"
    r"会见|讲话|发言|传达|通报|宣读|等|以及|和|与|分别|陪同|一行|客观|分析|总结|代表|主讲)"
)
_APPOSITION = lazy_pattern(
    rf"(?:^|(?<=[，,、。；;：:！？“”\s)）]))(?P<role>[^，,。；;：:！？“”\s]{{0,80}}?{TITLE_ENDS})"
    rf"(?P<name>{NAME})(?={_FOLLOWERS})",
    re.MULTILINE,
)
_ROLE_PART = lazy_pattern(rf"{TITLE_ENDS}$")


def known_people(text: str) -> dict[str, str]:
    """Names that stand right after a title somewhere in the text, each with that title as its role.

    The role is the first one given, as written, "、" between two offices kept.
    """
    people: dict[str, str] = {}
    for found in _APPOSITION.finditer(text):
        people.setdefault(found["name"], _own_role(found["role"]))
    return people


def _own_role(role: str) -> str:
    """The offices right before the name; "李某、市长" keeps only what ends as a title does."""
    kept: list[str] = []
    for part in reversed(role.split("、")):
        if not _ROLE_PART.search(part):
            break
        kept.insert(0, part)
    return "、".join(kept)
