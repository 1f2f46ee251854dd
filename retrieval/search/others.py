"""Something beside what is asked for is told: a total for its part, another group, who is to speak."""

from __future__ import annotations

import re

from config.patterns import lazy_pattern
from retrieval.documents.views import encoded_text, search_text
from retrieval.search.outcomes import clauses_of
from retrieval.search.value_kinds import NUMBER

_SHARE = lazy_pattern(
    r"(?P<part>[\u4e00-\u9fff]{1,5}?(?:[区县市镇乡村院校局厂矿站所队班园]|街道|公司|车间|中心|企业|社区))"
    r"(?:一共|总共|这次|能够?|可以?|要|会|将)*(?:分[到得摊]|分配到|摊[到上得])了?(?:多少|几)",
    needs="分摊",
)
_NO_PART = lazy_pattern(r"[每各哪谁啥什么几多少]|平均")
_EVENLY = lazy_pattern(
    r"[每各]一?[个家所座]?(?:[区县市镇乡村院校局厂矿站所队班园家户人]|街道|公司|车间|中心|企业|社区|单位)|平均|均分|人均"
)
_PARTED = lazy_pattern(r"[分拨摊派给领拿建]|安排|下达|任务|元|万")

_ORDINAL = lazy_pattern(
    r"第(?P<number>\d+|[一二三四五六七八九十]+)"
    r"(?P<kind>小?组|批|期|标段|车间|[分中大]队|班组|工区|网格|片区|[检督]查组|梯队|站)",
    needs="第",
)

_BOUND = lazy_pattern(rf"{NUMBER}(?P<unit>[^\W\d以])(?P<way>以[上下])", needs="以")
_OPPOSITE = {"以上": "以[下内]", "以下": "以[上外]"}
_PAST = {"以上": "超|往上|不少于|[高大多]于|满|至少|起", "以下": "不到|往下|不足|[低小少]于|不满|未"}
"""The same bound in other words."""

_COUNTED = lazy_pattern(
    r"(?P<number>\d{1,4}|[二三四五六七八九]?[一二三四五六七八九]?十[一二三四五六七八九]?|[六七八九])"
    r"(?:[家座名位户所]|个(?=[\u4e00-\u9fff]{0,3}(?:班组|单位|企业|乡|镇|村|县|区|街道|部门|人|厂|店|学校|小区|工地|项目)))"
    r"(?P<rest>[^,.;?!]*)",
    needs="个位名家座户所",
)
_ARE_WHO = lazy_pattern(r"[是有](?:谁|哪(?!一?天|里|儿|年|月))|叫什么|叫啥")
_ONE_BY_ONE = lazy_pattern(r"、|[;；\t]|\n\s*\d+[.．)）]|[一二三四五六七八九十]是|分别")
_MANY = 6
"""From so many on, a list of them is no two or three words with 和."""
_SHOWN = 3
"""Marks between what is listed in a sentence that show at least a part of so many."""
_NUMBERS = lazy_pattern(r"\d+|[一二三四五六七八九十]+")

_SPOKE = lazy_pattern(
    r"(?P<who>[^\W副正各位](?:[局厅处科院校站所司矿厂部队市县区镇乡]长|书记|主任|经理|总(?!共|的)|董事长|专家|教授|工程师))"
    r"[^,.;?!]{0,10}?(?:补充|发言|讲|说|提|部署|通报|汇报|介绍)[^,.;?!]{0,5}?(?:什么|啥|哪|几|内容)",
    needs="专主书工总教经董长",
)
_SPEAKS = r"(?:说|讲[了过道]|指出|强调|要求|表示|介绍|提出|提醒|汇报说|补充说|认为|透露|[:：])"


_ASKING = (_SHARE, _ORDINAL, _BOUND, _COUNTED, _SPOKE)
"""One of them is in any question that these rules are about; for all others nothing is folded."""


def tells_another(question: str, found: str) -> bool:
    """Whether a question asks for one of several, and the words found tell others or all together.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    asked = search_text(question)
    if not any(pattern.search(asked) for pattern in _ASKING):
        return False
    told = search_text(found)
    return (
        _tells_no_share(asked, told)
        or _tells_another_number(asked, told)
        or _tells_the_other_side(asked, told)
        or _lists_too_few(asked, encoded_text(found))
        or _announces_only(asked, told)
    )


def _tells_no_share(asked: str, told: str) -> bool:
    """开发区分到多少: no number stands beside the part, nor is all shared evenly."""
    share = _SHARE.search(asked)
    if share is None or _NO_PART.search(share["part"]):
        return False
    part = share["part"][-2:] if len(share["part"]) < 4 else share["part"][-3:]
    number = re.compile(NUMBER)
    clauses = clauses_of(told)
    for clause, after in zip(clauses, [*clauses[1:], ""], strict=True):
        _, here, rest = clause.partition(part)
        own = rest if number.search(rest) else f"{rest},{after}"
        if here and number.search(own) and _PARTED.search(own):
            return False
    return not any(_EVENLY.search(clause) and number.search(clause) for clause in clauses)


def _tells_another_number(asked: str, told: str) -> bool:
    """第三组由谁带队: the first and the second are told, the third is not."""
    wanted = _ORDINAL.search(asked)
    if wanted is None:
        return False
    kind = wanted["kind"]
    numbers = {_plain(each[1]) for each in re.finditer(rf"第({NUMBER}){kind}", told)}
    named = {_plain(each[1]) for each in re.finditer(rf"({NUMBER}){kind}", told)} | numbers
    if _plain(wanted["number"]) == "1" and re.search(rf"[首头][一个]?{kind}", told):
        return False
    return bool(numbers) and _plain(wanted["number"]) not in named


def _tells_the_other_side(asked: str, told: str) -> bool:
    """四层以上几分钟: three floors and below are told, nothing of what lies above."""
    bound = _BOUND.search(asked)
    if bound is None:
        return False
    unit, way = re.escape(bound["unit"]), bound["way"]
    other = re.search(rf"{NUMBER}{unit}{_OPPOSITE[way]}", told)
    return bool(other) and not re.search(rf"{way}|{_PAST[way]}|其他|其余|所有|一律|都", told)


def _plain(number: str) -> str:
    """A number as digits where it is below a hundred, so that 第11组 is 第十一组."""
    return str(_count(number) or number) if _NUMBERS.fullmatch(number) else number


def _lists_too_few(asked: str, told: str) -> bool:
    """那53家都是谁: not even so many are spoken of, and next to nothing is listed."""
    counted = _COUNTED.search(asked)
    if counted is None or not _ARE_WHO.search(counted["rest"]):
        return False
    number = _count(counted["number"])
    if number < _MANY or any(_count(each[0]) == number for each in _NUMBERS.finditer(told)):
        return False
    sentences = re.split("[。！？!?]", told)
    return all(len(_ONE_BY_ONE.findall(sentence)) < _SHOWN for sentence in sentences)


def _count(number: str) -> int:
    """A number below a hundred in characters, or one in digits; 0 for others."""
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    digits = "零一二三四五六七八九"
    return (10 * (digits.index(tens) if tens else 1) if ten else 0) + (digits.index(ones) if ones else 0)


def _announces_only(asked: str, told: str) -> bool:
    """葛局长补充讲了什么: he is called on to speak, and nothing of what he said is there."""
    spoke = _SPOKE.search(asked)
    if spoke is None:
        return False
    who = re.escape(spoke["who"])
    called = rf"(?:请|由|让|有请)[^,.;?!]{{0,8}}{who}|{who}[^.;?!]{{0,30}}(?:等[一下会儿]|稍后|一会儿?)"
    said = rf"{who}[^,.;?!]{{0,8}}{_SPEAKS}"
    return bool(re.search(called, told)) and not re.search(said, told)
