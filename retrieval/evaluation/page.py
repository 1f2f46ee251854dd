"""A page of HTML that needs nothing else.

It asks nothing of the network and runs no script; a policy in its head forbids both. Whatever comes from
documents, questions and file names is escaped, control characters are shown as U+FFFD, and writing direction
can not leak out of a text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from config.messages import Language

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2329;--faint:#68727d;--line:#d9dee3;--paper:#fff;--soft:#f5f7f9;
--accent:#0b6bcb;--warn:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--faint:#98a2ad;--line:#3a424a;--paper:#15191d;
--soft:#1e2429;--accent:#6cb2ff;--warn:#ff8a80}}
body{margin:0 auto;padding:1.5rem;max-width:62rem;color:var(--ink);background:var(--paper);
font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.2rem}h3{font-size:1rem;margin:.2rem 0}
.faint,td small{color:var(--faint)}.warn{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse}
th,td{padding:.3rem .7rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}td small{display:block;font-size:.75rem}
.curves{display:flex;flex-wrap:wrap;gap:1.5rem}.curves figure{margin:0;flex:1 1 20rem}
figcaption{font-size:.85rem;color:var(--faint)}
svg{width:100%;max-width:26rem}.grid{stroke:var(--line);stroke-width:.6}.axis{stroke:var(--faint)}
.guide{stroke:var(--faint);stroke-dasharray:4 4}.curve{fill:none;stroke:var(--accent);stroke-width:2}
.mark{fill:var(--accent);fill-opacity:.75}.label{fill:var(--faint);font-size:11px;text-anchor:middle}
article{margin:1rem 0;padding:.8rem 1rem;background:var(--soft);border-left:4px solid var(--warn)}
article p,article li,blockquote{overflow-wrap:anywhere}article h4{margin:.7rem 0 .2rem;font-size:.85rem;
color:var(--faint)}blockquote{margin:.2rem 0;padding-left:.8rem;border-left:2px solid var(--line);
white-space:pre-wrap}ol{margin:.2rem 0;padding-left:1.6rem}bdi{unicode-bidi:isolate}
"""


def whole_page(title: str, body: str, language: Language) -> str:
    """The page; title and body are HTML already."""
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language is Language.ZH else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f'<link rel="icon" href="data:,"><title>{title}</title><style>{_STYLE}</style></head><body>\n'
        f"<h1>{title}</h1>\n{body}</body></html>\n"
    )


def safe(text: str) -> str:
    """Foreign text as HTML."""
    return f"<bdi>{html.escape(_HIDDEN.sub(chr(0xFFFD), text))}</bdi>"


def table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    lines = ["".join(f"<th>{cell}</th>" for cell in head)]
    lines += ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table></div>"
