"""From features of images and image prompts to a MOS and its interval an aspect, many rows at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from .checkpoint import AspectScorer, Checkpoint
from .feature_store import Features
from .feature_table import build_feature_table
from .fit_config import ASPECTS_OF_PROMPT
from .fit_report import prediction_interval
from .fit_rows import MOS_RANGE


@dataclass(frozen=True)
class Prediction:
    """What the scorer says of one image in one aspect: MOS on 0–5 and its 90 % interval, None where there is none."""

    predicted_mos: float
    low: float | None
    high: float | None


def score_rows(checkpoint: Checkpoint, rows: Sequence[tuple[Features, Features | None]]) -> list[dict[str, Prediction]]:
    """Predict every aspect of every row; those about the image prompt only where a row has one.

    Args:
        rows: features of an image, and of its image prompt or None. They are in memory together.
    Returns:
        a dictionary a row, by aspect in the checkpoint's order; which other rows there are changes a MOS by rounding alone.
    """
    with_text = [place for place, (_, text) in enumerate(rows) if text is not None]
    by_place: list[dict[str, Prediction]] = [{} for _ in rows]
    for aspect, scorer in checkpoint.aspects.items():
        places = with_text if aspect in ASPECTS_OF_PROMPT else range(len(rows))
        predictions = _predict(scorer, [rows[place] for place in places])
        for place, prediction in zip(places, predictions, strict=True):
            by_place[place][aspect] = prediction
    return by_place


@torch.no_grad()
def _predict(scorer: AspectScorer, rows: Sequence[tuple[Features, Features | None]]) -> list[Prediction]:
    if not rows:
        return []
    found = []
    for raw in scorer.predict(build_feature_table(rows)).double().clamp(*MOS_RANGE).tolist():
        interval = prediction_interval(raw, scorer.half_width)
        found.append(Prediction(raw, interval["low"], interval["high"]))
    return found
