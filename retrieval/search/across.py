"""Questions about a matter over several speeches.

Which treat it (哪几篇讲话提到X), what each says of it (几次会上对X都提了哪些要求), and the first or the
last that does (最早提到X的是哪次, 最新的X要求). Only the form of the question is read here;
`retrieval.search.treating` finds the speeches.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.across_words import (
    DEMANDS,
    EACH,
    EACH_INSIDE,
    EACH_NAMED,
    HOW,
    HOW_SAID,
    MANNER,
    MENTIONS,
    SAYS,
    SPEECH,
    TOGETHER,
    UNIT,
    WHICH,
    WHICH_SPEECHES,
    WHICH_TEXTS,
)
from retrieval.search.glossary import Glossary


class Order(enum.Enum):
    """Which of the speeches that treat a matter are wanted, and in which order."""

    BEST = "best"
    BY_DATE = "by_date"
    FIRST = "first"
    """The one of the earliest date alone."""
    LAST = "last"

    @property
    def wants_one(self) -> bool:
        """Whether one speech is the answer."""
        return self in (Order.FIRST, Order.LAST)


@dataclass(frozen=True, slots=True)
class Across:
    """A matter that is looked for in every speech.

    Attributes:
        topic: what the speeches must treat, folded.
        within: what else it says, folded: names of the speeches that are meant, or more of the matter.
        order: which of them, and how ordered.
        levels: 县, 区, 镇 and so on where only speeches of places of such levels are asked for; "" for any.
        said: whether the question tells that the speeches say it; 周启明 哪几篇 may ask for his speeches.
    """

    topic: str
    within: str
    order: Order
    levels: str = ""
    said: bool = True


_ASKS = lazy_pattern(rf"(?:(?:都|是|在|有|还|被|曾|分别|这件?事儿?)*{WHICH}){SAYS}")
_EACH_ON = lazy_pattern(
    rf"{EACH}(?:[都各有]|分别|各自)*(?:对于?|关于|就|针对)(?P<topic>.{{2,}}?)"
    rf"(?P<how>{HOW}|的?(?:内容|要求|说法|论述|表述)$)"
)
_ON_EACH = lazy_pattern(rf"^(?P<topic>[^,.;:?!]{{2,}}?),?(?:在|{TOGETHER}){EACH_NAMED}(?P<how>{HOW_SAID})")
_EACH_HOW = lazy_pattern(rf"{EACH_NAMED}(?P<how>{MANNER})(?:的|过|到|了)*(?P<topic>[^,.;:?!]{{2,}})")
_INSIDE_EACH = lazy_pattern(rf"{EACH_INSIDE}(?P<topic>[^,.;:?!]{{2,}}?)(?P<how>{HOW_SAID})")
_LISTED = lazy_pattern(
    rf"(?:{MENTIONS}|关于|(?<!没)有关(?!于)|(?<=所有|全部)[讲谈写]|[和跟与同](?=.{{2,}}[有相]关的))"
    r"(?P<topic>[^,.;:?!]{2,}?)(?:[有相]关)?的"
    rf"(?:(?:所有|全部)?{SPEECH}(?:一共|总共|都|也|是|有|分别)*(?P<how>哪|几|多少|找|列|[?.]*$)"
    rf"|(?:一共|总共|都|是|有)+(?:谁|哪几[位篇次场]|{WHICH_SPEECHES}|哪(?:些|几位?)(?:人|领导))[?.]*$)"
)
_IN_TEXTS = lazy_pattern(
    rf"^(?P<topic>[^,.;:?!]{{2,}}?)(?:(?<![讲说写发看出了过])(?:的{SPEECH})?(?:都|是|在|有)*{WHICH_TEXTS}有?|的{SPEECH}(?:一共|总共|都|是|有)*(?:哪|几)[几些]?{UNIT}?"
    rf"|(?:都|是)*(?:出现|[讲说提写见])[在到于](?:了|过)?(?:{WHICH_SPEECHES}|{WHICH_TEXTS}))(?P<how>[?.]*$)"
)
_NAMES_SPEECHES = lazy_pattern(
    rf"(?:都|在|有|是)*(?:{WHICH_SPEECHES}|{WHICH_TEXTS}|{EACH_NAMED})(?P<said>{SAYS}|{HOW_SAID})?[?]*"
)
_NAMES_SAYING = lazy_pattern(rf"(?:{HOW_SAID}|{DEMANDS}|{MENTIONS}|内容)的?[?]*")
_ASKS_MORE = lazy_pattern(r"什么|啥|怎|如何|咋|几|哪|谁|多[少久]|吗|[?]")
_HOW: Final = ("怎", "如何", "咋")
_WHAT: Final = (*_HOW, "什么", "哪些", "何", "啥", "了", "有", "做", "作", "提")
_OVER_EACH: Final = (
    (_EACH_ON, ("对", "关于", "就")),
    (_EACH_HOW, _HOW),
    (_ON_EACH, _WHAT),
    (_INSIDE_EACH, _WHAT),
    (_LISTED, ("的",)),
    (_IN_TEXTS, ("篇", "在哪", "到哪", "于哪", "有哪", "有几")),
)
"""Each with words one of which it needs."""
_LISTS = lazy_pattern(r"列|找|查|哪|几|多少|所有|全部|有谁|有没有")
_OF_PLACE = lazy_pattern(r"要求|规定|强调|[讲说提]")
"""What places do to a matter beside saying something of it is no question about speeches: 各县对X怎么管."""

_FIRST: Final = r"最早|最先|第一次|首次|最初"
_LAST: Final = r"最近一次|最后一次|最新一次"
_WHEN: Final = rf"(?:(?P<first>{_FIRST})|(?P<last>{_LAST}))"
_BEFORE_WHICH = lazy_pattern(rf"(?:(?P<first>{_FIRST})|(?P<last>{_LAST}|最近|最后))(?:是|在|的)*$")
_TOLD: Final = r"(?:讲(?!话)|说|谈|提|强调|涉及|要求|部署)(?:到|过|了|及|起|出|来|的)*"
_ASKED: Final = r"(?:哪一?[个次场篇份回年月天位]|谁|什么时候|何时|啥时候|几[月号年])"
_ENDS: Final = ("最早", "最先", "第一次", "首次", "最初", "最近", "最后", "最新")
_SPEECHES: Final = ("讲话", "会", "发言", "稿", "文章", "领导", "干部", "各", "每", "篇", "的有谁", "都有谁")
_SEVERAL: Final = (
    *"各每历几多们哪谁列找",
    "不同",
    "所有",
    "全部",
    "这些",
    "那些",
    "关于",
    "领导都",
    "有没有",
)
_CUE = lazy_pattern(
    r"[讲说谈提][到过了及起出]|强调|涉及|出现|[写用][到过了着]|[讲说提]的|(?:批评|点[名评]|表扬|提醒|警告|告诫|重申|指出|引用|论述"
    r"|布置)[到过了]|[里中]有|上[讲谈]|(?:会|讲话|领导|人|同志|干部|[上里中]).{0,2}(?:要求|部署|安排)"
)
"""Without these no pattern below can match, and compiling one takes up to 5 ms of a first answer."""
_EXTREMES = (
    lazy_pattern(
        rf"{_WHEN}(?:是|在|的|一次|明确|开始)*{_TOLD}(?P<topic>.{{2,}}?)(?:的)?(?:是|在)*(?:的)?{SPEECH}?(?:是|在)*{_ASKED}"
    ),
    lazy_pattern(rf"{_ASKED}[^,.;]{{0,6}}?{_WHEN}(?:是|在|的|一次|明确|开始)*{_TOLD}(?P<topic>.{{2,}})$"),
    lazy_pattern(
        rf"^(?P<topic>.{{2,}}?)(?:是|的)*{_WHEN}(?:是|在|由|被|的|一次)*{_ASKED}[^,.;]{{0,8}}?{_TOLD}[?.]*$"
    ),
    lazy_pattern(
        rf"^(?P<topic>.{{2,}}?)(?:是|的)*{_WHEN}(?:是|在|由|的|一次)*{_TOLD}(?:是|在)*{_ASKED}.{{0,8}}$"
    ),
)
_NEWEST = (
    lazy_pattern(
        r"最新的?(?:关于|对于?|有关)?(?P<topic>(?!(?:一?[次场篇份个]|那|这)).{2,}?)(?:方面)?的?"
        r"(?:要求|规定|部署|标准|说法|提法|措施)(?:是|有|都)*(?:什么|哪些|啥|怎样|如何|多少|怎么[说讲])"
    ),
    lazy_pattern(
        r"^(?:关于|对于?|有关)?(?P<topic>.{2,}?)(?:方面|问题)?的?最新的?(?:要求|规定|部署|标准|说法|提法|措施)"
    ),
)
_BY_DATE = lazy_pattern(r"(?:按|照|依)(?:照|着)?(?:时间|日期|先后|年份)(?:先后)?(?:的)?(?:顺序|次序|先后)?")
_CLAUSE_END = lazy_pattern(r"[,.;:?!]")
_THEN = lazy_pattern(rf"(?:还有|以及|并且)?(?:(?:都|又|是)*(?:分别|各自)|都|具体){HOW_SAID}.*$")
"""What asks on without a mark between: 谁讲过X分别怎么说的."""
_BEFORE = lazy_pattern(r"^(?:请问|帮我|查一?下|看一?下|关于|对于|针对|有关)+|[的,]+$")
_FILLING = lazy_pattern(
    r"请问|帮[忙我]|[查找搜][查找搜]|[查找搜]一?下|^[查找搜]|[去今前]年|[近这最][近几两三]{0,2}年来?|说说|讲讲|档案库?|资料库?|库[里中]|历年"
    r"|以来|以前|[一总]共|所有|全部|目前|现在|到底|究竟|列出来?|列一?下|列举|统计|汇总|梳理|看看|一下|给我|我们|咱们?|领导|讲话|会议|材料|里面?|[中上请都在的,]"
)
_AFTER = lazy_pattern(
    r"^(?:关于|对于|有关|要(?![素害道点])|的|搞好?|开展|做好|抓好)+"
    r"|(?:的?(?:方面|这(?:件|个|一)?(?:事儿?|问题|话题|词|提法|说法|句?话)|问题|内容|情况)|的(?:事情?|要求|规定|说法|部署)"
    r"|现在|目前|的?(?:什么|啥|哪些))?"
    r"(?:的|了|过|吗|吧|呢|啊|呀|来着|没有)*[?.!]*$"
)


def across_asked(text: str, glossary: Glossary) -> Across | None:
    """The matter that a question looks for in every speech; None for any other question.

    Args:
        text: a question that stands alone.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    if (found := _keywords(text, glossary)) is not None:
        return found
    found = _extreme(folded, glossary) if _has(folded, _ENDS) else None
    if found is None and _has(folded, _SPEECHES) and _has(folded, _SEVERAL):
        found = _each(folded, glossary)
    return _which(folded, glossary) if found is None and _CUE.search(folded) else found


def _has(folded: str, words: Iterable[str]) -> bool:
    return any(word in folded for word in words)


def _extreme(folded: str, glossary: Glossary) -> Across | None:
    for pattern in (*_EXTREMES, *_NEWEST):
        found = pattern.search(folded)
        if found is None:
            continue
        first = pattern not in _NEWEST and found["first"] is not None
        topic = _matter(found["topic"])
        if _is_matter(topic, glossary):
            return Across(topic, _rest(folded[: found.start()]), Order.FIRST if first else Order.LAST)
    return None


def _keywords(text: str, glossary: Glossary) -> Across | None:
    """What words set apart by blanks ask (电动自行车 哪几篇): one names speeches, the others the matter."""
    words = [search_text(word) for word in text.split()]
    if len(words) < 2 or not _has(text, _SPEECHES):
        return None
    of_speeches = [found for word in words if (found := _NAMES_SPEECHES.fullmatch(word))]
    others = [word for word in words if not _NAMES_SPEECHES.fullmatch(word)]
    matter = [word for word in others if not _NAMES_SAYING.fullmatch(word)]
    topic = " ".join(map(_matter, matter))
    if not of_speeches or _ASKS_MORE.search(topic) or not _is_matter(topic, glossary):
        return None
    said = len(matter) < len(others) or any(found["said"] for found in of_speeches)
    return Across(topic, "", Order.BEST, said=said)


def _each(folded: str, glossary: Glossary) -> Across | None:
    for pattern, needed in _OVER_EACH:
        found = pattern.search(folded) if _has(folded, needed) else None
        if found is None or (pattern is _LISTED and not _LISTS.search(folded)):
            continue
        levels = found.groupdict().get("levels") or ""
        topic = _matter(found["topic"])
        if pattern in (_EACH_HOW, _IN_TEXTS) and not _rest(topic):
            continue
        if _is_matter(topic, glossary) and (not levels or _OF_PLACE.search(folded, found.start("how"))):
            within = _rest(folded[: found.start()])
            return Across(topic, within, _order(folded), levels, said=pattern is not _IN_TEXTS)
    return None


def _which(folded: str, glossary: Glossary) -> Across | None:
    found = _ASKS.search(folded)
    if found is None:
        return None
    before = _BY_DATE.sub("", folded[: found.start()])
    order = _order(folded)
    if extreme := _BEFORE_WHICH.search(before):
        order = Order.FIRST if extreme["first"] else Order.LAST
        before = before[: extreme.start()]
    after = folded[found.end() :]
    end = _CLAUSE_END.search(after)
    topic = _matter(_THEN.sub("", _BY_DATE.sub("", after[: end.start()] if end else after)))
    levels = found["levels"] or ""
    if _is_matter(topic, glossary):
        return Across(topic, _rest(before), order, levels)
    topic = _matter(before)
    return Across(topic, "", order, levels) if _is_matter(topic, glossary) else None


def _order(folded: str) -> Order:
    return Order.BY_DATE if _BY_DATE.search(folded) else Order.BEST


def _is_matter(topic: str, glossary: Glossary) -> bool:
    return len(topic) > 1 and not glossary.names_nothing(topic)


def _rest(text: str) -> str:
    """What stands before the form of the question, without words that name neither speech nor matter."""
    rest = _matter(_FILLING.sub("", text))
    return rest if len(rest) > 1 else ""


def _matter(text: str) -> str:
    """A matter without the words around it: 关于X的问题 as X."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", _AFTER.sub("", _BEFORE.sub("", text)))
