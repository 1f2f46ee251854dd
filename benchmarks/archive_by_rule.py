"""An archive of long speeches made by rule, to see what size does: as large as a real one, and asked about.

usage: python -m benchmarks.archive_by_rule DIR --speeches N [--seed S] [--questions FILE]

A speech has about 5,000 characters and 120 sentences: letterhead, title, byline, numbered parts, lists,
deadlines, figures and responsible people. No two have place, theme and year in common. A third of the
sentences recur in many speeches, as slogans do; the others are combinations that hardly recur, of clauses
that do. Every fiftieth file is a copy of an earlier one under another name and letterhead, every ninth is
in GB18030.

Speech number n is the same in archives of every size: what a larger one adds is only more to choose from.
The questions ask for values that stand in one sentence of one speech. Same seed, same bytes, on every
version of Python: of ``random.Random`` only ``random()`` and seeding by integers are used, which never
changed.

All places, people and events are invented.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks import archive_words as words

SEED = 20260701
YEARS = range(2014, 2026)
COPY_EVERY = 50
COPIED_BEFORE = 7
"""How many files before its copy a speech stands; what is there twice is not asked about."""

GB18030_EVERY = 9
MOST = len(words.PLACES) * len(words.THEMES) * len(YEARS)
"""Speeches that differ in place, theme or year."""

Item = TypeVar("Item")
Slots = dict[str, object]


@dataclass(frozen=True, slots=True)
class Question:
    """What one sentence of one speech answers; ``quote`` stands in it verbatim, ``fact`` in the quote."""

    kind: str
    text: str
    path: str
    quote: str
    fact: str


@dataclass(frozen=True, slots=True)
class Speech:
    """One file of the archive: its path below the folder, text, encoding and what can be asked of it."""

    path: str
    text: str
    encoding: str
    questions: tuple[Question, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speeches", type=int, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--questions", type=Path, help="write the questions too, as `anjiang eval` takes them"
    )
    arguments = parser.parse_args()
    questions = write_archive(arguments.folder, arguments.speeches, arguments.seed)
    if arguments.questions:
        write_questions(arguments.questions, questions)
    print(f"{arguments.speeches} speeches, {len(questions)} questions")


def speeches(count: int, seed: int = SEED) -> Iterator[Speech]:
    """The first speeches of the archive, in order.

    Raises:
        ValueError: more than ``MOST`` are asked for.
    """
    if count > MOST:
        raise ValueError(f"at most {MOST} speeches differ in place, theme or year")
    subjects = _shuffled(range(MOST), random.Random(seed))
    for number in range(count):
        if number % COPY_EVERY == COPY_EVERY - 1:
            yield _copy(number, subjects, seed)
        else:
            yield _speech(number, subjects[number], seed)


def write_archive(folder: Path, count: int, seed: int = SEED) -> list[Question]:
    """Write the archive into an empty or new folder; the questions it answers, in order of speeches."""
    asked: list[Question] = []
    for year in YEARS:
        (folder / str(year)).mkdir(parents=True, exist_ok=True)
    for speech in speeches(count, seed):
        (folder / speech.path).write_bytes(speech.text.encode(speech.encoding))
        asked += speech.questions
    for year in YEARS:
        if not any((folder / str(year)).iterdir()):
            shutil.rmtree(folder / str(year))
    return asked


def write_questions(path: Path, questions: Sequence[Question]) -> None:
    """Write questions as lines of JSON that `anjiang eval` reads."""
    lines = (
        {
            "id": f"rule-{number:05d}",
            "question": each.text,
            "type": each.kind,
            "gold": [{"doc": each.path, "quote": each.quote}],
            "facts": [each.fact],
            "answerable": True,
        }
        for number, each in enumerate(questions)
    )
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


class _Writer:
    """Draws what one speech says; the same number and seed draw the same."""

    def __init__(self, number: int, subject: int, seed: int) -> None:
        self.chance = random.Random(seed * 1_000_003 + number)
        rest, at = divmod(subject, len(words.PLACES))
        year, theme = divmod(rest, len(words.THEMES))
        self.place, self.theme = words.PLACES[at], words.THEMES[theme]
        self.slots: Slots = {
            "place": self.place,
            "kind": self.place[-1],
            "theme": self.theme.name,
            "office": self.theme.office,
            "year": YEARS[year],
        }

    def below(self, end: int) -> int:
        return int(self.chance.random() * end)

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def person(self) -> str:
        return self.pick(words.SURNAMES) + self.pick(words.GIVEN)

    def post(self) -> str:
        return self.pick(words.POSTS).format_map(self.slots)

    def draw(self, **chosen: object) -> Slots:
        """Values for every slot, all new but those of the speech and those chosen."""
        return {
            **self.slots,
            "thing": self.pick(self.theme.things),
            "risk": self.pick(self.theme.risks),
            "other": self.pick(words.OFFICES),
            "site": self.pick(words.SITES),
            "town": self.pick(words.TOWNS),
            "month": 2 + self.below(11),
            "day": 1 + self.below(28),
            "few": 2 + self.below(8),
            "count": 3 + self.below(97),
            "many": 100 + self.below(900),
            "share": 10 + self.below(90),
            **chosen,
        }

    def filled(self, template: str, **chosen: object) -> str:
        return template.format_map(self.draw(**chosen))

    def slogan(self) -> str:
        tails, at = words.SLOGAN_TAILS, self.below(len(words.SLOGAN_TAILS))
        return self.filled(f"{self.pick(words.SLOGAN_HEADS)}，{tails[at]}，{tails[at - 5]}。")

    def paragraph(self, count: int, pools: Sequence[Sequence[str]], **chosen: object) -> str:
        """So many sentences of one clause of each pool, none twice before all were used, slogans between."""
        mixed = [_shuffled(pool, self.chance) for pool in pools]
        said = []
        for turn in range(count):
            clauses = [pool[turn % len(pool)] for pool in mixed]
            said.append(self.filled("，".join(clauses) + "。", **chosen))
            if turn % 2:
                said.append(self.slogan())
        return "".join(said)


@dataclass(frozen=True, slots=True)
class _Fact:
    kind: str
    quote: str
    values: Slots
    value: str


def _speech(number: int, subject: int, seed: int) -> Speech:
    writer = _Writer(number, subject, seed)
    facts = _facts(writer)
    path, head = _head(writer, number)
    text = "\n".join([*head, *_body(writer, facts), *_tail(writer)]) + "\n"
    questions = [_question(writer, path, each) for each in facts]
    if (number + COPIED_BEFORE) % COPY_EVERY == COPY_EVERY - 1:
        questions = []
    encoding = "gb18030" if number % GB18030_EVERY == 0 else "utf-8"
    return Speech(path, text, encoding, tuple(questions))


def _question(writer: _Writer, path: str, fact: _Fact) -> Question:
    text = writer.pick(words.ASKED[fact.kind]).format_map(fact.values)
    return Question(fact.kind, text, path, fact.quote, fact.value)


def _copy(number: int, subjects: Sequence[int], seed: int) -> Speech:
    """An earlier speech as it was passed on: same words, other name and letterhead."""
    earlier = number - COPIED_BEFORE
    source = _speech(earlier, subjects[earlier], seed)
    path = source.path.replace(f"{earlier:05d}", f"{number:05d}转发")
    issuer = words.PLACES[number // COPY_EVERY % len(words.PLACES)]
    return Speech(path, f"{issuer}安委办转发\n{source.text}", "utf-8", ())


def _facts(writer: _Writer) -> list[_Fact]:
    facts = []
    first, second = _shuffled(writer.theme.things, writer.chance)[:2]
    values = {
        "deadline": writer.draw(thing=first),
        "found": writer.draw(),
        "person": writer.draw(thing=second, person=f"{writer.post()}{writer.person()}"),
        "phone": writer.draw(digits=f"{writer.below(10**7) + 60000000}"),
    }
    answers = {"deadline": "{month}月底前", "found": "{count}处", "person": "{person}", "phone": "{digits}"}
    for kind, drawn in values.items():
        quote = words.FACTS[kind].format_map(drawn)
        facts.append(_Fact(kind, quote, drawn, answers[kind].format_map(drawn)))
    return facts


def _head(writer: _Writer, number: int) -> tuple[str, list[str]]:
    """The path, and letterhead, title, byline and date."""
    place, year = writer.place, writer.slots["year"]
    occasion, speaker, post = writer.pick(words.OCCASIONS), writer.person(), writer.post()
    month, day = 1 + writer.below(12), 1 + writer.below(28)
    name = f"{number:05d}" + (f"{place}{writer.theme.name}讲话" if writer.below(2) else "")
    head = [
        f"在{place}{writer.theme.name}{occasion}上的讲话",
        f"{place}{post}　{speaker}",
        f"（{year}年{month}月{day}日）",
        "",
        "同志们：",
    ]
    if writer.below(2):
        letterhead = [
            f"{place}情况通报",
            f"第{1 + writer.below(60)}期",
            "",
            f"{place}人民政府办公室　　　　　{year}年{month}月{day}日",
            "",
        ]
        head = letterhead + head
    return f"{year}/{name}.txt", head


def _body(writer: _Writer, facts: Sequence[_Fact]) -> Iterator[str]:
    """Opening, four numbered parts, closing; about 100 sentences."""
    found, phone = facts[1], facts[3]
    situation, checks, dangers, duties = (writer.filled(writer.pick(titles)) for titles in words.PARTS)
    openings = _shuffled(words.OPENINGS, writer.chance)[:3]
    yield "".join([writer.filled(each) for each in openings])
    yield f"一、{situation}"
    yield writer.paragraph(8, words.STATE)
    yield found.quote + writer.paragraph(8, words.STATE)
    yield f"二、{checks}"
    for sign, thing in zip("一二三四", writer.theme.things, strict=True):
        quotes = [
            each.quote
            for each in facts
            if each.kind in ("deadline", "person") and each.values["thing"] == thing
        ]
        yield f"（{sign}）管好{thing}"
        yield writer.paragraph(7, words.CHECK, thing=thing) + "".join(quotes)
    yield f"三、{dangers}"
    for at, risk in enumerate(writer.theme.risks, 1):
        yield f"{at}.{writer.paragraph(4, words.DANGER, risk=risk)}"
    yield phone.quote
    yield f"四、{duties}"
    for sign in "一二三四":
        yield f"{sign}是{writer.paragraph(4, words.DUTY)}"
    yield writer.filled(writer.pick(words.CLOSINGS))


def _tail(writer: _Writer) -> list[str]:
    if writer.below(3):
        return []
    return [
        "",
        "主送：各乡镇人民政府，各有关单位。",
        f"{writer.place}人民政府办公室　　　　　　共印{50 + writer.below(200)}份",
    ]


def _shuffled(items: Sequence[Item], chance: random.Random) -> list[Item]:
    """In an order that only depends on ``random()``."""
    mixed = list(items)
    for last in range(len(mixed) - 1, 0, -1):
        at = int(chance.random() * (last + 1))
        mixed[last], mixed[at] = mixed[at], mixed[last]
    return mixed


if __name__ == "__main__":
    main()
