"""Zones of texts written for these tests: each holds one thing that real files do."""

from __future__ import annotations

import pytest

from retrieval.documents.noise import STRONG, noise_score
from retrieval.documents.read import read_bytes
from retrieval.documents.types import ZoneKind
from retrieval.documents.zones import find_zones

TITLE = "在全县秋收农机安全工作会议上的讲话"
FIRST = "今天把大家请到打谷场来开会，就是要当着收割机的面，把秋收的安全事情说清楚。下面，我讲两点意见。"
HEADING = "一、机手要过硬"
SECOND = (
    "每台收割机的驾驶员都要有证，没有证的不准下田。农机站十月三日前逐台验车，灯光刹车不合格的不发放行条。"
)
LAST = "同志们，粮食要颗粒归仓，人要平安回家，希望大家把这两件事一起办好。"
BODY = "\n".join([FIRST, HEADING, SECOND, LAST])


def parts(raw: str) -> list[tuple[ZoneKind, str]]:
    return [(zone.kind, raw[zone.span.start : zone.span.end]) for zone in find_zones(raw)]


def of_kind(raw: str, kind: ZoneKind) -> list[str]:
    return [text for found, text in parts(raw) if found is kind]


def body(raw: str) -> str:
    return "".join(of_kind(raw, ZoneKind.BODY))


def test_a_plain_speech_has_title_byline_salutation_and_body() -> None:
    raw = f"{TITLE}\n白桦县副县长　乔木生\n（2021年9月28日）\n\n同志们：\n{BODY}\n"
    assert parts(raw) == [
        (ZoneKind.TITLE, TITLE),
        (ZoneKind.BYLINE, "白桦县副县长　乔木生"),
        (ZoneKind.BYLINE, "（2021年9月28日）"),
        (ZoneKind.SALUTATION, "同志们："),
        (ZoneKind.BODY, BODY),
    ]


@pytest.mark.parametrize(
    "rule", ["为此，乡里定下一条：没有灯的车不许夜里下田。", "公约里写上一条：先验车、后开机。"]
)
def test_a_rule_that_is_laid_down_is_no_link_to_the_next_page(rule: str) -> None:
    assert of_kind(f"{TITLE}\n同志们：\n{FIRST}\n{rule}\n{SECOND}\n", ZoneKind.NOISE) == []
    assert of_kind(f"{TITLE}\n同志们：\n{FIRST}\n下一条：插秧机怎么选\n", ZoneKind.NOISE) == [
        "下一条：插秧机怎么选"
    ]


def test_the_title_of_a_record_is_not_its_list_of_place_and_people() -> None:
    raw = (
        "白桦县秋收现场会讲话记录\n时间：2021年9月28日上午\n地点：白桦县东沟乡打谷场\n"
        f"讲话人：副县长　乔木生\n记录：办公室小田\n\n各位机手：\n{BODY}\n"
    )
    assert of_kind(raw, ZoneKind.TITLE) == ["白桦县秋收现场会讲话记录"]
    hosted = f"白桦县秋收工作会议材料\n（2021年9月28日）\n主持人：县政府办主任　田大年\n{BODY}\n"
    assert of_kind(hosted, ZoneKind.TITLE) == ["白桦县秋收工作会议材料"]


def test_a_circular_has_a_letterhead_above_and_a_distribution_list_below() -> None:
    raw = (
        f"白桦政务通报\n\n第十二期\n\n白桦县人民政府办公室　　　2021年9月30日\n\n{TITLE}\n"
        f"乔木生\n（2021年9月28日）\n"
        f"同志们：\n{BODY}\n\n主送：各乡镇人民政府，县政府各部门。\n抄送：县委办公室。\n"
        f"县人武部，各人民团体。\n"
        "白桦县人民政府办公室 2021年9月30日印发\n— 4 —\n"
    )
    assert of_kind(raw, ZoneKind.LETTERHEAD) == [
        "白桦政务通报",
        "第十二期",
        "白桦县人民政府办公室　　　2021年9月30日",
    ]
    assert body(raw) == BODY
    assert of_kind(raw, ZoneKind.TAIL) == [
        "主送：各乡镇人民政府，县政府各部门。\n抄送：县委办公室。\n县人武部，各人民团体。\n"
        "白桦县人民政府办公室 2021年9月30日印发"
    ]
    assert of_kind(raw, ZoneKind.NOISE) == ["— 4 —"]


def test_a_covering_notice_above_the_speech_is_no_body() -> None:
    raw = (
        "白桦县人民政府办公室文件\n白政办发〔2021〕19号\n关于印发乔木生同志在秋收农机安全会上讲话的通知\n"
        "各乡镇人民政府，县政府各部门：\n"
        "现将乔木生同志在秋收农机安全工作会议上的讲话印发给你们，请结合各自实际，认真贯彻执行"
        "。\n"
        f"白桦县人民政府办公室\n2021年9月30日\n{TITLE}\n同志们：\n{BODY}\n抄送：县委办公室。"
    )
    assert of_kind(raw, ZoneKind.TITLE) == [TITLE]
    assert body(raw) == BODY


def test_a_date_behind_the_title_on_its_line_is_a_byline() -> None:
    raw = f"乔木生同志 {TITLE} (2021年9月28日)\n同志们：\n{BODY}"
    assert parts(raw)[:2] == [
        (ZoneKind.TITLE, f"乔木生同志 {TITLE} "),
        (ZoneKind.BYLINE, "(2021年9月28日)"),
    ]


@pytest.mark.parametrize(
    "note",
    ["（2021年9月28日）", "（县长 乔木生，2021年9月28日）", "（县长 乔木生，2021年9月28日，农历八月廿二）"],
)
def test_a_text_in_one_line_opens_with_title_byline_and_salutation(note: str) -> None:
    text = "".join(BODY.split("\n")) * 3
    raw = f"{TITLE}{note} 各位社员代表、各单位负责人，同志们：{text}"
    zones = read_bytes(raw.encode(), "a.txt").zones
    assert [(zone.kind, raw[zone.span.start : zone.span.end].strip()) for zone in zones][:3] == [
        (ZoneKind.TITLE, TITLE),
        (ZoneKind.BYLINE, note),
        (ZoneKind.SALUTATION, "各位社员代表、各单位负责人，同志们："),
    ]


@pytest.mark.parametrize("greeting", ["各位镇长、各位校长、园长：", "各位局长、站长、所长："])
def test_an_office_behind_another_that_is_greeted_is_greeted_too(greeting: str) -> None:
    assert of_kind(f"{TITLE}\n{greeting}\n{BODY}", ZoneKind.SALUTATION) == [greeting]


def test_what_a_site_prints_where_the_rest_is_paid_for_is_no_body() -> None:
    below = "…………………………\n\n试读已结束\n\n【立即购买】\n\n下载说明：本文档由用户上传。文库编号：NJ-0042"
    raw = f"{TITLE}\n同志们：\n{BODY}\n\n{below}\n"
    assert body(raw) == BODY


def test_titles_behind_the_label_of_other_reading_are_no_body() -> None:
    raw = f"{TITLE}\n同志们：\n{FIRST}\n【推荐阅读】秋天吃什么养人？老农说出三样东西……\n{SECOND}\n{LAST}"
    assert of_kind(raw, ZoneKind.BODY) == [FIRST, f"{SECOND}\n{LAST}"]
    assert body(f"{TITLE}\n同志们：\n【推荐阅读】{FIRST}{SECOND}{LAST}").endswith(LAST)


@pytest.mark.parametrize("word", ["小", "打印", "3", "搜索"])
def test_a_word_that_a_wrapped_line_ends_in_belongs_to_the_next(word: str) -> None:
    raw = f"{TITLE}\n同志们：\n{FIRST}{SECOND}{word}\n{LAST}"
    assert body(raw) == f"{FIRST}{SECOND}{word}\n{LAST}"


def test_the_bracket_before_the_editor_goes_with_him() -> None:
    assert body(f"{TITLE}\n同志们：\n{BODY}\n（责任编辑：小禾）\n") == BODY


def test_a_note_on_how_a_text_was_made_is_its_tail() -> None:
    raw = f"{TITLE}\n同志们：\n{BODY}\n（根据录音整理，个别文字有删节）\n责任编辑：小禾"
    assert of_kind(raw, ZoneKind.TAIL) == ["（根据录音整理，个别文字有删节）"]
    assert body(raw) == BODY
    raw = f"{TITLE}\n同志们：\n{BODY}\n（县农机局办公室根据录音整理）"
    assert of_kind(raw, ZoneKind.TAIL) == ["（县农机局办公室根据录音整理）"]
    said = "（根据录音整理的材料要在三天内报到县里来）"
    assert said in body(f"{TITLE}\n同志们：\n{BODY}\n{said}\n{LAST}")


def test_a_title_broken_over_two_lines_is_one_title() -> None:
    raw = f"在全县秋收农机安全暨秸秆禁烧工作\n电视电话会议上的讲话\n同志们：\n{BODY}"
    assert of_kind(raw, ZoneKind.TITLE) == ["在全县秋收农机安全暨秸秆禁烧工作", "电视电话会议上的讲话"]


def test_a_title_below_the_text_is_kept() -> None:
    raw = f"同志们:\n{BODY}\n微信扫一扫,分享本文\n本文标题:县长{TITLE}\n版权声明\n"
    assert of_kind(raw, ZoneKind.TITLE) == [f"县长{TITLE}"]
    assert body(raw) == BODY


def test_adverts_above_the_title_are_noise() -> None:
    raw = (
        "内部交流 请勿外传\n禾苗写作屋\n现在加入立享全年更新 \n\n【严查转卖】\n"
        "交流群：        客服QQ：\n\n\n"
        f"{TITLE}\n同志们：\n{BODY}"
    )
    assert parts(raw)[0][0] is ZoneKind.NOISE
    assert parts(raw)[0][1].startswith("内部交流")
    assert parts(raw)[0][1].endswith("客服QQ：")
    assert of_kind(raw, ZoneKind.TITLE) == [TITLE]
    assert body(raw) == BODY


def test_prompts_of_a_chat_account_around_the_speech_are_noise() -> None:
    raw = (
        f"点击上方“平安白桦”关注我们\n{TITLE}\n同志们：\n{BODY}\n来源：白桦农机\n编辑：小穗  责编：老田\n"
        "长按识别二维码关注我们\n往期推荐\n白桦县秋收掠影\n点个“在看”\n阅读原文"
    )
    assert of_kind(raw, ZoneKind.TITLE) == [TITLE]
    assert body(raw) == BODY


def test_the_speakers_thanks_close_the_body_that_reaches_up_to_them() -> None:
    raw = f"{TITLE}\n同志们：\n{BODY}\n我就讲这些，谢谢大家。\n"
    assert body(raw) == BODY + "\n"
    assert of_kind(raw, ZoneKind.TAIL) == ["我就讲这些，谢谢大家。"]


def test_an_office_and_date_below_the_speech_are_its_tail() -> None:
    raw = f"{TITLE}\n同志们：\n{BODY}\n\n白桦县农机安全委员会\n2021年9月28日\n"
    assert body(raw) == BODY
    assert of_kind(raw, ZoneKind.TAIL) == ["白桦县农机安全委员会\n2021年9月28日"]


@pytest.mark.parametrize(
    "mark", ["#p#分页标题#e#", "— 6 —", "- 2 -", "第3页", "第1页 共8页", "3/8", "【点击展开阅读全文】"]
)
def test_page_marks_cut_the_body_in_two(mark: str) -> None:
    raw = f"{TITLE}\n同志们：\n{FIRST}\n{mark}\n{SECOND}\n{LAST}"
    assert parts(raw)[2:] == [
        (ZoneKind.BODY, FIRST),
        (ZoneKind.NOISE, mark),
        (ZoneKind.BODY, f"{SECOND}\n{LAST}"),
    ]


def test_noise_behind_a_paragraph_on_its_line_leaves_the_paragraph() -> None:
    note = "（本文来源于网络，若涉及侵权请联系我们）"
    raw = f"{TITLE}\n同志们：\n{FIRST}\n{SECOND}{note}\n{LAST}"
    assert parts(raw)[2:] == [
        (ZoneKind.BODY, f"{FIRST}\n{SECOND}"),
        (ZoneKind.NOISE, note),
        (ZoneKind.BODY, LAST),
    ]


def test_a_bracketed_advert_between_two_sentences_leaves_both() -> None:
    advert = "【推荐：秋收讲话、主持词合集共60篇，点击下载，扫码加客服立减9元】"
    raw = f"{TITLE}\n同志们：\n{FIRST}{advert}{SECOND}\n{LAST}"
    assert parts(raw)[2:] == [
        (ZoneKind.BODY, FIRST),
        (ZoneKind.NOISE, advert),
        (ZoneKind.BODY, f"{SECOND}\n{LAST}"),
    ]


def test_a_page_in_a_few_long_lines_is_taken_apart() -> None:
    head = "禾苗写作屋 首页 领导讲话 心得体会 登录 | 注册 您现在的位置:首页 > 领导讲话 > 正文"
    credit = "来源:禾苗写作屋 作者:admin 发布时间:2021-10-02 08:30 浏览:77次 收藏 打印"
    advert = (
        "【广告】写稿犯愁？禾苗写作屋会员限时优惠，上万篇稿子随便下！"
        ">>> 查看全文 <<< 相关阅读：1.秋收总结发言 2.农机站述职报告（精选5篇）"
    )
    foot = "上一篇：在春耕会上的讲话 下一篇：在灌溉会上的讲话 猜你喜欢：农机培训 关于我们 | 联系客服 版权所有"
    raw = f"{head} {TITLE} {credit}\n同志们：{FIRST}{HEADING}。{SECOND}\n{advert}\n{LAST}{foot}\n"
    assert parts(raw) == [
        (ZoneKind.NOISE, head),
        (ZoneKind.TITLE, TITLE),
        (ZoneKind.NOISE, credit),
        (ZoneKind.SALUTATION, "同志们："),
        (ZoneKind.BODY, f"{FIRST}{HEADING}。{SECOND}"),
        (ZoneKind.NOISE, advert),
        (ZoneKind.BODY, LAST),
        (ZoneKind.NOISE, foot),
    ]


def test_a_news_report_loses_watermark_caption_attendance_and_credits() -> None:
    lead = (
        "9月28日,全县秋收农机安全工作会议召开。"
        "县长甘泉强调,要把机手培训作为头等大事,做到人人持证、台台验车,确保秋收平安。"
    )
    more = (
        "甘泉指出,农机站要逐台建立档案,对灯光、刹车不合格的收割机一律不予放行。"
        "甘泉要求,各乡镇要把责任落到村组。"
    )
    raw = (
        "禾苗网禾苗网禾苗网\n\n甘泉:机手过硬秋收才平安\n\n原标题:机手过硬秋收才平安 全县部署农机安全\n\n"
        "9月28日,会议现场。(田野 摄)\n\n"
        f"{lead}\n\n{more}\n\n会议采用视频会议形式,各乡镇设分会场。"
        f"县直部门负责人在主会场参加会议。(田野、麦苗)\n\n"
        "禾苗网 » 甘泉:机手过硬秋收才平安\n免责声明:本文由网友提供,不代表本网观点;若涉及侵权请联系我们。"
    )
    assert of_kind(raw, ZoneKind.TITLE) == ["甘泉:机手过硬秋收才平安"]
    assert body(raw) == f"{lead}\n\n{more}"
    assert of_kind(raw, ZoneKind.TAIL) == [
        "会议采用视频会议形式,各乡镇设分会场。县直部门负责人在主会场参加会议。(田野、麦苗)"
    ]


def test_only_the_credit_goes_where_the_last_paragraph_is_the_report() -> None:
    lead = (
        "9月28日，全县秋收农机安全工作会议召开。县长甘泉强调，要把机手培训作为头等大事，"
        "做到人人持证、台台验车。"
    )
    raw = f"甘泉：机手过硬秋收才平安\n{lead}\n甘泉要求，农机站要逐台验车。（记者 田野 通讯员 麦苗）"
    assert body(raw) == f"{lead}\n甘泉要求，农机站要逐台验车。"
    assert of_kind(raw, ZoneKind.NOISE) == ["（记者 田野 通讯员 麦苗）"]


def test_crlf_line_ends_change_nothing_but_the_offsets() -> None:
    raw = f"{TITLE}\n同志们：\n{BODY}".replace("\n", "\r\n")
    assert body(raw) == BODY.replace("\n", "\r\n")


def test_a_speech_of_short_sentences_has_a_body() -> None:
    assert body("在村里防火会上的讲话\n大家好。\n注意防火。\n散会。") == "大家好。\n注意防火。\n散会。"


def test_nothing_but_noise_has_no_body() -> None:
    assert body("首页\n登录\n注册\n免责声明：文稿由网友投稿。\n版权所有") == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "各村要用好微信公众号和大喇叭，把防火常识送到每家每户。",
        "农药要扫码登记、扫码交接，没有码的不收不发。",
        "要加大投入，资料归档、人员培训、经费保障一样不能少。",
        "凡是下载、转发谣言的，交派出所处理。",
        "免费发放灭火器三百具，由供销社会员单位承担配送。",
        "同志们，来源于群众的智慧最可靠。",
        "3月15日至6月15日为防火期，一律禁止野外用火。",
        "推行安全生产积分制",
        "（二）办好新员工培训班",
        "严禁代写检查记录",
        "沿街商家店铺的电线要重新穿管",
        "应急避险12处、物资点收藏8套",
    ],
)
def test_words_that_speeches_share_with_adverts_are_no_noise(sentence: str) -> None:
    assert noise_score(sentence) < STRONG
    assert sentence in body(f"{TITLE}\n同志们：\n{FIRST}\n{sentence}\n{LAST}")


@pytest.mark.parametrize(
    "line",
    [
        "免责声明：文稿由网友投稿，请自行核实。",
        "责任编辑：麦苗",
        "【打印本页】 【关闭窗口】",
        "阅读(52)",
        "下载次数：18",
        "禾苗网禾苗网",
        "剩余60%未读，开通会员即可阅读全文",
        "http://www.example.com/a/1.html",
        "您是第 1024 位访客",
        "扫码加客服领取资料包",
        "首页 > 政务公开 > 领导讲话",
        "代写述职报告，后台回复“写稿”咨询",
        "▼ 长按图中二维码 ▼",
        "阅读 3021　在看 15　点赞 8",
        "消防工程师押题课火热报名中，不过退费",
        "打开APP，接着读",
        "会员已到期，续费立减20元",
    ],
)
def test_shapes_of_site_chrome_are_noise(line: str) -> None:
    assert noise_score(line) >= STRONG


@pytest.mark.parametrize("piece", ["1", "安 ", "（", "**", "。", "【", "a.", "一、", "安全生产"])
def test_endless_lines_of_anything_are_read_in_one_pass(piece: str) -> None:
    """A pattern that looks back or ahead without bound would take minutes here."""
    raw = piece * 60_000
    zones = find_zones(raw)
    assert zones[0].span.start == 0
    assert zones[-1].span.end >= len(raw) - 1
