"""Logging, set up once by a program's edge; every other module only asks for its own logger."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TextIO

from config.redaction import redact

__all__ = ["configure_logging"]

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)

# They log every address, and the bot's token is part of an address.
_ADDRESS_LOGGERS = ("httpx", "httpcore", "httpx2", "httpcore2")

# One logs whole batches of updates that it can't read, the other requests with all that is in them, and what
# people write is nobody's business.
_TALKATIVE_LOGGERS = ("telegram.ext.ExtBot", "openai")


def configure_logging(verbosity: int, stream: TextIO, secrets: Iterable[str] = ()) -> None:
    """Sends all log records to ``stream``, without secrets.

    May be called again, for example when the settings (and with them the secrets) are known; the handler of
    the earlier call is replaced, handlers of others stay.

    Args:
        verbosity: 0 for warnings and errors, 1 adds information, 2 or more adds debugging.
        stream: usually standard error.
        secrets: texts that are masked wherever they occur; see ``Settings.secrets``.
    """
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _Handler):
            root.removeHandler(handler)
    root.addHandler(_Handler(stream, tuple(secrets)))
    root.setLevel(_LEVELS[max(0, min(verbosity, len(_LEVELS) - 1))])
    for name in _ADDRESS_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _TALKATIVE_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _Handler(logging.StreamHandler[TextIO]):
    def __init__(self, stream: TextIO, secrets: tuple[str, ...]) -> None:
        super().__init__(stream)
        formatter = logging.Formatter(_FORMAT)
        self.setFormatter(formatter)
        self.addFilter(_Redaction(secrets, formatter))


class _Redaction(logging.Filter):
    """Masks secrets in the message, its arguments, the traceback and the stack of a record."""

    def __init__(self, secrets: tuple[str, ...], formatter: logging.Formatter) -> None:
        super().__init__()
        self._secrets = secrets
        self._formatter = formatter

    def filter(self, record: logging.LogRecord) -> bool:
        # Arguments are filled in first: half of a secret may stand in the template.
        record.msg = redact(record.getMessage(), self._secrets)
        record.args = None
        if record.exc_info:
            record.exc_text = redact(self._formatter.formatException(record.exc_info), self._secrets)
        if record.stack_info:
            record.stack_info = redact(record.stack_info, self._secrets)
        return True
