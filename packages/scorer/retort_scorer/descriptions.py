"""The teacher's descriptions of train rows as a second thing for a network to learn: known while it trains, never when it predicts.

A network that has to tell from its pooled vector what the teacher wrote about an image may find features that its MOS alone
wouldn't show it (privileged information: Vapnik & Vashist 2009). A description is the vector of its text, made by the text encoder.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from .encoders.encoder import EncoderSpec
from .errors import ConfigError
from .feature_store import FeatureStore
from .fit_config import FitConfig
from .fit_rows import FitRow
from .heads.level_reduction import SD_FLOOR

# By aspect: vectors of descriptions [n, E], fp32, NaN where a row has none.
Descriptions = Mapping[str, Tensor]


def require_descriptions(rows: Sequence[FitRow], aspects: Sequence[str], config: FitConfig) -> None:
    """Raises ConfigError where ``config`` wants descriptions and no row has one of an aspect."""
    for aspect in aspects if config.description_weight > 0 else ():
        if not any(aspect in row.descriptions for row in rows):
            raise ConfigError(
                f"config member description_weight is {config.description_weight}, but none of the {len(rows)} rows has a description "
                f"of {aspect}: fit a run whose teacher has described its images, or set description_weight to 0."
            )


def load_descriptions(
    feature_store: Path, encoder: EncoderSpec, rows: Sequence[FitRow], aspects: Sequence[str], config: FitConfig
) -> Descriptions:
    """What ``rows`` have of descriptions; empty, and nothing is read, where ``config`` doesn't want them.

    Raises:
        ScorerError: vectors are missing: encode has to run first.
    """
    if config.description_weight == 0:
        return {}
    store = FeatureStore(feature_store, encoder.revisions.text)
    return {aspect: _vectors(store, [row.descriptions.get(aspect) for row in rows]) for aspect in aspects}


def _vectors(store: FeatureStore, keys: Sequence[str | None]) -> Tensor:
    """[n, E], fp32, NaN where a row has no description; E is 0 where none has."""
    places = [place for place, key in enumerate(keys) if key is not None]
    if not places:
        return torch.zeros(len(keys), 0)
    known = store.stack_vectors([key for key in keys if key is not None]).float()
    vectors = torch.full((len(keys), known.shape[1]), torch.nan)
    vectors[places] = known
    return vectors


def description_targets(descriptions: Descriptions, aspects: Sequence[str], train: Tensor) -> Tensor | None:
    """Standardised vectors of the rows at ``train`` [n], those of ``aspects`` side by side: [n, A * E]; None without any."""
    if not descriptions:
        return None
    vectors = torch.cat([descriptions[aspect][train] for aspect in aspects], dim=1)
    known = ~vectors.isnan()
    counts = known.sum(dim=0).clamp_min(1)
    mean = vectors.nan_to_num().sum(dim=0) / counts
    centred = vectors - mean
    sd = (centred.nan_to_num().square().sum(dim=0) / counts).sqrt()
    return centred / sd.clamp_min(SD_FLOOR)


def description_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Mean squared error of [B, T] over what is not NaN in ``target``; 0 where all is."""
    known = ~target.isnan()
    errors = torch.where(known, predicted - target.nan_to_num(), 0.0)
    return errors.square().sum() / known.sum().clamp_min(1)
