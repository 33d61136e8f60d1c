"""tune.py, tune_setting.py, tune_space.py: settings are compared on train rows alone, and everything tried is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Study
from retort_scorer import exclusive_lock
from retort_scorer.atomic_files import read_json_lines
from retort_scorer.check_config import run_check_settings
from retort_scorer.errors import ConfigError, ScorerError, StopRequested
from retort_scorer.fit_config import parse_config
from retort_scorer.tune import run_tune
from retort_scorer.tune_space import CHOICES, RANGES, expand_settings

TINY = {"d_model": 8, "num_blocks": 2, "num_heads": 2, "epochs": 1, "batch_size": 16, "num_seeds": 1}
FLOOR = {"heads": ["ridge"], "members": ["ridge"]}


def tune(study: Study, out: Path, stopping: Any = lambda: False, **changes: Any) -> dict[str, Any]:
    command = {
        **{"feature_store": str(study.feature_store), "rows": str(study.rows), "aspects": ["quality"]},
        **{"out": str(out), "folds": 3, "threads": 1, "settings": [FLOOR, {**TINY, "heads": ["xlstm"], "members": ["xlstm"]}]},
    }
    return run_tune({**command, **changes}, lambda event, **fields: None, stopping)


def without_seconds(path: Path) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if name != "seconds"} for line in read_json_lines(path)]


def poisoned(study: Study, folder: Path) -> Study:
    """The study with MOS of val and test that say nothing, and with features of their images that aren't there."""
    lines = []
    for number, row in enumerate(read_json_lines(study.rows)):
        if row["split"] != "train":
            row |= {"mos": {"quality": float(number % 2) * 5}, "image_hash": f"sha256:{number:064x}"}
        lines.append(row)
    path = folder / "poisoned.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return Study(study.feature_store, path)


@pytest.fixture(scope="module")
def out(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two settings tried."""
    folder = tmp_path_factory.mktemp("tuned")
    tune(study, folder)
    return folder


def test_a_line_a_setting_says_what_was_tried_and_what_came_out(out: Path) -> None:
    first, second = read_json_lines(out / "tried.jsonl")
    assert (first["number"], second["number"]) == (1, 2)
    assert first["changes"] == FLOOR and parse_config(first["config"]).heads == ("ridge",)
    quality = first["aspects"]["quality"]
    assert quality["n"] == 44  # the rated train rows
    scorer = quality["heads"]["scorer"]
    assert len(scorer["folds"]) == 3 and all(-1 <= fold["srcc"] <= 1 and -1 <= fold["plcc"] <= 1 for fold in scorer["folds"])
    assert first["score"] == pytest.approx((scorer["srcc"] + scorer["plcc"]) / 2)
    assert first["score"] > 0.5 and first["seconds"] >= 0


def test_the_best_one_is_a_config_that_a_fit_takes(out: Path) -> None:
    tried = read_json_lines(out / "tried.jsonl")
    best = max(tried, key=lambda line: line["score"])
    config = json.loads((out / "best.json").read_text())
    assert parse_config(config).to_json() == best["config"]


def test_neither_mos_nor_images_of_val_and_test_are_looked_at(study: Study, out: Path, tmp_path: Path) -> None:
    tune(poisoned(study, tmp_path), tmp_path / "tuned")
    assert without_seconds(tmp_path / "tuned" / "tried.jsonl") == without_seconds(out / "tried.jsonl")


def test_a_finished_setting_is_not_fitted_again_and_a_new_one_is_added(study: Study, out: Path, tmp_path: Path) -> None:
    (tmp_path / "tried.jsonl").write_bytes((out / "tried.jsonl").read_bytes())

    def never() -> bool:
        raise AssertionError("something was trained")

    again = tune(study, tmp_path, never)
    assert (again["tried"], again["reused"]) == (2, 2)
    assert (tmp_path / "tried.jsonl").read_bytes() == (out / "tried.jsonl").read_bytes()
    more = tune(study, tmp_path, settings={"heads": [["ridge"]], "members": [["ridge"]], "mixup": [0.0, 1.0]})
    assert (more["tried"], more["reused"]) == (3, 1)  # mixup 1.0 is the default: the floor's setting once more


def test_a_stopped_tune_keeps_its_finished_settings_and_folds(study: Study, out: Path, tmp_path: Path) -> None:
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(StopRequested):
        tune(study, tmp_path, stopping)
    assert len(read_json_lines(tmp_path / "tried.jsonl")) == 1 and not (tmp_path / "best.json").exists()
    assert len(list(tmp_path.glob("settings/*/quality.0.jsonl"))) == 1
    tune(study, tmp_path)
    assert without_seconds(tmp_path / "tried.jsonl") == without_seconds(out / "tried.jsonl")
    assert list(tmp_path.glob("settings/*")) == []


def test_settings_tried_side_by_side_come_out_the_same(study: Study, out: Path, tmp_path: Path) -> None:
    tune(study, tmp_path, threads=2)
    assert without_seconds(tmp_path / "tried.jsonl") == without_seconds(out / "tried.jsonl")


def test_figures_of_other_folds_never_stand_beside_each_other(study: Study, out: Path) -> None:
    with pytest.raises(ScorerError, match="choose another folder"):
        tune(study, out, folds=4)


def test_a_setting_that_cannot_be_is_refused_before_anything_is_tried(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown member 'depth'"):
        tune(study, tmp_path, settings=[FLOOR, {"depth": 3}])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ScorerError, match="0 rated train rows for authenticity"):
        tune(study, tmp_path, aspects=["authenticity"])


def test_two_at_once_in_one_folder_are_refused(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive_lock, "PATIENCE_SECONDS", 0.0)
    with exclusive_lock.exclusive_lock(tmp_path / ".lock", "busy"), pytest.raises(ScorerError, match="choose another folder with --out"):
        tune(study, tmp_path)
    assert not (tmp_path / "tried.jsonl").exists()


def test_settings_are_checked_as_tune_would_take_them() -> None:
    grid = {"settings": {"mixup": [0.0, 1.0], "seed": [1, 2]}, "profile": "best"}
    assert run_check_settings(grid, lambda event, **fields: None, lambda: False) == {"settings": 4}
    with pytest.raises(ConfigError, match="unknown member 'depth'"):
        run_check_settings({"settings": [{"depth": 3}]}, lambda event, **fields: None, lambda: False)


def test_a_grid_is_every_combination_and_draws_begin_with_the_profile_itself() -> None:
    assert expand_settings({"mixup": [0.0, 1.0], "seed": [1, 2]}, 1, 0) == [
        {"mixup": mixup, "seed": seed} for mixup in (0.0, 1.0) for seed in (1, 2)
    ]
    drawn = expand_settings(None, 12, 5)
    assert drawn[0] == {} and len(drawn) == 12 and drawn[:4] == expand_settings(None, 4, 5)
    assert drawn[1:] != expand_settings(None, 12, 6)[1:]
    for setting in drawn[1:]:
        parse_config(setting)
        assert set(setting) == {*RANGES, *CHOICES}
        assert all(low <= setting[name] <= high for name, (low, high) in RANGES.items())


@pytest.mark.parametrize(
    ("given", "message"),
    [("best", "this is a str"), ({"mixup": 1.0}, "expected a list of values"), ([3], "setting 1 is 3"), ([], "nothing to try")],
)
def test_settings_that_are_none_are_an_error_in_words(given: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        expand_settings(given, 1, 0)
