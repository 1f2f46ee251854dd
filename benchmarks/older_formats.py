"""Doc, rtf and odt of LibreOffice against the Word files that they are made of, beside other libraries.

``pip install legacy-doc==0.2.1 striprtf==0.0.35`` where theirs are wanted; LibreOffice must be installed.

    python -m benchmarks.older_formats
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable

from tests.retrieval.readers.random_office import alike, converted, lines_alike

FILES = 30


def libraries() -> dict[str, tuple[str, Callable[[bytes], str]]]:
    found: dict[str, tuple[str, Callable[[bytes], str]]] = {}
    with contextlib.suppress(ImportError):
        extract = importlib.import_module("legacy_doc.api").extract_text
        found["legacy-doc"] = "doc", lambda data: str(extract(data).text)
    with contextlib.suppress(ImportError):
        plain = importlib.import_module("striprtf.striprtf").rtf_to_text
        found["striprtf"] = "rtf", lambda data: str(plain(data.decode("latin-1"), errors="ignore"))
    return found


def main() -> None:
    shares: dict[str, list[tuple[float, float]]] = {}
    for ending, wanted, data in converted(range(FILES)):
        own = importlib.import_module(f"retrieval.readers.{ending}").read(data).text
        texts = {ending: own}
        texts |= {name: read(data) for name, (of, read) in libraries().items() if of == ending}
        for name, found in texts.items():
            shares.setdefault(name, []).append((alike(wanted, found), lines_alike(wanted, found)))
    for name, pairs in shares.items():
        characters, lines = (sum(one[at] for one in pairs) / len(pairs) for at in (0, 1))
        print(f"{name:12} characters in order {characters:.4f}  whole lines {lines:.3f}")


if __name__ == "__main__":
    main()
