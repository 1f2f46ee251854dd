"""The bot as a process of its own, against the fake Telegram on a loopback port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.telegram.fake import TOKEN, FakeTelegram, Person, Server, Shown, join, served
from tests.bot.telegram.running import WAITING, free_port, run_bot

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
"""Seconds until a wait fails; it ends as soon as it can, and a busy machine takes long to start a program."""
STOPS_WITHIN = 30.0
"""Seconds: three times what the program gives itself after a signal."""
QUESTION = "春节期间烟花爆竹怎么管"
OTHER = "清明防火要注意什么"


class Process:
    """``anjiang bot`` with one admin (101) and one reader (102)."""

    def __init__(self, folder: Path, index: Path, base_url: str) -> None:
        self.database = folder / "telegram.sqlite"
        self.port = free_port()
        self._environ = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "LANG": "en_US.UTF-8",
            "ANJIANG_INDEX": str(index),
            "ANJIANG_TELEGRAM__TOKEN": TOKEN,
            "ANJIANG_TELEGRAM__BASE_URL": base_url,
            "ANJIANG_TELEGRAM__ADMINS": "101",
            "ANJIANG_TELEGRAM__READERS": "102",
            "ANJIANG_TELEGRAM__DATABASE": str(self.database),
            "ANJIANG_TELEGRAM__HEALTH_LISTEN": f"127.0.0.1:{self.port}",
        }
        self._running: subprocess.Popen[str] | None = None

    def start(self, *arguments: str, **environ: str) -> None:
        """Start it; what it says goes into a file, so that no pipe fills up."""
        with self._output.open("w") as said:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments, "bot"],
                env=self._environ | environ, cwd=self.database.parent, stdout=said, stderr=said, text=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        """All that it has said until now."""
        return self._output.read_text("utf-8")

    @property
    def _output(self) -> Path:
        return self.database.parent / "said.txt"

    def send(self, number: int) -> None:
        assert self._running is not None
        self._running.send_signal(number)

    def end(self, timeout: float = PATIENCE) -> tuple[int, str]:
        """Wait for its end; the exit code and all it said."""
        assert self._running is not None
        code = self._running.wait(timeout)
        self._running = None
        return code, self.said

    def stop(self) -> tuple[int, str]:
        self.send(signal.SIGTERM)
        return self.end(STOPS_WITHIN)

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self.end()

    def open_questions(self) -> int:
        with sqlite3.connect(self.database) as database:
            row = database.execute("SELECT count(*) FROM questions WHERE status = 'open'").fetchone()
        database.close()
        return int(row[0])

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def until(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


@pytest.fixture
def server(fake: FakeTelegram) -> Iterator[Server]:
    with served(fake) as server:
        yield server


@pytest.fixture
def process(apart: Path, example_index: Path, server: Server) -> Iterator[Process]:
    process = Process(apart, example_index, server.base_url)
    yield process
    process.kill()


@pytest.fixture
def reader(fake: FakeTelegram) -> Person:
    return join(fake, 102, "读者")


def answers(person: Person) -> list[Shown]:
    return [shown for shown in person.private.from_bot() if shown.text not in WAITING]


def wait_for_answers(person: Person, count: int) -> list[Shown]:
    person.private.block_for(lambda: len(answers(person)) >= count, PATIENCE)
    return answers(person)


def hold_edits(fake: FakeTelegram) -> Any:
    """Let placeholders out and no answer into them: the moment in mid-answer."""
    return fake.faults.bad_gateway("editMessageText", times=None)


def test_start_answer_show_figures_and_terminate(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    process.start()
    reader.write(QUESTION)
    (shown,) = wait_for_answers(reader, 1)
    assert shown.buttons
    until(lambda: process.open_questions() == 0)
    check_health(process)
    check_figures(process)
    code, said = process.stop()
    assert code == 0
    assert said.startswith("bot @")
    assert said.endswith(" is running; press Ctrl-C to stop it\n")
    assert said.count("\n") == 1
    assert TOKEN not in said
    assert "Traceback" not in said
    assert not fake.world.updates  # confirmed


def check_health(process: Process) -> None:
    status, body = process.get("/healthz")
    found = json.loads(body)
    assert status == 200
    assert found["ok"] is True
    assert found["queue"] == found["open"] == 0
    assert re.fullmatch(r"gen-\d{6}", found["index"])


def check_figures(process: Process) -> None:
    """After one question."""
    status, body = process.get("/metrics")
    figures = dict(line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    assert status == 200
    assert float(figures["anjiang_questions_total"]) == 1
    assert float(figures['anjiang_answers_total{outcome="answered"}']) == 1
    assert float(figures["anjiang_first_text_seconds_count"]) == 1
    assert 0 <= float(figures["anjiang_poll_age_seconds"]) < 30
    assert float(figures["anjiang_queue_depth"]) == 0
    assert TOKEN not in body


def test_killed_in_mid_answer_it_answers_once_after_the_restart(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    process.start()
    hold = hold_edits(fake)
    reader.write(QUESTION)
    reader.write(OTHER)
    until(lambda: fake.called("editMessageText"))
    until(lambda: process.open_questions() == 2)
    process.kill()
    assert answers(reader) == []
    fake.faults.remove(hold)
    process.start()
    shown = wait_for_answers(reader, 2)
    until(lambda: process.open_questions() == 0)
    assert [one.text for one in answers(reader)] == [one.text for one in shown]
    assert len(reader.private.from_bot()) == 2  # not even a placeholder is left over
    assert process.stop()[0] == 0


def test_killed_after_the_answer_it_does_not_answer_again(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    process.start()
    # The edit arrives, and the bot dies before it hears of that.
    fake.faults.timeout_after("editMessageText", times=None)
    reader.write(QUESTION)
    wait_for_answers(reader, 1)
    assert process.open_questions() == 1
    process.kill()
    fake.faults.clear()
    process.start()
    until(lambda: process.open_questions() == 0)
    assert len(reader.private.from_bot()) == 1
    assert process.stop()[0] == 0


def test_killed_before_updates_are_confirmed_it_takes_them_once(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    process.start()
    until(lambda: fake.polls)
    # The request that waits now brings the question; no later one arrives to confirm it.
    fake.faults.timeout_before("getUpdates", times=None)
    reader.write(QUESTION)
    wait_for_answers(reader, 1)
    process.kill()
    assert fake.world.updates
    fake.faults.clear()
    process.start()
    reader.write(OTHER)
    wait_for_answers(reader, 2)
    until(lambda: not fake.world.updates and process.open_questions() == 0)
    assert len(reader.private.from_bot()) == 2
    assert len(fake.called("sendMessage")) == 2
    assert process.stop()[0] == 0


def test_terminated_with_work_in_hand_it_keeps_the_question(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    process.start()
    hold = hold_edits(fake)
    reader.write(QUESTION)
    until(lambda: fake.called("editMessageText"))
    code, said = process.stop()
    assert code == 0
    assert "Traceback" not in said
    assert process.open_questions() == 1
    fake.faults.remove(hold)
    process.start()
    wait_for_answers(reader, 1)
    assert len(reader.private.from_bot()) == 1


def test_second_bot_on_the_same_database_is_refused(process: Process, fake: FakeTelegram) -> None:
    process.start()
    until(lambda: fake.polls)
    environ = {"TOKEN": TOKEN, "BASE_URL": "http://127.0.0.1:9/bot", "DATABASE": str(process.database)}
    refused = run_bot({f"ANJIANG_TELEGRAM__{name}": value for name, value in environ.items()})
    assert refused.exit_code == 1
    assert "is in use by another bot process" in refused.output


def test_port_in_use_is_one_line(process: Process) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", process.port))
        taken.listen()
        process.start()
        code, said = process.end()
    assert code == 1
    assert said.splitlines()[-1].startswith(
        f"error: can't listen at telegram.health_listen = 127.0.0.1:{process.port}"
    )


def test_starts_while_telegram_is_away_and_outlives_an_outage_without_a_word_of_the_token(
    process: Process, fake: FakeTelegram, reader: Person
) -> None:
    fake.faults.outage = True
    process.start("--debug")
    until(lambda: process.said.count("does not answer") == 1)
    status, body = until(lambda: process.get("/healthz"))
    assert (status, json.loads(body)["ok"]) == (200, True)  # young enough to hope
    fake.faults.outage = False
    reader.write(QUESTION)
    wait_for_answers(reader, 1)
    fake.faults.outage = True
    until(lambda: process.said.count("does not answer") == 2)
    fake.faults.outage = False
    reader.write(OTHER)
    wait_for_answers(reader, 2)
    assert process.get("/elsewhere")[0] == 404
    code, said = process.stop()
    assert code == 0
    assert "Traceback" not in said
    assert TOKEN.split(":")[1] not in said


def test_terminated_while_telegram_is_away_it_ends_at_once(process: Process, fake: FakeTelegram) -> None:
    fake.faults.outage = True
    process.start()
    until(lambda: "does not answer" in process.said)
    code, said = process.stop()
    assert code == 0
    assert "Traceback" not in said
