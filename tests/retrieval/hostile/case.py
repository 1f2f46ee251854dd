"""One file that means harm, or has come to harm, and what a rebuild must make of it."""

from __future__ import annotations

from dataclasses import dataclass

READ = "read"
"""The file is taken in: what is wrong with it does not touch its words."""

MEMBERS = "members"
"""The file is opened; what it holds has lines of its own."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and its outcomes.

    Attributes:
        name: in the archive.
        data: the whole file.
        outcomes: keys of the catalogue's area "documents", ``READ`` or ``MEMBERS``; any of them is right.
    """

    name: str
    data: bytes
    outcomes: tuple[str, ...]


def hostile(name: str, data: bytes | str, *outcomes: str) -> Hostile:
    """A case; text is encoded as UTF-8."""
    return Hostile(name, data.encode() if isinstance(data, str) else data, outcomes)


def words(subject: str) -> str:
    """A short speech with a subject of its own, so that no two cases hold the same."""
    return (
        f"在{subject}安全工作会议上的讲话\n\n同志们：\n"
        f"今天开会，是要把{subject}的安全工作再落一落。\n"
        f"一、{subject}的隐患要查清楚\n"
        f"各单位本周内把{subject}的隐患逐处登记，写明责任人和整改期限，查完当天上报。\n"
        f"二、{subject}的责任要落到人\n"
        f"谁的岗位谁负责，{subject}出了问题先问带班领导，再问值班人员，不许互相推诿。\n"
    )
