"""Cross-validation by image prompt and by generator on the small synthetic study."""

from pathlib import Path
from typing import Any

import pytest

from conftest import TINY_CONFIG, Study
from retort_scorer.cross_validation import run_cross_validate
from retort_scorer.atomic_files import read_json_lines
from retort_scorer.errors import StopRequested


def command(study: Study, out: Path, **changes: Any) -> dict[str, Any]:
    return {
        "feature_store": str(study.feature_store),
        "rows": str(study.rows),
        "aspects": ["quality"],
        "out": str(out),
        "folds": 3,
        "config": {**TINY_CONFIG, "epochs": 1},
        **changes,
    }


def run(given: dict[str, Any]) -> dict[str, Any]:
    return run_cross_validate(given, lambda event, **fields: None, lambda: False)


def test_every_row_is_predicted_once_and_never_by_heads_that_saw_its_prompt(study: Study, tmp_path: Path) -> None:
    quality = run(command(study, tmp_path))["aspects"]["quality"]
    rows = {row["sample_name"]: row for row in read_json_lines(study.rows)}
    folds = [read_json_lines(tmp_path / f"quality.{fold}.jsonl") for fold in range(3)]
    prompts = [{rows[line["sample_name"]]["image_prompt"] for line in lines} for lines in folds]
    assert sorted(line["sample_name"] for lines in folds for line in lines) == sorted(rows)
    assert sum(map(len, prompts)) == len(set().union(*prompts))
    assert set(quality["heads"]) == {"scorer", "xlstm", "kernel-ridge", "ridge"}
    assert quality["heads"]["kernel-ridge"]["srcc"] > 0.5
    assert "kernel ridge on the same features" in quality["notes"][0]


def test_a_finished_fold_is_not_fitted_again(study: Study, tmp_path: Path) -> None:
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 15

    with pytest.raises(StopRequested):
        run_cross_validate(command(study, tmp_path), lambda event, **fields: None, stopping)
    first = tmp_path / "quality.0.jsonl"
    before = (first.stat().st_mtime_ns, first.read_bytes())
    assert run(command(study, tmp_path))["aspects"]["quality"]["heads"]["scorer"]["n"] == 72
    assert (first.stat().st_mtime_ns, first.read_bytes()) == before


def test_a_generator_that_is_left_out_is_held_out_with_its_settings(study: Study, tmp_path: Path) -> None:
    result = run(command(study, tmp_path, by="generator", config={"heads": ["ridge"], "members": ["ridge"]}))
    assert result["aspects"]["quality"]["heads"]["ridge"]["n"] == 72
    lines = [line for path in sorted(tmp_path.glob("*.jsonl")) for line in read_json_lines(path)]
    assert {line["held_out"].partition(",")[0] for line in lines} == {"generator 0", "generator 1"}
