"""predict.py and prediction_file.py: killed in the middle, stopped, given another list; batches."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from test_predict import write_scorer

from retort_scorer import predict as module
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import StopRequested
from retort_scorer.feature_store import Features
from retort_scorer.prediction_file import PredictionFile
from retort_scorer.scoring import score_rows

IMAGES = 10
BATCH = 4
CHILD = """
import sys
from retort_scorer import predict
from retort_scorer.__main__ import main
predict.ROWS_AT_ONCE = int(sys.argv.pop())
sys.exit(main())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resume")
    for number in range(IMAGES):
        Image.effect_noise((64, 64), 10 * (number + 1)).convert("RGB").save(folder / f"{number}.png")
    (folder / "1.png").write_bytes(b"no image")
    write_scorer(folder / "scorer.safetensors")
    return folder


def write_command(folder: Path, out: Path, names: range = range(IMAGES)) -> dict[str, Any]:
    rows = [{"image": f"{n}.png", "path": str(folder / f"{n}.png"), "image_prompt": "noise" if n % 2 else None} for n in names]
    listing = out.with_name(f"{out.name}.list")
    listing.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    checkpoint = str(folder / "scorer.safetensors")
    return {"command": "predict", "id": 1, "checkpoint": checkpoint, "images": str(listing), "out": str(out)}


def run(command: dict[str, Any]) -> dict[str, Any]:
    return module.run_predict(command, lambda event, **fields: None, lambda: False)


def test_a_killed_run_goes_on_behind_its_last_whole_batch_to_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = write_command(folder, tmp_path / "killed.csv")
    (tmp_path / "command.json").write_text(json.dumps(command))
    arguments = [sys.executable, "-c", CHILD, "run", str(tmp_path / "command.json"), str(BATCH)]
    environment = {**os.environ, "PYTHONPATH": str(Path(module.__file__).parents[1])}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("done") == BATCH + 1:
                child.send_signal(signal.SIGKILL)
    assert not (tmp_path / "killed.csv").exists()
    with (tmp_path / "killed.csv.partial").open("ab") as partial:
        partial.write(b"half a li")
    monkeypatch.setattr(module, "ROWS_AT_ONCE", BATCH)
    result, whole = run(command), run(write_command(folder, tmp_path / "whole.csv"))
    assert result["resumed"] == BATCH
    assert (result["encoded"], whole["encoded"]) == (IMAGES - BATCH, IMAGES - 1)
    assert [entry["image"] for entry in result["failed"]] == ["1.png"]
    assert result["skipped"] == whole["skipped"] and whole["skipped"][0]["images"] == IMAGES // 2
    assert (tmp_path / "killed.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*partial*")) == []


def test_another_list_or_another_checkpoint_starts_anew(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = write_command(folder, out, range(2, 4))
    with PredictionFile(out, "another") as file:
        file.progress.rows = 1
        file.append([{"image": "of another list"}])
    assert run(command)["resumed"] == 0
    assert {json.loads(line)["image"] for line in out.read_text().splitlines()} == {"2.png", "3.png"}


def test_a_stop_leaves_no_file_that_looks_finished(folder: Path, tmp_path: Path) -> None:
    command = write_command(folder, tmp_path / "out.jsonl", range(2, 4))
    with pytest.raises(StopRequested):
        module.run_predict(command, lambda event, **fields: None, lambda: True)
    assert not (tmp_path / "out.jsonl").exists()


def test_what_else_is_in_a_batch_moves_no_prediction(folder: Path) -> None:
    checkpoint = read_checkpoint(folder / "scorer.safetensors")
    torch.manual_seed(3)
    width = sum(describe_encoder("embedded").levels)
    rows: list[tuple[Features, Features | None]] = [
        (
            Features(torch.zeros(0, 1, dtype=torch.float16), torch.randn(width).half()),
            None if n % 3 == 0 else Features(torch.randn(n, 384).half(), torch.randn(384)),
        )
        for n in range(9)
    ]
    together = score_rows(checkpoint, rows)
    for row, scores in zip(rows, together, strict=True):
        (alone,) = score_rows(checkpoint, [row])
        assert list(alone) == list(scores) == (["quality"] if row[1] is None else ["quality", "correspondence"])
        for aspect, score in scores.items():
            assert alone[aspect].predicted_mos == pytest.approx(score.predicted_mos, abs=1e-5)
    assert len({score["quality"].predicted_mos for score in together}) == len(rows)
