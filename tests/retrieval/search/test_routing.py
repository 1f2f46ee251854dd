from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.naming import Documents, Names, Speaker, build_names
from retrieval.search.naming_dates import Time, find_times, read_time
from retrieval.search.routing import Routing, route
from retrieval.search.searcher import Searcher
from retrieval.types import DocumentInfo
from tests.retrieval.search.builders import info, open_searcher_of


def speech(identity: str, title: str, **known: Any) -> DocumentInfo:
    return dataclasses.replace(info(identity, title), **known)


WINTER = speech(
    "winter",
    "周望山同志在全市冬春火灾防控工作会议上的讲话",
    speaker="周望山",
    role="霜河市副市长",
    date="2021-11-03",
    organ="霜河市人民政府办公室",
    series="霜政通报 第7期",
    place="霜河",
)
FLOOD = speech(
    "flood", "县长在全县防汛备汛动员会上的讲话", role="县长", date="2022-04-18", path="碧川县防汛讲话.txt"
)
MINES = speech(
    "mines",
    "在全县矿山整治推进会上的讲话",
    speaker="尤立言",
    role="墨岭县委书记",
    date="2022年上半年",
    place="墨岭",
)
PLANT = speech(
    "plant",
    "在岁末检修安全动员大会上的讲话",
    speaker="石敬之",
    role="宏岳钢铁集团董事长",
    date="2023-12-20",
)
NEWS = speech("news", "赤枫区部署养老机构消防整治", date="2023-06-09", place="赤枫")
ARCHIVE = (WINTER, FLOOD, MINES, PLANT, NEWS)
REPORTED = (Speaker(4, "黎守成", "区委书记"), Speaker(4, "范一鸣", "区长"))


@pytest.fixture(scope="module")
def names() -> Names:
    return build_names(ARCHIVE, REPORTED)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("霜河对值班怎么要求", ["winter"]),
        ("霜河市的值班要求", ["winter"]),
        ("碧川值班怎么要求", ["flood"]),
        ("区里那个会上怎么讲演练", ["news"]),
        ("省里那个会上怎么讲演练", []),
        ("董事长那次讲话里怎么说演练", ["plant"]),
        ("石董事长怎么说演练", ["plant"]),
        ("石总的讲话里演练多久一次", ["plant"]),
        ("跟石总讲一声就行吗", ["plant"]),
        ("周副市长给各县派了什么活", ["winter"]),
        ("尤书记讲演练了吗", ["mines"]),
        ("尤立言讲演练了吗", ["mines"]),
        ("范区长怎么说", ["news"]),
        # The county head who spoke is not named, so he may be anybody's.
        ("姜县长讲话里怎么说演练", ["flood"]),
        ("2021年11月的会上讲了什么", ["winter"]),
        ("2022年的会", ["flood", "mines"]),
        ("2022年4月的会", ["flood"]),
        # Of the half-year no more than the half-year is known: it stays possible.
        ("2022年5月的会", ["mines"]),
        ("第二季度会议讲了什么", ["flood", "mines", "news"]),
        ("防汛会上怎么分工", ["flood"]),
        ("养老机构那次会怎么分工", ["news"]),
        ("霜政通报第7期讲了什么", ["winter"]),
        ("霜政通报第8期讲了什么", ["winter"]),
        ("碧川县防汛讲话.txt里怎么分工", ["flood"]),
        ("宏岳钢铁的演练要求", ["plant"]),
        ("石敬之董事长怎么说", ["plant"]),
        ("姚望舒书记怎么说", []),
        ("公司那次会上怎么讲", ["plant"]),
        ("墨岭2022年的会", ["mines"]),
        ("演练多久一次", []),
        ("", []),
    ],
)
def test_documents_are_found_by_their_names(names: Names, question: str, expected: list[str]) -> None:
    assert sorted(route(question, names).documents) == expected


@pytest.mark.parametrize(
    "question",
    [
        "小区里能充电吗",
        "社区里谁负责",
        "电梯由保险公司检查吗",
        "城市燃气管道多久换一次",
        "3月底前完成什么",
        "超过20年的管道",
        "安全总监负责什么",
    ],
)
def test_words_that_hold_a_name_by_chance_name_nothing(names: Names, question: str) -> None:
    routing = route(question, names)
    assert (dict(routing.documents), routing.unknown) == ({}, ())


def test_the_fewer_documents_a_name_fits_the_more_it_tells(names: Names) -> None:
    # Of five documents one is told from four others, two from three.
    assert route("霜河的值班", names).documents == {"winter": 4 / 4}
    assert route("2022年那次会", names).documents == {"flood": 3 / 4, "mines": 3 / 4}


def test_a_name_that_fits_every_document_tells_nothing() -> None:
    twins = build_names([speech("a", "讲话一", place="霜河"), speech("b", "讲话二", place="霜河")])
    assert route("霜河的值班", twins).documents == {}


def test_an_office_with_no_speech_beside_it_tells_less(names: Names) -> None:
    asked = route("要由董事长签字吗", names).documents["plant"]
    assert asked < route("董事长讲话里怎么说", names).documents["plant"]


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("霜河和碧川的值班要求有什么不同", [{"winter"}, {"flood"}]),
        ("碧川和霜河的值班要求有什么不同", [{"flood"}, {"winter"}]),
        ("霜河、碧川、墨岭各讲了什么", [{"winter"}, {"flood"}, {"mines"}]),
        ("石敬之和黎守成谁更严", [{"plant"}, {"news"}]),
        ("2021年11月和2022年4月的会有什么变化", [{"winter"}, {"flood"}]),
        ("霜河2021年说得怎样，2023年赤枫区又怎样", [{"winter"}, {"news"}]),
        ("2021年和2022年有什么变化", [{"winter"}, {"flood", "mines"}]),
        ("县里2022年和2021年有什么变化", [{"flood", "mines"}, {"winter"}]),
        ("霜河的值班要求", []),
    ],
)
def test_sides_are_told_apart_in_the_order_asked(names: Names, question: str, sides: list[set[str]]) -> None:
    assert [set(side) for side in route(question, names).sides] == sides


def test_a_headline_without_a_place_is_of_the_place_of_its_meeting() -> None:
    headline = speech("headline", "热天火气大，三件事马虎不得", occasion="澜浦市夏季消防推进会")
    both = build_names([WINTER, headline, FLOOD])
    assert route("澜浦的值班要求", both).documents.keys() == {"headline"}
    sides = route("举报有奖，澜浦给的和霜河给的哪个高", both).sides
    assert [set(side) for side in sides] == [{"headline"}, {"winter"}]


def test_topics_that_are_compared_are_sides_too(names: Names) -> None:
    question = "防汛和矿山的追责比较"
    assert [set(side) for side in route(question, names, compares=True).sides] == [{"flood"}, {"mines"}]
    assert route(question, names).sides == ()


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("青竹县的值班要求", ("青竹县",)),
        ("霜河和青竹县有什么不同", ("青竹县",)),
        ("姚省长怎么说演练", ("姚省长",)),
        ("黎书记怎么说演练", ()),
        ("姚望舒书记怎么说演练", ("姚望舒书记",)),
        ("2021年和2022年有什么变化", ()),
        ("2018年的会上怎么说", ("2018年",)),
        ("2021年3月的会上怎么说", ("2021年3月",)),
        ("霜河2023年的演练", ("霜河2023年",)),
        # A speech of November 2021 speaks of the year before.
        ("霜河2020年的事故", ("2020年",)),
        ("碧川2021年的事故", ()),
        ("全市的值班要求", ()),
    ],
)
def test_names_that_the_archive_does_not_have_are_told(
    names: Names, question: str, unknown: tuple[str, ...]
) -> None:
    assert route(question, names).unknown == unknown


def test_a_place_that_some_speech_mentions_is_not_unknown(names: Names) -> None:
    def spoken_of(text: str) -> Documents:
        return frozenset({1}) if text in "青竹县2018年" else frozenset()

    assert route("青竹县的值班要求", names, spoken_of=spoken_of).unknown == ()
    assert route("2018年的会上怎么说", names, spoken_of=spoken_of).unknown == ()


UNTOLD = (
    speech("mill", "在面粉厂安全例会上的讲话", speaker="毕长河", organ="丰穗面粉公司"),
    speech("flood", "在全县防汛会上的讲话", speaker="毕云舟", role="县长", date="2022-04-18"),
    speech("later", "毕云舟在全县秋收安全会上的讲话", speaker="毕云舟", date="2022-09-02"),
    speech("fire", "在消防警示会上的讲话", speaker="凌九成", role="消防支队支队长"),
    speech("school", "在校园安全会上的讲话", speaker="柏青", role="教育局局长"),
    speech("yard", "在冬防会上的讲话", speaker="凌水生", date="2021-11-05"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Nobody of his name is told to head the firm, and he is the one who speaks for one.
        ("毕总怎么说动火", ["mill"]),
        # He held the office in April and is the same man in September; the one of the mill is not.
        ("毕县长怎么说演练", ["flood", "later"]),
        ("凌支队长怎么说", ["fire"]),
        ("凌队怎么说演练", ["fire"]),
        ("凌支讲了什么", ["fire"]),
        ("柏局怎么说演练", ["school"]),
        ("大局怎么看", []),
        ("全局的安全谁管", []),
        # Of one of this name no office is told, so he may hold any.
        ("凌主任怎么说", ["yard"]),
        ("凌总怎么说", ["yard"]),
    ],
)
def test_a_surname_with_an_office_names_who_may_hold_it(question: str, expected: list[str]) -> None:
    routing = route(question, build_names(UNTOLD))
    assert (sorted(routing.documents), routing.unknown) == (expected, ())


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        # FLOOD was spoken on the 18th of April 2022, and says 3月6日 of the month before.
        ("2022年3月6日淹了哪里", ()),
        ("2021年3月6日淹了哪里", ()),
        # Later than it was spoken, or so long before that it would tell the year.
        ("2022年8月2日淹了哪里", ("2022年8月2日",)),
        ("2019年3月6日淹了哪里", ("2019年3月6日",)),
        # A meeting on that day is another speech.
        ("2021年3月6日的会上怎么说", ("2021年3月6日",)),
    ],
)
def test_a_day_may_be_told_without_its_year(names: Names, question: str, unknown: tuple[str, ...]) -> None:
    def spoken_of(text: str) -> Documents:
        return frozenset({1}) if text in ("3月6日", "8月2日") else frozenset()

    assert route(question, names, spoken_of=spoken_of).unknown == unknown


@pytest.mark.parametrize(
    ("question", "unknown"), [("8月27号泵房怎么淹的", ()), ("8月28号泵房怎么淹的", ("8月28号",))]
)
def test_a_day_is_not_unknown_where_a_speech_writes_it_otherwise(
    names: Names, question: str, unknown: tuple[str, ...]
) -> None:
    def spoken_of(text: str) -> frozenset[int]:
        return frozenset({0} if text == "8月27日" else ())

    assert route(question, names, spoken_of=spoken_of).unknown == unknown


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("周望山在国庆节前的会上怎么说", ("周望山国庆节前的会上",)),
        ("2022年国庆期间的讲话说了什么", ("2022年国庆期间的讲话",)),
        # The second document speaks of 春节, the first of 国庆 nowhere, and without a name all may answer.
        ("碧川县春节前的会议怎么说", ()),
        ("国庆节前的会上怎么说", ()),
        ("周望山怎么说国庆值班", ()),
        ("2021年和2022年国庆期间的讲话有什么不同", ()),
    ],
)
def test_a_meeting_before_a_feast_that_nobody_named_speaks_of_is_unknown(
    names: Names, question: str, unknown: tuple[str, ...]
) -> None:
    def spoken_of(text: str) -> Documents:
        return frozenset({1}) if text == "春节" else frozenset()

    assert route(question, names, spoken_of=spoken_of).unknown == unknown


def test_other_words_for_a_meeting_find_it(names: Names) -> None:
    def expand(text: str) -> Mapping[str, float]:
        return {"矿山": 1.0} if "煤窑" in text else {}

    assert route("煤窑那个会怎么说", names).documents == {}
    assert list(route("煤窑那个会怎么说", names, expand=expand).documents) == ["mines"]


@given(st.text(alphabet="霜河市县区里那个会上2022年1月和王书记长，、全？ a"))
def test_any_question_is_routed_within_bounds(question: str) -> None:
    routing = route(question, build_names(ARCHIVE, REPORTED))
    assert isinstance(routing, Routing)
    assert all(0 < sure <= 1 for sure in routing.documents.values())
    assert len(routing.sides) != 1


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2022年1月", Time(2022, 1, 1)),
        ("2022-01-24", Time(2022, 1, 1, 24)),
        ("22年1月那次", Time(2022, 1, 1)),
        ("二〇二二年三月", Time(2022, 3, 3)),
        ("2025年上半年", Time(2025, 1, 6)),
        ("2025年第二季度", Time(2025, 4, 6)),
        ("2024.9", Time(2024, 9, 9)),
        ("2022年1至10月", Time(2022)),
        ("1月24日", None),
        ("2024", None),
    ],
)
def test_times_are_read(text: str, time: Time | None) -> None:
    assert read_time(text) == time


def test_a_month_without_a_year_is_a_time_of_any_year() -> None:
    (found,) = find_times("1月24日的会")
    assert (found.time, found.start, found.end) == (Time(0, 1, 1, 24), 0, 5)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    files = {
        f"{place}.txt": f"在{place}市安全会议上的讲话\n{place}市市长　{who}\n（{date}）\n\n同志们：\n"
        f"一、值班\n值班实行24小时专人值守制度，{hours}小时内必须报告到人，不得脱岗漏岗。\n"
        f"二、演练\n演练每年组织一次，由各单位负责，演练情况要上报备案。\n"
        for place, who, date, hours in (
            ("霜河", "周望山", "2021年11月3日", 3),
            ("碧川", "姜晓风", "2022年4月18日", 5),
            ("墨岭", "尤立言", "2023年6月9日", 7),
        )
    }
    return open_searcher_of(tmp_path_factory.mktemp("routing"), files)


@pytest.mark.parametrize("place", ["霜河", "碧川", "墨岭"])
def test_the_place_asked_for_comes_first_though_all_say_the_same(searcher: Searcher, place: str) -> None:
    hits = searcher.search(f"{place}值班怎么要求")
    assert hits[0].document.path == f"{place}.txt"


def test_the_date_asked_for_comes_first_though_all_say_the_same(searcher: Searcher) -> None:
    assert searcher.search("2022年4月那次会怎么讲演练")[0].document.path == "碧川.txt"


def test_both_sides_of_a_comparison_are_found_though_they_say_the_same(searcher: Searcher) -> None:
    hits = searcher.search("墨岭和霜河的演练要求有什么不同", limit=2)
    assert {hit.document.path for hit in hits} == {"墨岭.txt", "霜河.txt"}


def test_both_sides_are_quoted_in_the_order_asked(example_searcher: Searcher) -> None:
    evidence = example_searcher.ask("澜川县和岚陵市对突发情况报告时限的要求有什么不同")
    places = list(dict.fromkeys(quote.document.path[:3] for quote in evidence.quotes))
    assert places == ["澜川县", "202"]
    said = "".join(quote.text for quote in evidence.quotes)
    assert "15分钟内电话报告" in said
    assert "25分钟内口头报告" in said


def test_a_searcher_reads_the_roles_of_others_in_a_report(example_searcher: Searcher) -> None:
    routing = example_searcher.router.route("沈市长怎么要求")
    store = example_searcher.generation.store
    assert [store.stored(identity).info.place for identity in routing.documents] == ["临湾"]
    assert [name.speaker for name in routing.named] == ["沈若川"]


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("最近一次会议讲了什么", {"plant"}),
        ("最新的讲话对值班怎么要求", {"plant"}),
        ("上一次安全工作会议的要求", {"plant"}),
        ("尤立言最近一次讲话说了什么", {"mines"}),
        ("县里最近那次会怎么说防汛", {"mines"}),
        ("2021年最后一次会议讲什么", {"winter"}),
    ],
)
def test_the_last_of_the_meetings_named_is_told_by_their_dates(
    names: Names, question: str, documents: set[str]
) -> None:
    assert set(route(question, names).documents) == documents


def test_recent_things_are_no_recent_meeting(names: Names) -> None:
    assert route("最近天气转冷怎么防火", names).documents == {}
    assert route("会上最后强调什么", names).documents == {}


def test_speeches_without_dates_have_no_last_one() -> None:
    undated = [dataclasses.replace(each, date=None, title=f"讲话{at}") for at, each in enumerate(ARCHIVE)]
    assert route("最近一次会议讲了什么", build_names(undated)).documents == {}
