"""What came of it is asked, and the words found tell how it was to be.

A speech is held before what it orders is done. Who asks how many are left, who was chosen, who took over or
what was done with somebody is told nothing by the order, however near its words are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from config.patterns import lazy_pattern
from retrieval.documents.views import encoded_text, search_text
from retrieval.search.value_kinds import NUMBER

_DONE = (
    r"已|截[至止]|至今|迄今|为止|累计|总共|一共|合计|现有|(?:现在|目前)(?!起|开始)"
    rf"|[到出下上完成去回来发掉过]了|了\s*{NUMBER}"
)
"""How it is told what has been done until now."""

_CLAUSES = lazy_pattern(r"[;:?!，。；：！？\n]|,(?!\d)|(?<!\d)\.|\.(?!\d)")

_THINGS = "家户处个台辆栋座套条件项起艘间批座所"
_LEFT = lazy_pattern(
    rf"还(?:剩下?|余下?|差|欠)了?(?:多少|几)(?P<unit>[{_THINGS}])|还有(?:几|多少)(?P<also>[{_THINGS}])[^,.;?!]{{0,8}}[没未]",
    needs="还",
)
_TOLD_LEFT = lazy_pattern(rf"剩|余|欠|差|缺|不足|[还尚仍][有在]|没|未|减|降|压|到\s*{NUMBER}|{_DONE}")

_UNTIL_NOW = lazy_pattern(r"(?:[到至]|截[至止])了?(?:现在|目前|今天|如今|眼下|今)|迄今", needs="到截至迄")
_HOW_MANY = lazy_pattern(r"多少|几[^点号时]")
_TOLD_UNTIL_NOW = lazy_pattern(rf"{_DONE}|共|今年|[上本]?半年|个月来|以来|去年")

_OFFICE = r"(?:书记|主任|经理|[厂矿站所局镇乡村县校队班组市区]长)"
_SUCCESSOR = lazy_pattern(
    rf"换(?:成|上|了|的)(?:是)?谁|(?:接[替任]|继任)的?(?:人|{_OFFICE})?是谁|谁(?:接[替任]|顶替|继任)了"
    rf"|新(?:来的?|任的?)?[^,.;?!的]{{0,4}}{_OFFICE}(?:是谁|叫什么|姓什么)",
    needs="换接新继顶",
)
_TOLD_SUCCESSOR = lazy_pattern(
    r"换(?!岗|人|了?一[茬批])|接[替任手班管]|继任|任命|担任|[新现]任|改由|代理|代管|顶[替上]|上任|兼任?|[调派]来|补[上位]|主持"
)

_HANDLED = lazy_pattern(
    r"(?:后来|事后)[^,.;?!]{0,6}?(?:怎么|咋|如何|怎样)处[理置罚]|最[后终](?:是)?(?:怎么|咋|如何|怎样)处[理置罚]"
    r"|(?:怎么|咋|如何|怎样)处[理置罚]了|处[理分罚](?:结果|成啥)",
    needs="处最",
)
_PERSON = lazy_pattern(
    r"(?:工人|人员|职工|员工|员|司机|师傅|老板|领导|干部|书记|[厂矿站所局镇乡村县校队班组园店]长|主任|经理|业主|房东|学生|的人)"
)
_TOLD_HANDLED = lazy_pattern(
    r"罚|处[分理置]|免职|撤职|免去|追[究责]|问责|吊销|停[职工业产]|通报|约谈|责令|判|拘|扣|取消|开除|解除|辞|检讨|书面说明"
    r"|警告|法办|移送|移交|坐牢|刑|清退|走人|记过|失信|谈话|降|[换离待下]岗|换人|调离|否决|依法|严肃|批评|学习|培训|重新"
    r"|补[交考课]|检查|[0-9]+\s*元|元|奖|表扬|曝光|查[处封]|逮|抓|教育"
)

_CHOSEN = lazy_pattern(
    r"[评选][上中](?!要|得|能)|当选|入选|获奖|得奖|拿奖|上榜|夺冠|中标|胜出|拿了?第一",
    needs="中入夺当得拿榜胜获评选",
)
_WHO = lazy_pattern(
    rf"谁|哪(?:几|{NUMBER}|些|一)?(?:[家个名位人班组村镇乡县区厂店队]|单位|企业|公司|部门|学校|小区|社区|车间)"
)
_HAS_CHOSEN = lazy_pattern(
    r"当选|入选|获[得奖评]|得了|拿到|拿下|拿走|上榜的|中标的|胜出|被评|[评选][为上]|[评选]上了|夺"
)
_TO_CHOOSE = r"(?:评选|评出|评比|选出|推选|遴选|评定|招标|红榜|红黑榜|上榜|评[一二三四五六七八九十\d])"
_CHOOSES = lazy_pattern(_TO_CHOOSE)
_NAMES_FOLLOW = lazy_pattern(rf"{_TO_CHOOSE}[^。；;!！?？\n]*(?:[:：、]|分别|包括|[是有]|依次)")
"""Those who were chosen stand behind."""

_RESUMES = lazy_pattern(
    r"复[工产业课学航运]|开[工业放园馆航]|恢复|通车|重开|投[用产运]|启用|解封|解除", needs="启复开恢投解通重"
)
_ON_WHICH_DAY = lazy_pattern(r"定在[哪几什啥]|哪一?天|几月|几[日号]|哪个月")
_CONDITION = lazy_pattern(
    r"不[得许准能让予]|严禁|禁止|方[可能]|才[可能准让许]|前提|未.{0,10}[前的]|不.{0,6}不"
)
_DAY = lazy_pattern(
    rf"{NUMBER}\s*[月日号天]|[正腊]月|节[前后]|[上中下]旬|[月年][底初末]|[当今明次后]天|星期|周"
)


_STATE = lazy_pattern(
    r"(?:(?:[到至]|截[至止])了?(?:现在|目前|如今|眼下|今天)|目前|如今|后来)[^,.;?!]{0,16}"
    r"(?:了没有?|了吗|没有|[完好成到上]没|是否[^,.;?!]{0,8}[完好成]|了没)$",
    needs="今到后截目至",
)
_TOLD_STATE = lazy_pattern(
    r"已|(?<!为|除)了(?!解)|没|未|尚|仍|正在|过(?!程|节)|还[在有]|在[建改修办]|完毕|结束|率|[判罚拘撤免]|走|死|活"
)
_EFFECT = lazy_pattern(
    r"(?:效果|成效)(?:到底|究竟|最[后终])?(?:怎么?样|如何|咋样|好不好|好吗|行不行)|(?:试点|评估|试行)[^,.;?!]{0,6}(?:怎么?样|如何|咋样|结果)",
    needs="效评试",
)
_TO_BE_TRIED = lazy_pattern(
    r"(?:效果|成效|试点)?(?:好|成功|管用|可行|成熟)(?:了|的话)?(?:之?后)?,?\s*(?:再|就)[^,.;]{0,8}(?:推|铺|扩|搞|用)"
    r"|(?:[年月季]底|年后|明年|到时候?|[一二三四五六七八九十两半0-9]+个?[年月]后)[^,.;]{0,6}(?:评估|总结|验收|看效果)"
)
_TOLD_EFFECT = lazy_pattern(
    r"效果(?!好(?:了|的话)?,?再)|成效|显著|明显|管用|[下上]降|减少|提高|[未没]发生|零"
)
_ENDING = "?!. 呢啊呀"


_ASKING = (_LEFT, _UNTIL_NOW, _STATE, _EFFECT, _SUCCESSOR, _HANDLED, _CHOSEN, _RESUMES)
"""One of them is in any question that these rules are about; for all others nothing is folded."""


def only_planned(question: str, found: str) -> bool:
    """Whether a question asks what came of something, and the words found hold nothing but what was to be.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    asked = search_text(question).rstrip(_ENDING)
    if not any(pattern.search(asked) for pattern in _ASKING):
        return False
    told = search_text(found)
    return (
        _tells_no_remainder(asked, told)
        or _tells_no_progress(asked, told)
        or _tells_no_state(asked, told)
        or _tells_no_effect(asked, told)
        or _tells_no_successor(asked, told)
        or _tells_no_treatment(asked, told)
        or _tells_nobody_chosen(asked, told, found)
        or _tells_no_day_of_resuming(asked, told)
    )


def clauses_of(text: str) -> list[str]:
    """The clauses of a folded text, lines joined; decimals and thousands stay whole."""
    return [clause for clause in _CLAUSES.split(text) if clause.strip()]


def _has_number(pattern: re.Pattern[str], clauses: Sequence[str]) -> bool:
    """Whether some clause matches and holds a number."""
    return any(pattern.search(clause) and re.search(NUMBER, clause) for clause in clauses)


def _tells_no_remainder(asked: str, told: str) -> bool:
    """还剩几栋: so many are counted, but none as left over, nor as done so far."""
    left = _LEFT.search(asked)
    if left is None:
        return False
    clauses = clauses_of(told)
    counted = re.compile(rf"{NUMBER}\s*多?{left['unit'] or left['also']}")
    # Where not even a total is told, nothing says that the words found are about these.
    return any(map(counted.search, clauses)) and not _has_number(_TOLD_LEFT, clauses)


def _tells_no_progress(asked: str, told: str) -> bool:
    """到现在发了多少: no number of what has been done so far."""
    if not _UNTIL_NOW.search(asked) or not _HOW_MANY.search(asked):
        return False
    return not _has_number(_TOLD_UNTIL_NOW, clauses_of(told))


def _tells_no_state(asked: str, told: str) -> bool:
    """到现在装好了没有: what is about it is to be done, nothing of it is or is not yet."""
    if not _STATE.search(asked):
        return False
    return not _TOLD_STATE.search(told)


def _tells_no_effect(asked: str, told: str) -> bool:
    """试点效果怎么样: it is still to be tried, and nothing is told of what came of it."""
    return bool(_EFFECT.search(asked) and _TO_BE_TRIED.search(told)) and not _TOLD_EFFECT.search(told)


def _tells_no_successor(asked: str, told: str) -> bool:
    """换成谁了: nobody takes anything over."""
    return bool(_SUCCESSOR.search(asked)) and not _TOLD_SUCCESSOR.search(told)


def _tells_no_treatment(asked: str, told: str) -> bool:
    """那个司机后来怎么处理了: nothing is done to anybody."""
    handled = _HANDLED.search(asked)
    return bool(handled and _PERSON.search(asked)) and not _TOLD_HANDLED.search(told)


def _tells_nobody_chosen(asked: str, told: str, found: str) -> bool:
    """评上了谁: somebody is to be chosen, and nobody is said to have been."""
    if not _CHOSEN.search(asked) or not _WHO.search(asked) or not _CHOOSES.search(told):
        return False
    # Folded, what stands between names would be a comma.
    return not _HAS_CHOSEN.search(told) and not _NAMES_FOLLOW.search(encoded_text(found))


def _tells_no_day_of_resuming(asked: str, told: str) -> bool:
    """哪天复工: it is only told what must be done before."""
    resumes = _RESUMES.search(asked)
    if resumes is None or not _ON_WHICH_DAY.search(asked):
        return False
    said = [clause for clause in clauses_of(told) if resumes[0] in clause]
    return bool(said) and all(_CONDITION.search(each) and not _DAY.search(each) for each in said)
