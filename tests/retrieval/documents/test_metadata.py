from __future__ import annotations

import pytest

from retrieval.documents.dates import find_date
from retrieval.documents.metadata import read_metadata
from retrieval.documents.titles import place_in
from retrieval.documents.types import Genre, Known, Metadata, Provenance
from retrieval.documents.zones import find_zones

FIRST = "把大家请到打谷场来开会，就是要当着收割机的面，把秋收的安全事情说清楚。下面，我讲两点意见。"
REST = "每台收割机的驾驶员都要有证，没有证的不准下田。农机站要逐台验车，灯光刹车不合格的不发放行条。"


def read(*head: str, body: str = f"{FIRST}\n{REST}", below: str = "") -> tuple[str, Metadata]:
    raw = "\n".join([*head, "同志们：", body, below])
    return raw, read_metadata(raw, find_zones(raw))


def check(raw: str, value: Known, text: str, provenance: Provenance, words: str) -> None:
    assert (value.text, value.provenance) == (text, provenance)
    assert value.span is not None
    assert raw[value.span.start : value.span.end].strip() == words


def test_title_byline_and_date_are_read() -> None:
    raw, found = read("在全县秋收农机安全工作会议上的讲话", "白桦县委书记  乔木生", "（2021年9月28日）")
    check(raw, found.title, "在全县秋收农机安全工作会议上的讲话", Provenance.EXPLICIT, found.title.text)
    check(raw, found.speaker, "乔木生", Provenance.EXPLICIT, "乔木生")
    check(raw, found.role, "白桦县委书记", Provenance.EXPLICIT, "白桦县委书记")
    check(raw, found.date, "2021-09-28", Provenance.EXPLICIT, "2021年9月28日")
    check(raw, found.occasion, "全县秋收农机安全工作会议", Provenance.EXPLICIT, "全县秋收农机安全工作会议")
    check(raw, found.place, "白桦", Provenance.INFERRED, "白桦")
    assert found.genre is Genre.SPEECH
    assert found.issued == found.organ == found.series == Known()


def test_the_party_is_no_part_of_the_place_whose_committee_speaks() -> None:
    raw, found = read("在全县秋收农机安全工作会议上的讲话", "中共白桦县委书记  乔木生")
    check(raw, found.place, "白桦", Provenance.INFERRED, "白桦")


@pytest.mark.parametrize(
    ("title", "speaker", "role"),
    [
        ("乔木生同志 在全县秋收安全会议上的讲话", "乔木生", ""),
        ("乔木生同志在全县秋收安全会议上的讲话", "乔木生", ""),
        ("白桦县农机局局长高粱在全县秋收安全会议上的讲话", "高粱", "白桦县农机局局长"),
        ("乔木生县长在全县秋收安全会议上的讲话", "乔木生", "县长"),
        ("县委副书记、县长乔木生在全县秋收安全会议上的讲话", "乔木生", "县委副书记、县长"),
        ("区委书记在秋收安全会议上的讲话", "", "区委书记"),
        ("副市长***在全市秋收安全会议上的讲话", "", "副市长"),
        ("县长×××在全县秋收安全会议上的讲话", "", "县长"),
        ("在全县秋收安全会议上的讲话", "", ""),
        ("关于在全县开展秋收安全检查的讲话", "", ""),
    ],
)
def test_who_speaks_is_read_from_the_front_of_the_title(title: str, speaker: str, role: str) -> None:
    _, found = read(title)
    assert (found.speaker.text, found.role.text) == (speaker, role)
    assert (found.speaker.provenance is Provenance.NONE) is (not speaker)


@pytest.mark.parametrize(
    ("byline", "speaker", "role"),
    [
        (("县长　乔木生",), "乔木生", "县长"),
        (("乔木生（白桦县县长）",), "乔木生", "白桦县县长"),
        (("乔木生 县长",), "乔木生", "县长"),
        (("乔木生",), "乔木生", ""),
        (("高  粱",), "高粱", ""),
        (("白桦县人民政府县长", "乔木生"), "乔木生", "白桦县人民政府县长"),
        (("**白桦县县长　乔木生**",), "乔木生", "白桦县县长"),
        (("县长 ***",), "", "县长"),
        (("（县委常委、常务副县长　乔木生）",), "乔木生", "县委常委、常务副县长"),
        (
            ("(县委常委、县政府党组副书记、常务副县长　乔木生)",),
            "乔木生",
            "县委常委、县政府党组副书记、常务副县长",
        ),
        (("【县长 乔木生】",), "乔木生", "县长"),
        (("（县长　高　粱）",), "高粱", "县长"),
        (("（乔木生）",), "乔木生", ""),
        (("— 乔木生",), "乔木生", ""),
        (("——白桦县县长 乔木生",), "乔木生", "白桦县县长"),
        (("县委副书记  县长  乔木生",), "乔木生", "县委副书记、县长"),
        (("报告人：县长 乔木生",), "乔木生", "县长"),
        (("讲话人：乔木生（白桦县县长）",), "乔木生", "白桦县县长"),
        (("（县长　乔**）",), "", "县长"),
        (("（全文）",), "", ""),
        (("（送审稿）",), "", ""),
        (("——农机安全篇",), "", ""),
    ],
)
def test_who_speaks_is_read_from_the_byline(byline: tuple[str, ...], speaker: str, role: str) -> None:
    _, found = read("在全县秋收安全会议上的讲话", *byline)
    assert (found.speaker.text, found.role.text) == (speaker, role)


@pytest.mark.parametrize(
    ("line", "speaker", "role", "date"),
    [
        ("（县长　乔木生　2021年9月28日）", "乔木生", "县长", "2021-09-28"),
        ("（2021年9月28日　乔木生）", "乔木生", "", "2021-09-28"),
        ("县长　乔木生（2021年9月28日）", "乔木生", "县长", "2021-09-28"),
        ("（县委书记、县长 乔木生，2021年9月28日，农历八月廿二）", "乔木生", "县委书记、县长", "2021-09-28"),
        ("（2021年9月28日，根据录音整理，未经本人审阅）", "", "", "2021-09-28"),
        ("2021年9月28日　　县农机局三楼会议室", "", "", "2021-09-28"),
        ("时间：2021年9月28日上午  地点：柳树乡打谷场老李家门口", "", "", "2021-09-28"),
        ("2021年9月28日于白桦县", "", "", "2021-09-28"),
        ("白桦县县长 乔木生　2021年9月28日在秋收动员会上", "乔木生", "白桦县县长", "2021-09-28"),
        ("*白桦县县长 乔木生　2021年9月28日在秋收动员会上*", "乔木生", "白桦县县长", "2021-09-28"),
        ("**县长　乔木生（2021年9月28日）**", "乔木生", "县长", "2021-09-28"),
    ],
)
def test_a_line_under_the_title_tells_who_spoke_and_when(
    line: str, speaker: str, role: str, date: str
) -> None:
    raw, found = read("在全县秋收农机安全会议上的讲话", line)
    assert (found.speaker.text, found.role.text) == (speaker, role)
    check(raw, found.date, date, Provenance.EXPLICIT, "2021年9月28日")
    assert found.issued == Known()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024年5月22日", "2024-05-22"),
        ("2024-05-22", "2024-05-22"),
        ("2024.5.2", "2024-05-02"),
        ("2024/5/22", "2024-05-22"),
        ("二〇二四年五月二十二日", "2024-05-22"),
        ("二○二四年十月十日", "2024-10-10"),
        ("2024年2月19日（正月初十）", "2024-02-19"),
        ("2024年11月", "2024-11"),
    ],
)
def test_dates_become_iso(text: str, iso: str) -> None:
    found = find_date(f"（{text}）")
    assert found is not None
    assert found.iso() == iso


@pytest.mark.parametrize("text", ["2024年13月1日", "2023年2月29日", "12024-05-22", "第5月份", "百分之二"])
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    found = find_date(text)
    assert found is None or found.day is None


def test_a_date_without_a_year_needs_one_from_elsewhere() -> None:
    found = find_date("1月16日")
    assert found is not None
    assert found.iso(2024) == "2024-01-16"
    with pytest.raises(ValueError, match="no year"):
        found.iso()


HEAD = ("白桦政务通报", "第3期", "白桦县人民政府办公室", "2022年1月5日")


def test_the_letterhead_gives_organ_series_and_date_of_issue() -> None:
    raw, found = read(*HEAD, "在全县冬季安全会议上的讲话", "(2021年12月31日)")
    check(raw, found.organ, "白桦县人民政府办公室", Provenance.EXPLICIT, "白桦县人民政府办公室")
    check(raw, found.series, "白桦政务通报 第3期", Provenance.EXPLICIT, "白桦政务通报\n第3期")
    check(raw, found.issued, "2022-01-05", Provenance.EXPLICIT, "2022年1月5日")
    check(raw, found.date, "2021-12-31", Provenance.EXPLICIT, "2021年12月31日")
    check(raw, found.place, "白桦", Provenance.INFERRED, "白桦")
    assert found.genre is Genre.CIRCULAR


@pytest.mark.parametrize(("day", "iso"), [("1月4日", "2022-01-04"), ("12月28日", "2021-12-28")])
def test_a_year_left_out_is_inferred_from_the_issue(day: str, iso: str) -> None:
    raw, found = read(*HEAD, "在全县冬季安全会议上的讲话", f"（{day}）")
    check(raw, found.date, iso, Provenance.INFERRED, day)


def test_a_year_left_out_that_nothing_tells_stays_out() -> None:
    raw, found = read("在全县冬季安全会议上的讲话", "（1月4日）")
    check(raw, found.date, "1月4日", Provenance.PERIOD, "1月4日")


def test_a_period_in_the_title_is_no_exact_date() -> None:
    raw, found = read("县长在2021年上半年农机安全形势分析会上的讲话")
    check(raw, found.date, "2021年上半年", Provenance.PERIOD, "2021年上半年")


def test_years_in_the_text_are_not_the_date_of_the_speech() -> None:
    _, found = read("在全县冬季安全会议上的讲话", body=f"2016年出台的办法和2018年出台的规定要落实。{FIRST}")
    assert found.date == Known()


def test_today_with_a_date_is_the_date_of_the_speech_and_the_page_has_its_own() -> None:
    raw, found = read(
        "在全县冬季安全会议上的讲话",
        "来源：禾苗网 发布时间：2021-12-03 09:00 浏览：8次",
        body=f"今天（2021年12月1日）{FIRST}",
    )
    check(raw, found.date, "2021-12-01", Provenance.EXPLICIT, "2021年12月1日")
    check(raw, found.issued, "2021-12-03", Provenance.EXPLICIT, "2021-12-03")


@pytest.mark.parametrize(
    "line",
    ["时间：2021年12月1日上午9:00", "会议时间：2021年12月1日（星期三）14时30分", "时间：2021年12月1日 9点半"],
)
def test_the_time_in_the_head_of_minutes_is_when_was_spoken(line: str) -> None:
    raw, found = read("白桦县安委会会议记录", line, "地点：县政府二楼会议室", "记录人：小宋")
    check(raw, found.date, "2021-12-01", Provenance.EXPLICIT, "2021年12月1日")
    assert found.issued.text == ""


def test_a_line_that_tells_the_minute_of_posting_is_no_title() -> None:
    title = "白桦县副县长乔木生：秋收安全没有小事！🚜"
    _, found = read(f"【重磅】{title}", "原创 农机君 平安白桦 2021-12-02 18:22 白桦")
    assert found.title.text == f"【重磅】{title}"
    assert found.issued.text == "2021-12-02"


def test_a_date_under_the_last_words_is_the_date_of_a_speech() -> None:
    raw, found = read("在全县冬季安全会议上的讲话", below="白桦县安委会办公室\n2021年12月1日")
    check(raw, found.date, "2021-12-01", Provenance.EXPLICIT, "2021年12月1日")


def test_an_occasion_is_found_in_the_first_words_when_the_title_has_none() -> None:
    raw, found = read("关于秋收安全的几点意见", body=f"今天，我们召开全县秋收农机安全工作会议，{FIRST}")
    check(raw, found.occasion, "全县秋收农机安全工作会议", Provenance.EXPLICIT, "全县秋收农机安全工作会议")


def test_a_season_in_the_title_is_an_inferred_occasion() -> None:
    raw, found = read("关于春节安全工作的几点意见")
    check(raw, found.occasion, "春节", Provenance.INFERRED, "春节")


NEWS = (
    "甘泉：机手过硬秋收才平安\n"
    "9月28日，全县秋收农机安全工作会议召开。县委书记甘泉强调，要把机手培训作为头等大事，做到人人持证、台台验车。\n"
    "甘泉指出，希望白桦县近年来的好做法传下去，白桦的经验来之不易，“白桦样板”要守住，要全面完成2021年农机安全各项目标任务。\n"
    "副县长高粱要求，各乡镇要把责任落到村组，农机站要逐台建立档案，灯光、刹车不合格的一律不予放行。"
)


def test_a_report_names_its_speaker_in_the_headline_and_infers_its_year() -> None:
    found = read_metadata(NEWS, find_zones(NEWS))
    assert found.genre is Genre.NEWS
    check(NEWS, found.title, "甘泉：机手过硬秋收才平安", Provenance.EXPLICIT, "甘泉：机手过硬秋收才平安")
    check(NEWS, found.speaker, "甘泉", Provenance.EXPLICIT, "甘泉")
    check(NEWS, found.role, "县委书记", Provenance.EXPLICIT, "县委书记")
    check(NEWS, found.date, "2021-09-28", Provenance.INFERRED, "9月28日")
    check(NEWS, found.occasion, "全县秋收农机安全工作会议", Provenance.EXPLICIT, "全县秋收农机安全工作会议")
    check(NEWS, found.place, "白桦", Provenance.INFERRED, "白桦")


def test_a_text_without_a_head_has_no_metadata() -> None:
    raw = f"{FIRST}\n{REST}"
    assert read_metadata(raw, find_zones(raw)) == Metadata()
    assert read_metadata("", ()) == Metadata()


@pytest.mark.parametrize(
    ("line", "organ"),
    [
        ("稻香县安全生产委员会办公室文件", "稻香县安全生产委员会办公室"),
        ("稻香县人大常委会办公室文件", "稻香县人大常委会办公室"),
        ("稻香县农业机械管理局会议材料", "稻香县农业机械管理局"),
        ("稻香县防汛抗旱指挥部办公室", "稻香县防汛抗旱指挥部办公室"),
    ],
)
def test_an_office_in_a_letterhead_is_no_person(line: str, organ: str) -> None:
    _, found = read(line, "稻安办发〔2022〕9号", "在全县冬季农机安全会议上的讲话", "副县长　乔**")
    assert (found.speaker.text, found.role.text) == ("", "副县长")
    assert (found.organ.text, found.place.text) == (organ, "稻香")


@pytest.mark.parametrize(
    "line", ["县长办公会议", "稻香县县长热线", "稻香县安全生产委员会专题会议", "局长办公会"]
)
def test_meetings_and_papers_named_by_an_office_are_no_person(line: str) -> None:
    _, found = read("在全县冬季农机安全会议上的讲话", line)
    assert (found.speaker.text, found.role.text) == ("", "")


@pytest.mark.parametrize("line", ["各位代表，各位委员", "各位代表　各位委员"])
def test_an_audience_is_no_speaker(line: str) -> None:
    _, found = read("在全县冬季农机安全会议上的讲话", line)
    assert (found.speaker.text, found.role.text) == ("", "")


@pytest.mark.parametrize(
    ("head", "place"),
    [
        (("在全县冬季农机安全会议上的讲话", "中共稻香县委书记　乔木生"), "稻香"),
        (("在稻香新区冬季农机安全会议上的讲话",), "稻香"),
        (("田里的事马虎不得——稻香县农机安全现场会侧记上的讲话",), "稻香"),
    ],
)
def test_a_place_is_named_without_the_party_and_its_rank(head: tuple[str, ...], place: str) -> None:
    _, found = read(*head)
    assert found.place.text == place


@pytest.mark.parametrize(
    ("title", "occasion"),
    [
        ("全县农机安全工作会议", "全县农机安全工作会议"),
        ("全县农机事故通报会讲话（录音整理，未经本人审阅）", "全县农机事故通报会"),
        ("稻香县安全生产委员会", ""),
        ("稻香县安委会讲话", ""),
        ("稻香县农机协会讲话", ""),
        ("县长农机安全会讲话", ""),
    ],
)
def test_a_title_that_is_a_meeting_is_the_occasion(title: str, occasion: str) -> None:
    _, found = read(title, "（2021年9月28日）")
    assert found.occasion.text == occasion


def test_minutes_say_when_the_meeting_was_held() -> None:
    raw = (
        "稻香县安委会会议纪要\n第3期\n稻香县安委会办公室  2021年9月30日\n"
        "稻香县安委会2021年第三次全体会议纪要\n"
        "2021年9月28日下午，县长乔木生在县政府二楼主持召开安委会全体会议，分析三季度的形势。\n"
        f"{FIRST}\n{REST}\n分送：各乡镇"
    )
    found = read_metadata(raw, find_zones(raw))
    check(raw, found.date, "2021-09-28", Provenance.EXPLICIT, "2021年9月28日")
    assert (found.issued.text, found.title.text) == ("2021-09-30", "稻香县安委会2021年第三次全体会议纪要")


def test_a_subtitle_under_a_slogan_is_the_title_without_its_dash() -> None:
    raw, found = read("颗粒归仓　人机平安", "——乔木生同志在全县秋收农机安全工作会议上的讲话")
    check(
        raw,
        found.title,
        "乔木生同志在全县秋收农机安全工作会议上的讲话",
        Provenance.EXPLICIT,
        found.title.text,
    )
    check(raw, found.speaker, "乔木生", Provenance.EXPLICIT, "乔木生")
    check(raw, found.occasion, "全县秋收农机安全工作会议", Provenance.EXPLICIT, "全县秋收农机安全工作会议")


def test_a_talk_at_a_course_tells_the_course_as_its_occasion() -> None:
    raw, found = read("在全县农机驾驶员安全培训班上的辅导讲话", "白桦县农机局局长  乔木生")
    check(raw, found.occasion, "全县农机驾驶员安全培训班", Provenance.EXPLICIT, "全县农机驾驶员安全培训班")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("青岬化工产业园区管理委员会", "青岬"),
        ("白浦经济技术开发区管委会", "白浦"),
        ("白浦高新技术产业示范区党工委书记", "白浦"),
        ("青岬化工园区事故警示会 石允中主任讲话", "青岬"),
        ("在全市化工园区管委会主任会议上的讲话", ""),
        ("重点化工园区事故警示会", ""),
        ("推进化工园区安全整治", ""),
        ("高新技术产业园区管委会", ""),
    ],
)
def test_an_industrial_park_is_a_place(text: str, place: str) -> None:
    found = place_in(text)
    assert (found.text if found else "") == place


@pytest.mark.parametrize(
    ("line", "speaker", "role"),
    [
        ("鄢知夏副县长讲话（根据录音整理，未经本人审阅）", "鄢知夏", "副县长"),
        ("乔木生县长的讲话", "乔木生", "县长"),
        ("管委会主任乔木生的讲话", "乔木生", "管委会主任"),
        ("乔木生同志讲话提纲", "乔木生", ""),
    ],
)
def test_under_the_name_of_a_meeting_a_line_says_whose_speech_it_is(
    line: str, speaker: str, role: str
) -> None:
    raw, found = read("白桦县秋收农机安全工作会议", line, "时间：2021年9月28日下午　地点：农机局")
    check(raw, found.title, "白桦县秋收农机安全工作会议", Provenance.EXPLICIT, found.title.text)
    check(raw, found.speaker, speaker, Provenance.EXPLICIT, speaker)
    assert found.role.text == role
    assert (found.date.text, found.place.text) == ("2021-09-28", "白桦")
    assert found.occasion.text == "白桦县秋收农机安全工作会议"


@pytest.mark.parametrize(
    "lines",
    [
        (
            "> **讲话人**：矿区副经理 齐慕远",
            "> **时间**：2024年8月9日（周五）下午2:30",
            "> **地点**：选煤楼会议室",
        ),
        ("> 讲话人：矿区副经理 齐慕远", "> 时间：2024年8月9日"),
        ("**讲话人**：矿区副经理 齐慕远", "**时间**：2024年8月9日（周五）下午2:30"),
        ("**讲话人：** 矿区副经理 齐慕远", "**时间：** 2024年8月9日"),
        ("- **主讲人**：齐慕远（矿区副经理）", "- **日期**：2024年8月9日"),
    ],
)
def test_labels_in_markdown_tell_who_spoke_and_when(lines: tuple[str, ...]) -> None:
    raw, metadata = read("# 浅湾矿区雨季安全例会", "", *lines)
    assert (metadata.title.text, metadata.role.text) == ("浅湾矿区雨季安全例会", "矿区副经理")
    check(raw, metadata.speaker, "齐慕远", Provenance.EXPLICIT, "齐慕远")
    check(raw, metadata.date, "2024-08-09", Provenance.EXPLICIT, "2024年8月9日")


@pytest.mark.parametrize(
    ("head", "title", "role"),
    [
        (
            (
                "浅湾砖厂雨季安全会议记录",
                "时间：2024年8月9日",
                "主持：郎一鸣",
                "讲话：厂长 齐慕远",
                "记录：小周",
            ),
            "浅湾砖厂雨季安全会议记录",
            "厂长",
        ),
        (
            ("会议主题：雨季安全专题会", "主讲：齐慕远 厂长", "会议时间：2024年8月9日"),
            "雨季安全专题会",
            "厂长",
        ),
        (
            ("会议名称：雨季安全专题会", "时间：2024年8月9日", "讲话领导：齐慕远（厂长）", "会议地点：食堂"),
            "雨季安全专题会",
            "厂长",
        ),
        (
            ("雨季安全会", "", "　　讲 话 人：齐慕远", "　　职　　务：厂长", "　　时　　间：2024年8月9日"),
            "雨季安全会",
            "厂长",
        ),
        (("# 雨季安全会", "", "| 讲话人 | 厂长 齐慕远 |", "| 时间 | 2024年8月9日 |"), "雨季安全会", "厂长"),
        (
            ("# 雨季安全会", "- 会议：雨季安全会", "- 讲话人：厂长 齐慕远", "- 时间：2024年8月9日"),
            "雨季安全会",
            "厂长",
        ),
        (("# 雨季安全会讲话", "### 厂长 齐慕远", "#### 2024年8月9日"), "雨季安全会讲话", "厂长"),
        (("雨季安全会", "====", "讲话：齐慕远厂长", "会议日期：2024年8月9日", "---"), "雨季安全会", "厂长"),
        (("雨季安全会", "时间：2024年8月9日 地点：食堂 主讲人：齐慕远厂长"), "雨季安全会", "厂长"),
        (
            ("雨季安全会讲话记录稿", "（据2024年8月9日下午现场录音整理，有删节）", "讲话人：齐慕远，厂长"),
            "雨季安全会讲话记录稿",
            "厂长",
        ),
        (
            ("雨季安全会", "讲话人：齐慕远（厂长）　　记录人：小周", "2024年8月9日星期五　晴"),
            "雨季安全会",
            "厂长",
        ),
        (("雨季安全会讲话稿", "（齐慕远厂长，2024年8月9日下午，职工食堂）"), "雨季安全会讲话稿", "厂长"),
        (
            ("雨季安全会讲话实录", "齐慕远 | 浅湾砖厂厂长 | 2024年8月9日"),
            "雨季安全会讲话实录",
            "浅湾砖厂厂长",
        ),
        (
            (
                *(
                    "【录音整理，未经本人审阅】",
                    "会议：浅湾砖厂 雨季安全（扩大）会",
                    "日期：2024年8月9日下午，窑头",
                ),
                *("主讲：厂长 齐慕远（分管采购、保卫）", "插话：保卫科长 郎一鸣", "整理人：XX"),
            ),
            "浅湾砖厂 雨季安全（扩大）会",
            "厂长",
        ),
        (
            (
                *("浅湾镇2024年砖厂及雨季安全工作会议", "主持：郎一鸣", "讲话：镇长 齐慕远"),
                *("地点：砖厂食堂　　会期：半天（2024年8月9日，立秋）", "发至：各村、镇直有关单位、各砖厂"),
            ),
            "浅湾镇2024年砖厂及雨季安全工作会议",
            "镇长",
        ),
        (("厂长 齐慕远", "（2024年8月9日）", "在雨季安全会上的讲话"), "在雨季安全会上的讲话", "厂长"),
        (("2024年8月9日  浅湾砖厂职工大会", "厂长 齐慕远 讲话"), "2024年8月9日  浅湾砖厂职工大会", "厂长"),
        (("雨季安全会上齐慕远厂长的讲话", "2024年8月9日"), "雨季安全会上齐慕远厂长的讲话", "厂长"),
        (("雨季安全会 厂长齐慕远讲话", "2024年8月9日"), "雨季安全会 厂长齐慕远讲话", "厂长"),
    ],
)
def test_the_heads_that_records_have_tell_who_spoke_and_when(
    head: tuple[str, ...], title: str, role: str
) -> None:
    raw, metadata = read(*head)
    assert (metadata.title.text, metadata.role.text) == (title, role)
    check(raw, metadata.speaker, "齐慕远", Provenance.EXPLICIT, "齐慕远")
    check(raw, metadata.date, "2024-08-09", Provenance.EXPLICIT, "2024年8月9日")


def test_fields_may_be_numbered_and_none_is_a_title() -> None:
    _, metadata = read(
        "一、会议时间：2024年8月9日", "二、会议地点：食堂二楼", "三、讲话人：齐慕远厂长", "四、会议内容："
    )
    assert (metadata.title, metadata.date.text) == (Known(), "2024-08-09")


def test_a_name_before_the_words_of_a_title_is_the_speaker() -> None:
    raw, metadata = read("【讲话】齐慕远：在浅湾砖厂雨季安全会上的讲话")
    check(raw, metadata.speaker, "齐慕远", Provenance.EXPLICIT, "齐慕远")
    assert metadata.occasion.text == "浅湾砖厂雨季安全会"


def test_the_time_among_the_credits_of_a_page_is_not_of_the_speech() -> None:
    _, metadata = read("在浅湾砖厂雨季安全会上的讲话", "时间：2024-08-20　来源：浅湾发布　浏览：35次")
    assert metadata.date == Known()


def test_who_is_called_by_the_surname_and_an_office_has_no_name() -> None:
    _, metadata = read("浅湾砖厂雨季安全会", "齐厂长讲话（8月9日）")
    assert metadata.speaker == Known()


def test_a_masked_name_behind_a_label_in_markdown_stays_unknown() -> None:
    _, metadata = read("# 浅湾矿区雨季安全例会", "", "**讲话人**：矿区副经理 齐**")
    assert metadata.speaker == Known()


def test_a_speaker_may_be_named_behind_what_he_is_called_by() -> None:
    raw, metadata = read("浅湾供热有限公司 2024年入冬安全大会", "总经理 老齐（齐慕远）讲话")
    assert metadata.title.text == "浅湾供热有限公司 2024年入冬安全大会"
    check(raw, metadata.speaker, "齐慕远", Provenance.EXPLICIT, "齐慕远")
    check(raw, metadata.role, "总经理", Provenance.EXPLICIT, "总经理")


def test_without_a_meeting_above_it_a_line_that_says_whose_speech_it_is_stays_the_title() -> None:
    raw, found = read("乔木生县长的讲话", "2021年9月28日")
    check(raw, found.title, "乔木生县长的讲话", Provenance.EXPLICIT, "乔木生县长的讲话")


def test_a_scenic_zone_is_a_place_as_a_county_is() -> None:
    _, found = read("云杉岭风景名胜区“五一”节前安全工作会议", "管委会主任乔木生的讲话")
    assert found.place.text == "云杉岭"
