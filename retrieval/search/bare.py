"""A question without what people wrap it in: greetings, 请问, 帮我查一下, thanks, quotation marks, emoji.

None of that is looked for, and all of it tells against what the words would tell: a question of three words
that names something unknown no longer looks short behind 您好，我想请问一下.
"""

from __future__ import annotations

import re

from config.patterns import lazy_pattern

_EMOJI = lazy_pattern(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]+")
_NUMERAL = "一二三四五六七八九十"
_NUMBER = lazy_pattern(rf"^(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?:[.．、)）:：])\s*(?![\d{_NUMERAL}])")
"""Of a question in a list."""
_PAUSE = r"[，,、。.！!~～…\s]"
_DOWN = r"(?:一下|下(?![级属面边游]))"
_POLITE = (
    rf"(?:您好|你好|大家好|(?:老师|领导|师傅|各位)(?:您好|你好|好)|hi|hello|嗨|哈喽|喂|求助)[呀啊哈]?(?={_PAUSE})"
    r"|(?:您好|你好)(?=请|我(?!好)|想|问|麻烦|帮)"
    rf"|打扰(?:您|你|大家)?(?:一下|了)|麻烦(?:您|你)?(?:一下|问{_DOWN}|帮忙)|不好意思"
    rf"|(?:在吗|在不在)(?=[?？]|{_PAUSE})[?？]*"
)
_ASK = rf"请?(?:问|教|咨询|打听)(?:{_DOWN}|个问题|问)|请问|请教"
_WANT = (
    r"(?:我(?:就|还|也|只)?(?:想|要|来)|想)再?(?:请问|请教|问|咨询|了解|知道|打听|查询?|搜索?|看)"
    rf"(?:{_DOWN}|问|看)?"
)
_HELP = (
    r"(?:您|你)?(?:能不能|能否|能|可不可以|可以|请|麻烦)?(?:您|你)?(?:(?:帮我|帮忙|给我|替我)(?:查询|查找|检索|搜索|[查找看搜翻])"
    rf"(?:{_DOWN}|[查找看个])?|告诉我(?:一下)?|(?:查询|查找|检索|搜索|[查找搜])一下)"
    r"(?:(?:这些|所有)?(?:讲话|档案|文件|资料|材料)稿?[里中]面?)?"
)
_FILLER = rf"(?:那个啥?|这个|就是说?|啊+|哦+|额+|诶|哎)(?={_PAUSE})|嗯+|呃+"
_OPENING = lazy_pattern(rf"(?:{_POLITE}|{_ASK}|{_WANT}|{_HELP}|{_FILLER}|{_PAUSE})+", re.IGNORECASE)
_CLOSING = lazy_pattern(
    rf"(?:[?？]|{_PAUSE})*(?<![句说声])(?:[(（]?(?:(?:万分|非常|十分|太)?(?:谢谢|多谢|感谢|谢啦|谢了)|麻烦(?:您|你)?了"
    rf"|辛苦(?:您|你)?了|拜托(?:您|你)?了?|在线等|求解答?|求告知|跪求|(?<=[?？，,。!！(（\s])急+)"
    rf"(?:您|你|了|啦|大家|老师|各位)*[)）]?{_PAUSE}*)+$"
)
_ENDING = lazy_pattern(rf"(?:[?？]|{_PAUSE})+$")
_ASKS = lazy_pattern(
    r"什么|[啥哪谁几怎咋吗么]|多[少久大远长高]|如何|为何|何时|是否|有没有|可不可|(.)不\1|不[呢呀啊嘛]*$"
)
_PARTICLE = lazy_pattern(r"[呢呀啊嘛哦哟噢哈啦]+$")
"""Of 那国庆呢 it is what asks; behind a word that asks it says nothing."""
_TORN = lazy_pattern(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_QUOTED = {"“": "”", '"': '"', "'": "'", "「": "」", "『": "』", "‘": "’"}
_LEAST_TWICE = 8
_SPACED_SHARE = 0.6
"""From this share of characters on that stand alone between blanks, the blanks part no words."""

_THANKS = ("谢", "麻烦", "辛苦", "拜托", "在线等", "求", "急")
"""Without one of these nobody thanks: most questions are spared the compiling of a pattern."""


def bare_question(question: str) -> str:
    """What is asked, as typed but for what it is wrapped in; all but the emoji where nothing would be left.

    Args:
        question: cleaned.
    """
    plain = _without_emoji(question)
    bare = _unspaced(plain)
    bare = _unquoted(_NUMBER.sub("", bare))
    if any(word in bare for word in _THANKS):
        bare = _CLOSING.sub("", bare)
    opening = _OPENING.match(bare)
    bare = _ENDING.sub("", bare[opening.end() if opening else 0 :])
    if _ASKS.search(bare):
        bare = _PARTICLE.sub("", bare)
        bare = _TORN.sub("", bare) if bare.count(" ") == 1 else bare
    bare = _once(bare)
    return next((text for text in (bare, plain) if any(map(str.isalnum, text))), question)


def _without_emoji(text: str) -> str:
    drawn = any(
        "\u2600" <= each <= "\u2bff" or each in "\u200d\ufe0f" or each >= "\U0001f000" for each in text
    )
    return _EMOJI.sub(" ", text).strip() if drawn else text


def _unspaced(text: str) -> str:
    """春 节 期 间 without its blanks."""
    parts = text.split()
    alone = sum(len(part) == 1 for part in parts)
    return "".join(parts) if len(parts) > 3 and alone >= _SPACED_SHARE * len(parts) else " ".join(parts)


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    closes = len(text) > 2 and _QUOTED.get(text[0]) == text[-1]
    return inner.strip() if closes and text[0] not in inner and text[-1] not in inner else text


def _once(text: str) -> str:
    """A question that was pasted twice."""
    half = len(text) // 2
    first, second = text[:half].strip(), text[half:].strip()
    return first if len(text) >= _LEAST_TWICE and first == second else text
