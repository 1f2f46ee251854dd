"""The signals of a question, measured by a real searcher on a small archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.search.compose import refusal
from retrieval.search.confidence import Signals
from retrieval.search.context import PastTurn
from retrieval.search.searcher import Searcher
from retrieval.types import Reason
from tests.retrieval.search.builders import open_searcher_of

FILES = {
    "青崖.txt": "在青崖县防汛会议上的讲话\n青崖县县长 周大勇\n（2024年5月6日）\n\n"
    "同志们：\n水库每天巡查三次，值班电话要有人接。转移群众要早。\n",
    "白杨.txt": "在白杨县森林防火会议上的讲话\n白杨县县长 李小山\n（2023年3月1日）\n\n"
    "同志们：\n护林员每天巡山八小时，禁火期不准野炊。\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    with open_searcher_of(tmp_path_factory.mktemp("signals"), FILES) as opened:
        yield opened


def signals_of(searcher: Searcher, question: str) -> Signals:
    signals = searcher.consider(question).signals
    assert signals is not None
    return signals


def test_nothing_is_missing_where_the_words_answer(searcher: Searcher) -> None:
    signals = signals_of(searcher, "青崖县水库每天巡查几次")
    assert (signals.value_missing, signals.unsaid, signals.elsewhere) == (0, 0, 0)
    assert signals.coverage > 0
    assert signals.answers is None


def test_a_value_of_another_kind_is_a_missing_value(searcher: Searcher) -> None:
    assert signals_of(searcher, "水库值班电话号码是多少").value_missing == 1


def test_what_a_short_question_names_must_be_there(searcher: Searcher) -> None:
    # 年, 龄 stand in no pair of the passage, 护林员 does: two characters of five
    assert signals_of(searcher, "护林员年龄").unsaid == pytest.approx(2 / 5)


def test_words_that_a_speech_on_it_would_say_are_missed(searcher: Searcher) -> None:
    assert signals_of(searcher, "水库每天巡查几次").unechoed == 0
    assert signals_of(searcher, "加油站卸油要巡查几次").unechoed > 2
    # Another word for it will do.
    assert signals_of(searcher, "林子里能不能野炊").unechoed == 0


def test_what_names_a_speech_need_not_stand_in_it(tmp_path: Path) -> None:
    with open_searcher_of(tmp_path, {"粉尘企业座谈会.txt": FILES["青崖.txt"]}) as opened:
        assert signals_of(opened, "粉尘企业座谈会上说水库每天巡查几次").unechoed == 0
        assert signals_of(opened, "水库的粉尘每天巡查几次").unechoed > 2


def test_nothing_is_missed_of_what_is_compared_or_goes_on(searcher: Searcher) -> None:
    both = searcher.consider("青崖县和白杨县加油站卸油的规定有什么不同").signals
    assert both is not None
    assert both.unechoed == 0
    first = searcher.ask("青崖县水库每天巡查几次")
    followed = searcher.consider("那加油站呢", past=[PastTurn("青崖县水库每天巡查几次", first)]).signals
    assert followed is not None
    assert followed.unechoed == 0


def test_words_of_another_document_than_the_one_named(searcher: Searcher) -> None:
    named = signals_of(searcher, "白杨县禁火期不准干什么")
    assert named.elsewhere == 0
    other = signals_of(searcher, "白杨县水库每天巡查三次值班电话要有人接转移群众要早吗")
    assert other.elsewhere > 0.5


def test_what_another_speech_says_of_the_place_named_is_not_elsewhere(tmp_path: Path) -> None:
    head = "在赤岭市安全生产会议上的讲话\n赤岭市市长 王立\n（2024年7月1日）\n\n同志们：\n"
    city = f"{head}青崖县的烟花仓库要迁走。\n"
    with open_searcher_of(tmp_path, {**FILES, "赤岭.txt": city}) as opened:
        assert signals_of(opened, "青崖县的烟花仓库要迁走吗").elsewhere == 0
        assert signals_of(opened, "青崖县护林员每天巡山八小时禁火期不准野炊吗").elsewhere > 0.5


def test_what_another_speech_tells_of_the_person_named_is_not_elsewhere(tmp_path: Path) -> None:
    mill = "在砖厂安全会议上的讲话\n厂长 葛满仓\n（2024年7月1日）\n\n{}王立书记上周来看过窑口的护栏。\n"
    own = "王立在赤岭市安全生产会议上的讲话\n（2024年7月1日）\n\n同志们：\n烟花仓库要迁走。\n"
    files = {**FILES, "砖厂.txt": mill.format("同志们：\n"), "赤岭.txt": own}
    with open_searcher_of(tmp_path, files) as opened:
        assert signals_of(opened, "王立书记上周看过哪里的护栏").elsewhere == 0
        assert signals_of(opened, "王立书记说水库每天巡查三次吗").elsewhere > 0.5


def test_a_follow_up_is_short_because_the_rest_was_said(searcher: Searcher) -> None:
    first = searcher.ask("青崖县水库每天巡查几次")
    signals = searcher.consider("什么时候查完", past=[PastTurn("青崖县水库每天巡查几次", first)]).signals
    assert signals is not None
    assert signals.unsaid == 0
    assert signals_of(searcher, "什么时候查完").unsaid > 0


def test_a_question_without_a_subject_is_asked_back_unless_one_was_named_before(searcher: Searcher) -> None:
    alone = searcher.ask("谁负责")
    assert (alone.answerable, alone.reason, alone.near) == (False, Reason.VAGUE, ())
    assert "没看出问的是哪件事" in refusal(alone)
    asked = "青崖县水库每天巡查几次"
    followed = searcher.ask("谁负责", past=[PastTurn(asked, searcher.ask(asked))])
    assert followed.reason is not Reason.VAGUE
    assert searcher.ask("青崖县有哪些要求").reason is not Reason.VAGUE


def test_what_another_place_does_is_no_answer(searcher: Searcher) -> None:
    asked = searcher.ask("白杨县水库每天巡查三次值班电话要有人接转移群众要早吗")
    assert (asked.answerable, asked.reason, asked.unknown) == (False, Reason.ELSEWHERE, ("白杨县",))
    assert refusal(asked) == "白杨县没有讲到这一点，别的讲话里讲到了。"
    assert [quote.document.place for quote in asked.near] == ["青崖"]
    assert searcher.ask("青崖县水库每天巡查几次").reason is not Reason.ELSEWHERE


def test_what_somebody_else_says_is_no_answer(tmp_path: Path) -> None:
    files = {
        "防汛.txt": "在全县防汛会议上的讲话\n青崖县县长 周大勇\n（2024年5月6日）\n\n"
        "同志们：\n水库每天巡查三次，值班电话三声之内要有人接，转移群众宁早勿晚。渡口听石站长的。\n",
        "渡口.txt": "在全县水上交通会议上的讲话\n青崖县副县长 陆明远\n（2024年6月3日）\n\n"
        "同志们：\n渡口遇到六级大风一律停渡，船上救生衣一人一件。\n",
    }
    with open_searcher_of(tmp_path, files) as searcher:
        asked = searcher.ask("陆明远说水库每天巡查三次值班电话要有人接吗")
        assert (asked.answerable, asked.reason, asked.unknown) == (False, Reason.ELSEWHERE, ("陆明远",))
        assert refusal(asked) == "陆明远没有讲到这一点，别的讲话里讲到了。"
        # His own words, another's by name, and a question that does not ask for his words.
        assert searcher.ask("陆明远说渡口几级风停渡").reason is not Reason.ELSEWHERE
        assert searcher.ask("周县长要求水库每天巡查几次").reason is not Reason.ELSEWHERE
        assert searcher.ask("陆明远管的水库每天巡查三次吗").reason is not Reason.ELSEWHERE


def test_who_is_only_mentioned_has_said_nothing(tmp_path: Path) -> None:
    files = FILES | {
        "防汛.txt": "在全县防汛会议上的讲话\n青崖县县长 周大勇\n（2024年5月6日）\n\n同志们：\n"
        "刚才，覃立山书记通报了去年水库的险情。水库每天巡查三次，值班电话三声之内要有人接。\n"
        "省里秦伯年副省长到过大坝，站在雨里，他要求放水之前先通知下游的村子。\n",
    }
    with open_searcher_of(tmp_path, files) as searcher:
        asked = searcher.ask("覃立山书记对水库巡查提了什么要求")
        assert (asked.answerable, asked.reason, asked.unknown) == (False, Reason.ELSEWHERE, ("覃立山书记",))
        assert searcher.ask("秦伯年副省长对水库放水是怎么要求的").reason is not Reason.ELSEWHERE
        # By name alone; a word that begins as a surname does is no person.
        assert searcher.ask("覃立山讲了什么").unknown == ("覃立山",)
        assert searcher.ask("秦伯年要求了什么").reason is not Reason.ELSEWHERE
        assert searcher.ask("水库怎么要求的").reason is not Reason.ELSEWHERE
        # Not his words are asked for.
        assert searcher.ask("覃立山书记通报了哪里的险情").reason is not Reason.ELSEWHERE


def test_a_city_speaks_for_its_counties(tmp_path: Path) -> None:
    files = {
        "市.txt": "在全市防汛会议上的讲话\n临川市市长 周大勇\n（2024年5月6日）\n\n"
        "同志们：\n各县水库每天巡查三次，值班电话要有人接。\n",
        "白杨.txt": FILES["白杨.txt"],
    }
    with open_searcher_of(tmp_path, files) as searcher:
        assert searcher.ask("白杨县水库每天巡查三次值班电话要有人接吗").reason is not Reason.ELSEWHERE


def test_what_another_year_did_is_no_answer(tmp_path: Path, searcher: Searcher) -> None:
    question = "2023年水库每天巡查三次值班电话要有人接吗转移群众要早吗"
    files = FILES | {"青崖.txt": FILES["青崖.txt"].replace("2024年", "2025年")}
    with open_searcher_of(tmp_path, files) as later:
        asked = later.ask(question)
    assert (asked.answerable, asked.reason, asked.unknown) == (False, Reason.ELSEWHERE, ("2023年",))
    # A year that a speech only mentions is none that the other one is of.
    files["白杨.txt"] = files["白杨.txt"].replace("2023年", "2024年").replace("禁火期", "2023年以来禁火期")
    with open_searcher_of(tmp_path, files) as mentioning:
        assert mentioning.ask(question).unknown == ("2023年",)
    # A speech of the year after may speak of the year before.
    assert searcher.ask(question).reason is not Reason.ELSEWHERE


def test_another_year_that_is_in_the_words_is_an_answer(tmp_path: Path) -> None:
    flood = FILES["青崖.txt"].replace("2024年", "2026年").replace("水库", "2023年建成的水库")
    with open_searcher_of(tmp_path, FILES | {"青崖.txt": flood}) as searcher:
        assert searcher.ask("2023年建成的水库每天巡查几次").answerable
