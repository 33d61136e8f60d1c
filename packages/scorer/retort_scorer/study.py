"""Loads the rows of a fit with their features, and reduces these on train rows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from .descriptions import Descriptions
from .encoders.encoder import EncoderSpec
from .feature_table import FeatureTable, load_feature_table
from .fit_heads import Places, Study
from .fit_rows import FitRow, read_fit_rows
from .heads.head_inputs import HeadInputs
from .heads.level_reduction import fit_level_reduction


def load_rated_rows(rows_path: Path, aspects: Sequence[str]) -> list[FitRow]:
    """The rows rated in one of ``aspects`` or more."""
    return [row for row in read_fit_rows(rows_path) if any(aspect in row.mos for aspect in aspects)]


def load_features(feature_store: Path, encoder: EncoderSpec, rows: Sequence[FitRow]) -> FeatureTable:
    """Features of ``rows``. Raises ScorerError where some are missing."""
    return load_feature_table(
        feature_store, encoder.revisions, [row.feature_key for row in rows], [row.text_key for row in rows]
    )


def build_study(
    rows: Sequence[FitRow],
    table: FeatureTable,
    encoder: EncoderSpec,
    aspects: Sequence[str],
    train: Places,
    descriptions: Descriptions | None = None,
) -> Study:
    """Put rows, inputs and MOS together; the level reduction sees the rows at ``train`` alone."""
    vectors = table.image_vectors
    levels = encoder.levels_of(vectors.shape[1])
    inputs = HeadInputs(table, fit_level_reduction(vectors[torch.from_numpy(train)], levels))
    mos = np.array([[row.mos.get(aspect, np.nan) for aspect in aspects] for row in rows], dtype=np.float64)
    return Study(tuple(aspects), rows, inputs, mos, descriptions or {})


def split_places(rows: Sequence[FitRow], legacy: bool = False) -> dict[str, Places]:
    """Where each split lies in ``rows``; ``legacy`` trains on val as well and takes test for val, as the paper's code does."""
    splits = np.array([row.split for row in rows])
    places = {split: np.flatnonzero(splits == split) for split in ("train", "val", "test")}
    if legacy:
        return {"train": np.flatnonzero(splits != "test"), "val": places["test"], "test": places["test"]}
    return places
