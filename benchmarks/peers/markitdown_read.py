"""Read every file of a folder with markitdown, as its documentation does; run with its own environment.

usage: python markitdown_read.py FOLDER TEXTS.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from markitdown import MarkItDown


def main() -> None:
    folder, out = map(Path, sys.argv[1:3])
    converter = MarkItDown(enable_plugins=False)
    texts = {}
    for path in sorted(folder.iterdir()):
        try:
            texts[path.name] = converter.convert(str(path)).text_content
        except Exception as error:  # noqa: BLE001 - what a user would see for this file
            texts[path.name] = ""
            print(f"{path.name}: {type(error).__name__}", file=sys.stderr)
    out.write_text(json.dumps(texts, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
