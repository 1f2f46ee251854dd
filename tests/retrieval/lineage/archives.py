"""Small archives and their stores, without vectors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from retrieval.documents.read import read_bytes
from retrieval.index.packed import packed_passage
from retrieval.index.store import Store
from retrieval.index.store_writer import StoreWriter
from retrieval.passages import cut_passages

LABEL = "管行业必须管安全、管业务必须管安全、管生产经营必须管安全"

SPRING = f"""在全市安全生产工作会议上的讲话
市长　周启明
（2021年3月4日）

同志们：
今天我们召开全市安全生产工作会议，任务是部署全年的工作。
一、压实各方面的责任
各部门要落实“三管三必须”（即{LABEL}），把责任扛起来。各县区也一样。
二、把隐患查清楚
查隐患靠专家，改隐患靠业主，哪一家都不能例外，哪一天都不能松劲。
"""

SUMMER = """在全市消防安全会议上的讲话
副市长　邱和
（2023年6月15日）

同志们：
火灾不会挑日子，防火的人也不能挑日子，下面我讲三点意见。
一、把“三管、三必須”落到楼栋
物业、业委会、社区都要有人管，谁的楼谁负责，谁的门谁来看。
二、把“三管三必需”写进考核
年底考核时逐条对照，做不到的一票否决，不讲情面，不留余地。
"""

UNDATED = """在燃气安全会议上的讲话
县长　石开

同志们：
燃气无小事，三管三必须是底线，入户安检一户也不能少，一次也不能拖。
"""

ARCHIVE = {"a/春.txt": SPRING, "b/夏.txt": SUMMER, "c/燃气.txt": UNDATED}


def write_store(folder: Path, files: Mapping[str, str]) -> Path:
    """Read speeches into a store file."""
    path = folder / "passages.sqlite"
    writer = StoreWriter(path)
    for name in sorted(files):
        document = read_bytes(files[name].encode(), name)
        passages = cut_passages(document, lambda texts, limit: [len(text) > limit for text in texts])
        writer.add(document, [*map(packed_passage, passages)])
    writer.finish()
    return path


def open_store(folder: Path, files: Mapping[str, str]) -> Store:
    """The store of some speeches; close it when done."""
    return Store(write_store(folder, files))
