"""Files as archives really hold them: noise of many kinds put into clean texts, every character traceable.

A step takes a text whose characters know where they come from and gives another one; a variant is a row of
steps and an encoding. Nothing is searched for afterwards: what answers a question in the clean file is known
exactly in the noisy one. Everything drawn repeats for a seed.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from retrieval.documents.decoding import decode
from retrieval.types import Span

SEED: Final = 7
ADDED: Final = -1
"""The origin of a character that the clean text does not have."""

COLUMNS: Final = 30
"""Columns at which lines are wrapped; a Chinese character takes two."""

PAGE_LINES: Final = 24
RUNNING_HEADER: Final = "安全生产工作讲话汇编（内部资料）"

LOOKED_AT: Final = (
    "【广告】写材料太累？加微信 bangbangshou66，十万篇讲话稿模板免费领！",
    "点击上方蓝字关注我们，每天更新公文范文",
    "更多精彩内容，请下载“笔耕公文”客户端",
    "扫描下方二维码，加入公文写作交流群，免费领取资料包",
    "本文来源：笔耕文秘网（www.bigeng-wenmi.example）",
    "限时优惠：年费会员仅需99元，全站材料随便下",
    "上一篇：在全区安全生产例会上的讲话",
    "下一篇：关于做好主汛期值班工作的通知",
    "相关推荐：2024年安全生产月活动方案（最新）",
    "阅读 10万+　在看 3521　点赞 887",
    "猜你喜欢",
    "▼长按识别二维码关注▼",
    "声明：本站部分内容来自网络，如有侵权请联系删除",
    "代写讲话稿、述职报告、心得体会，后台回复“代写”咨询",
    "您的会员已到期，续费享八折",
    "打开APP，阅读体验更佳",
    "分享到：微信　微博　QQ空间",
    "公务员考试培训班火热报名中，协议班不过退费",
    "灭火器、应急包年中大促，低至五折，点击购买",
    "新闻热线：0000-8888888　投稿邮箱：tougao@bigeng.example",
    "想要完整版的朋友，私信小编发送“讲稿”即可",
    "学习强国办公助手上线，三分钟生成一篇领导讲话",
    "➤ 点这里进入安全管理资料库，海量PPT随便用",
    "注册安全工程师精讲班，名师带学，考不过免费重读",
    "以上就是本篇的全部内容，觉得有用记得三连哦",
    "看完的人还看了：2023年冬春火灾防控讲话（通用版）",
    "热门搜索：安全月讲话　防汛讲话　复工讲话",
    "老客户回馈：反光背心、安全帽买十送一",
    "文章已被收录到《领导讲话范文大全》专辑",
    "登录后可免费复制全文",
    "广告　某品牌烟雾报警器，守护家人每一夜",
    "作者微信：xiaogongwen2025，可定制",
    "发表于 2024-05-06 08:30　来自 江北　回复 12",
    "★★★★★ 已有 316 人评价，好评率 98%",
    "版权归原作者，如需授权请与我们联系",
    "站长推荐 | 材料写作训练营第九期开营",
    "本页面由第三方转码，内容仅供参考",
    "支付宝搜索“533218”领红包",
    "立即扫码，进群领资料，仅限前100名",
    "已显示50%，剩余部分请安装后阅读",
)
"""Lines of the kinds that web copies carry between paragraphs. The rules were written with these in view."""

UNSEEN: Final = (
    "朋友们都在问的述职模板，评论区置顶自取",
    "本店新到防爆对讲机，企业采购享批发价",
    "□ 我已阅读并同意用户服务协议",
    "加入知识星球“机关笔杆子”，与三万同行一起成长",
    "上次更新：2023-11-02　文件编号 8840219",
    "编辑推荐：年终总结万能开头二十句",
    "转自网络，若涉及版权问题请告知，我们立即处理",
    "5元下载本文，VIP免费",
    "双十一囤货季，工装劳保鞋买一送一",
    "想看视频回放？请移步抖音号 aqjh_2024",
    "该文章共有 12 条评论，点此参与讨论",
    "每日一练：消防设施操作员真题第36期",
    "本号长期征集原创稿件，稿费从优",
    "为防走失，请把本站网址记在收藏夹",
    "家用燃气报警器推荐榜TOP10，第3款最值",
    "（本内容由智能助手整理生成，请注意甄别）",
    "还没看够？往期文章一键直达",
    "请使用电脑端浏览以获得最佳效果",
    "某某保险：一份保单，全年平安",
    "字号：大　中　小　　打印　　朗读本页",
)
"""Lines of the same kinds, written before the rules learned the latter half of those above."""

_CONFUSED = (
    "已己 未末 人入 日曰 土士 干千 大太 天夫 治冶 侯候 设没 间问 县具 贯贵 待侍 折拆 今令 白自 目且 乌鸟 "
    "刀力 几儿 免兔 准淮 由田 申甲 木本 王玉 办为 旅族 微徽 拔拨 杆秆 洒酒 埋理 场扬 坏环 孔扎 防坊 员贝 "
    "厂广 火灭 市巿 导异 住往 晴睛 重里 气乞 责贵 全金 安女 生牛 产严 工二 业亚 管菅 理埋 隐稳 患串 检捡 "
    "查杳 "
)
_PUNCTUATION = "，。；：、？！（）“”《》,.;:?!()"
_HALF_WIDTH = str.maketrans("，。；：？！（）“”‘’", ",.;:?!()\"\"''")
_ENTITIES: Mapping[str, tuple[str, ...]] = {
    "“": ("&ldquo;", "&#8220;", "&#x201C;"),
    "”": ("&rdquo;", "&#8221;", "&#x201D;"),
    "—": ("&mdash;",),
    "·": ("&middot;",),
    "…": ("&hellip;",),
    "\u3000": ("&emsp;", "&#12288;"),
    " ": ("&nbsp;",),
    ">": ("&gt;",),
    "<": ("&lt;",),
    "&": ("&amp;",),
    '"': ("&quot;",),
    "%": ("%", "&#37;"),
    "、": ("、", "、", "&#12289;"),
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@dataclass(frozen=True, slots=True)
class Noised:
    """A noisy text.

    Attributes:
        text: what stands in the file.
        origins: for each code point of it the position in the clean text that it stands for, never falling;
            `ADDED` for what is noise.
    """

    text: str
    origins: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.text) != len(self.origins):
            raise ValueError(f"{len(self.text)} characters, {len(self.origins)} origins")

    def original(self, span: Span) -> Span | None:
        """The clean range that a noisy range stands for; None when it is nothing but noise."""
        known = [origin for origin in self.origins[span.start : span.end] if origin != ADDED]
        return Span(known[0], known[-1] + 1) if known else None

    def added(self, span: Span) -> str:
        """What of a noisy range is noise."""
        return "".join(self.text[at] for at in range(span.start, span.end) if self.origins[at] == ADDED)


Step: TypeAlias = Callable[[Noised, random.Random], Noised]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which an archive may be noisy.

    Attributes:
        name: short, for tables and commands.
        steps: applied in order.
        encoding: of the files, as Python names it; "" keeps the bytes of the clean file.
    """

    name: str
    steps: tuple[Step, ...] = ()
    encoding: str = "utf-8"

    def apply(self, text: str, seed: str) -> Noised:
        """The noisy form of a clean text."""
        chance = random.Random(f"{seed}/{self.name}")
        noised = Noised(text, tuple(range(len(text))))
        for step in self.steps:
            noised = step(noised, chance)
        return noised


def write_variant(variant: Variant, archive: Path, folder: Path, seed: int = SEED) -> dict[str, Noised]:
    """Write the noisy form of every file of a flat archive; returns what was written, by file name.

    Raises:
        ValueError: a file written does not decode to what was written.
    """
    written: dict[str, Noised] = {}
    for path in sorted(archive.iterdir()):
        data = path.read_bytes()
        noised = variant.apply(decode(data).text, f"{seed}/{path.name}")
        if variant.encoding:
            data = noised.text.encode(variant.encoding)
        (folder / path.name).write_bytes(data)
        if decode(data).text != noised.text:
            raise ValueError(f"{variant.name}: {path.name} does not decode to what was written")
        written[path.name] = noised
    return written


def full_width(noised: Noised, chance: random.Random) -> Noised:
    """Every ASCII digit, letter and mark in its full-width form."""
    del chance
    return _mapped(noised, lambda c: chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c)


def half_width(noised: Noised, chance: random.Random) -> Noised:
    """Chinese punctuation as its half-width likeness, as careless typing leaves it."""
    del chance
    return _mapped(noised, lambda c: c.translate(_HALF_WIDTH))


def traditional(noised: Noised, chance: random.Random, *, variant: str = "s2t") -> Noised:
    """Traditional characters, one to many by context (发 becomes 發 or 髮)."""
    del chance
    converted = "".join(map(_converted(variant), noised.text.splitlines(keepends=True)))
    if len(converted) != len(noised.text):
        raise ValueError("the conversion changed the number of characters")
    return Noised(converted, noised.origins)


def spaced(noised: Noised, chance: random.Random, *, between: float = 0.15, around: float = 0.5) -> Noised:
    """Blanks as character recognition leaves them: here and there, and around punctuation."""
    text = noised.text
    pieces: list[tuple[str, int]] = []
    for at, (character, origin) in enumerate(zip(text, noised.origins, strict=True)):
        pieces.append((character, origin))
        after = text[at + 1 : at + 2]
        if not after or character.isspace() or after.isspace():
            continue
        marked = character in _PUNCTUATION or after in _PUNCTUATION
        likely = around if marked else between / 3 if (character + after).isascii() else between
        if chance.random() < likely:
            pieces.append((" ", ADDED))
    return _joined(pieces)


def confused(noised: Noised, chance: random.Random, *, share: float = 0.005) -> Noised:
    """Characters taken for ones that look alike."""
    alike = _look_alikes()
    places = [at for at, character in enumerate(noised.text) if character in alike]
    wrong = set(chance.sample(places, min(len(places), round(share * len(noised.text)))))
    text = "".join(alike[c] if at in wrong else c for at, c in enumerate(noised.text))
    return Noised(text, noised.origins)


def wrapped(
    noised: Noised,
    chance: random.Random,
    *,
    columns: int = COLUMNS,
    indent: str = "",
    page_lines: int = 0,
) -> Noised:
    """Lines of at most so many columns; page numbers and a running header after every so many lines."""
    del chance
    pieces: list[tuple[str, int]] = []
    number = 0
    for line in _lines(noised):
        rows = list(_rows([*_added(indent), *line], columns)) if line else [[]]
        for row in rows:
            pieces += [*row, ("\n", ADDED)]
            number += 1
            if page_lines and number % page_lines == 0:
                pieces += _added(f"\n— {number // page_lines} —\n\n{RUNNING_HEADER}\n\n")
    return _joined(pieces)


def with_adverts(
    noised: Noised,
    chance: random.Random,
    *,
    share: float = 0.4,
    adverts: Sequence[str] = UNSEEN,
) -> Noised:
    """Adverts as lines of their own: above, below, and between lines."""
    pieces = _added(chance.choice(adverts) + "\n")
    for line in _lines(noised):
        pieces += [*line, ("\n", ADDED)]
        if line and chance.random() < share:
            pieces += _added(chance.choice(adverts) + "\n")
    return _joined([*pieces, *_added(chance.choice(adverts) + "\n")])


def one_line(noised: Noised, chance: random.Random, *, between: str = "") -> Noised:
    """No line break left; ``between`` stands for each run of them."""
    del chance
    pieces: list[tuple[str, int]] = []
    for line in _lines(noised):
        if line and pieces:
            pieces += _added(between)
        pieces += line
    return _joined(pieces)


def with_invisible(noised: Noised, chance: random.Random, *, share: float = 0.1) -> Noised:
    """Zero-width characters, byte order marks and soft hyphens between characters."""
    pieces: list[tuple[str, int]] = []
    for character, origin in zip(noised.text, noised.origins, strict=True):
        pieces.append((character, origin))
        if chance.random() < share:
            pieces.append((chance.choice(_INVISIBLE), ADDED))
    return _joined(pieces)


def with_entities(noised: Noised, chance: random.Random) -> Noised:
    """Character references where a page was copied from its source, blanks before each paragraph."""
    pieces: list[tuple[str, int]] = []
    for line in _lines(noised):
        if line:
            pieces += _added("&nbsp;&nbsp;&nbsp;&nbsp;")
        for character, origin in line:
            written = chance.choice(_ENTITIES.get(character, (character,)))
            pieces += [(c, origin) for c in written]
        pieces.append(("\n", ADDED))
    return _joined(pieces)


_PAGED = functools.partial(wrapped, page_lines=PAGE_LINES)
_INDENTED = functools.partial(wrapped, indent="\u3000\u3000")

CLEAN: Final = Variant("clean", encoding="")

VARIANTS: Final[tuple[Variant, ...]] = (
    Variant("GB 18030", encoding="gb18030"),
    Variant("UTF-16", encoding="utf-16"),
    Variant("full-width", (full_width,)),
    Variant("half-width punctuation", (half_width,)),
    Variant("traditional", (traditional,)),
    Variant("traditional, Taiwan", (functools.partial(traditional, variant="s2tw"),)),
    Variant("spaced", (spaced,)),
    Variant("spaced, 0.5% misread", (confused, spaced)),
    Variant("wrapped", (wrapped,)),
    Variant("wrapped, indented", (_INDENTED,)),
    Variant("wrapped, pages", (_PAGED,)),
    Variant("wrapped, 60 columns, pages", (functools.partial(wrapped, columns=60, page_lines=PAGE_LINES),)),
    Variant("adverts", (functools.partial(with_adverts, adverts=LOOKED_AT),)),
    Variant("adverts, unseen", (with_adverts,)),
    Variant("one line", (one_line,)),
    Variant("one line, blanks", (functools.partial(one_line, between=" "),)),
    Variant("zero-width, BOM", (with_invisible,), "utf-8-sig"),
    Variant("entities", (with_entities,)),
    Variant("GB 18030, wrapped, adverts", (with_adverts, wrapped), "gb18030"),
    Variant("traditional, full-width, one line", (traditional, full_width, one_line)),
    Variant("misread, spaced, wrapped, pages", (confused, spaced, _PAGED)),
    Variant("full-width, adverts, wrapped, pages", (full_width, with_adverts, _PAGED)),
    Variant("traditional, spaced", (traditional, spaced)),
    Variant("adverts, zero-width, entities", (with_adverts, with_invisible, with_entities)),
)


def _mapped(noised: Noised, change: Callable[[str], str]) -> Noised:
    return Noised("".join(map(change, noised.text)), noised.origins)


def _added(text: str) -> list[tuple[str, int]]:
    return [(character, ADDED) for character in text]


def _joined(pieces: Sequence[tuple[str, int]]) -> Noised:
    return Noised("".join(text for text, _ in pieces), tuple(origin for _, origin in pieces))


def _lines(noised: Noised) -> Iterator[list[tuple[str, int]]]:
    """The lines without their ends, blank ones empty."""
    for found in re.finditer(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)", noised.text):
        start, end = found.span(1)
        if found.end() == found.start() and start == len(noised.text):
            return
        yield list(zip(noised.text[start:end], noised.origins[start:end], strict=True))


def _rows(line: Sequence[tuple[str, int]], columns: int) -> Iterator[list[tuple[str, int]]]:
    row: list[tuple[str, int]] = []
    width = 0
    for character, origin in line:
        wide = 1 if character < "\u0100" else 2
        if row and width + wide > columns:
            yield row
            row, width = [], 0
        row.append((character, origin))
        width += wide
    yield row


@functools.cache
def _look_alikes() -> dict[str, str]:
    pairs = _CONFUSED.split()
    return {**{pair[1]: pair[0] for pair in pairs}, **{pair[0]: pair[1] for pair in pairs}}


@functools.cache
def _converted(variant: str) -> Callable[[str], str]:
    import opencc  # noqa: PLC0415 - loads dictionaries

    convert: Callable[[str], str] = opencc.OpenCC(variant).convert
    return convert
