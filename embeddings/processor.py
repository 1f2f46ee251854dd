"""What this machine's processor computes fast."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

_CPUINFO: Final = Path("/proc/cpuinfo")


@functools.cache
def multiplies_bfloat16_fast(cpuinfo: Path = _CPUINFO) -> bool:
    """Whether products in bfloat16 take clearly less time than in float32.

    So it is with AMX, with AMD's AVX-512 and with ARM's extension. Intel's AVX-512 alone has the instruction,
    too, at half the rate: on a processor of 2023 products of 512 times 384 by 1,536 took 1.7 times as long as
    in float32. Where nothing is told (any system but Linux), the answer is no.

    Args:
        cpuinfo: the kernel's description of the processor.
    """
    try:
        lines = cpuinfo.read_text("utf-8", "replace").partition("\n\n")[0].splitlines()
    except OSError:
        return False
    told = {key.strip(): value.split() for key, _, value in (line.partition(":") for line in lines)}
    flags = {*told.get("flags", ()), *told.get("Features", ())}
    is_amd = told.get("vendor_id") == ["AuthenticAMD"]
    return bool({"amx_bf16", "bf16"} & flags) or (is_amd and "avx512_bf16" in flags)
