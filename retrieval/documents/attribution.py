"""Whose words a stretch of the body gives, and whom it quotes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from retrieval.documents.edits import EditedText
from retrieval.documents.people import (
    NAME,
    SPEECH_ADVERBS,
    SPEECH_VERBS,
    SURNAME,
    TITLE_ENDS,
    known_people,
)
from retrieval.documents.sentences import split_sentences
from retrieval.documents.types import Genre, Metadata, Quotation, Span, Turn

MEETING = "会议"
"""The speaker of "会议强调，…", where a report gives the meeting's words and nobody's name."""

_SHORTEST_QUOTATION = 4
"""Fewer characters between the marks are a term, not somebody's words."""

_FARTHEST_SPEAKER = 200
"""Characters before a quotation in which its speaker is looked for."""

_QUOTED = re.compile(
    r"“(?P<curly>[^“”\n]*(?:“[^“”\n]*”[^“”\n]*)*)”|「(?P<corner>[^「」\n]*)」|\"(?P<straight>[^\"\n]*)\""
)
_SPOKEN = rf"(?:{SPEECH_ADVERBS}){{0,3}}{SPEECH_VERBS}{{1,2}}"
_ATTRIBUTION = re.compile(
    rf"(?:[^，,。；;：:“”\n]{{0,20}}[，,])?(?:[^，,。；;：:“”\n]{{0,60}}?{TITLE_ENDS})?"
    rf"(?:(?P<name>{NAME})|(?P<meeting>(?:本次|这次)?会议)|(?P<pronoun>[他她]))"
    rf"{_SPOKEN}(?P<mark>[，,：:“\"「]?)"
)
_AFTER_QUOTE = re.compile(
    rf"[”」\"]\s*[，,]?\s*(?:[^，,。；;：:“”\n]{{0,60}}?{TITLE_ENDS})?(?P<name>{NAME}){_SPOKEN}"
)
_ASSIGNED = re.compile(rf"(?P<name>{NAME})[^。“”]*?(?:部署|讲话|发言|总结|点评|分析|讲授|作报告)")
_NARRATED = re.compile(
    r"(?:出席|主持|参加|列席|陪同|到会|召开)[^，,。；;：:]{0,20}(?=[，,。]|$)"
    r"|作(?:了|出)?[^，,。；;：:]{0,8}(?:部署|发言|讲话|通报|汇报|总结|介绍|点评)[。]?$"
)
_TOLD = re.compile(r"会前|会后|会议以|会议由|会议期间|随后[，,]")
_OFFICIALS = re.compile(r"领导|负责同志|负责人|代表")
_GOES_ON = re.compile(
    r"[“\"「]|[一二三四五六七八九十]+[、是要]|第[一二三四五六七八九十]+[，,、]|[（(][一二三四五六七八九十\d]+[）)]|要|必须"
)
_TITLED = re.compile(
    rf"(?P<leader>(?:(?P<full>{NAME}))?总书记)"
    rf"|(?:[^，,。；;：:“”\n、]{{0,30}}?{TITLE_ENDS})(?P<named>{NAME})(?=同志|{SPEECH_ADVERBS}|{SPEECH_VERBS}|在|对)"
    rf"|(?<![\u4e00-\u9fff])(?P<before>{NAME}){TITLE_ENDS}"
    rf"|(?P<comrade>{NAME})同志"
    rf"|(?<![\u4e00-\u9fff])(?P<bare>{NAME})(?={_SPOKEN})"
    rf"|(?<![\u4e00-\u9fff])(?P<title>[\u4e00-\u9fff]{{0,12}}?{TITLE_ENDS})(?={_SPOKEN})"
)
_BEFORE_QUOTE = re.compile(rf"(?P<verb>{SPEECH_VERBS})(?:了|过|的是)?[，,：:]?\s*$")
_ORGANS = re.compile(
    r"(?:委|府|院|部|厅|局|会议|全会|文件|通知|意见|方案|规定|中央)(?:明确|又|还|也|再次|反复)?$"
)
_LEADER = "习近平"
_MINUTED = re.compile(
    rf"(?P<role>[^，,。；;：:“”\n]{{0,24}}?{TITLE_ENDS})?[ \u3000]*(?P<name>{NAME})(?:同志)?[：:](?=\s*\S)"
)
_CALLED = re.compile(rf"(?P<name>{SURNAME}(?:总|董|工|师傅|{TITLE_ENDS}))[：:](?=\s*\S)")
"""Who speaks, called by a surname and an office, in a transcript: 周总：, 冯部长：."""
_UNNAMED = re.compile(r"(?:主持人?|司仪|记者|提?问|答|[\u4e00-\u9fff]{1,8}(?:会场|代表|员工|职工|群众))[：:]")
"""Somebody else begins to speak, and is not named."""


@dataclass(frozen=True, slots=True)
class _Attributed:
    start: int
    end: int
    speaker: str


def find_turns(clean: EditedText, metadata: Metadata) -> tuple[Turn, ...]:
    """Who speaks where, in raw offsets; sorted, not overlapping.

    A news report changes speakers by passage, and what the reporter tells belongs to nobody. Any other
    document is one turn of its speaker; without a known speaker there are those of minutes, if it is such.
    """
    if metadata.genre is Genre.NEWS:
        people = known_people(clean.text)
        turns = [
            Turn(Span(*clean.to_source(part.start, part.end)), part.speaker, people.get(part.speaker, ""))
            for part in _spoken_in_news(clean.text, people)
        ]
        return tuple(turns)
    start, end = _ends(clean.text)
    if not metadata.speaker.text:
        return tuple(_turns_of_minutes(clean))
    if start == end:
        return ()
    return (Turn(Span(*clean.to_source(start, end)), metadata.speaker.text, metadata.role.text),)


def find_quotations(clean: EditedText, metadata: Metadata) -> tuple[Quotation, ...]:
    """The words that named or titled persons are quoted with; spans lie inside the quotation marks.

    A quoted term is a quotation only where a verb of speech ties it to a person, before or after it.
    """
    del metadata  # A quotation names its own speaker.
    full_leader = _LEADER in clean.text
    quotations: list[Quotation] = []
    for line_start, line in _lines(clean.text):
        previous: tuple[int, str] | None = None
        for quote in _QUOTED.finditer(line):
            start, end = quote.span(str(quote.lastgroup))
            speaker = _quoted_speaker(line, quote, previous)
            previous = (quote.end(), speaker) if speaker else None
            if not speaker or end - start < _SHORTEST_QUOTATION:
                continue
            if speaker == "总书记" and full_leader:
                speaker = _LEADER
            span = Span(*clean.to_source(line_start + start, line_start + end))
            quotations.append(Quotation(span, speaker))
    return tuple(quotations)


def reported_speech_starts(line: str) -> Iterator[int]:
    """Where sentences begin that open with a person's name and a verb of speech."""
    for start, end in split_sentences(line):
        found = _ATTRIBUTION.match(line, start, end)
        if found and found["name"] and found["mark"]:
            yield start


def _turns_of_minutes(clean: EditedText) -> Iterator[Turn]:
    """Who speaks in minutes, which name each at the beginning of a line (区住建局局长钱立：…).

    A name counts that has an office beside it, or three characters and comes twice (时间 is no name), and two
    are needed: one alone may be anything.
    """
    lines = list(_lines(clean.text))
    found = [
        (start, match) for start, line in lines if (match := _CALLED.match(line) or _MINUTED.match(line))
    ]
    names = [match["name"] for _, match in found]
    roles = {match["name"]: role for _, match in found if (role := match.groupdict().get("role"))}
    called = {match["name"] for _, match in found if match.re is _CALLED}
    full = {name for name in names if len(name) > 2} | called
    credible = {name for name in names if name in roles or (name in full and names.count(name) > 1)}
    opened = [(start, match["name"]) for start, match in found if match["name"] in credible]
    unnamed = [start for start, line in lines if _UNNAMED.match(line)]
    ends = sorted([*(start for start, _ in opened), *unnamed, len(clean.text)])
    for start, name in opened if len(credible) > 1 else ():
        end = ends[bisect_right(ends, start)]
        stop = start + len(clean.text[start:end].rstrip())
        yield Turn(Span(*clean.to_source(start, stop)), name, roles.get(name, ""))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _ends(text: str) -> tuple[int, int]:
    stripped = text.strip()
    start = text.find(stripped) if stripped else 0
    return start, start + len(stripped)


def _spoken_in_news(text: str, people: Mapping[str, str]) -> list[_Attributed]:
    """Sentences with their speakers, neighbours of one speaker joined; nobody's sentences left out."""
    credible = {**dict.fromkeys(_repeated_names(text), ""), **people}
    spoken: list[_Attributed] = []
    last = ""
    for line_start, line in _lines(text):
        if not line.strip():
            continue
        for part in _spoken_in_paragraph(line, credible, last):
            if not part.speaker:
                continue
            start, end = line_start + part.start, line_start + part.end
            if spoken and spoken[-1].speaker == part.speaker and not text[spoken[-1].end : start].strip():
                spoken[-1] = _Attributed(spoken[-1].start, end, part.speaker)
            else:
                spoken.append(_Attributed(start, end, part.speaker))
            last = part.speaker
    return spoken


def _repeated_names(text: str) -> set[str]:
    """Names that are given words more than once: credible without a title."""
    names = [
        found["name"]
        for _, line in _lines(text)
        for start, end in split_sentences(line)
        if (found := _ATTRIBUTION.match(line, start, end)) and found["name"] and found["mark"]
    ]
    return {name for name in names if names.count(name) > 1}


def _spoken_in_paragraph(line: str, people: Mapping[str, str], last: str) -> list[_Attributed]:
    sentences = split_sentences(line)
    speaker = _opening_speaker(line, sentences, people, last)
    spoken: list[_Attributed] = []
    for start, end in sentences:
        named = _speaker_of(line, start, end, people, speaker or last)
        if named:
            speaker = named
        elif spoken and _is_narrated(line[start:end], people, speaker):
            speaker = ""
        spoken.append(_Attributed(start, end, speaker))
    return spoken


def _is_narrated(sentence: str, people: Mapping[str, str], speaker: str) -> bool:
    """Whether the reporter takes over: telling what others than the speaker did."""
    if _TOLD.match(sentence):
        return True
    others = any(name in sentence for name in people if name != speaker) or _OFFICIALS.search(sentence)
    return bool(others and speaker not in sentence and _NARRATED.search(sentence))


def _opening_speaker(
    line: str, sentences: list[tuple[int, int]], people: Mapping[str, str], last: str
) -> str:
    """Whose words the paragraph begins with; "" for the reporter's own."""
    start, end = sentences[0]
    named = _speaker_of(line, start, end, people, last)
    if named:
        return named
    after = _AFTER_QUOTE.search(line, start)
    if line[start] in '“"「' and after and after["name"] in people:
        return after["name"]
    assigned = _ASSIGNED.match(line, start, end)
    if assigned:
        return next((name for name in people if line.startswith(name, start)), "")
    return last if _GOES_ON.match(line, start) else ""


def _speaker_of(line: str, start: int, end: int, people: Mapping[str, str], last: str) -> str:
    """The person whom the sentence itself names as its speaker."""
    found = _ATTRIBUTION.match(line, start, end)
    if not found:
        return ""
    if found["meeting"]:
        return MEETING
    if found["pronoun"]:
        return last
    name = found["name"]
    if name in people or (found["mark"] and len(name) > 2):
        return str(name)
    return ""


def _quoted_speaker(line: str, quote: re.Match[str], previous: tuple[int, str] | None) -> str:
    """Who says these words: named before them, by the quotation they follow on, or named after."""
    if previous and not line[previous[0] : quote.start()].strip("、，, 和"):
        return previous[1]
    before_quote = line[max(0, quote.start() - _FARTHEST_SPEAKER) : quote.start()]
    sentence = re.split(r"[。！？!?；;\n]", before_quote)[-1]
    verb = _BEFORE_QUOTE.search(sentence)
    if verb:
        before = sentence[: verb.end("verb")]
        named = [_person(found) for found in _TITLED.finditer(before)]
        if named and not _ORGANS.search(sentence[: verb.start()]):
            return named[-1]
    after = _AFTER_QUOTE.match(line, quote.end() - 1)
    return str(after["name"]) if after else ""


def _person(found: re.Match[str]) -> str:
    if found["leader"]:
        return found["full"] or "总书记"
    name = found["named"] or found["before"] or found["comrade"] or found["bare"] or found["title"]
    return str(name)
