"""The Milvus server that the settings name: every call, with a deadline, its trouble told in one line."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import numpy as np

from config.errors import (
    AnjiangError,
    ExtraNotInstalledError,
    IndexDamagedError,
    ServerError,
    SettingsError,
)
from config.redaction import redact
from config.settings import MilvusSettings
from embeddings.types import FloatArray, IntArray
from retrieval.milvus.names import ALIAS, RECORD, RECORD_BYTES, ROW, TERMS, VECTOR

MOST: Final = 16_384
"""Most rows of one answer, as Milvus allows."""

LITE_SUFFIX: Final = ".db"
"""How an address ends that is a file: Milvus Lite then runs inside this process."""

_FETCHED = 1_000  # rows fetched at once: with a vector of 384 floats each 1.5 MB
_MISSING = (100, 1600)
"""What Milvus answers where there is no such collection or alias; Lite says 100 for both."""
_UNREACHABLE, _UNREACHABLE_KEY = 2, "milvus.unreachable"
_TROUBLES = (_UNREACHABLE_KEY, "milvus.slow", "milvus.failed")
_PAUSES = (0.3, 1.0)
"""Seconds before a call is repeated where the server can't be reached: gRPC itself waits for a second before
it connects again, and a question shall survive a connection that was lost."""
_WRITE_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""The same for what is written, whatever the trouble was: 15 s in all, in which a server restarts."""
_LOUD = ("pymilvus", "grpc", "milvus_lite")
"""They log every error with its stack, and what was asked with it; errors are told by whoever asked."""
_REASON = 160  # characters of a reason that are told

T = TypeVar("T")
Row = Mapping[str, Any]


class NoCollectionError(IndexDamagedError):
    """A collection is not there any more; to a reader that is a generation without its files."""


class Server:
    """A connection. Safe to use from several threads; it connects again by itself.

    Attributes:
        calls: how many were made so far, repeated ones counted once.

    Every call raises `ServerError` where the server can't be reached, takes too long or refuses, and
    `NoCollectionError` where a collection is missing.
    """

    def __init__(self, settings: MilvusSettings) -> None:
        """Connect; see `connect`."""
        if settings.uri is None:
            raise SettingsError("milvus.no_uri")
        self._uri = settings.uri
        self._token = settings.token.get_secret_value() if settings.token else ""
        self._seconds = settings.timeout_seconds
        self.calls = 0
        self._package = _package()
        self._client: Any = None
        self._client = self._guarded(
            lambda: self._package.MilvusClient(uri=self._uri, token=self._token, timeout=self._seconds)
        )

    @property
    def address(self) -> str:
        """Where the server is, without a password."""
        return redact(self._uri)

    @property
    def is_lite(self) -> bool:
        """Whether it runs in this process, over a file."""
        return self._uri.endswith(LITE_SUFFIX)

    def current(self) -> str | None:
        """The collection that `ALIAS` stands for; None where there is no alias yet."""
        try:
            return str(self._call("describe_alias", ALIAS)["collection_name"])
        except NoCollectionError:
            return None

    def switch(self, collection: str) -> None:
        """Have `ALIAS` stand for another collection, in one step."""
        method = "create_alias" if self.current() is None else "alter_alias"
        self._call(method, collection, ALIAS)

    def collections(self) -> list[str]:
        """The names of all collections."""
        return list(self._call("list_collections"))

    def create(self, collection: str, dim: int, properties: Mapping[str, str], *, lexical: bool) -> None:
        """Make a collection of vectors, with records and terms where it is ``lexical``."""
        kind = self._package.DataType
        schema = self._package.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        index = self._package.MilvusClient.prepare_index_params()
        schema.add_field(ROW, kind.INT64, is_primary=True)
        schema.add_field(VECTOR, kind.FLOAT_VECTOR, dim=dim)
        index.add_index(VECTOR, index_type="FLAT", metric_type="IP")
        if lexical:
            schema.add_field(RECORD, kind.VARCHAR, max_length=RECORD_BYTES)
            schema.add_field(TERMS, kind.SPARSE_FLOAT_VECTOR)
            index.add_index(TERMS, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        self._call(
            "create_collection",
            collection,
            schema=schema,
            index_params=index,
            consistency_level="Bounded",
            properties=dict(properties),
        )

    def properties(self, collection: str) -> Mapping[str, str]:
        """What a collection was made with."""
        return dict(self._call("describe_collection", collection).get("properties", {}))

    def drop(self, collection: str) -> None:
        """Remove a collection; one that is gone already does no harm."""
        self._call("drop_collection", collection)

    def load(self, collection: str) -> None:
        """Have a collection ready to be read."""
        self._call("load_collection", collection)

    def count(self, collection: str) -> int:
        """How many rows there are, everything that was ever confirmed included."""
        found = self._call(
            "query", collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
        )
        return int(found[0]["count(*)"])

    def upsert(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows over those of the same key; patiently."""
        self._write("upsert", collection, [dict(row) for row in rows])

    def flush(self, collection: str) -> None:
        """Have everything that was written on the server's disks; patiently."""
        self._write("flush", collection)

    def search(
        self, collection: str, field: str, queries: Sequence[object], limit: int, within: str = ""
    ) -> list[tuple[IntArray, FloatArray]]:
        """The rows with the highest inner product, for each query rows and products, best first.

        Args:
            collection: where to look.
            field: `VECTOR` or `TERMS`.
            queries: vectors of the kind of the field.
            limit: most rows for each, up to `MOST`.
            within: a filter expression; "" for all rows.
        """
        found = self._call(
            "search",
            collection,
            data=list(queries),
            anns_field=field,
            limit=limit,
            filter=within,
            output_fields=[ROW],
            search_params={"metric_type": "IP"},
        )
        return [
            (
                np.asarray([hit[ROW] for hit in hits], np.int64),
                np.asarray([hit["distance"] for hit in hits], np.float32),
            )
            for hits in found
        ]

    def fetch(self, collection: str, rows: Iterable[int], fields: Sequence[str]) -> Iterator[Row]:
        """Some rows by their keys, in any order; those that are not there are left out."""
        keys = list(rows)
        for start in range(0, len(keys), _FETCHED):
            yield from self._call(
                "get", collection, ids=keys[start : start + _FETCHED], output_fields=[ROW, *fields]
            )

    def _call(self, method: str, *values: Any, **named: Any) -> Any:
        """Call a method of the client; again where the server can't be reached."""
        return self._repeated(_PAUSES, (_UNREACHABLE_KEY,), method, *values, **named)

    def _write(self, method: str, *values: Any) -> None:
        """The same, again for longer and whatever the trouble is."""
        self._repeated(_WRITE_PAUSES, _TROUBLES, method, *values)

    def _repeated(
        self, pauses: Sequence[float], troubles: Sequence[str], method: str, *values: Any, **named: Any
    ) -> Any:
        """Every call may be repeated: rows are written by their keys."""
        self.calls += 1
        call = functools.partial(getattr(self._client, method), *values, timeout=self._seconds, **named)
        for pause in pauses:
            try:
                return self._guarded(call)
            except ServerError as error:
                if error.key not in troubles:
                    raise
                time.sleep(pause)
        return self._guarded(call)

    def _guarded(self, call: Callable[[], T]) -> T:
        import grpc  # noqa: PLC0415 -- comes with pymilvus

        try:
            return call()
        except self._package.MilvusException as error:
            raise self._told(error.code, error.message) from None  # its text may hold the address
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                raise ServerError("milvus.slow", address=self.address, seconds=self._seconds) from None
            raise self._told(_UNREACHABLE, error.details()) from None

    def _told(self, code: object, reason: str) -> AnjiangError:
        lines = redact(reason, (self._uri, self._token)).strip().splitlines() or [""]
        values = {"address": self.address, "reason": lines[0][:_REASON]}
        if code in _MISSING:
            return NoCollectionError("milvus.gone", **values)
        if self._client is None and self.is_lite:
            return ServerError("milvus.file_failed", **values)
        if self._client is None or code == _UNREACHABLE:
            return ServerError(_UNREACHABLE_KEY, **values)
        return ServerError("milvus.failed", **values)


@functools.cache
def connect(settings: MilvusSettings) -> Server:
    """The server that the settings name, one connection a process.

    Raises:
        ExtraNotInstalledError: the packages are missing.
        SettingsError: no server is named.
        ServerError: it can't be reached.
    """
    return Server(settings)


def _package() -> Any:
    try:
        import pymilvus  # noqa: PLC0415 -- seconds of import, and an extra
    except ImportError:
        raise ExtraNotInstalledError("milvus.not_installed") from None
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return pymilvus
