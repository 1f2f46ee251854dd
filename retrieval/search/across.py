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
    """

    topic: str
    within: str
    order: Order
    levels: str = ""


_SPEECH: Final = r"(?:讲话稿?|发言|会议|大会|例会|会上|会里|会|文稿|稿子|文章)"
_PLACES: Final = r"(?P<levels>[省市县区镇乡]{1,3})"
_ONE: Final = r"[个位次场篇份回]"
_OF: Final = rf"(?:领导|{_SPEECH})(?:上|里面?|中|当中|内)?"
_WHO: Final = rf"(?:位|个|名|些|几个|几位)?(?:领导(?:同志|干部)?|人|同志|干部|地方|{_PLACES})"
_SOME: Final = r"(?:哪(?:些|几|一)?|有几|几|有多少|多少|有没有(?:哪|什么)?一?)"
_WHICH: Final = (
    rf"(?:{_SOME}|什么|啥){_ONE}?(?:的)?(?:领导)?(?:的)?{_SPEECH}(?:上|里面?|中|当中|内)?"
    rf"|{_SOME}[次场篇份回]|{_SOME}{_WHO}(?:的{_SPEECH})?|谁(?:的{_SPEECH})?"
)
_MENTIONS: Final = r"[讲说谈提](?:到|过|了(?!算)|及|起|出)+|强调(?:到|过|了)*|涉及(?:到|过|了)*"
_SAYS: Final = (
    r"(?:[都也还曾里上中]|曾经|分别|专门|明确|重点|反复|特别|是)*"
    rf"(?:{_MENTIONS}|要求(?:过|了)*|(?<=上)[讲谈](?![话究解明])|(?<=[里中])有(?:关于|提到)?|(?:部署|安排)(?:过|了)+)"
)
"""讲 without 过 or 到 is also what 谁讲, 多久讲一次 and 讲解 have, so that it takes 会上 before it."""
_ASKS = lazy_pattern(rf"(?:(?:都|是|在|有|还|由|被|这件?事儿?)*(?:{_WHICH})){_SAYS}")

_TOGETHER: Final = r"(?:[都又也是各]|分别|各自)*"
_DEMANDS: Final = r"(?:要求|规定|部署|强调)"
_HOW: Final = (
    rf"{_TOGETHER}(?:(?:[提作]出?|做|有)(?:了|过|明确|具体)*{_DEMANDS}"
    r"|(?:怎么|如何|怎样|咋|有(?:什么|哪些|何|啥)|(?:提出?|作出?|讲|说|谈)(?:了|过)?(?:什么|哪些|啥))"
    rf"(?:说|讲|提|{_DEMANDS}|安排|看)?)"
)
_EACH: Final = (
    rf"(?:哪(?:些|几|一)?{_ONE}?{_OF}|(?:各|每)(?:一?{_ONE}|级|地|{_PLACES})?(?:{_OF})?|历次{_OF}"
    rf"|(?:几|多|不同的?|所有的?|全部|这些|那些){_ONE}?{_OF})"
)
_EACH_ON = lazy_pattern(
    rf"{_EACH}(?:[都各有]|分别|各自)*(?:对于?|关于|就|针对)(?P<topic>.{{2,}}?)"
    rf"(?P<how>{_HOW}|的?(?:内容|要求|说法|论述|表述)$)"
)
_ON_EACH = lazy_pattern(
    rf"^(?P<topic>[^,.;:?!]{{2,}}?),?(?:各|每一?|历次|几|多|不同的?){_ONE}?{_OF}(?P<how>{_HOW})"
)
_LISTED = lazy_pattern(
    rf"(?:{_MENTIONS}|关于)(?P<topic>[^,.;:?!]{{2,}}?)的(?:所有|全部)?{_SPEECH}"
    r"(?:一共|总共|都|也|是|有|分别)*(?P<how>哪|几|多少|找|列|[?.]*$)"
)
_LISTS = lazy_pattern(r"列|找|查|哪|几|多少|所有|全部")
_OF_PLACE = lazy_pattern(r"要求|规定|强调|[讲说提]")
"""What places do to a matter beside saying something of it is no question about speeches: 各县对X怎么管."""

_FIRST: Final = r"最早|最先|第一次|首次|最初"
_LAST: Final = r"最近一次|最后一次|最新一次"
_WHEN: Final = rf"(?:(?P<first>{_FIRST})|(?P<last>{_LAST}))"
_BEFORE_WHICH = lazy_pattern(rf"(?:(?P<first>{_FIRST})|(?P<last>{_LAST}|最近|最后))(?:是|在|的)*$")
_TOLD: Final = r"(?:讲(?!话)|说|谈|提|强调|涉及|要求|部署)(?:到|过|了|及|起|出|来|的)*"
_ASKED: Final = r"(?:哪一?[个次场篇份回年月天位]|谁|什么时候|何时|啥时候|几[月号年])"
_ENDS: Final = ("最早", "最先", "第一次", "首次", "最初", "最近", "最后", "最新")
_SPEECHES: Final = ("讲话", "会", "发言", "稿", "文章", "领导", "各", "每")
_CUE = lazy_pattern(
    r"[讲说谈提][到过了及起出]|强调|涉及|[里中]有|上[讲谈]|(?:会|讲话|领导|人|同志|干部|[上里中]).{0,2}(?:要求|部署|安排)"
)
"""Without these no pattern below can match, and compiling one takes up to 2 ms of a first answer."""
_EXTREMES = (
    lazy_pattern(
        rf"{_WHEN}(?:是|在|的|一次|明确|开始)*{_TOLD}(?P<topic>.{{2,}}?)(?:的)?(?:是|在)*(?:的)?{_SPEECH}?(?:是|在)*{_ASKED}"
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
_BEFORE = lazy_pattern(r"^(?:请问|帮我|查一?下|看一?下|关于|对于|针对|有关)+|[的,]+$")
_FILLING = lazy_pattern(
    r"请问|说说|讲讲|档案库?|资料库?|库[里中]|历年|以来|以前|所有|全部|目前|现在|到底|究竟|列出来?|列一?下|列举|统计|汇总|梳理|看看|一下|帮我|给我"
    r"|我们|咱们?|领导|讲话|会议|材料|里面?|[中上请都在的,]"
)
_AFTER = lazy_pattern(
    r"^(?:关于|对于|有关|要(?![素害道点])|的|搞好?|开展|做好|抓好)+"
    r"|(?:的?(?:方面|这件?事儿?|这个问题|问题|内容|情况)|的(?:事情?|要求|规定|说法|部署)|现在|目前)?"
    r"(?:的|了|过|吗|呢|啊|呀|没有)*[?.!]*$"
)


def across_asked(text: str, glossary: Glossary) -> Across | None:
    """The matter that a question looks for in every speech; None for any other question.

    Args:
        text: a question that stands alone.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    found = _extreme(folded, glossary) if _has(folded, _ENDS) else None
    if found is None and _has(folded, _SPEECHES):
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


def _each(folded: str, glossary: Glossary) -> Across | None:
    for pattern in (_EACH_ON, _ON_EACH, _LISTED):
        found = pattern.search(folded)
        if found is None or (pattern is _LISTED and not _LISTS.search(folded)):
            continue
        levels = found.groupdict().get("levels") or ""
        topic = _matter(found["topic"])
        if _is_matter(topic, glossary) and (not levels or _OF_PLACE.search(folded, found.start("how"))):
            return Across(topic, _rest(folded[: found.start()]), _order(folded), levels)
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
    topic = _matter(_BY_DATE.sub("", after[: end.start()] if end else after))
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
