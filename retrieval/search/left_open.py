"""What the words found say of the very thing that is asked for, and still do not tell.

They say that it is open (损失还在核定), give what was planned where the outcome is asked for, or speak of a
school or a shop without its name.
"""

from __future__ import annotations

import re
from itertools import pairwise

from config.patterns import lazy_pattern
from retrieval.documents.views import encoded_text, search_text
from retrieval.search.put_off import is_put_off

_CLAUSES = lazy_pattern(r"[，。；：！？,.;:!?\n]")
_OPEN = lazy_pattern(
    r"(?:目前|现在)?(?:都|也)?(?:[还正尚仍]在|正)(?:进一步|组织|抓紧)?"
    r"(?:核定|核实|核算|核查|统计|调查|追查|查(?![处办])|评估|研究|商量|测算|协商)(?:之?中|呢)?"
    r"|(?:目前|现在)?(?:尚未|还没有?|暂未|仍未)(?:最[后终])?(?:确定|核定|查[清明]|定下来|公布|算出来|统计出来|出来)"
    r"|待定|另行(?:通知|公布|确定)|有待(?:确定|核[实定]|查[清明])"
    r"|(?:由[^，。,.]{1,8})?(?:会后|随后|稍后|之后|下周|近日|近期|另行?|另外)(?:再|会|将|由[^，。,.]{1,8}|统一|单独|专门)*"
    r"(?:[印下]发|公布|发布|发(?:到|给|文)|下达|制定|明确)"
)
_FILLERS = lazy_pattern(r"具体|最[后终]|目前|现在|的")
_WHETHER = lazy_pattern(r"吗|了没|没有?(?:\W|$)|是否|有没有", needs="吗否没")
"""Who asks whether it is cleared up is answered by its being open."""
_WHEN = lazy_pattern(r"什么时[候间]|啥时|何时|哪一?天|几[号点月]")
_TIME = lazy_pattern(r"(?:时间|日期)$")
_VALUE = lazy_pattern(
    r"(?:损失|原因|起因|人数|数量|数字|数据|金额|费用|资金|奖金|标准|价格?|比例|时间|日期|期限|地点|名单|清单|人选|细则|方案|分工|安排|路线|责任|身份|结果|办法)$"
)
"""What may be open; that an accident is not cleared up does not mean that nobody knows how many it killed."""


_OUTCOME = lazy_pattern(
    r"实际(?!控制|上)[^,.;?]{0,12}?(?:多少|几)[百千万亿]*(?P<unit>分钟|小时|天|客人|[游旅乘顾]客|[元人家公吨辆台处户个名栋座条起件艘间套支所口段块层])",
    needs="实",
)
_NUMBER = r"[\d零〇一二三四五六七八九十百千万亿两半]+"
_PLANNED = lazy_pattern(
    r"目标|计划|预计|预测|估计|力争|争取|要求|控制在|不(?:得|能|许)?(?:超过|少于|低于)|[之以]内|至少|必须|应当|每[天日]最多"
)
_YEAR_BEFORE = lazy_pattern(r"去年|上年|前年|上一年|同期")

_NAMED = lazy_pattern(
    r"叫(?:什么|啥)(?P<kind>[园校厂店村路桥矿楼]|学校|公司|饭店|宾馆|酒店)(?:\W|$)", needs="叫"
)
_NO_NAME = "一二两三几这那个家所各每全公本我该某有到进在了的辆名条座幼儿小中大学校在是把从和与"
"""What stands before a kind of place that is not called by its name (有一家店, 幼儿园)."""


def leaves_open(question: str, found: str) -> bool:
    """Whether the words found speak of what is asked for and do not tell it.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    asked = search_text(question)
    return (
        _is_said_open(asked, found)
        or _only_planned(asked, found)
        or _is_nameless(asked, found)
        or is_put_off(question, found)
    )


def _is_said_open(asked: str, found: str) -> bool:
    """Whether a clause calls open what it names, and the question names all of that."""
    if _WHETHER.search(asked):
        return False
    wanted = _FILLERS.sub("", asked)
    for clause in _CLAUSES.split(encoded_text(found)):
        said = _OPEN.search(clause)
        if said is None:
            continue
        thing = _FILLERS.sub("", clause[: said.start()].strip())
        if not _VALUE.search(thing):
            continue
        if _WHEN.search(asked):
            thing = _TIME.sub("", thing)
        if len(thing) > 1 and all(one + other in wanted for one, other in pairwise(search_text(thing))):
            return True
    return False


def _only_planned(asked: str, found: str) -> bool:
    """Whether what came of something is asked for, and every such number is told as a plan."""
    outcome = _OUTCOME.search(asked)
    if outcome is None:
        return False
    unit = "人" if "客" in outcome["unit"] else outcome["unit"]
    number = re.compile(rf"{_NUMBER}[多余来]?{unit}")
    # What it was the year before is told beside the plan.
    not_it = (_PLANNED,) if _YEAR_BEFORE.search(asked) else (_PLANNED, _YEAR_BEFORE)
    # 197栋 that the question names itself is what it was to come of.
    clauses = [
        clause
        for clause in _CLAUSES.split(search_text(found))
        if any(told[0] not in asked for told in number.finditer(clause))
    ]
    return all(any(pattern.search(clause) for pattern in not_it) for clause in clauses)


def _is_nameless(asked: str, found: str) -> bool:
    """Whether a place of some kind is asked for by name, and none of this kind is told by one."""
    named = _NAMED.search(asked)
    if named is None:
        return False
    called = re.compile(
        rf"(?P<name>[\u4e00-\u9fff]{{2}})(?:幼儿|[中小]学?)?{named['kind']}(?!长)|叫(?:做|作)?[\u4e00-\u9fff]"
    )
    names = (each["name"] for each in called.finditer(search_text(found)))
    return not any(name is None or not set(name) & set(_NO_NAME) for name in names)
