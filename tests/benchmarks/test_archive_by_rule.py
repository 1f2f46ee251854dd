"""The archive by rule: the same for a seed, each speech the same at every size, its questions answerable."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.archive_by_rule import MOST, Speech, speeches, write_archive, write_questions
from retrieval.documents.sentences import split_sentences
from retrieval.evaluation.questions import load_dialogues


@pytest.fixture(scope="module")
def hundred() -> list[Speech]:
    return list(speeches(100))


def test_same_seed_gives_the_same_bytes_for_ever(hundred: list[Speech]) -> None:
    written = "".join(f"{each.path}\0{each.encoding}\0{each.text}\0{each.questions}" for each in hundred[:20])
    assert hashlib.sha256(written.encode()).hexdigest()[:16] == "d5887e0f2f967867"
    assert next(speeches(1, seed=1)) != hundred[0]


def test_a_speech_is_the_same_in_an_archive_of_any_size(hundred: list[Speech]) -> None:
    assert list(speeches(30)) == hundred[:30]


def test_no_two_speeches_share_place_theme_and_year(hundred: list[Speech]) -> None:
    titles = [each.text.partition("\n同志们")[0] for each in hundred if each.questions]
    assert len(set(titles)) == len(titles)
    with pytest.raises(ValueError, match=str(MOST)):
        next(speeches(MOST + 1))


def test_speeches_are_as_long_as_real_ones_and_a_third_of_their_sentences_recur(
    hundred: list[Speech],
) -> None:
    said = [[each.text[a:b] for a, b in split_sentences(each.text)] for each in hundred if each.questions]
    assert 4_500 < sum(len(each.text) for each in hundred) / len(hundred) < 5_500
    assert 100 < sum(map(len, said)) / len(said) < 140
    counts = Counter(sentence for each in said for sentence in set(each))
    recurring = sum(counts[sentence] > 1 for each in said for sentence in each)
    assert 0.3 < recurring / sum(map(len, said)) < 0.45


def test_each_question_is_answered_by_one_sentence_of_its_speech(hundred: list[Speech]) -> None:
    texts = {each.path: each.text for each in hundred}
    questions = [question for each in hundred for question in each.questions]
    assert len(questions) == 4 * (100 - 2 - 2)  # two copies and what they copy are not asked about
    for question in questions:
        assert texts[question.path].count(question.quote) == 1
        assert question.fact in question.quote
        assert question.fact not in question.text


def test_a_copy_has_the_words_of_the_speech_it_copies(hundred: list[Speech]) -> None:
    assert hundred[49].text.endswith(hundred[42].text)
    assert hundred[49].path != hundred[42].path


def test_files_are_written_in_their_encodings_with_questions_that_can_be_read(tmp_path: Path) -> None:
    questions = write_archive(tmp_path / "archive", 12)
    for speech in speeches(12):
        assert (tmp_path / "archive" / speech.path).read_text(speech.encoding) == speech.text
    assert sum(speech.encoding == "gb18030" for speech in speeches(12)) == 2
    assert all(any(folder.iterdir()) for folder in (tmp_path / "archive").iterdir())
    write_questions(tmp_path / "questions.jsonl", questions)
    read = [dialogue.turns[0] for dialogue in load_dialogues(tmp_path / "questions.jsonl")]
    assert [(each.question, each.gold[0].doc) for each in read] == [(q.text, q.path) for q in questions]
