"""What a speaker names and leaves for later or for others: 绩效扣多少，另行研究; 哪天我不说; 标准定下来再发.

Such words are the nearest there are to a question for the very thing, and tell it least of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from config.patterns import lazy_pattern
from retrieval.documents.views import encoded_text, search_text

_ENDS: Final = str.maketrans(dict.fromkeys("。！？!?；;", "\n"))
_BREAKS: Final = str.maketrans(dict.fromkeys("，：、,:", "\n"))

_LATER = r"(?:定下来|定了|研究后|散?会后|随后|稍后|近期|下一步|过[几些]天|改天|回头|到时候|下[周月]|之?后)"
_PUT_OFF = lazy_pattern(
    r"另行[\u4e00-\u9fff]{2}|另[文外]?(?:有?通知|研究|公布|确定|下发|印发|制定|安排|部署|发文|商定)|另定|待定"
    r"|再(?:行)?(?:定|说|议|研究|通知|公布|商量|算一?算|测算|核算|论证|讨论|议一?议|评估)$|以[^，,]{1,14}为准$"
    r"|(?:报|上|提交|提请)[^，,]{0,14}(?:常务会|董事会|办公会|党委会|党组会)(?:议)?(?:研究|审议|审定|讨论|决定|定)?$"
    r"|等[^，,]{1,12}(?:研究|批复|批下来|定下来|定了|通知)(?:再说|以?后再?定?)?$|(?:说不准|没个?准数?|没谱|不好说)$"
    rf"|{_LATER}[^，,]{{0,8}}(?:发|印|公布|通知|告知|明确|出台|宣布)|(?:定|研究)(?:下来|好)再"
    r"|(?:还|尚|暂|现在|目前|眼下|如今)(?:都)?(?:没有?|未)[^，,]{0,4}(?:定(?![期时])|结论|公布|出来|下来|明确|统计|掌握)|结论[^，,]{0,4}没(?:有)?(?:出来|下来)"
    r"|在[跟和与向同找][^，,]{1,10}(?:争取|协调|商量|对接)$"
    r"|[还正尚仍](?:在|处于)[^，,]{0,8}(?:核[定实算查]|统计|调查|查$|评估|研究|商量|测算|协商|讨论|酝酿)"
    r"|(?:我|今天|这里|现在|暂时?|先|就|还|并|也|都)不(?:说|讲|念|公布|透露|猜|下结论|展开)了?$"
    r"|(?P<unnamed>不(?:一一)?点名|不(?:说|讲|点)是?(?:谁|哪)|名字?[^，,]{0,6}不(?:说|念|点|讲|提|公布|公开))"
    r"|不(?:敢|好|能|便|方便)(?:打包票|打保票|保证|说|讲|肯定|下结论|公布|公开|透露|断言)"
    r"|(?P<doubted>(?:还|也|都|谁也|更)?不(?:知道|一定|清楚)$)|拿不准|没(?:有)?把握|定不(?:了|下来)|说不好|没(?:有)?谈(?:完|妥|拢|好|成)"
    r"|不拍[这那]?个?板|拍不了板|没(?:有)?拍板|(?:答复|回答)不了|没法(?:答复|回答)|意见[^，,]{0,3}不(?:一致|统一)"
    r"|(?:不(?:许|准|要|得)|别)(?:去|再)?打听|(?<![确一规])没(?:有)?定(?:下来)?$"
    r"|(?P<others>由[^，,]{1,10}(?:来)?(?:定|确定|决定)$)|按程序(?:办|走|处理)?$|保密$|我?说不清楚?$|(?:不|没)掌握$|没(?:有)?(?:统计|细算)"
)
"""That something is not told here, at the end of what is said of it."""

_KINDS: Final = {
    "how many": r"多少|几(?![乎经])|多[大长高远深重厚宽久]",
    "why": r"为什么|为何|为啥|咋会|怎么会|什么原因",
    "when": r"哪一?天|几[号点月日时]|什么时[候间]|啥时候?|何时|多会儿",
    "how": r"怎么(?!会)|怎样|如何|咋(?!会)",
    "who": r"谁|哪(?:个|位|些)人|什么人",
    "which": r"哪(?!一?天|[个位些]人)|什么(?!时[候间]|原因|人)|啥(?!时)",
}
_ASKING = {name: lazy_pattern(pattern) for name, pattern in _KINDS.items()}

_MANNERS: Final = frozenset({"why", "how", "which"})
"""What is asked in each other's words: 怎么着起来的, 什么引着的."""

_VALUES: Final = (
    ("标准|金额|额度|数额|比例|价格?|费用?|数量|人数|编制|级别|数字?|分值|占比|权重", ("how many", "which")),
    ("名单|名字|姓名|人选|责任(?:认定|划分)?", ("who", "which")),
    ("时间表?|日期|期限", ("when", "how many")),
    ("原因", ("why", "which")),
    ("地点|路线|清单", ("which",)),
    ("方案|细则|办法|结果|结论|政策", ("how", "which")),
)
"""Words for values, and the questions that ask for one."""
_VALUE = lazy_pattern("".join(("(?:", "|".join(f"({words})" for words, _ in _VALUES), ")$")))
_ALIKE: Final = ("炸爆", "烧火燃着", "塌垮倒", "死亡", "罚处", "奖补贴", "钱元款", "批拨取给")
"""Characters of which one says what another does, where a speaker asks in a word of his own."""
_EMPTY = frozenset("的了是在就也都还要会能我你他们这那个各每今先和与及对将被把到里头呢啊吧吗一下去来")
_FAR: Final = 3
"""So many clauses before the one that leaves it for later a thing is looked for."""
_BY_WHOM = lazy_pattern(
    r"(?:由|请|让|待|等|交|委托)[^，,]{2,14}?$|^(?:我|这里|今天|现在|目前)+$|(?:我们?|现在|目前|眼下)+$"
)
"""Who is to decide, between a thing and that it is left to them."""
_WHETHER = lazy_pattern(
    r"(?:要不要|能不能|是不是|该不该|可不可以|是否|会不会|用不用)(?P<one>.)|(?P<same>.)不(?P=same)"
)
_IS_IT_SO = lazy_pattern(r"(?:没有?|了吗)\W*$", needs="没吗")
_NUMBER = lazy_pattern(r"\d|[一二两三四五六七八九十百千万]+(?:元|块|人|个|台|天|年|月|次|万|倍)")
_FEW: Final = 4
"""Characters of a clause so short (为什么炸) that it says of nothing else what it asks."""
_MOST_SAID: Final = 0.7
"""Share of the characters of a thing left open that a question must have to ask for it."""
_SOME_SAID: Final = 0.45
"""The same, of the whole clause before a thing that is called only by what it is (具体标准)."""


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left open: the clause that names it and those before, folded.

    ``to_others`` who decide it; ``unnamed`` where it is said of whom or which that is not named; ``doubted``
    where it is whether it will be so; ``sentence`` is all of it.
    """

    clause: str
    before: str
    to_others: bool
    unnamed: bool = False
    doubted: bool = False
    sentence: str = ""


def is_put_off(question: str, found: str) -> bool:
    """Whether the words found name what is asked for and leave it for later.

    Either they ask it themselves, with the same kind of word and of the same (绩效扣多少，另行研究), or they
    name it by a word for a value (保安配备标准，定下来再发).

    Args:
        question: as asked.
        found: what would be quoted.
    """
    left_open = list(_left_open(found))
    if not left_open:
        return False
    asked = search_text(question)
    kinds = [name for name, pattern in _ASKING.items() if pattern.search(asked)]
    # Who decides is told by words that leave the rest open.
    rules = (_asks_itself, _asks_whether, _names_value, _names_nobody)
    return any(
        _doubts_whether(left, asked) or (not left.doubted and any(rule(left, asked, kinds) for rule in rules))
        for left in left_open
        if not (left.to_others and "who" in kinds)
    )


def asking_stretches(question: str, found: str) -> list[str]:
    """Where the words found ask the very thing themselves (要添几架，得看明年的投资): with the clause behind.

    Whether these leave it open is not looked at. What ends in a question mark is not among them: speakers
    answer such questions.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    asked = search_text(question)
    kinds = {name for name, pattern in _ASKING.items() if pattern.search(asked)}
    if kinds & _MANNERS:
        kinds |= _MANNERS
    stretches = []
    for sentence in re.findall(r"[^。！!；;\n]+", encoded_text(found)) if kinds else ():
        clauses = re.findall(r"[^，：,:？?]+[？?]?", sentence)
        folded = [search_text(clause) for clause in clauses]
        for at, clause in enumerate(folded[:-1]):
            left = _Left(clause, "\n".join(folded[:at]), to_others=False)
            stretch = clauses[at : at + 2]
            spoken = any(each.endswith(("？", "?")) for each in stretch)
            # 哪家不听，哪家的账单独算 asks nothing.
            whichever = any(
                pattern.search(clause) and pattern.search(folded[at + 1]) for pattern in _ASKING.values()
            )
            if not spoken and not whichever and _asks_itself(left, asked, sorted(kinds)):
                stretches.append("，".join(stretch))
    return stretches


def _left_open(found: str) -> Iterator[_Left]:
    """What sentences leave open: in a clause of its own or in the one or two before."""
    for sentence in encoded_text(found).translate(_ENDS).split("\n"):
        clauses = [search_text(clause) for clause in sentence.translate(_BREAKS).split("\n")]
        for at, clause in enumerate(clauses):
            put_off = _PUT_OFF.search(clause)
            if put_off is None:
                continue
            for where in range(max(0, at - _FAR), at + 1):
                said = clause if put_off["unnamed"] else clause[: put_off.start()]
                named = _BY_WHOM.sub("", said if where == at else clauses[where])
                before = "\n".join(clauses[:where])
                yield _Left(
                    named,
                    before,
                    to_others=put_off["others"] is not None,
                    unnamed=put_off["unnamed"] is not None,
                    doubted=put_off["doubted"] is not None,
                    sentence="\n".join(clauses),
                )


def _asks_itself(left: _Left, asked: str, kinds: list[str]) -> bool:
    for kind in kinds:
        asking = _ASKING[kind].search(left.clause)
        if asking is None:
            continue
        beside = left.clause[max(0, asking.start() - 2) : asking.start()] + left.clause[asking.end() :][:2]
        said = [char for char in beside if _tells(char)]
        if said:
            return any(_is_in(char, asked) for char in said) and _shares_words(left, asked)
        return _shares_words(replace(left, clause=""), asked)
    return False


def _shares_words(left: _Left, asked: str) -> bool:
    """Whether the question has two characters that stand together, or a character alone of a lone one."""
    told = left.before + "\n" + left.clause
    if any(_is_word(one + other) and one + other in asked for one, other in pairwise(told)):
        return True
    return len([char for char in left.clause if char not in _EMPTY]) <= _FEW


def _asks_whether(left: _Left, asked: str, kinds: list[str]) -> bool:
    """津贴要不要涨，再算一算: by how much is open with it."""
    whether = _WHETHER.search(left.clause)
    if whether is None or not {"how many", "when", "which"} & {*kinds}:
        return False
    return (whether["one"] or whether["same"]) in asked and _shares_words(left, asked)


def _doubts_whether(left: _Left, asked: str) -> bool:
    """批不批还不知道: who asks whether it was is not told."""
    return bool(_IS_IT_SO.search(asked) and _WHETHER.search(left.clause)) and _shares_words(left, asked)


def _names_nobody(left: _Left, asked: str, kinds: list[str]) -> bool:
    """有2个县没带队检查，我先不点名: which they are is not told, nor who."""
    if not left.unnamed or not {"who", "which"} & {*kinds}:
        return False
    wanted = [char for char in _ASKING["who"].sub("", _ASKING["which"].sub("", asked)) if _tells(char)]
    if sum(char in left.sentence for char in wanted) >= _MOST_SAID * len(wanted):
        return True
    # 供应商有三家，名字先不公布 leaves out what they are to supply.
    subject = [char for char in left.before.rpartition("\n")[2] if _tells(char)]
    is_it = bool(subject) and sum(char in asked for char in subject) >= _SOME_SAID * len(subject)
    return is_it and _shares_words(replace(left, before=left.before.rpartition("\n")[2]), asked)


def _names_value(left: _Left, asked: str, kinds: list[str]) -> bool:
    value = _VALUE.search(left.clause.rstrip("也都还我局里现在目前"))
    if value is None:
        return False
    fitting = {*_VALUES[(value.lastindex or 1) - 1][1]} & {*kinds}
    by_name = value[0][:2] in asked
    is_name = value[0] in ("名字", "姓名", "名单")
    if not fitting or (fitting == {"which"} and not (by_name or is_name)):  # 哪四件事 asks for no fee
        return False
    said = [char for char in left.clause[: value.start()].replace("具体", "") if _tells(char)]
    if len(said) > 1:
        return sum(char in asked for char in said) >= _MOST_SAID * len(said)
    if by_name and len(value[0]) > 1:
        return _shares_words(left, asked)
    # Of what the value is, the clause before says: 带徒津贴今年要涨，具体标准另行通知. A number there is one.
    before = left.before.rpartition("\n")[2]
    subject = [char for char in before if _tells(char)]
    about = bool(subject) and sum(char in asked for char in subject) >= _SOME_SAID * len(subject)
    return about and not _NUMBER.search(before) and _shares_words(replace(left, before=before), asked)


def _tells(char: str) -> bool:
    return char not in _EMPTY and char.isalnum()


def _is_in(char: str, asked: str) -> bool:
    alike = next((group for group in _ALIKE if char in group), char)
    return any(each in asked for each in alike)


def _is_word(pair: str) -> bool:
    return not re.search(r"\s|\W", pair) and not set(pair) & _EMPTY
