"""trained_on.py: a checkpoint knows which images and image prompts it has seen, and no others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY_CONFIG, Study
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.fit import run_fit
from retort_scorer.fit_rows import FitRow, read_fit_rows
from retort_scorer.trained_on import TrainedOn, describe_training, read_trained_on
from test_predict import write_scorer

FLOOR = {**TINY_CONFIG, "heads": ["ridge"], "members": ["ridge"]}


def fitted(study: Study, out: Path, **changes: Any) -> TrainedOn:
    """What the checkpoint of a fit says of itself."""
    run_fit(study.fit_command(out, aspects=["quality"], config=FLOOR, **changes), lambda event, **fields: None, lambda: False)
    found = read_checkpoint(out / "scorer.safetensors").trained_on
    assert found is not None
    return found


def seen(trained_on: TrainedOn, rows: list[FitRow]) -> set[str]:
    """Splits of the rows that are known by image and by image prompt."""
    by_image = {row.sample_name for row in rows if trained_on.has_image(row)}
    by_prompt = {row.sample_name for row in rows if trained_on.has_image_prompt(row)}
    assert by_image == by_prompt
    return {row.split for row in rows if row.sample_name in by_image}


def test_train_and_val_rows_are_known_and_test_rows_are_new(study: Study, tmp_path: Path) -> None:
    rows = read_fit_rows(study.rows)
    found = fitted(study, tmp_path)
    assert seen(found, rows) == {"train", "val"}
    assert sum(found.has_image(row) for row in rows) == sum(row.split != "test" for row in rows)
    assert found.generators == {"generator 0", "generator 1"}


@pytest.mark.parametrize("marks", [{"refit": "all"}, {"protocol": "legacy"}])
def test_a_refit_and_the_legacy_protocol_have_seen_test_rows_as_well(study: Study, tmp_path: Path, marks: dict[str, str]) -> None:
    assert seen(fitted(study, tmp_path, **marks), read_fit_rows(study.rows)) == {"train", "val", "test"}


def test_an_image_prompt_is_known_in_any_case_and_spacing_and_rows_of_other_aspects_are_not_seen() -> None:
    row = FitRow("a", "sha256:a", "A  red Fox", "m", None, "train", {"quality": 1.0})
    found = describe_training([row, replace(row, image_prompt="a boat", mos={"correspondence": 1.0})], ["quality"], {})
    assert found.has_image_prompt(replace(row, image_hash="sha256:b", image_prompt=" a red fox "))
    assert not found.has_image_prompt(replace(row, image_prompt="a boat"))
    assert not found.has_image_prompt(replace(row, image_prompt=None)) and found.has_image(replace(row, image_prompt=None))


def test_a_generator_is_new_only_where_both_sides_are_known() -> None:
    row = FitRow("a", "sha256:a", "fox", "m", None, "train", {"quality": 1.0})
    known, unknown = describe_training([row], ["quality"], {}), describe_training([replace(row, generator=None)], ["quality"], {})
    other = replace(row, generator="n")
    assert not known.may_have_generator(other) and known.may_have_generator(row)
    assert unknown.may_have_generator(other) and known.may_have_generator(replace(row, generator=None))


def test_it_is_read_as_it_was_written_and_older_checkpoints_say_nothing(tmp_path: Path) -> None:
    row = FitRow("a", "sha256:a", None, None, None, "train", {"quality": 1.0})
    found = describe_training([row], ["quality"], {})
    assert read_trained_on({"trained_on": found.describe()}, found.tensors()) == found
    assert read_checkpoint(write_scorer(tmp_path / "scorer.safetensors")).trained_on is None
