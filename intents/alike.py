"""Lets a training come to the same numbers on every machine of a kind, to be called before numpy loads.

Sums of many small numbers end otherwise by a last bit when they are added in another order, which libraries
choose by the processor; thousands of steps make of it what turns a sentence at the edge of acting. What is
trained is therefore reckoned in the way that all x86 processors of the last ten years have.
"""

import os
from pathlib import Path

_PROCESSOR = Path("/proc/cpuinfo")
#: for the library of products, and the newer ways that numpy itself would take where it can
_PRODUCTS = ("OPENBLAS_CORETYPE", "Haswell")
_NEWER = ("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL AVX512_SPR")


def reckon_alike(processor: Path = _PROCESSOR) -> None:
    """Chooses that way for this process, where its processor has it and nobody has chosen another."""
    if not processor.exists():
        return
    flags = processor.read_text(encoding="utf-8", errors="replace").split()
    if not {"avx2", "fma"} <= {*flags}:
        return
    os.environ.setdefault(*_PRODUCTS)
    if any(flag.startswith("avx512") for flag in flags):
        os.environ.setdefault(*_NEWER)
