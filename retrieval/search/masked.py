"""Masked values (下降*%, X县长): a question for one is declined, never answered as if it were known."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents.types import Document, Span
from retrieval.index.tokens import tokenize
from retrieval.search.glossary import QuestionShape
from retrieval.search.query import Query
from retrieval.search.quotable import Quotable, Run


class Kind(enum.Enum):
    """What a value tells."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a sentence: what it may tell, what it is counted in, its clause and the one before."""

    masked: bool
    kinds: frozenset[Kind]
    after: str
    clause: str
    before: str
    in_best: bool


_POINT_IN_TIME = lazy_pattern(r"[\d*＊]*(?:月|日|号|点(?!多)|时(?!候)|季度)")
_STRETCH_OF_TIME = lazy_pattern(r"年|天|周|星期|小时|分钟|秒|个月|个?工作日|世纪")
_MEASURE = lazy_pattern(
    r"[%％‰个名人起家件条支次项处户余多万亿千百元成倍座辆台所米吨公里平亩层栋艘只头间份套批期例宗场级度期位口车队根块枚株]"
)
_NUMBER = lazy_pattern(
    r"\d+(?:[.,．，]\d+)*(?:\s*[至到~～\-—－]\s*\d+(?:[.．]\d+)?)?|[零〇一二三四五六七八九十百千万亿两]+"
)
_ASKED_MEASURE = lazy_pattern(r"(?:多少|几)[个余多万亿千百]*(\w)")
_ASKED_WORD = lazy_pattern(r"(\w\w)[了过有是为达到的共约]*(?:多少|几|多[大高长远深重快厚宽久])")
_TO_PLACE = lazy_pattern(r"(?:[在于到往至]|地点|地址|位置)[是为:：]?$")
_WHICH = lazy_pattern(
    r"(?:哪一?[个家所]|什么|啥)(?P<kind>[县区市镇乡村局所站厂矿]|公司|企业|学校|单位|处分|处罚|职务)",
    needs="哪什啥",
)
_OF_DIGITS = lazy_pattern(r"[-－—]?\d")
_BREAK = lazy_pattern(r"[，。；、,;！!？?：:\r\n]")
_BREAK_IN_NUMBER = lazy_pattern(r"(?<=\d)[,，](?=\d{3}(?!\d))")


def asks_for_masked(query: Query, run: Run, document: Document) -> bool:
    """Whether the question asks for a value (how many, who, when) that the best words have masked.

    Of all values of the kind that is asked for, the one meant is counted as the question counts (多少人) and
    has the word before it beside it (死亡 in 死亡多少人), where there is such a one; and of these, that whose
    clause has most of the question's words. In doubt the masked one is meant. Where no clause has any of
    them, it is masked if the best sentence has no readable value.
    """
    if not any(mask.overlaps(run.span) for mask in document.masks):
        return False
    if _asks_which(query, run, document):
        return True
    kinds = _asked(query.shape)
    if not kinds:
        return False
    values = [value for value in _values(run, document) if value.kinds & kinds]
    values = _of_measure(query.question, values) or values
    values = _of_word(query.question, values) or values
    fits = [(value.masked, _fit(query.own_terms, value.clause, value.before)) for value in values]
    masked = max((fit for is_masked, fit in fits if is_masked), default=0.0)
    readable = max((fit for is_masked, fit in fits if not is_masked), default=0.0)
    if masked > 0:
        return masked >= readable
    best = [value.masked for value in values if value.in_best and Kind.NAME not in value.kinds]
    return bool(best) and all(best)


def _asks_which(query: Query, run: Run, document: Document) -> bool:
    """Whether which of something is asked (哪个县) and what fits best has a mask before that word."""
    for which in _WHICH.finditer(query.question):
        fits = {True: 0.0, False: 0.0}
        for span in (quotable.sentence.span for quotable in run.quotables):
            for found in re.finditer(which["kind"], document.raw[span.start : span.end]):
                place = Span(span.start + found.start(), span.start + found.end())
                masked = any(mask.end == place.start for mask in document.masks)
                around = _clauses(document.raw, place, span)
                fits[masked] = max(fits[masked], _fit(query.own_terms, *around))
        if fits[True] > 0 and fits[True] >= fits[False]:
            return True
    return False


def _asked(shape: QuestionShape) -> frozenset[Kind]:
    asked = {
        Kind.NUMBER: shape.wants_number,
        Kind.TIME: shape.wants_when,
        Kind.NAME: shape.wants_who,
        Kind.PLACE: shape.wants_where,
    }
    return frozenset(kind for kind, is_asked in asked.items() if is_asked)


def _of_measure(question: str, values: Sequence[Value]) -> list[Value]:
    """The values that are counted as the question counts: 人 in 多少人, 元 in 几万元."""
    measures = _ASKED_MEASURE.findall(question)
    return [value for value in values if value.after.lstrip("个余多万亿千百")[:1] in measures]


def _of_word(question: str, values: Sequence[Value]) -> list[Value]:
    """The values beside the word that the question puts before its asking: 下降 in 同比下降多少."""
    words = _ASKED_WORD.findall(question)
    return [value for value in values if any(word in value.clause for word in words)]


def _values(run: Run, document: Document) -> Iterator[Value]:
    for quotable in run.quotables:
        span = quotable.sentence.span
        masks = [mask for mask in document.masks if mask.overlaps(span)]
        places = [(mask, True) for mask in masks]
        places += [(number, False) for number in _readable(quotable, masks, document)]
        for place, masked in places:
            after = document.raw[place.end : min(place.end + 3, span.end)]
            before = document.raw[max(span.start, place.start - 2) : place.start]
            kinds = _kinds_of_masked(before, after) if masked else _kinds_of(after, document.raw[place.start])
            if kinds:
                clause, earlier = _clauses(document.raw, place, span)
                yield Value(masked, frozenset(kinds), after, clause, earlier, quotable is run.best)


def _readable(quotable: Quotable, masks: Iterable[Span], document: Document) -> Iterator[Span]:
    span = quotable.sentence.span
    for number in _NUMBER.finditer(document.raw, span.start, span.end):
        found = Span(number.start(), number.end())
        if not any(mask.start <= found.end and found.start <= mask.end for mask in masks):
            yield found


def _kinds_of_masked(before: str, after: str) -> set[Kind]:
    if _is_counted(after):
        return _kinds_of(after, "0")
    if _OF_DIGITS.match(after) or _OF_DIGITS.match(before[::-1]):
        return {Kind.NUMBER}  # a telephone number's other digits are shown
    return {Kind.NAME, Kind.PLACE} if _TO_PLACE.search(before) else {Kind.NAME}


def _is_counted(after: str) -> bool:
    return any(shape.match(after) for shape in (_POINT_IN_TIME, _STRETCH_OF_TIME, _MEASURE))


def _kinds_of(after: str, first: str) -> set[Kind]:
    """What a number tells, by what follows it; {} for 一 in 一律 or 统一, which is no number."""
    if _STRETCH_OF_TIME.match(after):
        return {Kind.TIME, Kind.NUMBER}
    if _POINT_IN_TIME.match(after):
        return {Kind.TIME}
    return {Kind.NUMBER} if (first.isdigit() and first.isascii()) or _MEASURE.match(after) else set()


def _clauses(raw: str, place: Span, sentence: Span) -> tuple[str, str]:
    """What stands around a value, up to the next punctuation on either side, and the clause before that."""
    earlier, before = ("", *_BREAK.split(_BREAK_IN_NUMBER.sub("", raw[sentence.start : place.start])))[-2:]
    after = _BREAK.split(_BREAK_IN_NUMBER.sub("", raw[place.end : sentence.end]))[0]
    return f"{before} * {after}", earlier


def _fit(terms: Mapping[str, float], clause: str, before: str) -> float:
    """Sum of the question's weights of the words in a clause; single characters tell too little.

    The clause before counts by half: D级危房拆除的，每平方米补助**元 says there what the money is for.
    """
    near, earlier = ({term for term in tokenize(text) if len(term) > 1} for text in (clause, before))
    said = sum(terms.get(term, 0.0) for term in near)
    return said + sum(terms.get(term, 0.0) for term in earlier - near) / 2
