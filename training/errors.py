"""The one error of the training tools."""

from __future__ import annotations


class TrainingError(Exception):
    """A file or a setting that a person must change; the text is one line and names it."""
