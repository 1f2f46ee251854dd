"""What the classifier of words that leave something open learns from."""

from __future__ import annotations

import json

from training.openness import files, open_parts, ordinary, told_parts

TEXT = "窑门换了6扇，二期要添几扇，得瞧来年的账本，料先备着。窑口每天查一遍。"
LEFT_OPEN = "二期要添几扇，得瞧来年的账本"


def test_what_leaves_open_and_its_sentence_are_open() -> None:
    assert list(open_parts(TEXT, LEFT_OPEN)) == [
        LEFT_OPEN,
        "窑门换了6扇，二期要添几扇，得瞧来年的账本，料先备着。",
    ]


def test_the_stretches_beside_it_and_the_other_sentences_are_told() -> None:
    assert list(told_parts(TEXT, LEFT_OPEN)) == ["窑门换了6扇", "料先备着", "窑口每天查一遍。"]


def test_of_each_passage_a_sentence_and_a_stretch_of_it_are_drawn() -> None:
    drawn = list(ordinary([TEXT, "只有一句"]))
    assert drawn == list(ordinary([TEXT, "只有一句"]))
    assert (len(drawn), drawn[2:]) == (4, ["只有一句", "只有一句"])
    assert drawn[0] in TEXT
    assert drawn[1] in TEXT


def test_every_text_holds_what_it_leaves_open_once() -> None:
    texts = [json.loads(line) for path in files() for line in path.read_text("utf-8").splitlines()]
    assert sum("text" in text for text in texts) >= 100
    for text in texts:
        if "stretch" in text:
            assert isinstance(text["open"], bool)
            continue
        assert text["text"].count(text["open"]) == 1, text
        assert text["text"].count(text["told"]) == 1, text
    stretches = [text["stretch"] for text in texts if "stretch" in text]
    assert len(set(stretches)) == len(stretches)
