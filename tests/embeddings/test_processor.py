"""Whether bfloat16 is worth it, told from the kernel's description of the processor."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.processor import multiplies_bfloat16_fast


@pytest.mark.parametrize(
    ("described", "fast"),
    [
        ("vendor_id\t: AuthenticAMD\nflags\t\t: fpu avx512f avx512_bf16", True),
        ("vendor_id\t: AuthenticAMD\nflags\t\t: fpu avx512f avx512_vnni", False),
        ("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx512f avx512_bf16 avx512_vnni", False),
        ("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx512_bf16 amx_bf16 amx_tile", True),
        ("BogoMIPS\t: 50.00\nFeatures\t: fp asimd bf16 i8mm", True),
        ("BogoMIPS\t: 50.00\nFeatures\t: fp asimd", False),
        ("", False),
    ],
)
def test_bfloat16_is_fast_where_it_has_units_of_its_own(described: str, fast: bool, tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\n{described}\n\nprocessor\t: 1\nflags\t: amx_bf16\n", "utf-8")
    assert multiplies_bfloat16_fast(cpuinfo) is fast


def test_where_nothing_is_told_it_is_not_fast(tmp_path: Path) -> None:
    assert not multiplies_bfloat16_fast(tmp_path / "none")
