"""fit.py, fit_part.py, training.py: killed anywhere and started again, a fit ends with the same bits."""

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import TINY_CONFIG, ScorerProcess, Study, write_study
from retort_scorer.errors import ScorerError
from retort_scorer.fit import run_fit
from retort_scorer.fit_config import parse_config

StartScorer = Callable[[], ScorerProcess]
OUTPUTS = ("scorer.safetensors", "predictions.jsonl", "history.jsonl", "metrics.json")


@pytest.fixture(scope="module")
def undisturbed(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The outputs of one fit from beginning to end, one aspect after the other."""
    out = tmp_path_factory.mktemp("undisturbed")
    scorer = ScorerProcess()
    last = scorer.run(study.fit_command(out))
    scorer.end()
    assert last["event"] == "done", last
    return outputs(out)


def outputs(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in OUTPUTS}


def disturb(scorer: ScorerProcess, command: dict[str, Any], epochs: int, signal_number: int) -> None:
    """Send ``command`` and, once ``epochs`` epochs are reported, the signal; returns when the process has gone."""
    scorer.send(json.dumps(command))
    seen = 0
    for event in scorer.events():
        assert event["event"] != "error", event
        seen += event["event"] == "progress"
        if seen == epochs:
            scorer.process.send_signal(signal_number)
            seen += 1
    scorer.process.wait(timeout=30)


def test_a_fit_killed_again_and_again_ends_as_if_never_disturbed(
    study: Study, undisturbed: dict[str, bytes], start_scorer: StartScorer, tmp_path: Path
) -> None:
    command = study.fit_command(tmp_path / "out", threads=2)  # a process an aspect; the parent is killed
    for epochs in (2, 7):
        disturb(start_scorer(), command, epochs, signal.SIGKILL)
        assert not (tmp_path / "out" / "metrics.json").exists()
    last = start_scorer().run({**command, "threads": 1})
    assert last["event"] == "done" and last["result"]["reused"] is False
    assert outputs(tmp_path / "out") == undisturbed


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the child through /proc")
def test_a_killed_child_of_a_fit_is_started_again(
    study: Study, undisturbed: dict[str, bytes], start_scorer: StartScorer, tmp_path: Path
) -> None:
    scorer = start_scorer()
    scorer.send(json.dumps(study.fit_command(tmp_path / "out", threads=2)))
    killed = False
    for event in scorer.events():
        if event["event"] == "progress" and not killed:
            parent = scorer.process.pid
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            os.kill(int(children[-1]), signal.SIGKILL)
            killed = True
        if event["event"] in ("done", "error"):
            break
    assert killed and event["event"] == "done", event
    assert outputs(tmp_path / "out") == undisturbed


def test_a_fit_killed_by_the_clock_ends_as_if_never_disturbed(
    study: Study, undisturbed: dict[str, bytes], start_scorer: StartScorer, tmp_path: Path
) -> None:
    command = study.fit_command(tmp_path / "out")
    scorer = start_scorer()
    threading.Timer(3.0, scorer.process.kill).start()  # in the middle of whatever it does then
    disturb(scorer, command, -1, signal.SIGKILL)
    start_scorer().run(command)
    assert outputs(tmp_path / "out") == undisturbed


def test_sigterm_ends_a_fit_with_exit_code_0_and_it_goes_on(
    study: Study, undisturbed: dict[str, bytes], start_scorer: StartScorer, tmp_path: Path
) -> None:
    command = study.fit_command(tmp_path / "out", threads=2)
    scorer = start_scorer()
    disturb(scorer, command, 2, signal.SIGTERM)
    assert scorer.process.returncode == 0
    assert not (tmp_path / "out" / "metrics.json").exists()
    assert start_scorer().run({**command, "threads": 1})["event"] == "done"
    assert outputs(tmp_path / "out") == undisturbed


def fit(command: dict[str, Any]) -> dict[str, Any]:
    """Run the command in this process."""
    return run_fit(command, lambda event, **fields: None, lambda: False)


def test_a_finished_fit_is_answered_at_once_and_another_one_is_made_anew(
    study: Study, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    for name, content in undisturbed.items():
        (tmp_path / name).write_bytes(content)
    first = fit(study.fit_command(tmp_path, threads=2))
    assert first["reused"] is True and first["aspects"]["quality"]["n"] == 12
    other = fit(study.fit_command(tmp_path, aspects=["quality"], config={**TINY_CONFIG, "epochs": 1}))
    assert other["reused"] is False and list(other["aspects"]) == ["quality"]
    assert outputs(tmp_path) != undisturbed


def test_the_outputs_hold_what_a_report_needs(undisturbed: dict[str, bytes]) -> None:
    lines = [json.loads(line) for line in undisturbed["predictions.jsonl"].splitlines()]
    assert {(line["aspect"], line["head"], line["split"]) for line in lines} == {
        (aspect, head, split)
        for aspect in ("quality", "correspondence")
        for head in ("scorer", "xlstm", "kernel-ridge", "ridge")
        for split in ("val", "test")
    }
    assert all(line["low"] <= line["predicted_mos"] <= line["high"] for line in lines)
    history = [json.loads(line) for line in undisturbed["history.jsonl"].splitlines()]
    assert [line["epoch"] for line in history if line["aspect"] == "quality"] == [1, 2, 3, 4, 5, 6]
    metrics = json.loads(undisturbed["metrics.json"], parse_constant=pytest.fail)
    quality = metrics["aspects"]["quality"]
    assert quality["best_epoch"] in range(1, 7)
    assert quality["n"] == {"train": 44, "val": 16, "test": 12}
    assert quality["floor"]["srcc"] is not None and "5 folds by image prompt" in quality["floor"]["definition"]
    (note,) = quality["notes"]  # of the network; the scorer's own difference is in the verdict
    assert note.startswith("the xLSTM head") and "kernel ridge on the same features" in note
    assert set(quality["comparisons"]) == {"scorer", "xlstm", "ridge"}


def test_the_made_up_signal_is_learnt(undisturbed: dict[str, bytes]) -> None:
    heads = json.loads(undisturbed["metrics.json"])["aspects"]["quality"]["heads"]
    assert heads["kernel-ridge"]["srcc"] > 0.6


def test_an_aspect_without_enough_ratings_is_skipped_with_its_reason(study: Study, tmp_path: Path) -> None:
    command = study.fit_command(tmp_path, aspects=["quality", "authenticity"], config={**TINY_CONFIG, "epochs": 1})
    result = fit(command)
    assert list(result["aspects"]) == ["quality"]
    assert result["skipped"] == {"authenticity": "0 rated train rows for authenticity, 20 are needed"}


def test_nothing_to_fit_is_an_error_in_words(tmp_path: Path) -> None:
    tiny = write_study(tmp_path, prompts=4, generators=2)
    with pytest.raises(ScorerError, match="No aspect can be fitted: 6 rated train rows for quality, 20 are needed"):
        fit(tiny.fit_command(tmp_path / "out"))


def test_features_that_are_not_there_are_an_error_in_words(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="run encode"):
        fit(study.fit_command(tmp_path / "out", feature_store=str(tmp_path)))


@pytest.mark.parametrize(
    ("config", "message"),
    [({"depth": 3}, "unknown member 'depth'"), ({"seed": "1"}, "config member seed is '1'"), ({"d_model": 130}, "impossible")],
)
def test_a_config_that_cannot_be_is_an_error_in_words(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ScorerError, match=message):
        parse_config(config)
