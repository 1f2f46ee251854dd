"""What questions about several speeches are made of: words for speeches, speakers, saying and asking.

Pieces of patterns over folded text. Each form of a question is put together from them in
`retrieval.search.across`.
"""

from __future__ import annotations

from typing import Final

UNIT: Final = r"[个位次场篇份回名]"
_INSIDE: Final = r"(?:上面?|里面?|里头|中|当中|内)"
INSIDE: Final = rf"{_INSIDE}?"
SPEECH: Final = (
    r"(?:讲话稿?|发言稿?|会议(?!室)|大会|例会|会上|会里|会(?![议员计场所后前儿诊客签展商])|文稿|稿子|文章)"
)
PLACES: Final = r"(?P<levels>[省市县区镇乡]{1,3})"

# All of them, one by one: 历次会议, 各篇讲话, 领导们.
_OF: Final = rf"(?:领导(?:同志|干部)?们?|{SPEECH}){INSIDE}"
_ALL: Final = r"(?:历|几|多|不同的?|所有的?|全部|[这那][些几])"
EACH: Final = (
    rf"(?:哪(?:些|几|一)?{UNIT}?{_OF}|(?:各|每)(?:一?{UNIT}|级|地|{PLACES})?(?:{_OF})?"
    rf"|{_ALL}{UNIT}?(?:的)?{_OF}|历年来?的?{_OF}|(?:领导(?:同志|干部)?|干部)们)"
)
_EVERY: Final = (
    rf"(?:(?:各|每一?|{_ALL}){UNIT}?(?:的)?{_OF}|历年来?的?{_OF}|(?:领导(?:同志|干部)?|干部)(?:们|(?=都)))"
)
EACH_NAMED: Final = rf"(?:{_EVERY}|(?:各个?|每个|几个){PLACES})"
"""Those that say speech or speaker. Where no 对 follows, 各 alone is too little, and 各级领导 have duties."""
EACH_INSIDE: Final = (
    rf"(?:(?:(?:各|{_ALL}){UNIT}(?:的)?|历年来?的?){SPEECH}{INSIDE}|所有的?{SPEECH}{_INSIDE})"
    r"(?![要应该得能可])"
)

# Who or what said it, as it is asked for: 哪几次会上, 有没有哪位领导, 谁.
_SOME: Final = r"(?:哪(?:些|几|一)?|有几|几|有多少|多少|有没有(?:哪|什么)?一?)"
_WHO: Final = rf"(?:位|个|名|些|几个|几位)?(?:领导(?:同志|干部)?|人|同志|干部|地方|{PLACES})"
WHICH_SPEECHES: Final = rf"(?:{_SOME}|什么|啥){UNIT}?(?:的)?(?:领导)?(?:的)?{SPEECH}{INSIDE}"
WHICH_TEXTS: Final = rf"(?:哪(?:些|几|一)?|有几|有多少)篇的?(?:{SPEECH})?{INSIDE}"
"""These say by themselves that texts are asked for; 几篇 alone may be how many are to be written."""
WHICH: Final = (
    rf"(?:{WHICH_SPEECHES}|{_SOME}[次场篇份回]|{_SOME}{_WHO}(?:的{SPEECH})?|哪(?:几|些|一)?[位个]"
    rf"|(?<![由被让叫跟对给向和])谁(?:的{SPEECH})?|{_EVERY}(?:有没有|是否|是不是))"
)
"""由谁 and 跟谁 ask for who has a duty or hears of it, not for who spoke."""

# Saying: what has been said (讲到, 批评过), and how or what is said (怎么要求, 有什么说法).
_DONE: Final = r"(?:到|过|了)"
_ACTS: Final = r"(?:批评|点名|点评|表扬|提醒|警告|告诫)"
ACT: Final = rf"(?P<act>{_ACTS}){_DONE}"
"""Done to a matter: more than to speak of it."""
MENTIONS: Final = (
    rf"(?:[讲说谈提](?:到|过|了(?!不?算)|及|起|出)+|(?:强调|涉及){_DONE}*"
    rf"|(?:{_ACTS}|重申|指出|引用|论述|布置){_DONE}+)"
)
"""谁提醒 and 谁布置 without 过 or 了 ask for whose task it is."""
_AT: Final = rf"在?{SPEECH}{_INSIDE}"
_BY_FORM: Final = (
    r"(?<![有人志部方])要求(?:过|了)*|(?<=上)[讲谈](?![话究解明])|(?<=[里中])有(?:关于|提到)?|(?:部署|安排)(?:过|了)+"
    r"|(?<=[里上中都])出现(?:过|了)*|(?<=[话稿章篇里上中都])[写用](?:到|过|了|着)+"
    r"|(?<=[会话上里中次场篇])[讲说提]的(?=[?.]*$)"
)
SAYS: Final = (
    r"(?:[都也还曾里上中有]|曾经|分别|专门|明确|重点|反复|特别|多次|公开|当场|点名|[去今前]年|是"
    rf"|{_AT}){{0,6}}(?:{MENTIONS}|{_BY_FORM})"
)
"""讲 without 过 or 到 is also what 谁讲, 多久讲一次 and 讲解 have, so that it takes 会上 before it; 哪些人
要求X may ask of whom it is demanded. What stands before is bounded, as 会上上 is read in two ways."""

DEMANDS: Final = r"(?:要求|规定|部署|强调|说法|讲法|提法|表述|论述|安排|意见|指示|看法|态度)"
_TOGETHER: Final = r"[都又也是各]|分别|各自|具体"
TOGETHER: Final = rf"(?:{_TOGETHER})*"
_MANNER: Final = r"(?:怎么|如何|怎样|咋)"
_WHAT: Final = r"(?:什么|哪些|何|啥)"
HOW: Final = (
    rf"{TOGETHER}(?:(?:[提作]出?|做|有)(?:了|过|明确|具体)*{DEMANDS}"
    rf"|(?:{_MANNER}|有{_WHAT}|(?:提出?|作出?|讲|说|谈){_DONE}*{_WHAT})(?:说|讲|提|{DEMANDS}|看)?)"
)
MANNER: Final = (
    rf"(?:{_TOGETHER}|{_AT}){{0,6}}{_MANNER}"
    r"(?:说(?![服明清])|[讲提谈]|强调|要求|规定|部署|安排|表述|论述|批评|看待)"
)
HOW_SAID: Final = (
    rf"(?:{MANNER}|{TOGETHER}(?:(?:[提作]出?|做|有){_DONE}*{_WHAT}?(?:明确|具体|新)*的?{DEMANDS}"
    rf"|(?:[提讲说谈]出?|强调){_DONE}*{_WHAT}))"
)
"""Where no 对 stands before the matter, a word of saying must: 每次会议怎么签到 is no such question."""
