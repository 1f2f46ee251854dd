"""A thing is spoken of, and what is asked of it is not told: its number, its rank, the name of a town."""

from __future__ import annotations

import re
from collections import Counter

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.value_kinds import NUMBER

_SENTENCES = lazy_pattern(r"[;!?\n。；！？]|(?<!\d)\.|\.(?!\d)")

_HOW_MUCH = lazy_pattern(
    r"(?P<thing>[\u4e00-\u9fff]{2})(?:一年|一个月|每月|每年|大概|大约|到底|究竟)?(?:是|有|为|达到?)(?:多少|几)[元万人块]?$",
    needs="几少",
)
_A_VALUE = lazy_pattern(rf"{NUMBER}|全部|所有|免费|第一|倍|成|零")

_MOST = lazy_pattern(
    r"(?:哪(?!里|儿)(?:一|个|家|些|几|条|起|类|种)*[\u4e00-\u9fff]{0,4}|谁)[^,.;?!]{0,6}(?<!用)最(?P<how>[\u4e00-\u9fff]{1,2})$",
    needs="最",
)
_RANKED = lazy_pattern(
    r"最|首|第一|倒数|居|占|头|突出|主要|尤其|特别是|集中|超过|(?<![不得])[高低大多少]于|不如|比|冠|末|垫底|前[三五十]|一流|[一二三四五六七八九十]成|%|百分之|过半|大头"
)
_COUNT = lazy_pattern(rf"{NUMBER}([\u4e00-\u9fff])")
_COMPARED = 3
"""So many counts of the same kind (加油站15件、窨井盖31件、群租22件) let a reader see which is the most."""

_WHICH_TOWN = lazy_pattern(r"哪一?个(?P<kind>县区|区县|县市|乡镇|镇)", needs="个")
_TOWNS = {"县区": "县区市", "区县": "县区市", "县市": "县区市", "乡镇": "乡镇", "镇": "乡镇"}
_NO_NAME = (
    "的各每全个该本我市几某这那等两和及多数乡县镇村区街有在其一二三四五六七八九十到被将对是由以所向让给叫使当"
)
"""What stands before a kind of place that is not called by its name (完不成的县区, 每个县区)."""

_ENDING = "?!. 的呢啊呀"


_ASKING = (_HOW_MUCH, _MOST, _WHICH_TOWN)
"""One of them is in any question that these rules are about; for all others nothing is folded."""


def speaks_without_telling(question: str, found: str) -> bool:
    """Whether the words found speak of what a question is about and lack what it asks of it.

    Args:
        question: as asked.
        found: what would be quoted.
    """
    asked = search_text(question).rstrip(_ENDING)
    if not any(pattern.search(asked) for pattern in _ASKING):
        return False
    told = search_text(found)
    return _has_no_number(asked, told) or _ranks_nothing(asked, told) or _names_no_town(asked, told)


def _has_no_number(asked: str, told: str) -> bool:
    """年薪是多少: it is spoken of, and in no sentence about it stands a number."""
    much = _HOW_MUCH.search(asked)
    if much is None:
        return False
    about = [sentence for sentence in _SENTENCES.split(told) if much["thing"] in sentence]
    return bool(about) and not any(map(_A_VALUE.search, about))


def _ranks_nothing(asked: str, told: str) -> bool:
    """哪家店损失最大: nothing is said to come first, nor are several counted."""
    most = _MOST.search(asked)
    if most is None or _RANKED.search(told) or (len(most["how"]) > 1 and most["how"] in told):
        return False
    counts = Counter(found[1] for found in _COUNT.finditer(told))
    return max(counts.values(), default=0) < _COMPARED


def _names_no_town(asked: str, told: str) -> bool:
    """是哪个县区: counties are spoken of, none by its name."""
    which = _WHICH_TOWN.search(asked)
    if which is None:
        return False
    named = re.finditer(rf"([\u4e00-\u9fff]{{2}})[{_TOWNS[which['kind']]}]", told)
    return all(set(name[1]) & set(_NO_NAME) for name in named)
