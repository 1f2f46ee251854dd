"""What a follow-up asks for, by its form alone: no model, no archive.

A turn of a conversation may put something else in the place of what was asked (那国庆呢), ask more about it
(谁负责), point to an item of what was quoted (第二点具体说说), want the same from another speech
(别的会上呢), want more (还有呢), ask where the words come from (是谁讲的), or be no question at all to the
archive (谢谢, 你是谁).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text
from retrieval.search.courtesy import is_courtesy, is_to_the_bot
from retrieval.search.glossary import Glossary

BARE_TOPIC = 2
"""A question whose topic has at most this many characters says too little alone (谁负责: 负责)."""

TERSE_TOPIC = 5
"""A topic of at most this many characters is mostly about what was just quoted (几级风要停)."""

SHORT_TOPIC = 12
"""A topic of at most this many characters may lean on the one before; longer ones rarely do."""

ITEM_TOPIC = 4
"""With more than this many characters besides, 第二批 is part of a question (第二批应急物资什么时候到)."""


class Form(enum.Enum):
    """What a turn asks for."""

    ALONE = "alone"
    SHORT = "short"
    """Says something of its own, and may still lean on what was asked before."""
    TERSE = "terse"
    """Says so little of its own that it mostly leans on what was asked before."""
    ASKING = "asking"
    """Asks about what was asked before."""
    INSTEAD = "instead"
    """Puts something else in the place of what was asked about."""
    ITEM = "item"
    OTHER = "other"
    """The same, from another speech."""
    MORE = "more"
    ABOUT = "about"
    """Whose words they are, where and when they were said."""
    COURTESY = "courtesy"


class About(enum.Enum):
    """What is asked of the source of words."""

    WHO = "who"
    WHERE = "where"
    WHEN = "when"


@dataclass(frozen=True, slots=True)
class Item:
    """Which item of a list.

    Attributes:
        number: from 1, from the end when negative.
        relative: ``number`` counts from the item quoted last.
        of: what the items are called (阶段 in 下一个阶段呢), folded; "" where the question does not say.
    """

    number: int
    relative: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as its form tells.

    Attributes:
        form: what it asks for.
        subject: with INSTEAD what is put in, with OTHER what is asked of other speeches ("" for the same as
            before); folded.
        item: with ITEM.
        about: with ABOUT.
        each: with ABOUT, whether it is asked of every speech just quoted (这几篇都是谁讲的).
    """

    form: Form
    subject: str = ""
    item: Item | None = None
    about: About | None = None
    each: bool = False


_POLITE = r"(?:请问|请|麻烦|那么|那|能不能|可不可以|可以|可否|能否|能|再|你|您|给我|帮我|跟我|我想|想)*"
_SAY = r"(?:说|讲|谈|介绍|解释|展开|念|聊|看)"
_SOFT = r"(?:一下|一点|点|些|下|吧|吗|么|呢|啊|呀|嘛|看看|了|听听|[?!,.])*"
_MORE = lazy_pattern(
    rf"{_POLITE}(?:"
    r"(?:(?:他|她|这个?讲话|这篇?讲话|文件)?(?:里|中)?还)(?:有没有|有)?(?:说|讲|提|强调|要求)?(?:了|过|到)?"
    r"(?:别的|其他的?|其它的?|什么别的|什么|啥|哪些|没有|没)?(?:内容|要求|规定|措施|方面|说法|安排)?"
    rf"|继续(?:往下)?{_SAY}?|接着(?:往下)?{_SAY}?|[往接]下(?:面|来)?{_SAY}?|接下来(?:怎么说|说什么|是什么)?"
    r"|下文|后面(?:还有|怎么说|是什么|说什么|呢)?|下面(?:呢|是什么|怎么说)?|然后|别的|其他的?|其它的?"
    rf"|(?:更|再)?(?:详细|具体|仔细|细|展开|深入|多)(?:的|地)?(?:一点|一些|点|些)?{_SAY}*"
    rf"|{_SAY}{{1,2}}(?:得|的)?(?:更)?(?:详细|具体|仔细|细|多|完|全)(?:一点|一些|点|些)?"
    r"|更多(?:内容)?|完整(?:的)?(?:内容|原文|原话)?|全文|原文(?:怎么说|是什么|呢)?|原话(?:怎么说|是什么|呢)?"
    rf"){_SOFT}"
)
_MORE_WORDS = (
    *("还", "继续", "接着", "往下", "接下", "下文", "后面", "下面", "然后", "别的", "其他", "其它"),
    *("详细", "具体", "仔细", "展开", "深入", "更多", "完整", "全文", "原文", "原话"),
)
_ITEM_WORDS = ("第", "最后", "末", "一条", "一点", "一项")
_THIS = (
    r"(?:那么|那|请问|我问|你说|刚才|上面|前面|这些?|那些?|[几两三四五六七八九十\d][篇份场次个]|句|段|个|条|话|要求|规定|内容|说法|讲话|会议?|发言|意见|原话"
    r"|分别|各自?|都|又|是|到底|究竟|他|的|,)*"
)
_TOLD = (
    r"(?:讲|说|提|作|做|发表|强调|要求|指出|开|召开|举行|发|印发|来|出)(?:出来?|到|过|起)?(?:的|了)?"
    r"(?:这)?(?:讲话|话|会议|会|报告|要求)?(?:的)?"
)
_END = r"[?!,.呢啊呀吗]*"
_ABOUT = {
    About.WHO: lazy_pattern(
        rf"{_THIS}(?:(?:谁|哪(?:个|位|一位|名)(?:领导|同志|人|市长|书记|县长|区长|省长)?|什么人|何人|啥人)(?:在(?:会上|哪里))?"
        rf"(?:{_TOLD}|的(?:讲话|话|发言|要求))|(?:讲话|发言|主讲|作报告的?)(?:的)?(?:人|者|领导)(?:是谁|叫什么名?字?|是哪位|是什么人)?"
        rf"|(?:出自)谁(?:之口|的讲话)?|他是谁){_END}"
    ),
    About.WHERE: lazy_pattern(
        rf"{_THIS}(?:在|出自|来自|见于)*(?:(?:哪|什么|啥)(?:一)?(?:个|次|场|篇|份|些)?(?:大会|会议|会|场合|讲话|文件|文章|材料|稿子)(?:上|里面|里|中)?"
        rf"(?:{_TOLD})?|哪里{_TOLD}|哪儿{_TOLD}|(?:出处|来源|标题|题目)(?:是什么|在哪里?|是哪里|呢)?|(?:出自|来自)哪里?"
        rf"|什么会){_END}"
    ),
    About.WHEN: lazy_pattern(
        rf"{_THIS}(?:会议?)?(?:是|在)*(?:(?:什么时候|什么时间|何时|啥时候|哪一?[天年月日]|几[月号]几?[号日]?|哪年哪月)(?:{_TOLD}|的)"
        rf"|(?:讲话|会议|开会|发言)(?:的)?(?:时间|日期)(?:是(?:什么时候|哪天|几号|多少))?){_END}"
    ),
}
_BARE_WHEN = lazy_pattern(rf"{_THIS}(?:什么时候|什么时间|何时|啥时候|哪一?[天年]|几月几号|几号){_END}")
_BARE_WHO = lazy_pattern(rf"{_THIS}(?:谁|哪位){_END}")
_EACH = lazy_pattern(r"[几两三四五六七八九十\d][篇份场次个]|些(?:讲话|发言|会议?)|分别|各|都")
_LISTED = lazy_pattern(r"[几两三四五六七八九十\d][篇份场次]|几个(?:讲话|会)|些(?:讲话|发言|会议?)")
"""What speeches are called that were listed: what is asked of these needs no verb (这几篇都是谁)."""
_NUMBERS = "一二三四五六七八九十两0-9"
_UNIT = (
    r"(?:点|条|项|个|步|批|款|件|类|种|关|招|大?方面|部分|环节|段|句|层)"
    r"(?:意见|要求|措施|内容|任务|工作|问题|事|建议|环节|举措)?"
)
_LEAD = (
    rf"{_POLITE}(?:把|就|(?:详细|具体|展开|单独)*{_SAY}*(?:一下)?|看看|关于|其中|里面?|上面|刚才|的|,)*"
    r"(?:那|这|的)*"
)
_ITEM = lazy_pattern(
    rf"{_LEAD}(?:第(?P<nth>[{_NUMBERS}]{{1,3}})|(?P<last>最后|末尾?|倒数第一?)(?:的)?一?"
    rf"|倒数第(?P<back>[{_NUMBERS}]{{1,2}})|(?P<before>上|前|上面|前面)(?:那|的)?一|(?P<after>下|后|下面|后面)(?:那|的)?一)"
    rf"{_UNIT}(?P<rest>.*)"
)
_ITEM_SAYS = lazy_pattern(r"内容|情况|意思|东西|详细|具体|展开|仔细|再|说|讲|谈|看|念|的|是|吧|一下|[,.?!]")
_SPEECH = r"(?:讲话|会议|大会|会|文件|通知|材料|文章|报告|发言|场合)"
_ANOTHER = (
    rf"(?:另外?|别|其他|其它|其余)(?:的|一|那|几|哪|些|个|篇|份|次|场|位)*(?:{_SPEECH}|领导|同志|地方|地区|市县?|县区?|区县?|省|镇|单位"
    r"|人(?=$|[呢也都怎咋如有讲说提?]))(?:上|里面|里|中|们|那边|那里)?"
    rf"|(?:还有|另有|有没有|还有没有)(?:谁|别人|(?:别的|其他|其它)?(?:哪)?(?:些|个|位|几个|篇|份|次|场)?(?:的)?(?:领导|人|地方|市|县|单位|{_SPEECH})"
    r"(?:上|里|中)?)"
)
_OTHER = lazy_pattern(rf"(?:那么|那|看看|换|再看|再看看|请问|在|,)*(?:{_ANOTHER})(?P<rest>.*)")
_OTHER_SAYS = lazy_pattern(
    r"也|都|又|还|是|对此|对这[个件]?事?|关于这[个些]?|这方面|这个?问题|怎么|如何|咋|怎样|有没有|有|说|讲|提|规定|要求|看待?"
    r"|安排|强调|谈|到|过|的|了|吗|呢|么|没有|没|相关|类似|同样|一样|内容|什么|啥|[?!,.]"
)
_OPENS_INSTEAD = lazy_pattern(
    r"^(?:那么|那|换成|换作|至于|要是|如果(?:是)?|假如|若是|再说说?|说说|还有|另外)+(?!个|些|时|里|边)"
)
_CLOSES_INSTEAD = lazy_pattern(
    r"(?:那[边里儿块]|这[边块])?(?:的话)?(?:又|也)?(?:呢|怎么样|咋样|如何)[?!,.]*$"
)
_ASKING = lazy_pattern(r"怎|咋|什么|啥|谁|哪|多少|多久|多长|几|何|有没有|是否|(\w)不\1|吗[?.]*$")
"""With one of these 呢 only softens a question (过年炮仗怎么管呢); without, the question before is asked of
something else (值班呢)."""
_OPENING = lazy_pattern(r"^(?:那么|那|还有|另外|然后|再(?!生)|其中|要是|万一|具体|详细|继续|接着)")
_POINTING = lazy_pattern(
    r"他们|她们|它们|(?<![其吉])他(?!人)|她|它|这个|那个|这些|那些|这事|那事|这块|上面|前面|刚才"
    r"|[这那][笔批起项种处栋台套]"
)
_BREACH = lazy_pattern(
    r"(?:要是|如果|万一|有人)*(?:违反|违规|违章|违抗|不(?:遵守|执行|落实|照办|照做|改|听|配合|做|办)|没(?:有)?(?:做到|落实|执行|完成|照做|改|办)"
    r"|不[\u4e00-\u9fff]{1,2}?(?=(?:的话|的|了)?(?:会|要|该|得)*(?:怎|咋|如何))"
    r"|做不到|办不到|完不成|落实不[了好到]|(?:被)?(?:查|抓|逮|发现)(?:到|住|着|出来)?|逾期|超期|到期(?:没|不)[改做办])"
    r"(?:了|的|的话|规定|要求|以后|之后)*(?:会|要|该|得|又)*(?:被)?(?:怎|咋|如何|什么|啥|罚|处|挨|追)[^,.;]{0,8}"
)
"""What becomes of who does otherwise than was just quoted: without that it says nothing."""
_AGAIN = lazy_pattern(r"又(?:是|由|归|该|要|怎|咋|如何|有)")
"""又是谁带班: it was asked of something else before."""
_SIDE = lazy_pattern(r"(?:那|这)(?:边|里|儿|块|方面)$|方面$|的$")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}


def read_turn(question: str, glossary: Glossary, before: Turn | None = None) -> Turn:  # noqa: PLR0911
    """What a turn asks for.

    Args:
        question: as typed.
        glossary: knows the words that only ask.
        before: the turn before it, if there is one; without, nothing can be leant on, but thanks are thanks.

    Returns:
        A turn with what its form needs; ALONE for a question that says everything; MORE for a first one that
        only points to an answer before it (然后呢, 第二点是什么).
    """
    folded = search_text(question)
    if is_courtesy(question) or is_to_the_bot(question, first=before is None):
        return Turn(Form.COURTESY)
    if before is None:
        return Turn(Form.MORE if _points_nowhere(folded, glossary) else Form.ALONE)
    if _MORE.fullmatch(folded):
        return Turn(Form.MORE)
    about = _about(folded, before)
    if about is not None:
        return Turn(Form.ABOUT, about=about, each=_EACH.search(folded) is not None)
    item = _item(folded, glossary)
    if item is not None:
        return Turn(Form.ITEM, item=item)
    other = _OTHER.fullmatch(folded)
    if other:
        subject = _OTHER_SAYS.sub("", other["rest"])
        return Turn(Form.OTHER, other["rest"] if len(subject) >= BARE_TOPIC else "")
    return _leaning(question, folded, glossary)


def _points_nowhere(folded: str, glossary: Glossary) -> bool:
    """Whether a first question is one that only goes on from another. Most have none of the words for it."""
    if any(word in folded for word in _MORE_WORDS) and _MORE.fullmatch(folded):
        return True
    item = _item(folded, glossary) if any(word in folded for word in _ITEM_WORDS) else None
    return item is not None and not item.of


def _about(folded: str, before: Turn) -> About | None:
    for about, pattern in _ABOUT.items():
        if pattern.fullmatch(folded):
            return about
    if before.form is Form.ABOUT or _LISTED.search(folded):
        if _BARE_WHEN.fullmatch(folded):
            return About.WHEN
        if _BARE_WHO.fullmatch(folded):
            return About.WHO
    return None


def _item(folded: str, glossary: Glossary) -> Item | None:
    found = _ITEM.fullmatch(folded)
    of = "".join(glossary.topic(found["rest"])) if found else ""
    if not found or len(of) > ITEM_TOPIC:
        return None
    of = _ITEM_SAYS.sub("", of)
    if found["before"] or found["after"]:
        return Item(-1 if found["before"] else 1, relative=True, of=of)
    if found["last"]:
        return Item(-1, of=of)
    number = number_of(found["nth"] or found["back"])
    if not number:
        return None
    return Item(-number if found["back"] else number, of=of)


def _leaning(question: str, folded: str, glossary: Glossary) -> Turn:
    topic = "".join(glossary.topic(question))
    if not _ASKING.search(folded):
        opened, closed = _OPENS_INSTEAD.search(folded), _CLOSES_INSTEAD.search(folded)
        if opened or closed:
            subject = folded[opened.end() if opened else 0 : closed.start() if closed else len(folded)]
            subject = _SIDE.sub("", subject.rstrip("?!.,"))
            if subject:
                return Turn(Form.INSTEAD, subject)
    bare = len(topic) <= BARE_TOPIC or _BREACH.fullmatch(folded)
    if bare or _OPENING.search(folded) or _POINTING.search(folded):
        return Turn(Form.ASKING)
    if len(topic) <= TERSE_TOPIC:
        return Turn(Form.TERSE)
    leans = len(topic) <= SHORT_TOPIC or _AGAIN.search(folded)
    return Turn(Form.SHORT if leans else Form.ALONE)


def number_of(text: str) -> int:
    """A small number in Chinese or Arabic digits; 0 for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(sign not in _DIGITS for sign in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
