"""Kernel ridge regression on global image vectors: the reference that a neural head on the same features should beat.

The image kernel is exp(-gamma * D), D the mean over the network's stages of squared distances, each divided by its
median on train: so no stage drowns the others. With texts it is multiplied by 1 + exp(-|t - t'|^2): alike images
under alike prompts count twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

GAMMAS = (0.3, 1.0, 2.0)
ALPHAS = (0.03, 0.1, 0.3, 1.0)
FOLDS = 5
MAX_TRAIN_ROWS = 6_000  # 0.3 GB a matrix; above it an even choice of rows is taken


@dataclass(frozen=True)
class KernelRidge:
    """A fitted reference. ``gamma`` and ``alpha`` come from cross-validation by image prompt within train."""

    gamma: float
    alpha: float
    predicted: Values  # one a row that was given, train rows among them


def fit_kernel_ridge(
    vectors: Values, levels: Sequence[int], texts: Values | None, mos: Values, train: NDArray[np.int64], prompts: Sequence[str]
) -> KernelRidge:
    """Fit on the ``train`` rows and predict all rows.

    Args:
        vectors: [n, sum of levels]; ``levels`` are the widths of its parts.
        texts: [n, 384], each of length 1 (zero where there is none), or None to look at the image alone.
        mos: [n]; only those of ``train`` are read.
        train: indices of the train rows.
        prompts: a row's image prompt: rows of one prompt stay in one fold.
    """
    if len(train) > MAX_TRAIN_ROWS:
        train = train[np.linspace(0, len(train) - 1, MAX_TRAIN_ROWS).astype(np.int64)]
    distances = _stage_distances(vectors, levels, train)  # [n, train]
    likeness = None if texts is None else 1 + np.exp(-_squared_distances(texts, texts[train]))
    folds = _folds([prompts[row] for row in train])
    best: tuple[float, float, float] | None = None
    for gamma in GAMMAS:
        kernel = _kernel(distances[train], gamma, None if likeness is None else likeness[train])
        for alpha in ALPHAS:
            error = _cross_validated_error(kernel, mos[train], folds, alpha)
            if best is None or error < best[0]:
                best = (error, gamma, alpha)
    assert best is not None  # the grids above are not empty
    _, gamma, alpha = best
    kernel = _kernel(distances, gamma, likeness)
    return KernelRidge(gamma, alpha, _solve(kernel[train], mos[train], alpha, kernel))


def _stage_distances(vectors: Values, levels: Sequence[int], train: NDArray[np.int64]) -> Values:
    total, start = np.zeros((len(vectors), len(train))), 0
    for width in levels:
        part = vectors[:, start : start + width]
        part = (part - part[train].mean(axis=0)) / (part[train].std(axis=0) + 1e-6)
        distances = _squared_distances(part, part[train])
        total += distances / max(float(np.median(distances[train])), 1e-12)
        start += width
    return total / len(levels)


def _squared_distances(left: Values, right: Values) -> Values:
    squares = np.square(left).sum(axis=1)[:, None] + np.square(right).sum(axis=1)[None]
    return np.maximum(squares - 2 * left @ right.T, 0)


def _kernel(distances: Values, gamma: float, likeness: Values | None) -> Values:
    kernel = np.exp(-gamma * distances)
    return kernel if likeness is None else kernel * likeness


def _folds(prompts: Sequence[str]) -> NDArray[np.int64]:
    """A fold number a row; prompts are dealt in the order of their first row, so nothing is drawn by chance."""
    order = {prompt: place for place, prompt in enumerate(dict.fromkeys(prompts))}
    return np.array([order[prompt] % FOLDS for prompt in prompts])


def _cross_validated_error(kernel: Values, mos: Values, folds: NDArray[np.int64], alpha: float) -> float:
    total = 0.0
    for fold in np.unique(folds):
        held, kept = folds == fold, folds != fold
        if not kept.any():
            return float(np.var(mos))
        predicted = _solve(kernel[np.ix_(kept, kept)], mos[kept], alpha, kernel[np.ix_(held, kept)])
        total += float(np.square(predicted - mos[held]).sum())
    return total / len(mos)


def _solve(kernel: Values, mos: Values, alpha: float, to_predict: Values) -> Values:
    mean = mos.mean()
    weights = np.linalg.solve(kernel + alpha * np.eye(len(kernel)), mos - mean)
    return to_predict @ weights + mean
