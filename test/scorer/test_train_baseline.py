"""The command train-baseline: rows held out by the fixed folds, the same end after a stop, and nothing trained twice."""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agiqa_sample import read_sample
from conftest import SAMPLE
from retort_scorer import exclusive_lock
from retort_scorer.baselines import held_out_fold
from retort_scorer.baselines.baseline import TrainingStage
from retort_scorer.baselines.pooled_mlp import build_timm_mlp
from retort_scorer.baselines.registry import BASELINES, find_baseline
from retort_scorer.benchmark import run_benchmark
from retort_scorer.errors import ConfigError, ImageUnreadableError, ScorerError, StopRequested
from retort_scorer.train_baseline import run_train_baseline

# timm's own smallest ResNet (ResNet50 itself is trained by test/cli/baseline.test.ts), first with its backbone still.
STAGES = (
    TrainingStage("sgd", 1e-3, None, weight_decay=5e-4, batch_size=8, epochs=1, momentum=0.9),
    TrainingStage("adam", 1e-4, 1e-5, weight_decay=0.0, batch_size=8, epochs=2, decay_epochs=1, decay_factor=0.5),
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    resnet = find_baseline("resnet50")
    inputs = replace(resnet.inputs, resize=40, crop=32, mirror=True, test_crops="five")
    build = partial(build_timm_mlp, "test_resnet.r160_in1k")
    monkeypatch.setitem(BASELINES, "small", replace(resnet, name="small", inputs=inputs, stages=STAGES, build=build))


@pytest.fixture
def command(tmp_path: Path) -> dict[str, Any]:
    rows, _ = read_sample()
    kept = sorted(rows, key=lambda row: row.prompt_group)[:40]
    lines = [
        {
            "sample_name": row.sample_name,
            "image_path": str(SAMPLE / "images" / row.sample_name),
            "image_hash": "",
            "image_prompt": row.sample_name[-7:] if index % 2 else row.sample_name,
            "generator": row.generator,
            "generator_setting": row.generator_setting,
            "split": "test",
            "mos": dict(row.mos),
        }
        for index, row in enumerate(kept)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return {
        "baseline": "small",
        "rows": str(path),
        "aspect": "quality",
        "work": str(tmp_path / "work"),
        "out": str(tmp_path / "small.csv"),
        "random_weights": True,
        "fold": 2,
    }


def train(command: dict[str, Any], stopping: Callable[[], bool] = lambda: False, **changes: Any) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []

    def emit(event: str, **fields: Any) -> None:
        if event == "log":
            said.append(fields["message"])

    return run_train_baseline({**command, **changes}, emit, stopping), said


def stop_after(steps: int) -> Callable[[], bool]:
    asked = iter(range(steps))
    return lambda: next(asked, None) is None


def test_rows_of_all_folds_are_judged_as_prompt_disjoint(command: dict[str, Any], tmp_path: Path) -> None:
    result, said = train(command, fold=None, epochs=1)
    assert result["method"] == "small (random weights, 2 epochs)" and result["rows"] == 40
    assert "no result" in said[0] and re.search(r"took [\d.]+ and [\d.]+ s a crop just now: about \d+ s, \d+ s for the 5 folds", said[1])
    with Path(command["out"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"name", "method", "seed", "fold", "quality"}
    lines = tmp_path / "predictions.jsonl"
    keys = {"aspect": "quality", "split": None, "protocol": None}
    lines.write_text(
        "".join(
            f"{json.dumps({**row, **keys, 'sample_name': row['name'], 'predicted_mos': float(row['quality'])})}\n" for row in rows
        ),
        encoding="utf-8",
    )
    out = tmp_path / "benchmark.json"
    run_benchmark({"rows": command["rows"], "predictions": str(lines), "out": str(out)}, lambda *_, **__: None, lambda: False)
    (judged,) = json.loads(out.read_text(encoding="utf-8"))["methods"]
    assert judged["protocol"] == "prompt-disjoint, 5 folds" and judged["coverage"] == 1


@pytest.mark.parametrize("steps", [2, 6, 11])
def test_a_stopped_training_ends_with_the_same_predictions(command: dict[str, Any], tmp_path: Path, steps: int) -> None:
    train(command)
    whole = Path(command["out"]).read_bytes()
    other = {**command, "work": str(tmp_path / "other"), "out": str(tmp_path / "other.csv")}
    with pytest.raises(StopRequested):
        train(other, stop_after(steps))
    assert not Path(other["out"]).exists()
    assert len(list((tmp_path / "other").glob("*/fold-2.state"))) == (steps > 4)
    train(other)
    assert Path(other["out"]).read_bytes() == whole


def test_a_finished_fold_is_not_trained_again_unless_something_changed(command: dict[str, Any]) -> None:
    train(command, epochs=1)
    assert train(command, stop_after(0), epochs=1)[0]["reused"] == [2]
    with pytest.raises(StopRequested):
        train(command, stop_after(0), epochs=1, seed=1)


def test_a_fold_that_another_process_trains_is_left_to_it(command: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exclusive_lock, "PATIENCE_SECONDS", 0.0)
    train(command, epochs=1)
    (folder,) = Path(command["work"]).iterdir()
    with held_out_fold._alone(folder, 2), pytest.raises(ScorerError, match="Fold 2 is being trained by another process"):
        (folder / "fold-2.jsonl").unlink()
        train(command, epochs=1)


@pytest.mark.parametrize("change", [{"fold": 6}, {"fold": 0}, {"epochs": 0}, {"baseline": "vgg19"}])
def test_what_there_isnt_is_a_matter_of_usage(command: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        train(command, **change)


def test_too_few_rated_images_and_broken_ones_are_told_before_training(command: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="0 images have a MOS of authenticity"):
        train(command, aspect="authenticity")
    rows = Path(command["rows"])
    first, *rest = rows.read_text(encoding="utf-8").splitlines()
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"<html>")
    rows.write_text("\n".join([json.dumps({**json.loads(first), "image_path": str(broken)}), *rest]), encoding="utf-8")
    with pytest.raises(ImageUnreadableError, match="broken.jpg"):
        train(command)
