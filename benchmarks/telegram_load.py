"""Two thousand questions in two hundred chats, with faults: is each answered once, in order, and how soon?

usage: telegram_load.py [--chats N] [--questions N] [--rate N] [--faults SHARE] [--seed N] [--json FILE]
       [--loop]

The real process against the fake Telegram on a loopback port, which holds the bot to Telegram's limits (30
messages and edits a second; an answer is two of them). Faults strike at random: floods, bad gateways, lost
requests, lost answers, broken connections. A question that is struck waits for Telegram or for a timeout,
which is what the slowest figures show; --faults 0 shows the bot alone. With --loop the steps of the bot's
event loop are timed (`benchmarks/loop_probe.py`), while an admin besides sends files, has the index rebuilt
and asks for long lists.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import bot.telegram  # noqa: E402, F401 -- says how the library is to give times
from bot.answer import answer  # noqa: E402
from config.messages import Language, message  # noqa: E402
from config.settings import load_settings  # noqa: E402
from retrieval.cli.building import build_index  # noqa: E402
from retrieval.cli.state import State  # noqa: E402
from retrieval.search.opening import open_searcher  # noqa: E402
from tests.bot.telegram.fake import TOKEN, FakeTelegram, Fault, Person, Way, join, served  # noqa: E402
from tests.bot.telegram.fake.wire import ApiError  # noqa: E402

QUESTIONS = (
    "春节期间烟花爆竹怎么管",
    "清明防火要注意什么",
    "电动自行车进电梯怎么管",
    "燃气使用要注意什么",
    "学校开学安全要做什么",
)
WAITING = {"…", message("telegram.searching", Language.ZH), message("telegram.searching", Language.EN)}
METHODS = ("sendmessage", "editmessagetext", "sendchataction")
PATIENCE = 180.0


@dataclass
class Asked:
    """A question of the run."""

    text: str
    at: float
    message: int


@dataclass
class Run:
    """What was asked, and how the bot's memory went."""

    asked: dict[int, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    memory: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=8.0, help="questions a second")
    parser.add_argument("--faults", type=float, default=0.02, help="share of calls that go wrong")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--loop", action="store_true", help="time the steps of the bot's event loop")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), arguments)
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if figures["lost"] or figures["twice"] or figures["out_of_order"] or figures["open"]:
        sys.exit(1)


def run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    index, database = folder / "index", folder / "telegram.sqlite"
    archive, steps = folder / "archive", folder / "steps.json" if arguments.loop else None
    shutil.copytree(ROOT / "examples" / "speeches", archive)
    build_index(load_settings(), archive, index, state=State(Language.EN, "anjiang"))
    fake = FakeTelegram()
    people = [join(fake, 1000 + number, f"人{number}") for number in range(arguments.chats)]
    with served(fake) as server:
        admin = join(fake, 999, "管理员")
        bot = start(index, database, archive, server.base_url, people, admin, steps)
        try:
            until(lambda: fake.polls)
            strike(fake, arguments.faults, random.Random(arguments.seed))
            done = Run()
            begun = time.monotonic()
            watching = threading.Event()
            watch = threading.Thread(target=watch_memory, args=(bot.pid, done.memory, watching))
            watch.start()
            if arguments.loop:
                threading.Thread(target=administer, args=(admin, archive, watching)).start()
            ask(people, arguments, done)
            asking = time.monotonic() - begun
            wait_for_all(database, arguments.questions)
            took = time.monotonic() - begun
            watching.set()
            watch.join()
        finally:
            bot.send_signal(signal.SIGTERM)
            code = bot.wait(15)
        return judge(fake, people, done, index, database) | {
            "questions": arguments.questions,
            "chats": arguments.chats,
            "rate": arguments.rate,
            "asking_seconds": round(asking, 1),
            "seconds": round(took, 1),
            "faults": sum(call.status != 200 for call in fake.calls),
            "calls": len(fake.calls),
            "exit_code": code,
            **({"event_loop": json.loads(steps.read_text("utf-8"))} if steps else {}),
        }


def start(
    index: Path,
    database: Path,
    archive: Path,
    base_url: str,
    people: list[Person],
    admin: Person,
    steps: Path | None,
) -> subprocess.Popen[bytes]:
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ANJIANG_INDEX": str(index),
        "ANJIANG_ARCHIVE": str(archive),
        "ANJIANG_TELEGRAM__ADMINS": str(admin.id),
        "ANJIANG_TELEGRAM__TOKEN": TOKEN,
        "ANJIANG_TELEGRAM__BASE_URL": base_url,
        "ANJIANG_TELEGRAM__READERS": ",".join(str(person.id) for person in people),
        "ANJIANG_TELEGRAM__DATABASE": str(database),
        "ANJIANG_TELEGRAM__HEALTH_LISTEN": "off",
        "ANJIANG_TELEGRAM__RATE_PER_MINUTE": "0",
        "ANJIANG_TELEGRAM__DAILY_BUDGET": "0",
        "ANJIANG_TELEGRAM__MAX_OPEN": "100",
    }
    program = ["benchmarks.loop_probe", str(steps)] if steps else ["bot"]
    return subprocess.Popen([sys.executable, "-m", *program, "bot"], env=environ, cwd=database.parent)


def administer(admin: Person, archive: Path, enough: threading.Event) -> None:
    """Send files that are new, have the index rebuilt, and ask for what is long, again and again."""
    speech = max(archive.iterdir(), key=lambda file: file.stat().st_size).read_text("utf-8")
    number = 0
    while not enough.wait(1):
        number += 1
        admin.send_document(f"第{number}次.txt", f"{speech}\n各单位要完成第{number}次检查。\n".encode())
        for command in ("/index", "/trace 安全", "/search 安全生产", "/sources", "/stats"):
            admin.write(command)
            if enough.wait(3):
                break


def strike(fake: FakeTelegram, share: float, chance: random.Random) -> None:
    """Let a share of the calls go wrong, each way as often as the others."""
    gateway, flood = (
        ApiError(502, "Bad Gateway"),
        ApiError(429, "Too Many Requests: retry after 1", {"retry_after": 1}),
    )
    ways: list[tuple[Way, ApiError | None]] = [
        (Way.REFUSED, gateway),
        (Way.REFUSED, flood),
        (Way.TIMEOUT_BEFORE, None),
        (Way.TIMEOUT_AFTER, None),
        (Way.DISCONNECTED, None),
    ]
    each = share / len(ways)

    def is_struck(method: str, _: object) -> bool:
        return method in METHODS and chance.random() < each

    def is_poll_struck(method: str, _: object) -> bool:
        return method == "getupdates" and chance.random() < each

    for way, error in ways:
        fake.faults.add(Fault(way, None, None, error=error, when=is_struck))
        # A poll that is lost in silence costs 15 s; a hundred of them would be all that the run shows.
        if way in (Way.REFUSED, Way.DISCONNECTED):
            fake.faults.add(Fault(way, None, None, error=error, when=is_poll_struck))


def ask(people: list[Person], arguments: argparse.Namespace, done: Run) -> None:
    """Write the questions at an even rate; every fifth comes with another right behind it."""
    chance = random.Random(arguments.seed)
    turns = [person for person in people for _ in range(-(-arguments.questions // len(people)))]
    chance.shuffle(turns)
    begun, asked, pending = time.monotonic(), 0, list(turns[: arguments.questions])
    while pending:
        time.sleep(max(0.0, begun + asked / arguments.rate - time.monotonic()))
        person = pending.pop()
        group = [person]
        if asked % 5 == 0 and person in pending:
            pending.remove(person)
            group.append(person)
        for each in group:
            so_far = done.asked[each.id]
            # Never the same question twice in a row: then an order that is wrong shows.
            text = chance.choice([one for one in QUESTIONS if not so_far or one != so_far[-1].text])
            at = time.monotonic()
            so_far.append(Asked(text, at, each.write(text)))
            asked += 1


def wait_for_all(database: Path, questions: int) -> None:
    def finished() -> bool:
        with sqlite3.connect(database, timeout=5) as opened:
            found = opened.execute("SELECT count(*) FROM questions WHERE status != 'open'").fetchone()[0]
        opened.close()
        return bool(found >= questions)

    until(finished, PATIENCE)


def judge(fake: FakeTelegram, people: list[Person], done: Run, index: Path, database: Path) -> dict[str, Any]:
    """Hold what each chat shows against what was asked in it."""
    with open_searcher(load_settings(overrides={"index": index})) as searcher:
        expected = {text: answer(searcher, text).quotes[0].text.replace("*", "")[:12] for text in QUESTIONS}
    lost = twice = disordered = strays = 0
    seconds: list[float] = []
    for person in people:
        asked = done.asked[person.id]
        shown = [message for message in fake.world.chats[person.id].shown() if is_bots(message)]
        strays += sum(message.text in WAITING for message in shown)
        answers = [message for message in shown if message.text not in WAITING]
        lost += max(0, len(asked) - len(answers))
        twice += max(0, len(answers) - len(asked))
        for question, given in zip(asked, answers, strict=False):
            disordered += expected[question.text] not in given.text
            seconds.append(first_text(given) - question.at)
    with sqlite3.connect(database) as opened:
        still_open = opened.execute("SELECT count(*) FROM questions WHERE status = 'open'").fetchone()[0]
    opened.close()
    seconds.sort()
    tenth = max(1, len(done.memory) // 10)
    return {
        "lost": lost,
        "twice": twice,
        "out_of_order": disordered,
        "open": still_open,
        "stray_placeholders": strays,
        "p50_seconds": round(statistics.median(seconds), 3),
        "p95_seconds": round(seconds[int(len(seconds) * 0.95)], 3),
        "longest_seconds": round(seconds[-1], 3),
        "memory_after_a_tenth_mib": round(statistics.median(done.memory[tenth : 2 * tenth]), 1),
        "memory_at_the_end_mib": round(statistics.median(done.memory[-tenth:]), 1),
    }


def is_bots(message: Any) -> bool:
    return bool(message.sender and message.sender.is_bot)


def first_text(message: Any) -> float:
    """When a message first said more than that it waits."""
    said = zip(message.times, [*message.history, message.content], strict=True)
    return float(next(at for at, content in said if content["text"] not in WAITING))


def watch_memory(pid: int, memory: list[float], enough: threading.Event) -> None:
    while not enough.wait(0.5):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        memory.append(int(line.split()[1]) / 1024)


def until(look: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            sys.exit("waited in vain")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
