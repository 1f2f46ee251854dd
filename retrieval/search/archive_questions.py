"""Which questions are about the archive itself, by their words: its last speech, all of a time."""

from __future__ import annotations

import enum
from typing import Final

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.followup import number_of
from retrieval.search.glossary import Glossary
from retrieval.search.named import Name, names_latest
from retrieval.search.naming import Field
from retrieval.search.naming_dates import find_times, is_time
from retrieval.search.overview import SPEECH
from retrieval.search.relative_dates import RELATIVE, without_relative_times
from retrieval.search.routing import Routing


class Which(enum.Enum):
    """Which speeches of an archive are asked for."""

    FIRST = "first"
    LAST = "last"
    RECENT = "recent"
    """The last few."""
    YEAR = "year"
    """Those of the year with most."""
    SPEAKER = "speaker"
    """Those of who speaks most."""
    ALL = "all"


_A: Final = r"(?:一?[个次场篇份回位])"
_HOW_MANY: Final = r"(?:几|多少|哪些|哪几|(?:些)?什么)"
_WHO: Final = r"(?:谁|哪些人|哪些领导|哪几个领导|哪几位领导)"
_PATTERNS = {
    Which.YEAR: lazy_pattern(
        r"(?:哪|什么|啥)(?:一)?年[^,.;]{0,10}最多|最多[^,.;]{0,6}(?:哪|什么|啥)(?:一)?年"
    ),
    Which.SPEAKER: lazy_pattern(
        r"(?:谁|哪(?:个|位|一位|名)(?:领导|人|同志)?)[^,.;]{0,8}最多|最多[^,.;]{0,6}(?:谁|哪[个位])"
    ),
    Which.RECENT: lazy_pattern(
        rf"(?:最近|最新|最后)的?(?:几|(?P<number>[两三四五六七八九十2-9]))[个次场篇份回](?!月)|(?:最近|近期)(?:都|还)?[有开讲]?(?:了|过)?(?:哪些|哪几|些?什么)(?:{_A}|的)?{SPEECH}"
    ),
    Which.FIRST: lazy_pattern(r"最早|最先|最老|最旧|最久|第一[次场篇份]"),
    Which.LAST: lazy_pattern(r"最近|最新|最后|最晚|最末|(?:更新|收录|截止?)(?:到|至)"),
    Which.ALL: lazy_pattern(
        rf"{_HOW_MANY}{_A}?(?:领导)?(?:的)?{SPEECH}|{SPEECH}(?:一共|总共|共|都)*有{_HOW_MANY}"
        rf"|{_HOW_MANY}[次场篇份回](?:话|会)?[了呢]?[?.]*$|{_WHO}的{SPEECH}|{_WHO}(?:讲过?话|发过?言)"
        rf"|(?:讲话|发言)(?:的)?人?(?:都)?(?:是|有)(?:谁|哪些(?:人|领导)?)"
    ),
}
_DUTY = lazy_pattern(r"每|多久|要|应|须|该|一个?[月年周季天]")
"""每年开几次会 and 一个月要讲几次 ask what speeches say."""
_ASKS = lazy_pattern(r"哪|谁|什么时候|何时|几[月号日点篇次场个]|什么时间|啥时候|多少|什么|是$")
_AT_AN_END = lazy_pattern(
    rf"(?:最[早先老旧晚末]的?{_A}?|(?:最近|最新|最后)的?(?:[两三四五六七八九十2-9]|几)[个次场篇份回])(?:的|领导)*{SPEECH}$"
)
"""最早的讲话 and 最近三篇讲话 ask without a word of asking."""
_SPEECHES = lazy_pattern(rf"{SPEECH}|[篇场]|(?:档案|资料|数据)库?|哪一?[次份]|[讲说谈]")
_SAYS = lazy_pattern(
    r"(?:讲|说|谈|提)(?:了|到|过)*(?:什么|啥|哪些|几(?![次场篇份回]))|内容|要点|要求|重点|精神|主题"
)
"""What a speech says is told by its headings, see `retrieval.search.overview`."""
_WORD = lazy_pattern(r"\w")
_UNTOLD = lazy_pattern(
    r"(?:[讲说谈写]得)?最(?:长|短|好|差|重要|精彩|严厉?|全面?|详细|具体|实在|权威|有名|啰嗦|关键)|多少(?:个)?[字页]|几页|字数|篇幅"
    rf"|(?:{SPEECH}[稿子]?|全文|全篇)(?:有)?多长"
)
"""What compares speeches by more than they tell of themselves."""
_REST = lazy_pattern(
    rf"{SPEECH}|领导|其中|分别|(?:档案|资料|数据)库?|(?:更新|截止?)(?:到|至)?|库[里中]|索引|收录|目录|目前|现在|里面?|[讲说谈作做发](?:得|过|了)?[话言]?|(?<=[次回])话|(?:[这那哪]|第一|[几两三四五六七八九十2-9])?{_A}|[这那哪]一?年|年份?"
    rf"|召?开|举行|日期|几[月号日]?|多少|最[早先老旧久近新后晚末多]|一共|总共|[和与跟及]|{RELATIVE}|(?:19|20)\d{{2}}年"
)


def which_asked(text: str, routing: Routing, glossary: Glossary) -> Which | None:
    """Which speeches a question wants that names none by what they say; None for any other question.

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names; 最近的 in it is no name here.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    if _SAYS.search(folded) or not all(map(is_time, routing.unknown)):
        return None
    if not (_ASKS.search(folded) or _AT_AN_END.search(folded)) or not _SPEECHES.search(folded):
        return None
    rest = _without_names(folded, routing)
    if not glossary.names_nothing(_REST.sub(" ", rest)):
        return None
    asked = without_relative_times(folded)  # 最近三个月 is no last one
    found = next((which for which, pattern in _PATTERNS.items() if pattern.search(asked)), None)
    if found is Which.ALL:
        return None if _DUTY.search(rest) else found
    return None if len(routing.sides) > 1 else found


def is_of_time(text: str, routing: Routing, glossary: Glossary, *, alone: bool) -> bool:
    """Whether speeches of some time are asked for and nothing that they treat (昨天的讲话, 2024年).

    A day alone (7月30日) asks what happened on it, and after a question a time alone leans on that.

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names.
        glossary: words that only ask, or name nothing.
        alone: whether the question is asked on its own.
    """
    folded = search_text(text)
    if not all(map(is_time, routing.unknown)):
        return False
    rest = without_relative_times(folded)
    times = list(find_times(rest))
    for time in times:
        rest = rest[: time.start] + " " * (time.end - time.start) + rest[time.end :]
    bare = alone and rest.isspace() and not any(time.time.day for time in times)
    if rest == folded or not (bare or _SPEECHES.search(folded)):
        return False
    rest = _without_names(rest, routing)
    return glossary.names_nothing(_REST.sub(" ", _SAYS.sub(" ", rest)))


def asks_untold(text: str, routing: Routing, glossary: Glossary) -> bool:
    """Whether speeches are asked for by what none tells of itself: how long or how good they are (哪篇最长).

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names.
        glossary: words that only ask, or name nothing.
    """
    folded = search_text(text)
    if routing.unknown or not _UNTOLD.search(folded):
        return False
    return glossary.names_nothing(_REST.sub(" ", _UNTOLD.sub(" ", _without_names(folded, routing))))


def is_speaker(text: str, routing: Routing) -> bool:
    """Whether nothing is typed but who speaks (周启明): what they said is asked for by more words.

    Args:
        text: the question that ``routing`` was found in.
        routing: what it names.
    """
    named = [name for name in routing.named if name.speaker]
    if not named or len(named) < len(routing.named):
        return False
    return not _WORD.search(_without_names(search_text(text), routing))


def most_recent(text: str) -> int:
    """How many of the last speeches are asked for (最近三次会议); 0 where no number tells."""
    found = _PATTERNS[Which.RECENT].search(search_text(text))
    return number_of(found["number"]) if found and found["number"] else 0


def narrowing(routing: Routing) -> list[Name]:
    """The names but for 最近, which is found as one, and what a speech is about: more of them may be."""
    return [name for name in routing.named if not names_latest(name) and name.field is not Field.OCCASION]


def _without_names(folded: str, routing: Routing) -> str:
    for name in narrowing(routing):
        folded = folded.replace(name.text, " ")
    return folded
