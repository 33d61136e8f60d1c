"""Which rows of a dataset a checkpoint can be judged on, and whether its predictor can be trained on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .errors import NothingToEvaluateError
from .fit_config import ASPECTS_OF_PROMPT
from .fit_rows import MIN_TRAIN_ROWS, FitRow
from .folds import fold_parts, prompt_folds


@dataclass(frozen=True)
class Folds:
    """How the rows are divided by image prompt when the predictor is trained anew."""

    count: int
    seed: int


def judgeable(row: FitRow, aspects: Iterable[str]) -> FitRow:
    """The row with its MOS of ``aspects`` alone, without those about an image prompt where it has none."""
    kept = [aspect for aspect in aspects if row.image_prompt is not None or aspect not in ASPECTS_OF_PROMPT]
    return replace(row, mos={aspect: row.mos[aspect] for aspect in kept if aspect in row.mos})


def common_aspects(predicted: Iterable[str], rows: Sequence[FitRow]) -> list[str]:
    """Those of ``predicted`` that at least one row can be judged in. Raises NothingToEvaluateError where there is none."""
    aspects = list(predicted)
    common = [aspect for aspect in aspects if any(aspect in judgeable(row, aspects).mos for row in rows)]
    if not common:
        rated = sorted({aspect for row in rows for aspect in row.mos})
        lack = ", but no image prompt with them" if set(rated) & set(aspects) else ""
        raise NothingToEvaluateError(
            f"The checkpoint predicts {' and '.join(aspects)}, the dataset has ratings of {' and '.join(rated) or 'nothing'}{lack}: "
            "name a dataset that is rated in what the checkpoint predicts."
        )
    return common


def require_trainable(rows: Sequence[FitRow], aspect: str, folds: Folds) -> None:
    """Raises NothingToEvaluateError where a fold of these rows has too little to train a predictor of ``aspect`` on."""
    rated = [row for row in rows if aspect in row.mos]
    groups = [row.prompt_group for row in rated]
    mend = "take fewer folds, or leave out --train-predictor"
    if len(set(groups)) < folds.count:
        raise NothingToEvaluateError(f"{len(set(groups))} image prompts rated in {aspect} can't make {folds.count} folds: {mend}.")
    fewest = min(len(part.train) for part in fold_parts(prompt_folds(groups, folds.count, folds.seed)))
    if fewest < MIN_TRAIN_ROWS:
        raise NothingToEvaluateError(
            f"A fold would train on {fewest} rows rated in {aspect}, {MIN_TRAIN_ROWS} are needed: leave out --train-predictor."
        )
    if len({row.mos[aspect] for row in rated}) == 1:
        raise NothingToEvaluateError(f"All MOS for {aspect} are equal, nothing can be trained on them: leave out --train-predictor.")
