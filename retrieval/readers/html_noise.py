"""Which lines of a page are menus, link lists and the like: by their links and by their company."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.readers.html_blocks import Block

_LINKED = 0.6
"""Share of a line's characters that are links from which it is one."""

_PROSE = 40
"""Characters of a line with a full stop from which it is a paragraph."""

_LABEL = 20
"""Most characters of a line that may head a list of links: 相关阅读, 热点专题."""

_SENTENCE_ENDS = tuple("。！？；：”…")


def find_noise(blocks: Sequence[Block], title: str) -> list[bool]:
    """Whether each line is noise; none is where nothing else would be left.

    Args:
        blocks: the lines of a page.
        title: of the page, which may be a link to itself.
    """
    noise = [block.chrome or _is_linked(block, title) for block in blocks]
    prose = [i for i, block in enumerate(blocks) if not noise[i] and _is_prose(block)]
    if not prose:
        return noise if not all(noise) else [False] * len(blocks)
    for i in range(len(blocks) - 2, -1, -1):
        text = blocks[i].text.strip()
        is_label = len(text) <= _LABEL and not text.endswith(_SENTENCE_ENDS)
        if i > prose[-1] and is_label and all(noise[i + 1 : i + 3]):
            noise[i] = True
    return noise


def _is_linked(block: Block, title: str) -> bool:
    text = "".join(block.text.split())
    return block.linked >= _LINKED * max(1, len(text)) and text != "".join(title.split())


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and "。" in block.text
