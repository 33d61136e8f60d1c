"""How the C library treats memory that a process has let go of."""

import ctypes
import sys

# glibc's malloc.h
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

KEPT_BYTES = 1 << 30  # free memory at the heap's end that isn't given back
LARGEST_BYTES = 1 << 30  # a block above this one gets a mapping of its own


def keep_freed_memory() -> bool:
    """Keep what is freed for the next allocation, instead of giving it back to the system and asking for it again.

    Tensors of a training step come and go; by default glibc returns many of them, and each page that comes back is a page
    fault. Applies to the whole process, for good.

    Returns:
        Whether it could be set: False where the C library isn't glibc.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_THRESHOLD, LARGEST_BYTES) and mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES))
