"""The metadata-only floor: what one reaches knowing how an image was made, without looking at it.

The same definition as the audit's finding ``metadata-floor`` (packages/corpus): the same rows give the same predictions.
By folds and not by leaving out the image's own prompt alone, since then the lower a row's own MOS, the higher the mean of
the others, which orders the rows of a setting backwards.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .image_prompt import normalise_image_prompt, text_key
from .words import word_of

FOLDS = 5

SCORES = (
    "a row's prediction is the mean MOS of its setting over the image prompts of the other folds, "
    f"{FOLDS} folds by image prompt, rows of every split"
)
DEFINITION = (
    f"metadata only, no pixels, no text: {SCORES}. Its figures stand on the heads' test rows; those on all rated rows are the "
    "audit's. Its word is the one that the mean falls in; the commonest word is the one that the setting has most often in the "
    "same rows, the lower of two that are level."
)


@dataclass(frozen=True)
class Floor:
    """What the metadata say of each row; None where they say nothing.

    ``words`` are numbers of words, 0 (bad) to 4 (excellent). ``reason`` says why there is no floor at all.
    """

    mos: Sequence[float | None]
    words: Sequence[int | None]
    reason: str | None


def predict_floor(
    generator_settings: Sequence[str | None], image_prompts: Sequence[str | None], mos: Sequence[float]
) -> Floor:
    """Predict each row from its generator setting's rows in the other folds.

    Rows without a setting or without an image prompt take no part, as in the audit.
    """
    known = [
        None if setting is None or prompt is None else (setting, normalise_image_prompt(prompt))
        for setting, prompt in zip(generator_settings, image_prompts, strict=True)
    ]
    rows = [None if row is None else (row[0], text_key(row[1]) % FOLDS) for row in known]
    reason = _reason(*(len({row[part] for row in known if row is not None}) for part in (0, 1)))
    if reason is not None:
        return Floor([None] * len(rows), [None] * len(rows), reason)
    cells: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    words: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    for row, value in zip(rows, mos, strict=True):
        if row is not None:
            for sums in (totals[row[0]], cells[row]):
                sums[0] += value
                sums[1] += 1
            for fold in range(FOLDS):
                if fold != row[1]:
                    words[row[0], fold][word_of(value)] += 1
    means = {row: _mean(totals[row[0]], cells[row]) for row in cells}
    return Floor(
        [None if row is None else means[row] for row in rows],
        [None if row is None else _commonest(words[row]) for row in rows],
        None,
    )


def _reason(settings: int, prompts: int) -> str | None:
    if settings == 0:
        return "no generator setting and image prompt is known for any image"
    if settings == 1:
        return "all images are of one generator setting"
    if prompts < FOLDS:
        return f"{prompts} image prompts with a generator setting, {FOLDS} folds need as many"
    return None


def _mean(total: Sequence[float], own: Sequence[float]) -> float | None:
    others = total[1] - own[1]
    return None if others == 0 else (total[0] - own[0]) / others


def _commonest(counts: Counter[int]) -> int | None:
    return min(counts, key=lambda word: (-counts[word], word), default=None)
