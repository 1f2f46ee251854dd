"""Commands that ask the index: search, ask, verify, eval; good questions and bad ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from config.messages import Language, message
from tests.bot.command import EXAMPLES, SPRING, run

QUESTION = "春节期间烟花爆竹怎么管"
DOCUMENT_KEYS = {"id", "path", "title", "speaker", "role", "date", "occasion", "organ", "sha256"}
HIT_KEYS = {
    "rank", "score", "passage_id", "text", "section", "speaker", "quoted_speaker", "document", "spans",
    "found_by", "places",
}  # fmt: skip
QUOTE_KEYS = {
    "n", "text", "start", "end", "section", "speaker", "quoted_speaker", "passage_id", "document",
}  # fmt: skip


def run_json(*arguments: object) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


@pytest.fixture
def answer(apart: Path, example_index: Path) -> Any:
    return run_json("ask", QUESTION, "--index", example_index)


def test_search_json_is_the_contract(apart: Path, example_index: Path) -> None:
    found = run_json("search", QUESTION, "--index", example_index, "--limit", 3)
    assert set(found) == {"question", "hits"}
    assert found["question"] == QUESTION
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    for hit in found["hits"]:
        assert set(hit) == HIT_KEYS
        assert set(hit["document"]) == DOCUMENT_KEYS
        assert hit["spans"]
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0]["document"]["path"] == SPRING


@pytest.mark.parametrize(
    ("question", "reason", "sentence", "words"),
    [
        ("上半年全区房屋市政工程死亡了几个人", "masked", "answer.masked", "死亡*人"),
        ("森林防火队员的工资待遇是多少", "unsure", "answer.no_words", "扑火队"),
    ],
)
def test_a_near_miss_shows_what_is_there(
    example_index: Path, question: str, reason: str, sentence: str, words: str
) -> None:
    shown = run("ask", question, "--index", example_index, language=Language.ZH).stdout
    said, head = message(sentence, Language.ZH), message("ask.near", Language.ZH)
    assert shown.startswith(f"{said}\n\n{head}\n· ")
    assert words in shown
    assert "[1]" not in shown
    found = run_json("ask", question, "--index", example_index)
    assert (found["answerable"], found["quotes"], found["reason"]) == (False, [], reason)
    assert any(words in quote["text"] for quote in found["near"])


def test_another_place_is_not_answered_for(example_index: Path) -> None:
    found = run_json("ask", "青石市的烟花爆竹禁放区域", "--index", example_index)
    assert (found["answerable"], found["reason"], found["unknown"]) == (False, "unknown", ["青石市"])
    assert found["answer"] == "The archive does not mention 青石市."
    assert found["near"]


def test_another_subject_names_the_nearest_sections_only(example_index: Path) -> None:
    found = run_json("ask", "红烧肉怎么做", "--index", example_index)
    assert (found["reason"], found["near"]) == ("unsure", [])
    shown = run("ask", "红烧肉怎么做", "--index", example_index, language=Language.ZH).stdout
    assert shown.startswith(message("answer.not_in_archive", Language.ZH))
    assert message("ask.nearest", Language.ZH) in shown


def test_ask_json_is_the_contract_and_every_quote_is_verbatim(answer: Any) -> None:
    assert set(answer) == {
        "question", "hits", "answerable", "confidence", "mode", "answer", "quotes", "reason", "unknown",
        "near",
    }  # fmt: skip
    assert answer["answerable"] is True
    assert 0 <= answer["confidence"] <= 1
    assert answer["mode"] == "extractive"
    assert answer["quotes"]
    for number, quote in enumerate(answer["quotes"], 1):
        assert set(quote) == QUOTE_KEYS
        assert set(quote["document"]) == DOCUMENT_KEYS
        assert quote["n"] == number
        assert f"[{number}]" in answer["answer"]
        source = (EXAMPLES / quote["document"]["path"]).read_text("utf-8")
        assert quote["text"] == source[quote["start"] : quote["end"]] != ""


def test_speeches_that_are_listed_stand_once_each_with_their_places(example_index: Path) -> None:
    def place(path: str, words: str) -> str:
        start = (EXAMPLES / path).read_text("utf-8").index(words)
        return f"{path}:{start}-{start + len(words)}"

    first, second = "澜川县防汛讲话_网页复制.txt", "建设领域安全生产会议讲话（下载）.txt"
    titles = "县长在全县防汛抗旱工作会议上的讲话", "区长在2025年上半年全区建设领域安全生产形势分析会上的讲话"
    day = "同志们：今天已经是5月20日，我县入汛整整二十天了。"
    shown = run("ask", "2025年的讲话有哪些", "--index", example_index, language=Language.ZH).stdout
    assert shown.splitlines() == [
        f"[1] {titles[0]}",
        f"[2] {day}",
        f"    县长 · 2025-05-20  {place(first, titles[0])} {place(first, day)}",
        f"[3] {titles[1]}",
        f"    区长 · 2025年上半年  {place(second, titles[1])}",
        "",
        "共 2 篇讲话。",
        "把握 高 0.90",
    ]


def test_ask_shows_quotes_first_and_then_where_they_stand(
    apart: Path, example_index: Path, answer: Any
) -> None:
    shown = run("ask", QUESTION, "--index", example_index, language=Language.ZH).stdout
    first = answer["quotes"][0]
    assert shown.startswith("[1] ")
    assert first["text"].split("\n")[0][:20] in shown.splitlines()[0]
    sources = shown.partition("\n出处\n")[2]
    assert "《周启明市长在全市安全生产暨春节保障工作视频会议上的讲话》  周启明 市长 · 2024-01-24" in sources
    assert f"{SPRING}:{first['start']}-{first['end']}" in sources
    assert "把握 " in sources


def test_question_needs_no_quotation_marks_and_options_may_stand_anywhere(
    apart: Path, example_index: Path
) -> None:
    together = run_json("--index", example_index, "ask", "where may fireworks be lit")
    apart_words = run_json("ask", "where", "may", "fireworks", "--index", example_index, "be", "lit")
    assert apart_words == together


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (["--document", SPRING], {SPRING}),
        (["--speaker", "贺云松"], {"董事长节后复工讲话.txt"}),
        (["--year", "2022"], {"矿山现场会讲话2022.txt"}),
    ],
)
def test_filters_limit_who_answers(
    apart: Path, example_index: Path, options: list[str], paths: set[str]
) -> None:
    found = run_json("search", "安全要求", "--index", example_index, *options)
    assert {hit["document"]["path"] for hit in found["hits"]} == paths
    asked = run_json("ask", "安全要求", "--index", example_index, *options)
    assert {quote["document"]["path"] for quote in asked["quotes"]} <= paths


def test_unanswerable_is_said_plainly_with_what_is_near(apart: Path, example_index: Path) -> None:
    question = "火星探测器什么时候发射"
    asked = run_json("ask", question, "--index", example_index)
    assert asked["answerable"] is False
    assert asked["answer"] == "The archive does not treat this question."
    result = run("ask", question, "--index", example_index, language=Language.ZH)
    assert result.exit_code == 0
    assert result.stdout.startswith("档案里没有谈到这个问题。\n")
    assert "出处" not in result.stdout


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("", "error: the question is empty; "),
        (" \u3000\n\x07\u200b", "error: the question is empty; "),
        ("问" * 10_000, "error: the question has 10000 characters, at most 2000 are read; "),
    ],
)
def test_question_that_is_none_is_one_line(
    apart: Path, example_index: Path, command: str, question: str, line: str
) -> None:
    result = run(command, "--index", example_index, "--", question)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("question", ["🎆🎇🧨", "？！……", "asdfghjkl qwerty"])
def test_question_of_emoji_or_noise_gets_no_answer(apart: Path, example_index: Path, question: str) -> None:
    asked = run_json("ask", question, "--index", example_index)
    assert asked["answerable"] is False
    assert run("search", question, "--index", example_index).exit_code == 0


def test_question_with_control_characters_is_asked_without_them(
    apart: Path, example_index: Path, answer: Any
) -> None:
    damaged = "\x1b[31m" + QUESTION[:4] + "\x00\u202e\u200b" + QUESTION[4:] + "\x07\ud83d"
    assert run_json("ask", damaged, "--index", example_index) == answer


def test_markup_in_a_question_stays_text(apart: Path, example_index: Path) -> None:
    result = run("ask", "[bold]值班[/bold] [link=x]", "--index", example_index)
    assert result.exit_code == 0, result.output


def test_long_question_is_answered(apart: Path, example_index: Path) -> None:
    asked = run_json("ask", "请问" * 300 + QUESTION, "--index", example_index)
    assert len(asked["question"]) == 600 + len(QUESTION)


def test_verify_proves_an_answer_and_names_the_changed_character(apart: Path, answer: Any) -> None:
    shutil.copytree(EXAMPLES, apart / "speeches")
    (apart / "answer.json").write_text(json.dumps(answer), "utf-8")
    result = run("verify", "answer.json", "--archive", "speeches")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == f"{len(answer['quotes'])} proved, 0 failed"

    quote = answer["quotes"][0]
    file = apart / "speeches" / quote["document"]["path"]
    text = file.read_text("utf-8")
    at = quote["start"] + 3
    file.write_text(text[:at] + "〇" + text[at + 1 :], "utf-8")
    result = run("verify", "-", "--archive", "speeches", "--json", stdin=json.dumps(answer))
    assert result.exit_code == 1
    failed = [proof for proof in json.loads(result.stdout)["quotes"] if not proof["holds"]]
    broken = [
        q["n"] for q in answer["quotes"] if q["document"] == quote["document"] and q["start"] <= at < q["end"]
    ]
    assert [proof["n"] for proof in failed] == broken
    assert failed[0]["at"] == at
    shown = run("verify", "answer.json", "--archive", "speeches", language=Language.ZH)
    assert shown.exit_code == 1
    assert f"[1] 不符　{SPRING} 第 {at} 个字起与引文不同" in shown.stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "error: This answer is not JSON (empty)"),
        ("{", "error: This answer is not JSON ("),
        ("{}", 'error: This JSON has no list "quotes"'),
        ('{"quotes": [{"text": "x"}]}', "error: Quote 1 is incomplete ("),
    ],
)
def test_verify_refuses_what_is_no_answer(apart: Path, text: str, line: str) -> None:
    result = run("verify", "-", "--archive", ".", stdin=text)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_verify_needs_an_archive_and_a_file(apart: Path) -> None:
    assert run("verify", "nowhere.json", "--archive", ".").stderr.startswith("error: can't read nowhere.json")
    assert run("verify", "-", stdin="{}").stderr.startswith("error: no archive folder is set")
    assert run("verify", "-", "--archive", "no", stdin="{}").stderr.startswith("error: there is no folder")


def questions_file(folder: Path) -> Path:
    rows = [
        {
            "id": "q1",
            "question": QUESTION,
            "type": "list",
            "gold": [{"doc": SPRING, "quote": "一是管住烟花爆竹"}],
            "facts": ["禁止燃放"],
        },
        {"id": "q2", "question": "火星探测器什么时候发射", "type": "none", "gold": [], "answerable": False},
        {"id": "d1", "turns": [{"question": QUESTION, "gold": []}, {"question": "那值班呢", "gold": []}]},
    ]
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def test_eval_writes_a_run_and_measures_it(apart: Path, example_index: Path) -> None:
    result = run("eval", questions_file(apart), "--index", example_index, "--out", "run.jsonl", "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert (summary["questions"], summary["unanswerable"]) == (1, 3)
    assert summary["success@5"] == 1.0
    rows = [json.loads(line) for line in (apart / "run.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["q1", "q2", "d1/1", "d1/2"]
    assert set(rows[0]) == {
        "id", "question", "hits", "answerable", "confidence", "mode", "answer", "quotes", "reason", "unknown",
        "near",
    }  # fmt: skip
    alone = run_json("ask", QUESTION, "--index", example_index)
    assert {key: rows[0][key] for key in alone if key != "answer"} == {
        key: value for key, value in alone.items() if key != "answer"
    }


def test_eval_builds_an_index_that_nobody_sees(apart: Path) -> None:
    result = run("eval", questions_file(apart), "--archive", EXAMPLES, language=Language.ZH)
    assert result.exit_code == 0, result.output
    assert "前 5 条命中" in result.stdout
    assert [path.name for path in apart.iterdir()] == ["questions.jsonl"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "error: q.jsonl holds no question"),
        ("{\n", "error: q.jsonl, line 1 is no question"),
        ('{"id": "1"}\n', "error: q.jsonl, line 1 is no question"),
        ('{"id": "a", "question": " "}\n', "error: question a: the question is empty"),
        (
            '{"id": "a", "question": "x", "gold": [{"doc": "a.txt", "quote": "y"}]}\n',
            "error: a gold quote is not in the archive (a: a.txt: y)",
        ),
    ],
)
def test_eval_refuses_bad_questions(apart: Path, example_index: Path, text: str, line: str) -> None:
    (apart / "q.jsonl").write_text(text, "utf-8")
    result = run("eval", "q.jsonl", "--index", example_index)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1
