"""What a question asks for and the words found for it do not have.

Words on the subject that lack the one thing asked are the hardest to decline: they are near in meaning and
share most of the question's words. Two lacks show in the words themselves: no value of the kind asked for
(many people are spoken of, no telephone number), and a word of a question so short that each counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config.patterns import lazy_pattern
from retrieval.documents.people import SURNAME
from retrieval.documents.views import encoded_text, search_text
from retrieval.search.left_open import leaves_open
from retrieval.search.others import tells_another
from retrieval.search.outcomes import only_planned
from retrieval.search.untold import speaks_without_telling

SHORT_TOPIC = 6
"""A question of at most this many characters, words of asking left out, names things instead of telling of
them: what it names must be there. Longer ones are put in other words than the speech's."""

_NUMBER = r"(?:\d[\d.,]*|[零〇一二三四五六七八九十百千万亿两半几数]+)"
_OFFICE = r"(?:副)?(?:书记|[省市州县区镇乡厅局处科院校站所司矿厂]长|主任|主席|总经理|经理|董事长|队长)"
_OF_NUMBER = r"\s*[多余来几]?[万亿千百]*\s*"
_SUM = (
    rf"{_NUMBER}{_OF_NUMBER}(?:元|块|角|毛|分钱)|[一二三四五六七八九]万[一二三四五六七八九]"
    r"|全额|免费|[全减]免|自费|公费|不收"
)

_PUNISHED = (
    r"罚|处分|处理|免职|追[究责]|问责|吊销|停(?![了在放止靠留])|通报|约谈|责令"
    r"|[判拘扣]|取消|开除|解除|检讨|没收|取缔|整顿|曝光|黑名单|警告"
)
_MOST = r"(?:最高|最多|封顶|上限|顶格|至多|顶多)"
_REPAID = (
    r"吊证|关[停门]|查封|下[架课]|[换离待]岗|调离|否决|法办|移送|坐牢|清退|走人|记一?[次过]|失信|谈话|降|元"
    r"|不得(?:评|参|投)|补[交考课]|重[来做]"
)
"""What is done to who broke a rule, called no penalty."""
_TIMES = (
    r"(?:\d|[零〇一二三四五六七八九十百千万亿两半几数])\s*(?:年|月|日|号|天|点|时|分|周|小时|个|季|届|晚|刻|秒)|:\d"
    r"|[当今明次昨后前每]天|夕|节|正月|[上中下]旬|[底初末内前后晚早夜午晨周季汛年春夏秋冬期]|时(?![候间])|天[亮黑]|星期"
    r"|立即|马上|随时|一旦|先|再|才|第一时间|停|开工|到|[上下]班|当场|现场|同时|时候|刚|正在|就"
)
"""How a time is told in the widest sense: not even that is in words that leave it open."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of value: how it is asked for and how it is told, both in folded text."""

    asked: re.Pattern[str]
    told: re.Pattern[str]


def _kind(asked: str, told: str) -> _Kind:
    return _Kind(lazy_pattern(asked), lazy_pattern(told))


_KINDS = (
    _kind(r"电话(?:号码)?(?:是多少|多少|号|几(?![声遍次]))|手机号|哪个电话|什么号码|号码是", r"\d{3,}"),
    _kind(
        r"多少钱|几块|几毛|多少元|几万块|罚多少|罚款多少|罚几|收入多|什么价|啥价|价格|花了?多少"
        r"|投入多少|损失多少|多少(?:资金|补助|补贴|奖金)|(?:补助|补贴|奖金?|奖励|工资)(?:是)?多少",
        _SUM,
    ),
    _kind(
        r"买票.{0,5}多少|[门车船]票[^,.;]{0,4}多少|票价[^,.;]{0,3}多少",
        rf"{_SUM}|折|[上下]浮|成人|学生|老人|涨|票[^,.;]{{0,6}}{_NUMBER}",
    ),
    _kind(r"工资|薪|利润|待遇", rf"{_SUM}|各?担|分摊"),
    _kind(
        r"多大(?:岁数|年纪|年龄)|年龄|几岁|多少岁|哪年出生",
        rf"{_NUMBER}\s*多?(?:周)?岁|老人|成年|出生|\d{{4}}年生",
    ),
    _kind(
        r"[都别]叫什么|叫什么(?:名字|\W*$)|叫啥|啥名字|姓什么|姓啥|姓名|名字(?:是|叫)|哪一?家(?:公司|企业|店|厂|银行)",
        rf"叫(?:做|作)?{SURNAME}|{SURNAME}(?:某|{_OFFICE}|[\u4e00-\u9fff某]{{1,2}}(?:同志|{_OFFICE}))"
        rf"|(?:{_OFFICE}|[员工人者]){SURNAME}[\u4e00-\u9fff某]{{1,2}}|[\u4e00-\u9fff](?:公司|集团|[煤铁]矿|厂|商场|店|银行)",
    ),
    _kind(
        r"(?:什么|啥)处[分罚]|(?:怎么|咋|如何)处罚|罚(?:什么|啥)|判[几多]",
        _PUNISHED,
    ),
    _kind(r"(?:怎么|怎样|咋|如何)罚|罚不罚|怎么(?:追责|问责)", rf"{_PUNISHED}|{_REPAID}"),
    _kind(r"(?:拘留?|拘押|关押)了?(?:几|多少)天|拘留?了?多久", r"拘|判|关押|关[了进满起]"),
    _kind(rf"{_MOST}.{{0,6}}(?:多少|几)|(?:多少|几).{{0,3}}封顶", _NUMBER),
    # 五千元以上 tells from where on.
    _kind(
        rf"(?:罚|赔|补|奖).{{0,8}}{_MOST}.{{0,4}}(?:多少|几)|{_MOST}.{{0,4}}(?:罚|赔|补|奖).{{0,6}}(?:多少|几)|(?:多少|几).{{0,3}}封顶",
        r"^(?![\s\S]*(?:以上|不少于|起步|至少))|最高|最多|封顶|上限|不(?:得|能|许|准|要)?(?:超|[大多高]于)|以[下内]|至多|顶|限",
    ),
    _kind(r"定在[哪几什]|(?:什么时候|啥时候?|何时|哪天|几号|几时|多会儿|什么时间)", _TIMES),
    _kind(
        r"(?:违反|违规|违章|不(?:遵守|执行|落实|改|换|听|办)|没(?:有)?(?:做到|落实|执行|完成|改|办)|做不到|完不成|逾期|超期)"
        r"[^,.;]{0,6}(?:怎么[办样]|咋[办样]|如何|后果|会怎样|怎么处理|什么结果)",
        rf"{_PUNISHED}|下架|评优|查扣|依法|不予|不许|不准|一律",
    ),
    _kind(
        r"谁(?:来|给)?(?:赔|出钱|掏钱|付钱|买单)|哪个(?:出|赔|掏)|赔(?:多少|不|吗|钱|我)|报销|掏腰包|公家(?:管|给|出|贴|掏|赔)"
        r"|自(?:己|费|个儿?)(?:掏|出钱|花)|(?:钱|费用?)由?(?:谁|哪个|哪家)来?(?:出|付|掏|承担|负担|担)",
        r"赔|补偿|补助|补贴|报销|保险|经费|费用|资金|承担|负担|财政|自费|免费|全额|元|钱|工资|垫|抚恤|拨",
    ),
    _kind(r"加价|涨价|票价|降价|要不要钱|收不收钱|收费吗|要钱[吗不]", r"价|费|元|钱|免|收"),
    _kind(
        r"(?:怎么|咋|如何|怎样|去哪|在哪|到哪|哪里)去?(?:办理|申请|申领|办证|领证|申报|领回|取回|报名|补办)"
        r"|(?:什么|哪些|啥)(?:手续|材料|流程)|(?:手续|流程)(?:是|怎)",
        r"办理|申请|审批|报批|登记|备案|许可|提交|材料|窗口|受理|认领|领取|凭|拨打",
    ),
    _kind(
        r"第几条|哪一?(?:条|部|个)(?:规定|条例|文件)|依据(?:的?是)?(?:什么|啥|哪)",
        rf"第{_NUMBER}条|(?<![办方无设司])法(?![官院人])|条例|规定|规程|规范|标准|办法|<",
    ),
    _kind(r"补贴|补助|津贴|奖金|加班费|工资|补偿", r"补|津贴|奖|费|薪|工资|钱|元|贴"),
    _kind(r"几次|多少次|几回|几遍|几趟", r"次|遍|趟|回|轮|每|天天|半|一|两"),
    _kind(r"多[厚宽高深重粗](?!要)", r"米|公里|公分|公?斤|吨|尺|寸|克|层|齐|过|不到|不足|指|拃"),
    _kind(
        r"哪(?:个|些|几个|几)?(?:乡镇|镇|县|乡|村|街道|社区|小区|区|市|路|厂|矿|学校|企业|公司)",
        r"[\u4e00-\u9fff]{2}(?:乡|镇|县|村|街道|社区|小区|区|市|路|厂|矿|学校|中学|小学|企业|公司)",
    ),
    _kind(r"多大面积|面积(?:是|有)?多[大少]|占地多", r"公顷|亩|平方|平米"),
    _kind(r"全称|全名|型号|什么牌子|网址|二维码|公众号", r"全称|全名|名为|型|牌|网|码|公众号"),
    _kind(r"多少(?:摄氏)?度|几度|温度", rf"{_NUMBER}\s*多?(?:摄氏度|度|°c)"),
    _kind(
        r"百分之(?:多少|几)|百分比|几成|多大比例|比例(?:是|有)?多少|率(?:是|为|达到|要达到)?多少",
        rf"百分之|%|{_NUMBER}\s*成|之一|全部|一半|半数|所有|零",
    ),
    _kind(r"哪一?年", r"\d{4}|[一二]?[零〇一二三四五六七八九]{4}年|[去今明前后]年|年[底内前初末]"),
    _kind(
        r"哪一?天|几月几[日号]|几月份?|几号|哪几天",
        rf"{_NUMBER}\s*[年月日号]|[当今明次昨]天|[除前]夕|节[前后]|正月|[上中下]旬|月[底初末]|年[底初末]",
    ),
    _kind(
        r"(?:(?<![那哪前着这头好])几|多少)(?:天|个?小时|分钟)(?!前)",
        rf"{_NUMBER}\s*[个多]*(?:天|周|星期|小时|分钟|刻钟|秒|个月|工作日|月(?!\d|[前初底份起]))|(?<![月\d十二三]){_NUMBER}\s*日"
        r"|每[天日周月]|半个?[天日月]|立即|立刻|当[天日]|第一时间|马上|全天|[至到].{0,8}[日号]|天天",
    ),
    _kind(
        r"多久|多长时间|几年|几个月",
        rf"{_NUMBER}\s*[个多]*(?:年|月|日|天|周|星期|季度?|小时|分钟|秒|工作日|学期|班次?)"
        r"|每[个一半]?(?:[天日周月季年班学旬]|小时|分钟|星期)|[半整]?[年月天日][底内前初末]|立即|立刻|随时|当[天日场晚班]|第一时间|马上|常年|永久|终身|直到|全天",
    ),
)

_VALUE_WORDS = (
    _kind(
        r"(?<=..)(?:时间|日期)$",
        rf"{_NUMBER}月{_NUMBER}[日号]|{_NUMBER}[时点](?!间)|正月|[上中下]旬|[前当次]天|节前",
    ),
    _kind(r"(?<=..)人数$", rf"{_NUMBER}{_OF_NUMBER}[人名]"),
    _kind(r"(?<=..)(?:金额|价格|费用)$", _SUM),
)
"""Words that ask for a value when they end a row of keywords, and how one is told without them."""

_COUNTED = lazy_pattern(
    # 几 is also said of some that are not counted (领几桶), so fewer words are taken for a measure behind it.
    r"(?:多少(?:个|万|千|百)?(公里|公顷|公斤|平方|毫米|厘米|[人名家件条支次项处户座台辆栋所套批艘架吨米级层克册班起瓶箱间])"
    r"|(?<![第好十哪那这了])几([台辆座栋艘吨米起瓶箱间]|公里))"
)
_SAME_COUNT = {
    "人": "(?:个|名|位)?[\u4e00-\u9fff]{0,3}人|名|位|个",
    "名": "名|人|位|个",
    "家": "[家个户处]",
    "处": "[处个座]",
    "座": "[座个处]",
    "次": "[次遍趟回]",
    "瓶": "[瓶只罐支]",
    "艘": "[艘船只条]",
    "台": "[台辆部架艘]",
    "辆": "[辆台部]",
    "起": "[起件次例]",
    "件": "[件起项]",
}
"""Measure words that count the same things."""

_MEMBERS = lazy_pattern(
    rf"(?P<number>{_NUMBER}(?:[家处座名位人栋所户]|个(?=[乡镇村县区街单部企同人])))"
    r"[^，。；？,.;?]*?(?:叫什么|叫啥|姓什么|[有是]谁|[有是]哪|分别)"
)
"""Members of a counted group of people, places or firms; points (四个不开) are told all over a text."""
_CLAUSES = lazy_pattern(r"[，。；：！？,.;:!?\n]")
_LISTS = lazy_pattern(r"、|分别|包括|依次|一[个是处家]|和")

_MARKS = lazy_pattern(r"[^\w.·:%℃-]+|[._·:-]+(?!\d)")
_ASKING = lazy_pattern(
    r"[怎咋啥谁哪吗几么]|如何|什么|多[少久长大远高深厚重宽快]|为何|何[时地人]|是否|能不能|有没有"
)
"""Not 要不要 and its like: 要不要戴安全帽 names what must be there, as keywords do."""


_RULES = (leaves_open, only_planned, tells_another, speaks_without_telling)
"""What lets words be near and tell nothing, whatever kind of value is asked for."""


def lacks_value(question: str, found: str) -> bool:
    """Whether a question asks for a value of a kind that the words found hold none of.

    Asked for a telephone number, no number of three digits; for how much money, no sum and nothing about who
    bears it; for how many kilometres, no number of kilometres. What is asked loosely (几家, 多少) is taken to
    be there.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    if any(rule(question, found) for rule in _RULES):
        return True
    asked = search_text(question)
    kinds = [kind for kind in _KINDS if kind.asked.search(asked)]
    counted = _COUNTED.search(asked)
    told = search_text(found) if kinds or counted else ""
    if any(not kind.told.search(told) for kind in kinds) or _leaves_out_members(question, found):
        return True
    if counted is None:
        return False
    measure = counted[1] or counted[2]
    measure = _SAME_COUNT.get(measure, re.escape(measure))
    return not re.search(rf"{_NUMBER}{_OF_NUMBER}(?:{measure})", told)


def _leaves_out_members(question: str, found: str) -> bool:
    """Whether a question asks who some counted ones are (那七名干部都叫什么) and only their count is told.

    They would stand in the clause of the count or in one beside it.
    """
    # Not folded: that would make a comma of the mark between what is listed.
    members = _MEMBERS.search(encoded_text(question))
    if members is None:
        return False
    clauses = _CLAUSES.split(encoded_text(found))
    counted = [at for at, clause in enumerate(clauses) if members["number"] in clause]
    beside = ("".join(clauses[max(0, at - 1) : at + 2]) for at in counted)
    return bool(counted) and not any(map(_LISTS.search, beside))


def unsaid(
    question: str, topic: Sequence[str], expand: Callable[[str], Collection[str]], found: str
) -> float:
    """How much of a short question the words found do not say, in [0, 1]; 0 for a longer one.

    A character is said where a pair of characters of the question that holds it stands in the words found.
    A whole question (祭扫怎么疏导) may put what is done in other words, so of one only the lack of every word
    counts; a row of keywords (校车保险) names what must be there.

    Args:
        question: as asked.
        topic: the question without the words that only ask (`Glossary.topic`).
        expand: other words for a text (`Glossary.expand`): what is said in one of them is said.
        found: the passage that would be quoted, with its header.
    """
    topic = words_in(topic)
    if not asks(question):
        topic = _without_told_values(topic, search_text(found))
    length = sum(map(len, topic))
    if not 0 < length <= SHORT_TOPIC:
        return 0.0
    told = search_text(found)
    missing = sum(not is_said for piece in topic for is_said in _said(piece, expand, told))
    return missing / length if missing == length or not asks(question) else 0.0


def _without_told_values(topic: Sequence[str], told: str) -> list[str]:
    """Keywords less the word for a value that is told: who says 从1月26日开始 says no 时间 (春运时间)."""
    kept = []
    for piece in topic:
        value = next(
            (value for value in _VALUE_WORDS if value.asked.search(piece) and value.told.search(told)), None
        )
        kept.append(value.asked.sub("", piece) if value else piece)
    return kept if any(kept) else list(topic)


def words_in(topic: Sequence[str]) -> list[str]:
    """The pieces of a topic without marks: 国庆,值班 as 国庆 and 值班."""
    return [word for piece in topic for word in _MARKS.split(piece) if word]


def asks(question: str) -> bool:
    """Whether a word of asking stands in a question; without one it is a row of keywords, or an order."""
    return _ASKING.search(search_text(question)) is not None


def share_said(topic: Sequence[str], expand: Callable[[str], Collection[str]], told: str) -> float:
    """How much of some words a folded text says, in these or in other words for them, in [0, 1].

    Args:
        topic: as with :func:`unsaid`; not empty.
        expand: the same.
        told: folded.
    """
    said = [is_said for piece in topic for is_said in _said(piece, expand, told)]
    return sum(said) / len(said)


def _said(piece: str, expand: Callable[[str], Collection[str]], told: str) -> list[bool]:
    """For each character whether it stands in a pair that was told, or in a word told otherwise."""
    said = [piece in told] * len(piece)
    for at, (one, other) in enumerate(pairwise(piece)):
        if one + other in told:
            said[at] = said[at + 1] = True
    # The shortest first: a longer stretch has other words because a word inside it has.
    for size in range(1, len(piece) + 1):
        for start in range(len(piece) - size + 1):
            inside = slice(start, start + size)
            if not any(said[inside]) and any(word in told for word in expand(piece[inside])):
                said[inside] = [True] * size
    return said
