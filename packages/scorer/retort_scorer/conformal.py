"""Split-conformal intervals: how far a prediction must be widened to hold the MOS nine times in ten."""

import math

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.9
NOTE = (
    "90 % split-conformal half width from the absolute residuals of val, which also chose the epoch (xlstm): "
    "real coverage on new images can be somewhat lower."
)


def conformal_half_width(residuals: NDArray[np.float64], coverage: float = COVERAGE) -> float | None:
    """The ceil((n + 1) * coverage)-th smallest absolute residual, in MOS.

    Returns:
        None when n is too small for this coverage (below 9 at 90 %): no finite width would hold.
    Source: Papadopoulos et al. 2002; Angelopoulos & Bates 2021, section 1.
    """
    n = len(residuals)
    rank = math.ceil((n + 1) * coverage)
    return None if rank > n else float(np.sort(np.abs(residuals))[rank - 1])
