"""legacy_protocol.py: the paper's protocol, val = test, marked wherever its figures stand."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY_CONFIG, Study
from retort_scorer.atomic_files import read_json_lines
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.errors import ConfigError
from retort_scorer.fit import run_fit
from retort_scorer.fit_rows import read_fit_rows, reason_to_skip
from retort_scorer.study import split_places

CONFIG = {**TINY_CONFIG, "epochs": 2, "num_seeds": 1, "heads": ["xlstm"], "members": ["xlstm"]}


def fit(study: Study, out: Path, **changes: Any) -> dict[str, Any]:
    command = study.fit_command(out, aspects=["quality"], config=CONFIG, **changes)
    return run_fit(command, lambda event, **fields: None, lambda: False)


def test_test_rows_choose_the_epoch_and_every_other_row_is_trained_on(study: Study) -> None:
    rows = read_fit_rows(study.rows)
    ours, legacy = split_places(rows), split_places(rows, legacy=True)
    assert legacy["val"].tolist() == legacy["test"].tolist() == ours["test"].tolist()
    assert sorted(legacy["train"]) == sorted([*ours["train"], *ours["val"]])


def test_everything_made_so_is_marked(study: Study, tmp_path: Path) -> None:
    fit(study, tmp_path, protocol="legacy")
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["protocol"].startswith("legacy: val = test")
    assert metrics["aspects"]["quality"]["n"] == {"train": 60, "val": 12, "test": 12}
    assert read_checkpoint(tmp_path / "scorer.safetensors").header["protocol"] == "legacy"
    lines = read_json_lines(tmp_path / "predictions.jsonl")
    assert {line["split"] for line in lines} == {"test"}
    assert len({(line["sample_name"], line["head"]) for line in lines}) == len(lines)
    best = max(read_json_lines(tmp_path / "history.jsonl"), key=lambda line: line["val_srcc"] + line["val_plcc"])
    # The epoch's val figure is the test figure: that is what the mark is about.
    assert metrics["aspects"]["quality"]["heads"]["xlstm"]["srcc"] == pytest.approx(best["val_srcc"])


def test_it_needs_no_val_rows(study: Study) -> None:
    rows = [row for row in read_fit_rows(study.rows) if row.split != "val"]
    assert reason_to_skip(rows, "quality", legacy=True) is None
    assert reason_to_skip(rows, "quality") == "0 rated image prompts in val for quality, 2 are needed"


def test_it_has_to_be_written_out(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="protocol is 'paper', expected 'legacy'"):
        fit(study, tmp_path, protocol="paper")
