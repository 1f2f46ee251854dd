"""The error tree: one base class, and one subclass for each thing a caller can do about it.

An error carries a message key and its values, not a finished sentence: the edge that shows it chooses
the language. ``str(error)`` is the English text.
"""

from __future__ import annotations

from config.messages import Language, message


class AnjiangError(Exception):
    """Anything that a person can act on. The command line prints it as one line.

    Args:
        key: a key of the message catalogue, such as ``"index.missing"``.
        **values: what the message names: which file, which value, which command to run. A value may be
            another error: its text then stands inside this one, in the same language.
    """

    exit_code = 1

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, language: Language) -> str:
        """The message in one language: what happened, which value, what to do next."""
        inner = {
            name: value.text(language) if isinstance(value, AnjiangError) else value
            for name, value in self.values.items()
        }
        return message(self.key, language, **inner)

    def __str__(self) -> str:
        return self.text(Language.EN)


class UsageError(AnjiangError):
    """The request itself is wrong: an empty question, a flag that does not fit. Exit code 2."""

    exit_code = 2


class SettingsError(AnjiangError):
    """A settings file or environment variable holds an unknown key or a bad value."""

    exit_code = 2


class ExtraNotInstalledError(AnjiangError):
    """An optional package is needed; the message names the install command."""


class ModelUnavailableError(AnjiangError):
    """The encoder can't be had: which, why, what to set."""


class ArchiveError(AnjiangError):
    """The archive folder is missing or can't be read."""


class DocumentError(AnjiangError):
    """One file can't be read as a speech. A rebuild reports it and goes on."""


class MetadataError(AnjiangError):
    """The file of corrections is damaged or says what can't be meant; a rebuild stops there."""


class IndexMissingError(AnjiangError):
    """There is no index yet; the message names the command that builds it."""


class IndexMismatchError(AnjiangError):
    """The index was built by another format version or another encoder."""


class IndexDamagedError(AnjiangError):
    """A file of the index is missing or its checksum does not hold."""


class IndexBusyError(AnjiangError):
    """Another rebuild of the same index is running."""


class IndexWriteError(AnjiangError):
    """The index could not be written (disk full, read-only). The old generation stays in force."""


class ServerError(AnjiangError):
    """A server that the settings name can't be reached, is too slow, or refuses what is asked."""


class FontMissingError(AnjiangError):
    """No font of this machine has the characters of a picture; the message names what to install."""


class StateError(AnjiangError):
    """The bot's database can't be used: which file, why."""


class BotError(AnjiangError):
    """The bot can't run: its token is missing or refused, or another bot uses it."""
