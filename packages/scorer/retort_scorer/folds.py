"""Partitions for cross-validation: folds by image prompt, and one text-to-image model left out at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import ScorerError
from .image_prompt import normalise_image_prompt, text_key

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """One turn of a cross-validation: where its train and test rows lie, and what is held out."""

    name: str
    train: Places
    test: Places


def prompt_folds(image_prompts: Sequence[str], folds: int, seed: int) -> Places:
    """The fold of each row, 0 to ``folds`` - 1: all rows of an image prompt are in one, and folds are alike in rows.

    Prompts with many rows are placed first, each into the fold with the fewest rows so far; among prompts of one size the order
    is a hash of seed and prompt. The order of the rows changes nothing.

    Args:
        image_prompts: [n]; those that differ in case or white space alone are one prompt.
    Raises:
        ScorerError: fewer than two folds, or fewer prompts than folds.
    """
    groups = [normalise_image_prompt(prompt) for prompt in image_prompts]
    sizes: dict[str, int] = defaultdict(int)
    for group in groups:
        sizes[group] += 1
    if folds < 2 or len(sizes) < folds:
        raise ScorerError(f"{len(sizes)} image prompts can't make {folds} folds: 2 or more, each with a prompt or more.")
    rows, fold_of = [0] * folds, {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], text_key(f"{seed} {group}"), group)):
        fold = min(range(folds), key=lambda fold: (rows[fold], fold))
        fold_of[group] = fold
        rows[fold] += sizes[group]
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def folds_within(image_prompts: Sequence[str], folds: int) -> Places | None:
    """``prompt_folds`` of train rows, as many as there are prompts where those are fewer; None for a single prompt."""
    count = min(folds, len({normalise_image_prompt(prompt) for prompt in image_prompts}))
    return prompt_folds(image_prompts, count, seed=0) if count > 1 else None


def fold_parts(fold_of: Places) -> Iterator[Part]:
    """Each fold as test, all others as train."""
    for fold in range(int(fold_of.max()) + 1):
        yield Part(f"fold {fold + 1}", np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold))


def generator_parts(generators: Sequence[str | None], fold_of: Places | None = None) -> Iterator[Part]:
    """Each text-to-image model as test, all other models as train; its settings stay together.

    Args:
        generators: [n], the model and not its setting (AGIQA-3K has six models in ten settings). Rows without one take no part:
            they may be of the model held out.
        fold_of: [n], of ``prompt_folds``: test is then the model's rows of one fold and train the other models' rows of the
            others, so that neither model nor image prompt of a test row was trained on. None: prompts are shared with train.
    Raises:
        ScorerError: fewer than two generators are known.
    """
    names = np.array([name or "" for name in generators])
    models = sorted(set(names) - {""})
    if len(models) < 2:
        raise ScorerError(f"{len(models)} generators are known: leaving one out needs two or more.")
    for model in models:
        ours, others = names == model, (names != model) & (names != "")
        if fold_of is None:
            yield Part(model, np.flatnonzero(others), np.flatnonzero(ours))
            continue
        for fold in range(int(fold_of.max()) + 1):
            test, train = np.flatnonzero(ours & (fold_of == fold)), np.flatnonzero(others & (fold_of != fold))
            if len(test) > 0 and len(train) > 0:
                yield Part(f"{model}, fold {fold + 1}", train, test)
