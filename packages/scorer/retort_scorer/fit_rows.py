"""The rows of a fit: samples with their split and MOS, read from JSON lines and checked once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .atomic_files import read_json_lines, sha256_text
from .errors import ScorerError

SPLITS = ("train", "val", "test")
MOS_RANGE = (0.0, 5.0)
# Shared with the pipeline, which says so before it fetches PyTorch.
_LIMITS = json.loads((Path(__file__).resolve().parents[1] / "fit-limits.json").read_text(encoding="utf-8"))
MIN_TRAIN_ROWS: int = _LIMITS["min_train_rows"]
MIN_PROMPTS: int = _LIMITS["min_prompts"]  # in val and in test each


@dataclass(frozen=True)
class FitRow:
    """A rated sample."""

    sample_name: str
    image_hash: str
    image_prompt: str | None
    generator: str | None
    generator_setting: str | None
    split: str
    mos: Mapping[str, float]  # by aspect, on the 0–5 scale
    features: str | None = None  # where they hang on more than the image: its conversation, a student
    descriptions: Mapping[str, str] = field(default_factory=dict)  # by aspect: key of the teacher's text; train rows alone

    @property
    def prompt_group(self) -> str:
        """What splits, resampling and the floor go by: the image prompt, or the image itself where it has none."""
        return self.image_hash if self.image_prompt is None else self.image_prompt

    @property
    def setting(self) -> str | None:
        """The generator setting, or the generator where no setting of it is known."""
        return self.generator if self.generator_setting is None else self.generator_setting

    @property
    def feature_key(self) -> str:
        """Names the image's features in the store."""
        return self.features or self.image_hash

    @property
    def text_key(self) -> str | None:
        return None if self.image_prompt is None else sha256_text(self.image_prompt)


def read_fit_rows(path: Path) -> list[FitRow]:
    """Read and check ``path``.

    Raises:
        ScorerError: a field is missing or impossible, or a sample stands there twice; names the row.
    """
    rows = [_fit_row(path, number, raw) for number, raw in enumerate(read_json_lines(path), start=1)]
    names = [row.sample_name for row in rows]
    if len(set(names)) < len(names):
        raise ScorerError(f"{path} has a sample_name twice: each sample is one row.")
    return rows


def reason_to_skip(rows: Sequence[FitRow], aspect: str, legacy: bool = False) -> str | None:
    """Why ``aspect`` can't be fitted on these rows; None when it can. ``legacy`` trains on val and needs none (legacy_protocol)."""
    rated = [row for row in rows if aspect in row.mos]
    train_splits, judging_splits = (("train", "val"), ("test",)) if legacy else (("train",), ("val", "test"))
    train = sum(row.split in train_splits for row in rated)
    if train < MIN_TRAIN_ROWS:
        return f"{train} rated train rows for {aspect}, {MIN_TRAIN_ROWS} are needed"
    for split in judging_splits:
        prompts = {row.prompt_group for row in rated if row.split == split}
        if len(prompts) < MIN_PROMPTS:
            return f"{len(prompts)} rated image prompts in {split} for {aspect}, {MIN_PROMPTS} are needed"
    if len({row.mos[aspect] for row in rated if row.split in train_splits}) == 1:
        return f"all train MOS for {aspect} are equal"
    return None


def _fit_row(path: Path, number: int, raw: Mapping[str, Any]) -> FitRow:
    where = f"{path} row {number}"
    try:
        row = FitRow(
            sample_name=str(raw["sample_name"]),
            image_hash=str(raw["image_hash"]),
            image_prompt=_text(raw.get("image_prompt")),
            generator=_text(raw.get("generator")),
            generator_setting=_text(raw.get("generator_setting")),
            split=str(raw["split"]),
            mos={str(aspect): float(value) for aspect, value in raw["mos"].items() if value is not None},
            features=_text(raw.get("feature_key")),
            descriptions={str(aspect): str(key) for aspect, key in raw.get("descriptions", {}).items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScorerError(f"{where} lacks a field or has one of the wrong kind ({type(error).__name__}: {error}).") from error
    if row.split not in SPLITS:
        raise ScorerError(f"{where} has the split {row.split!r}, expected one of {', '.join(SPLITS)}.")
    if row.descriptions and row.split != "train":
        raise ScorerError(f"{where} has descriptions and the split {row.split}: leave them out, they are for train rows alone.")
    for aspect, value in row.mos.items():
        if not MOS_RANGE[0] <= value <= MOS_RANGE[1]:
            raise ScorerError(f"{where} has the {aspect} MOS {value}, expected 0 to 5: map the dataset's scale first.")
    return row


def _text(value: object) -> str | None:
    return None if value is None else str(value)
