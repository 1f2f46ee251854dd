"""Everything a person can set, typed, and where each value comes from.

A value is looked for on the command line, in the environment (``ANJIANG_TELEGRAM__TOKEN``), in ``.env``
and in ``anjiang.toml``; the first one that has it wins, and defaults fill the rest.

The *project folder* is the folder of the settings file, or the current folder when there is none; ``.env``
lies there. Relative paths in the two files, and relative defaults, count from there: a service started from
``/`` with ``--config /srv/speeches/anjiang.toml`` finds the same index as a person working in that folder.
Relative paths from the environment and the command line count from the current folder, as in any shell.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError

from config.errors import SettingsError
from config.fields import (
    Flag,
    Ids,
    Listen,
    Location,
    Proxy,
    Secret,
    Text,
    Threads,
    Url,
    WebhookSecret,
    number,
    one_of,
)
from config.sources import Entry, Origin, OriginKind, printable, read_sources

__all__ = [
    "Backend",
    "EmbeddingSettings",
    "LanguageChoice",
    "LlmSettings",
    "MilvusSettings",
    "RetrievalSettings",
    "Settings",
    "TelegramSettings",
    "load_settings",
]

_PATH_KEYS = ("archive", "index", "embedding.cache", "retrieval.calibration", "telegram.database")
_MODEL_KEYS = ("embedding.model", "embedding.adapter")
_ADAPTER_SUFFIX = ".safetensors"  # a word without it is no file: "default", "none"
_LITE_KEY, _LITE_SUFFIX = "milvus.uri", ".db"  # anything else is the address of a server


class LanguageChoice(enum.StrEnum):
    """The language of messages; AUTO asks the locale and is Chinese unless that says English."""

    AUTO = "auto"
    ZH = "zh"
    EN = "en"


class Backend(enum.StrEnum):
    """What holds passages, vectors and terms: files on this machine, or a Milvus server."""

    FAISS = "faiss"
    MILVUS = "milvus"


class _Table(BaseModel):
    # Fields with repr=False are addresses, which may hold a password.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class EmbeddingSettings(_Table):
    """Which model turns text into vectors.

    Attributes:
        model: "default", a folder or a hub id of a SentenceTransformer.
        adapter: "default" (the one that comes with the default model; none for any other model), "none" or a
            .safetensors file.
        cache: prepared models and vectors; shared by all archives of a user, because both are expensive.
        threads: CPU threads for encoding; 0 lets the runtime choose.
    """

    model: Text = "default"
    adapter: Text = "default"
    cache: Location = Field(default_factory=lambda: platformdirs.user_cache_path("anjiang"))
    threads: Threads = 0


class RetrievalSettings(_Table):
    """How passages are looked for, and whether they answer.

    Attributes:
        backend: what holds passages, vectors and terms.
        cross_encoder: whether question and found words are read together before an answer is given; without
            it more questions are answered that the archive does not treat.
        calibration: a file that `anjiang calibrate` wrote, which says when to answer; unless set, the one
            that comes with the project.
    """

    backend: Annotated[Backend, one_of(Backend)] = Backend.FAISS
    cross_encoder: Flag = True
    calibration: Location | None = None


class TelegramSettings(_Table):
    """The bot: its token, the Bot API server, who may do what, and where it keeps its state.

    Attributes:
        admins, readers: numeric ids of users or chats (chats are negative), without repeats.
        proxy: what requests to Telegram go through, http, https, socks5 or socks5h; none unless set.
        webhook_url: the public https address that a proxy passes on to ``webhook_listen``; unless set the
            bot polls.
        webhook_secret: what Telegram then says with each request; a new one at each start unless set.
        health_listen: HOST:PORT of ``/healthz`` and ``/metrics``, or "off".
        send_originals: whether readers may have the source files.
        rate_per_minute, daily_budget: questions of one person; 0 means no limit.
        max_open: questions of one chat that may wait at a time.
        deadline_seconds: how long one search may take.
    """

    token: Secret | None = None
    base_url: Url = Field(default="https://api.telegram.org/bot", repr=False)
    admins: Ids = ()
    readers: Ids = ()
    database: Location = Path(".anjiang/telegram.sqlite")
    proxy: Proxy | None = Field(default=None, repr=False)
    webhook_url: Url | None = None
    webhook_listen: Listen = "127.0.0.1:8443"
    webhook_secret: WebhookSecret | None = None
    health_listen: Listen = "127.0.0.1:8088"
    send_originals: Flag = True
    rate_per_minute: Annotated[int, number(0, 1000)] = 20
    daily_budget: Annotated[int, number(0, 1_000_000)] = 500
    max_open: Annotated[int, number(1, 100)] = 5
    deadline_seconds: Annotated[int, number(1, 600)] = 20


class LlmSettings(_Table):
    """A chat-completions server that may word answers; none unless ``base_url`` and ``model`` are set.

    Attributes:
        timeout_seconds: how long one request may take, its answer included; an answer takes one or two.
        rewrite_seconds: how long other words for a question are waited for, after its quotes are shown; 0
            means that none are asked for.
        daily_budget: questions in a day that the model is asked about, of one person: the account that runs
            the terminal, whoever asks in Telegram; 0 means no limit.
    """

    base_url: Url | None = Field(default=None, repr=False)
    model: Text | None = None
    api_key: Secret | None = None
    timeout_seconds: Annotated[int, number(1, 600)] = 30
    rewrite_seconds: Annotated[int, number(0, 60)] = 2
    daily_budget: Annotated[int, number(0, 1_000_000)] = 200


class MilvusSettings(_Table):
    """The Milvus server for archives beyond one machine; none unless set.

    Attributes:
        uri: of a server or cluster, its database behind the port; or a file that ends in .db, which Milvus
            Lite keeps in this process.
        token: the key of the server, or USER:PASSWORD.
        timeout_seconds: how long one call may take; a question makes about ten.
    """

    uri: Text | None = Field(default=None, repr=False)
    token: Secret | None = None
    timeout_seconds: Annotated[int, number(1, 600)] = 10


class Settings(_Table):
    """All settings. Built directly it reads nothing from outside; :func:`load_settings` does.

    Attributes:
        archive: the folder of speeches. No default: guessing the current folder could index a home folder.
        index: the folder of the index. Beside the project by default, so that each archive has its own and
            deleting the folder leaves nothing behind.
        language: of messages.
    """

    archive: Location | None = None
    index: Location = Path(".anjiang/index")
    language: Annotated[LanguageChoice, one_of(LanguageChoice)] = LanguageChoice.AUTO
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    llm: LlmSettings = Field(default_factory=LlmSettings)
    milvus: MilvusSettings = Field(default_factory=MilvusSettings)

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be printed or logged, passwords inside addresses included."""
        return tuple(text for key in KEYS for text in _secrets_in(self.value(key)))

    def value(self, key: str) -> object:
        """A setting's value by its dotted key."""
        value: object = self
        for name in key.split("."):
            value = getattr(value, name)
        return value

    def origin(self, key: str) -> Origin:
        """Where it came from."""
        return self._origins.get(key, Origin(OriginKind.DEFAULT))


def load_settings(path: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings in force.

    Args:
        path: a settings file; without it ``anjiang.toml`` in the current folder, if there is one.
        overrides: values from the command line by dotted key; None means that the option was not given.

    Raises:
        SettingsError: a file can't be read, a key is unknown or a value is not allowed.
    """
    base, entries = read_sources(path, overrides or {}, KEYS)
    for key, default in _DEFAULT_PATHS.items():
        entries.setdefault(key, Entry(key, default, Origin(OriginKind.DEFAULT), key, base))
    values: dict[str, Any] = {}
    for key, entry in entries.items():
        table, _, name = key.rpartition(".")
        (values.setdefault(table, {}) if table else values)[name] = _anchored(entry)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _refusal(error, entries) from None  # its text is many lines long
    settings._origins.update({key: entry.origin for key, entry in entries.items()})
    return settings


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


KEYS = tuple(_keys(Settings))
"""All settings, dotted, in the order in which they are declared."""

_DEFAULT_PATHS = {
    "index": Settings.model_fields["index"].default,
    "telegram.database": TelegramSettings.model_fields["database"].default,
}


def _anchored(entry: Entry) -> object:
    """The entry's value, a relative path joined to the folder that it counts from."""
    if entry.key not in (*_PATH_KEYS, *_MODEL_KEYS, _LITE_KEY) or not isinstance(entry.value, str | Path):
        return entry.value
    text = str(entry.value).strip()
    if entry.key in _PATH_KEYS:
        return entry.base / os.path.expanduser(text) if text else text  # noqa: PTH111 -- Path's raises
    if entry.key == _LITE_KEY:
        return str(entry.base / os.path.expanduser(text)) if text.endswith(_LITE_SUFFIX) else text  # noqa: PTH111
    # A model is a hub id unless it is written like a path; absolute, because "./e5" would become "e5".
    is_path = text.startswith((".", "~")) or text.endswith(_ADAPTER_SUFFIX)
    return os.path.abspath(entry.base / os.path.expanduser(text)) if is_path else text  # noqa: PTH100, PTH111


def _secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str) and "@" in value and (password := urlsplit(value).password):
        yield password


def _refusal(error: ValidationError, entries: Mapping[str, Entry]) -> SettingsError:
    first = error.errors(include_url=False, include_input=False)[0]
    entry = entries[".".join(map(str, first["loc"]))]
    return SettingsError(
        f"settings.{first['type']}",
        place=entry.place,
        setting=entry.key,
        value=printable(entry.value),
        **first.get("ctx", {}),
    )
