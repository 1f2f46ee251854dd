"""What is typed that is no question to the archive: thanks, greetings, questions about the bot, orders."""

from __future__ import annotations

import re

from config.patterns import lazy_pattern
from retrieval.documents.views import search_text

_COURTESY = lazy_pattern(
    r"(?:(?:非常|十分|太|多)?(?:谢谢|感谢)(?:你|您|啦|了|大家)*|多谢|谢了|谢啦|辛苦(?:你|您)?[了啦]?|麻烦(?:你|您)了?"
    r"|(?:你|您|大家|同志们|老师)们?好|(?:早上|上午|中午|下午|晚上)好|早安|晚安|在吗|在不在|hi|hello|hey|ok|okay|thanks?"
    r"|thankyou|bye|好[的吧嘞呀啊]*|行[吧了]?|可以了|嗯+|哦+|噢+|啊+|哈+|呵+|嘿+|收到|懂了|(?:我)?(?:都)?"
    r"(?:知道|明白|了解|清楚)[了啦]?|再见|拜拜|没事[了吧]?|没有?了|不用了|太好了|很好|不错|是的|对的?|就这样[吧了]?|[,.!~?])+"
)
_OPENING = lazy_pattern(r"^(?:你好|您好|请问|那么?|[,.!~])+")
_TO_THE_BOT = lazy_pattern(
    r"(?:你|您)(?:们)?(?:到底|究竟)?(?:是|叫)(?:谁|什么(?:名字?|人|东西|机器人|模型)?|啥|哪位|(?:一?个)?(?:机器人|人工智能|ai|真人)吗?)"
    r"|(?:你|您)(?:们)?(?:都|还|到底)?(?:能|会|可以)(?:帮我|为我|给我)?(?:做|干|回答|查|帮|问)?(?:些)?(?:什么|啥|哪些)(?:事情?|问题|内容|忙)?"
    r"|(?:你|您)(?:们)?(?:都|还|到底)?(?:(?:知道|懂|了解)(?:些|点)?(?:什么|啥|哪些)|有(?:什么|啥|哪些)(?:功能|用处?|本事))"
    r"|(?:我|这里)?(?:都|还|到底)?(?:能|可以)问(?:些|点)?(?:什么|啥|哪些)(?:问题|内容|东西)?"
    r"|(?:怎么|如何|咋)提问|帮助|help"
    r"|(?:你|您|这个?(?:系统|机器人|工具|程序|软件))(?:的)?(?:回答|答案|内容)?(?:准|准确|靠谱|可靠|可信|好用|收费|免费|要钱|联网)(?:吗|不|么|不\w+)?"
    r"|(?:怎么|如何|咋)(?:使用?|用|问)(?:你|您|这个?(?:系统|机器人|工具|程序|软件))"
    r"|(?:你|您|这个?(?:系统|机器人|工具|程序|软件))(?:是|要|该)?(?:怎么|如何|咋)(?:使用?|用|问|操作)(?:的)?"
)
_TO_WRITE = lazy_pattern(
    r"(?:请|麻烦|能不能|能|可以|你|您)*(?:(?:帮我|给我|替我)再?(?:写|起草|撰写|拟|生成|编|做)(?:一?[篇份个段首])?|(?:写|起草|撰写|拟|生成|编)一?[篇份个段首])"
    r".{0,16}?(?:讲话稿?|发言稿?|演讲稿?|新闻稿|稿子?|通知|方案|报告|材料|文章|总结|检讨书?|心得(?:体会)?|诗|作文|ppt)(?:吧|吗|呗)?"
    r"|(?:请|麻烦|能不能|能|可以|你|您|帮我|给我|把.{1,8})*翻译(?:一下|成|为|到)(?:英文|英语|外文|日文|俄文)?.{0,4}"
)
_WRITING = ("写", "起草", "拟", "生成", "编", "做", "翻译")
_THE_BOT = ("你", "您", "系统", "机器人", "工具", "程序", "软件", "能问", "可以问", "提问", "帮助", "help")
_HOW_TO_USE = lazy_pattern(
    r"(?:(?:这个?|这东西|这玩意儿?)?(?:该|要|得)?(?:怎么|如何|咋|怎样)(?:使用?|用|操作|查询?|搜索?)(?:的|法)?"
    r"|(?:都|还)?有(?:什么|啥|哪些)功能|(?:使用|操作)(?:说明书?|方法|指南|手册)|用法|说明书)"
)
"""What asks for help where nothing was asked before; after a question it asks about its subject."""
_HELPS = ("用", "操作", "查", "搜", "功能", "说明")
_ORDERS = lazy_pattern(
    r"(?:忽略|无视|忘记|忘掉|不要?理会)[^,.;]{0,6}(?:以上|之前|前面|上面|先前|所有|一切|你的)(?:的|所有|全部|系统)*(?:指令|设定)(?!的)"
    r"|系统提示词?|提示词|system ?prompt|(?:ignore|disregard|forget)[a-z ]{0,20}(?:instruction|prompt)"
    r"|(?:你|请)(?:现在|来)?扮演"
)
_ORDERING = ("忽略", "无视", "忘记", "忘掉", "理会", "提示词", "系统提示", "扮演", "prompt", "instruction")
"""Without one of these words neither pattern can match, and compiling both takes a millisecond."""


def is_courtesy(text: str) -> bool:
    """Whether a text only greets, thanks or agrees: there is nothing to look for."""
    folded = search_text(text)
    return bool(_COURTESY.fullmatch(folded) and re.search(r"\w", folded))


def is_to_the_bot(text: str, *, first: bool = False) -> bool:
    """Whether a text asks what it is that answers (你是谁) or gives it orders (忽略以上指令, 写一篇讲话稿).

    Args:
        text: as typed.
        first: whether no question was asked before; then one without a subject asks for help, too (怎么用).
    """
    folded = search_text(text)
    if any(word in folded for word in _ORDERING) and _ORDERS.search(folded):
        return True
    said = _OPENING.sub("", folded.rstrip("?!.,呢啊呀吗"))
    named = any(word in folded for word in _THE_BOT)
    if named and _TO_THE_BOT.fullmatch(said):
        return True
    if any(word in said for word in _WRITING) and _TO_WRITE.fullmatch(said):
        return True
    helps = first and any(word in said for word in _HELPS)
    return helps and _HOW_TO_USE.fullmatch(said) is not None
