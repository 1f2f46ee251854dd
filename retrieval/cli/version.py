"""Which version this is."""

from __future__ import annotations

UNKNOWN = "0"


def version_text() -> str:
    """Name and version of the installed program."""
    return f"anjiang {installed_version('anjiang') or UNKNOWN}"


def installed_version(package: str) -> str | None:
    """Version of an installed package; None when it is not installed."""
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
