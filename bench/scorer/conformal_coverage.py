"""Coverage of conformal intervals on image prompts, and on generators, that were held out.

    PYTHONPATH=packages/scorer python bench/scorer/conformal_coverage.py AGIQA-3K-FOLDER [SPLITS]

Needs the packages of packages/scorer/requirements.txt. Features are the statistics of luma gradients at four scales, the head
is kernel ridge with fixed parameters: quick, and worse than the scorer (its SRCC is printed). One split: a fifth of the prompts
is held out, out-of-fold residuals of the rest (5 folds by prompt) calibrate, and the model of all the rest predicts.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import linalg, stats

from retort_scorer.conformal import conformal_half_width, covered
from retort_scorer.folds import fold_parts, generator_parts, prompt_folds

ASPECTS = {"quality": "mos_quality", "correspondence": "mos_align"}
QUANTILES = (0.25, 0.5, 0.75, 0.95)
ALPHA = 0.03  # ridge, and bandwidth of the kernel below: the first ones tried
BANDWIDTH = 2.0


def statistics_of(path: Path) -> list[float]:
    image = np.asarray(Image.open(path).convert("YCbCr").resize((256, 256)), dtype=np.float32) / 255
    luma, found = image[..., 0], [*image.mean(axis=(0, 1)), *image.std(axis=(0, 1))]
    for _ in range(4):
        for axis in (0, 1):
            slope = np.abs(np.diff(luma, axis=axis))
            found += [np.log(slope.mean() + 1e-5), slope.std(), *np.log(np.quantile(slope, QUANTILES) + 1e-4)]
        luma = luma.reshape(luma.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
    return found


def predict(kernel: np.ndarray, mos: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    level = mos[train].mean()
    weights = linalg.solve(kernel[np.ix_(train, train)] + ALPHA * np.eye(len(train)), mos[train] - level, assume_a="pos")
    return np.clip(kernel[np.ix_(test, train)] @ weights + level, 0, 5)


def out_of_fold(kernel: np.ndarray, mos: np.ndarray, prompts: np.ndarray, train: np.ndarray, seed: int) -> np.ndarray:
    residuals = np.empty(len(train))
    for part in fold_parts(prompt_folds(prompts[train].tolist(), 5, seed)):
        test = train[part.test]
        residuals[part.test] = mos[test] - predict(kernel, mos, train[part.train], test)
    return residuals


def main(folder: Path, splits: int) -> None:
    with (folder / "data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    features = np.array([statistics_of(folder / "images" / row["name"]) for row in rows])
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    squares = (features**2).sum(axis=1)
    distance = squares[:, None] + squares[None, :] - 2 * features @ features.T
    kernel = np.exp(-np.maximum(distance, 0) / (BANDWIDTH * features.shape[1]))
    prompts = np.array([row["prompt"] for row in rows])
    generators = [row["name"].split("_")[0] for row in rows]
    for aspect, column in ASPECTS.items():
        mos = np.clip([float(row[column]) for row in rows], 0, 5)
        found = [one_split(kernel, mos, prompts, seed) for seed in range(splits)]
        names = ("SRCC", "half width", "coverage by prompt", "coverage by row")
        for name, values in zip(names, np.array(found).T, strict=True):
            spread = f"SD {values.std(ddof=1):.3f}, {values.min():.3f} to {values.max():.3f}"
            print(f"{aspect}: {name}: mean {values.mean():.3f}, {spread}")
        for part in generator_parts(generators):
            residuals = out_of_fold(kernel, mos, prompts, part.train, 1)
            width = conformal_half_width(residuals, prompts[part.train].tolist())
            share = covered(mos[part.test] - predict(kernel, mos, part.train, part.test), width)
            print(f"{aspect}: {part.name} held out: coverage {share:.3f} (n {len(part.test)})")


def one_split(kernel: np.ndarray, mos: np.ndarray, prompts: np.ndarray, seed: int) -> tuple[float, float, float, float]:
    part = next(fold_parts(prompt_folds(prompts.tolist(), 5, 100 + seed)))
    residuals = out_of_fold(kernel, mos, prompts, part.train, seed)
    by_prompt, by_row = conformal_half_width(residuals, prompts[part.train].tolist()), conformal_half_width(residuals)
    predicted = predict(kernel, mos, part.train, part.test)
    errors = mos[part.test] - predicted
    srcc = stats.spearmanr(predicted, mos[part.test]).statistic
    return float(srcc), by_prompt, covered(errors, by_prompt), covered(errors, by_row)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
