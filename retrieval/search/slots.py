"""What a follow-up puts in the place of what: an occasion for an occasion, a place for a place.

那国庆呢 after 春节期间值班怎么安排 asks 国庆值班怎么安排. If the old word stayed in the question, it would go
on pulling towards the old speech.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.index.tokens import tokenize
from retrieval.search.across import across_asked
from retrieval.search.glossary import Glossary
from retrieval.search.named import BEFORE_NAME, CALLED
from retrieval.types import DocumentInfo


class Slot(enum.Enum):
    """What kind of thing is put in."""

    PLACE = "place"
    SPEAKER = "speaker"
    OCCASION = "occasion"
    BODY = "body"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A question with something else in it.

    Attributes:
        question: what is asked now, folded.
        topic: the same with where and when it was asked of, for the next follow-up.
        slot: what kind of thing was put in.
        carried: words of the old question that may still tell what is meant; "" where the new one says all.
        place: with PLACE the name without what kind of place it is, otherwise "".
    """

    question: str
    topic: str
    slot: Slot
    carried: str = ""
    place: str = ""


_KIND_OF_PLACE = r"(?:自治区|自治州|自治县|新区|省|市|县|区|镇|乡|州|盟|旗)"
_NAMED = lazy_pattern(rf"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{{2,4}}?){_KIND_OF_PLACE}")
_PLACE = lazy_pattern(rf"([\u4e00-\u9fff]{{2,4}}){_KIND_OF_PLACE}")
_NO_PLACE = lazy_pattern(
    r"(?:全|本|各|我|这|那|每|哪|某|该|外|邻|城|市|县|区|乡|省|社|园|景|林|库|矿|小|厂|校|灾|山|郊|辖|街|片|牧|禁|超|门|都|夜|集|菜|住宅"
    r"|开发|高新|工业|商业|办公|生活|作业|危险|重点|保护|管控|居民|施工|批发|农贸|多|几|一|两|三|有的|其他|别的|旁边|周边)"
    rf"(?:个)?{_KIND_OF_PLACE}$"
)
_OCCASION = (
    r"(?:春节|过年|除夕|元旦|元宵|正月|清明|五一|劳动节|端午|七夕|中秋|国庆|十一|重阳|双节|双十一|圣诞|小长假|长假|寒暑假|暑假|寒假"
    r"|暑期|主汛期|汛期|汛前|汛后|台风季|冬季|夏季|春季|秋季|冬天|夏天|春天|秋天|今冬明春|冬春|高温天?|严寒|寒潮|开学|放假|节前|节后|年前|年后"
    r"|节日|假期|节假日|复工|复产|两会|高考|中考|春运|春耕|秋收|禁火期|防火期|高火险期|岁末年初|年底|年初|年末|上半年|下半年|周末|平时|夜间|晚上"
    r"|白天|[一二三四]季度|第[一二三四]季度|(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?|20\d\d年?)"
)
_OCCASIONS = lazy_pattern(
    rf"{_OCCASION}(?:期间|时期|前后|假期|放假|长假|那几天|那会儿?|的时候|时候|这几天|当天|时(?!段|间))*"
)
_BODY = (
    r"(?:公安|应急管理|应急|水利|水务|林业|林草|住建|住房城乡建设|建设|教育|交通运输|交通|城管|城市管理|市场监管|气象|自然资源|民政|文化旅游"
    r"|文旅|卫生健康|卫健|卫生|财政|发展改革|发改|工业和信息化|工信|农业农村|农业|生态环境|环保|商务|消防救援|消防|交警|人社|司法|审计|统计"
    r"|电力|供电|纪检监察|纪委监委|安委|供销|公路|铁路|民航|邮政|海事|渔业|融媒体|督查|能源|国资|体育|广电|税务|残联|妇联|工会|团委|燃气"
    r"|水文|地震|粮食|通信|网信|政法|宣传|组织)"
    r"(?:管理|监督|监管|保障|行政)?(?:部门|机关|大队|支队|总队|公司|中心|委员会|集团|局|厅|委|办|队|部|室)?"
)
_BODIES = lazy_pattern(_BODY)
_ASKED = lazy_pattern(
    r"(?:是)?(?:怎|咋|如何|什么|有什么|有何|有哪|啥|谁|由谁|哪|多少|多久|多长|多大|几|何|是不是|能不能|有没有|要不要|是否)|能.{0,6}吗[?.]*$"
)
_BODY_BY_END = lazy_pattern(r"[\u4e00-\u9fff]{1,8}(?:局|厅|委|办|部门|机关|大队|支队|总队|公司|委员会)")


def place_names(infos: Iterable[DocumentInfo]) -> frozenset[str]:
    """Names of places that the speeches of an archive belong to, folded, without 市 or 县."""
    names: set[str] = set()
    for info in infos:
        if info.place:
            names.add(_bare(search_text(info.place)))
        for text in (info.role, info.organ, info.title, info.occasion, info.path.rpartition("/")[2]):
            found = _NAMED.match(search_text(text or ""))
            if found and not _NO_PLACE.search(found[0]):
                names.add(found[1])
    return frozenset(name for name in names if len(name) > 1)


def speaker_names(names: Iterable[str]) -> frozenset[str]:
    """Names of those who speak in an archive, folded."""
    return frozenset(folded for name in names if len(folded := search_text(name)) > 1)


def belongs_to(info: DocumentInfo, place: str) -> bool:
    """Whether a speech names a place (folded, without 市 or 县) in what is known about it."""
    told = (info.place, info.title, info.role, info.organ, info.occasion, info.series, info.path)
    return any(place in search_text(text) for text in told if text)


def slot_of(subject: str, places: Collection[str], speakers: Collection[str] = ()) -> Slot:
    """What kind of thing a folded subject names; THING for whatever is nothing else."""
    if speaker_in(subject, speakers) == (0, len(subject)):
        return Slot.SPEAKER
    if place_in(subject, places) == (0, len(subject)):
        return Slot.PLACE
    if _OCCASIONS.fullmatch(subject):
        return Slot.OCCASION
    if _BODIES.fullmatch(subject) or _BODY_BY_END.fullmatch(subject):
        return Slot.BODY
    return Slot.THING


def put_in(
    subject: str, question: str, glossary: Glossary, places: Collection[str], speakers: Collection[str] = ()
) -> Replaced:
    """A question with a subject in the place of what it had of the same kind.

    Args:
        subject: folded, not empty, such as 国庆.
        question: that stands alone, such as 春节期间值班怎么安排.
        glossary: knows the words that only ask.
        places: as :func:`place_names` finds them.
        speakers: as :func:`speaker_names` gives them.
    """
    folded = search_text(question)
    slot = slot_of(subject, places, speakers)
    if slot is Slot.SPEAKER:
        asked = _with(folded, speaker_in(folded, speakers) or place_in(folded, places), subject)
        return Replaced(asked, asked, slot)
    if slot is Slot.THING:
        return _other_thing(subject, folded, glossary, places)
    if slot is Slot.PLACE:
        old = place_in(folded, places) or speaker_in(folded, speakers)
        asked = _with(folded, old, subject)
        # The place is looked for in what is known of a speech: few say their own name.
        return Replaced(_with(folded, old, ""), asked, slot, place=_bare(subject))
    pattern = _OCCASIONS if slot is Slot.OCCASION else _BODIES
    found = pattern.search(folded)
    if slot is Slot.BODY and not found:
        return _other_thing(subject, folded, glossary, places, slot)
    asked = _with(folded, found.span() if found else None, subject)
    return Replaced(asked, asked, slot)


def share_spoken_of(subject: str, text: str, glossary: Glossary, idf: Callable[[str], float]) -> float:
    """How much of what was put in some words speak of, in [0, 1]; 1 where they have a word for it.

    Args:
        subject: folded.
        text: what would be quoted, with what stands above it.
        glossary: knows other words for the subject.
        idf: how telling a term is.
    """
    folded = search_text(text)
    if subject in folded or any(word in folded for word in glossary.expand(subject)):
        return 1.0
    worth = {term: idf(term) for term in tokenize(subject)}
    spoken = set(tokenize(text))
    return sum(worth[term] for term in worth if term in spoken) / (sum(worth.values()) or 1.0)


def place_in(text: str, places: Collection[str]) -> tuple[int, int] | None:
    """The half-open range of a place, 市 or 县 included: one of ``places``, or a name at the start."""
    known = [name for name in places if name in text]
    if known:
        name = max(known, key=lambda each: (len(each), each))
        start = text.index(name)
        kind = re.compile(_KIND_OF_PLACE).match(text, start + len(name))
        return start, kind.end() if kind else start + len(name)
    named = _PLACE.match(text)
    if named and not _NO_PLACE.search(named[0]):
        return named.span()
    return None


def speaker_in(text: str, speakers: Collection[str]) -> tuple[int, int] | None:
    """The half-open range of who speaks: one of ``speakers``, or a surname with an office (周市长)."""
    called = (found.span() for found in CALLED.finditer(text) if BEFORE_NAME.search(text[: found.start()]))
    named = ((at, at + len(each)) for each in speakers if (at := text.find(each)) >= 0)
    return max((*called, *named), key=lambda span: span[1] - span[0], default=None)


def _other_thing(
    subject: str, folded: str, glossary: Glossary, places: Collection[str], slot: Slot = Slot.THING
) -> Replaced:
    """Where and when stay, and so does what was asked; what it was asked of goes."""
    across = across_asked(folded, glossary)
    # 那动火呢 after 哪几篇讲话提到值班 asks of all speeches, too.
    if across is not None and across.topic in folded:
        asked_across = folded.replace(across.topic, subject)
        return Replaced(asked_across, asked_across, slot)
    where, when = place_in(folded, places), _OCCASIONS.search(folded)
    kept = (folded[where[0] : where[1]] if where else "") + (when[0] if when else "")
    asked = _ASKED.search(folded)
    tail = folded[asked.start() :] if asked and asked.start() else ""
    # 怎么管 goes with the new thing, 什么时候完成 says too much of its own to count as much as that.
    asking = tail if len("".join(glossary.topic(tail))) <= 1 else ""
    return Replaced(f"{subject}{asking}", f"{kept}{subject}{tail}", slot, folded)


def _with(text: str, old: tuple[int, int] | None, new: str) -> str:
    start, end = old or (0, 0)
    return text[:start] + new + text[end:]


def _bare(place: str) -> str:
    return re.sub(rf"(?<=..){_KIND_OF_PLACE}$", "", place)
