"""Makes the scans beside this file: `python -m tests.data.formats.make_scans`, with a Chinese font installed.

The words are in `scanned.txt`, one paragraph a line.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.retrieval.readers.scans import Paper, print_pages, spoiled

HERE = Path(__file__).parent
A5 = Paper(150, size=12.0, sides=(148.0, 210.0), margins=(18.0, 22.0), head="松岭安全通讯", titles=3)


def main() -> None:
    lines = (HERE / "scanned.txt").read_text("utf-8").splitlines()
    pages = print_pages(lines, A5)
    pages[0].save(HERE / "scan.pdf", save_all=True, append_images=pages[1:], resolution=150, quality=25)
    fax = [page.point(lambda level: 255 if level > 140 else 0).convert("1") for page in pages]
    fax[0].save(HERE / "fax.tif", save_all=True, append_images=fax[1:], compression="group4", dpi=(150, 150))
    worn = spoiled(pages[0], angle=1.4, noise=14, blur=0.6)
    worn.save(HERE / "worn.jpg", quality=20)
    last = pages[1].resize((pages[1].width * 4 // 5, pages[1].height * 4 // 5), Image.Resampling.LANCZOS)
    last.rotate(90, expand=True).quantize(8).save(HERE / "sideways.png", optimize=True)


if __name__ == "__main__":
    main()
