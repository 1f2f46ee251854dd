"""A Milvus Lite in this process, and one that other processes reach."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from config.settings import MilvusSettings
from retrieval.milvus.server import Server


@contextmanager
def lite(folder: Path) -> Iterator[Server]:
    """A server in this process; its data is in ``folder``."""
    from milvus_lite.server_manager import server_manager_instance

    path = str(folder / "lite.db")
    try:
        yield Server(MilvusSettings(uri=path, timeout_seconds=30))
    finally:
        server_manager_instance.release_server(path)


class LiteProcess:
    """A server in a process of its own, which can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = ["-u", "-m", "milvus_lite", "server", "--data-dir", str(self._folder / "data")]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert "listening" in self._process.stdout.readline()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
