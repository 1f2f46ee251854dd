"""A Milvus Lite in this process, which others reach too, and a connection to it that fails when told to."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from config.settings import MilvusSettings
from retrieval.milvus.server import Server


@contextmanager
def lite_uri(folder: Path) -> Iterator[str]:
    """The address of a server in this process; its data is in ``folder``."""
    from milvus_lite.server_manager import server_manager_instance

    path = str(folder / "lite.db")
    uri = server_manager_instance.start_and_get_uri(path)
    assert uri is not None
    try:
        yield uri
    finally:
        server_manager_instance.release_server(path)


@contextmanager
def lite(folder: Path) -> Iterator[Server]:
    """The same, connected to."""
    with lite_uri(folder) as uri:
        yield Server(MilvusSettings(uri=uri, timeout_seconds=30))


class Line:
    """Passes connections on to a server, until it is cut or held up.

    Attributes:
        uri: the server's address through here.
        is_slow: whether bytes wait until it is False again.
    """

    def __init__(self, uri: str) -> None:
        self._target = (urlsplit(uri).hostname or "", urlsplit(uri).port or 0)
        self._listener = self._listen(0)
        self._port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self.uri = f"http://127.0.0.1:{self._port}"
        self.is_slow = False

    def cut(self) -> None:
        """Close all connections and take no new ones."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def mend(self) -> None:
        """Take connections again, at the same address."""
        self._listener = self._listen(self._port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_slow = False
        self.cut()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(self._target)
                self._open += [here, there]
                threading.Thread(target=self._pass_on, args=(here, there), daemon=True).start()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while True:
                for ready in select.select([here, there], [], [])[0]:
                    data = ready.recv(1 << 16)
                    while self.is_slow:
                        time.sleep(0.01)
                    if not data:
                        raise OSError
                    (there if ready is here else here).sendall(data)
        for each in (here, there):
            each.close()
