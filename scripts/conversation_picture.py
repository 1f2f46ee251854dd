"""Draws docs/telegram.svg: a conversation with the bot as a Telegram client shows it, taken from a real run.

usage: .venv/bin/python scripts/conversation_picture.py [--png FILE]

The bot runs as a process of its own over a copy of examples/speeches, and talks to the tests' fake of the Bot
API on a loopback port. With --png the picture is also rendered, where rsvg-convert is installed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

from chat_drawing import draw
from chat_layout import Bubble, Mark

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.bot.telegram.fake import TOKEN, FakeTelegram, Person, Shown, join, served  # noqa: E402

PICTURE = ROOT / "docs" / "telegram.svg"
START_MINUTE = 10 * 60 + 24  # the first message's clock; each question is a minute later
PATIENCE = 120.0

NEW_FILE = "2025年汛前检查讲话.txt"
NEW_SPEECH = """在全市汛前安全检查部署会上的讲话
副市长 梁志远
（2025年4月18日）
同志们：
还有半个月就要进入主汛期，今天开会专门部署汛前安全检查。
全市46座水库逐库检查，溢洪道有杂物的三天内清完，闸门每座都要启闭一遍。
城区19处下穿通道都要装上水位尺，夜里由交警和城管两家共同值守，值守名单张贴在入口。
"""


class Conversation:
    """One person's chat with the bot, and which buttons they pressed."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.pressed: dict[int, str] = {}
        self.opened: set[int] = set()
        self._last = 0

    def ask(self, text: str) -> Shown:
        """Write, and wait for the whole answer."""
        self._last = self.person.write(text)
        return self._settled()

    def press(self, shown: Shown, label: str) -> Shown:
        """Press a button, and wait for what comes of it: another text there, or a new message."""
        now = self._message(shown.id)
        self.pressed[shown.id] = now.button(label).text
        before = self.person.private.messages()[-1].id
        query = self.person.press(now, label)

        def outcome() -> Shown | None:
            if query.answer is None:
                return None
            last = self.person.private.messages()[-1]
            if last.id > before:
                return last
            here = self._message(shown.id)
            return here if here.text != now.text else None

        return self._wait(outcome)

    def send(self, name: str, data: bytes) -> Shown:
        """Send a file, and wait for the report."""
        self._last = self.person.send_document(name, data, mime="text/plain")
        return self._settled()

    def until(self, shown: Shown, look: Callable[[Shown], bool]) -> Shown:
        """Wait until a message looks like that."""

        def outcome() -> Shown | None:
            here = self._message(shown.id)
            return here if look(here) else None

        return self._wait(outcome)

    def bubbles(self) -> Iterator[Bubble]:
        """The chat as it stands now."""
        minute = START_MINUTE - 1
        yield Bubble("今天", service=True)
        for shown in self.person.private.messages():
            minute += not shown.by_bot
            document = self.person.world.files[shown.file_id] if shown.file_id else None
            yield Bubble(
                shown.text,
                ours=not shown.by_bot,
                marks=tuple(Mark(e["type"], e["offset"], e["length"]) for e in shown.entities),
                rows=tuple(tuple(button.text for button in row) for row in shown.buttons),
                pressed=self.pressed.get(shown.id, ""),
                clock=f"{minute // 60}:{minute % 60:02d}",
                unfolded=shown.id in self.opened,
                file=(document[0], f"{len(document[1]) / 1024:.1f} KB") if document else None,
            )

    def _settled(self) -> Shown:
        """The first answer below the last message of the person, when its text or buttons are there."""
        after = self._last
        return self._wait(
            self.person.private.first(after, lambda shown: "…" not in shown.text[-1:] or bool(shown.buttons))
        )

    def _message(self, number: int) -> Shown:
        return next(shown for shown in self.person.private.messages() if shown.id == number)

    def _wait(self, look: Callable[[], Shown | None]) -> Shown:
        return self.person.private.block_for(look, PATIENCE)


def main() -> None:
    """Hold the conversation, draw what the client shows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--png", type=Path)
    arguments = parser.parse_args()
    fake = FakeTelegram()
    chat = Conversation(join(fake, 101, "值班员"))
    with tempfile.TemporaryDirectory() as folder, served(fake) as server, _bot(Path(folder), server.base_url):
        hold(chat)
        svg = draw("安讲", "机器人", list(chat.bubbles()))
    PICTURE.write_text(svg, "utf-8")
    sys.stdout.write(chat.person.private.transcript() + "\n")
    if arguments.png:
        command = ["rsvg-convert", "--zoom", "1.5", "-o", str(arguments.png), str(PICTURE)]
        subprocess.run(command, check=True)  # noqa: S603


def hold(chat: Conversation) -> None:
    """Ask, open a source, follow up, ask what nobody spoke about, add a speech and ask about it."""
    first = chat.ask("电梯困人了怎么办")
    chat.press(first, "原文 1")
    chat.ask("那锅炉呢")
    chat.ask("红楼梦的作者是谁")
    report = chat.send(NEW_FILE, NEW_SPEECH.encode())
    rebuilt = chat.press(report, report.labels[0])
    chat.until(rebuilt, lambda shown: bool(shown.entities))
    chat.ask("水库闸门要检查什么")


@contextmanager
def _bot(folder: Path, base_url: str) -> Iterator[None]:
    """The bot over a copy of the examples, from its index to its SIGTERM."""
    copytree(ROOT / "examples" / "speeches", folder / "speeches")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJIANG_")}
    environment = clean | {
        "ANJIANG_ARCHIVE": str(folder / "speeches"),
        "ANJIANG_INDEX": str(folder / "index"),
        "ANJIANG_LANGUAGE": "zh",
        "ANJIANG_TELEGRAM__TOKEN": TOKEN,
        "ANJIANG_TELEGRAM__BASE_URL": base_url,
        "ANJIANG_TELEGRAM__ADMINS": "101",
        "ANJIANG_TELEGRAM__DATABASE": str(folder / "telegram.sqlite"),
        "ANJIANG_TELEGRAM__HEALTH_LISTEN": "off",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "bot"]
    subprocess.run(  # noqa: S603
        [*command, "index"], env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    bot = subprocess.Popen([*command, "bot"], env=environment, cwd=folder)  # noqa: S603
    try:
        yield
    finally:
        bot.terminate()
        bot.wait(15)


if __name__ == "__main__":
    main()
