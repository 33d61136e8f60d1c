"""95 % intervals of metrics by resampling image prompts: images of one prompt are drawn together, since they are alike.

A resample is a row of counts (how often each image was drawn), and every metric is computed from counts for all
resamples at once: 1,000 resamples of 500 images take a tenth of a second. Where a metric needs a fitted curve the
curve stays the one of the whole set.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

RESAMPLES = 1_000
LEVEL = 0.95
PAIR_ROWS = 512  # of the pairs of rows, held in memory at a time
MIN_PROMPTS = 5  # fewer say nothing about prompts that were not drawn


def resample_counts(image_prompts: Sequence[str], seed: int, resamples: int = RESAMPLES) -> Values:
    """Draw as many image prompts as there are, with replacement; [resamples, images], how often each image came."""
    names, groups = np.unique(np.asarray(image_prompts), return_inverse=True)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(names), size=(resamples, len(names)))
    counts = np.zeros((resamples, len(names)))
    np.add.at(counts, (np.arange(resamples)[:, None], drawn), 1)
    return counts[:, groups]


def interval(values: Values) -> list[float] | None:
    """The central 95 % of finite resampled values; None when more than one in twenty could not be computed."""
    finite = values[np.isfinite(values)]
    if len(finite) < LEVEL * len(values):
        return None
    tail = (1 - LEVEL) / 2
    return [float(edge) for edge in np.quantile(finite, [tail, 1 - tail])]


def plcc_resampled(predicted: Values, mos: Values, counts: Values) -> Values:
    """Pearson's correlation of each resample, [resamples]; NaN where a resample is constant."""
    return _weighted_correlation(np.broadcast_to(predicted, counts.shape), np.broadcast_to(mos, counts.shape), counts)


def srcc_resampled(predicted: Values, mos: Values, counts: Values) -> Values:
    """Spearman's correlation of each resample, ties (also of an image with itself) at their mean rank."""
    return _weighted_correlation(_ranks(predicted, counts), _ranks(mos, counts), counts)


def krcc_resampled(predicted: Values, mos: Values, counts: Values) -> Values:
    """Kendall's tau-b of each resample. Takes n^2 time, and memory for ``PAIR_ROWS`` rows of pairs at a time."""
    agreeing, unequal, differing = (np.zeros(len(counts)) for _ in range(3))
    for start in range(0, len(mos), PAIR_ROWS):
        block = slice(start, start + PAIR_ROWS)
        ours, theirs = (np.sign(np.subtract.outer(values[block], values)).astype(np.float32) for values in (predicted, mos))
        drawn = counts[:, block].astype(np.float32)  # whole numbers far below 2^24: exact, and twice as fast
        for sums, pairs in ((agreeing, ours * theirs), (unequal, np.abs(ours)), (differing, np.abs(theirs))):
            sums += np.einsum("rn,rn->r", drawn @ pairs, counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return agreeing / np.sqrt(unequal * differing)


def rmse_resampled(predicted: Values, mos: Values, counts: Values) -> Values:
    """Root mean square error of each resample, in MOS."""
    return np.sqrt(counts @ (predicted - mos) ** 2 / counts.sum(axis=1))


def mean_resampled(values: NDArray[np.bool_] | Values, counts: Values) -> Values:
    """Mean of each resample: of hits, the share that hits."""
    return counts @ values.astype(np.float64) / counts.sum(axis=1)


def _ranks(values: Values, counts: Values) -> Values:
    _, group = np.unique(values, return_inverse=True)
    sizes = np.zeros((len(counts), group.max() + 1))
    np.add.at(sizes.T, group, counts.T)
    mean_rank = np.cumsum(sizes, axis=1) - (sizes - 1) / 2
    return mean_rank[:, group]


def _weighted_correlation(x: Values, y: Values, weights: Values) -> Values:
    total = weights.sum(axis=1, keepdims=True)
    x = x - (weights * x).sum(axis=1, keepdims=True) / total
    y = y - (weights * y).sum(axis=1, keepdims=True) / total
    covariance, x_square, y_square = ((weights * part).sum(axis=1) for part in (x * y, x * x, y * y))
    with np.errstate(invalid="ignore", divide="ignore"):
        constant = (x_square < 1e-18) | (y_square < 1e-18)
        return np.where(constant, np.nan, covariance / np.sqrt(x_square * y_square))
