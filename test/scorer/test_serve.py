"""serve.py and protocol.py: what a program on the other end of the pipes may rely on."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from conftest import PACKAGE, ScorerProcess, Study
from retort_scorer.atomic_files import sha256_bytes

StartScorer = Callable[[], ScorerProcess]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A list of four images: two good ones, one whose hash lies, one that is missing."""
    lines = []
    for number in range(3):
        path = tmp_path / f"image {number}.png"
        Image.effect_noise((96, 80), 60 + number).convert("RGB").save(path)
        content_hash = sha256_bytes(path.read_bytes()) if number < 2 else "sha256:00"
        lines.append({"image_hash": content_hash, "path": str(path), "image_prompt": "noise" if number else None})
    lines.append({"image_hash": "sha256:11", "path": str(tmp_path / "gone.png"), "image_prompt": None})
    listing = tmp_path / "images.jsonl"
    listing.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return listing


def encode_command(images: Path, tmp_path: Path) -> dict[str, object]:
    store = str(tmp_path / "features")
    return {"command": "encode", "id": "e", "feature_store": store, "images": str(images), "encoder": "embedded", "threads": 2}


def test_a_bad_command_is_an_error_event_and_the_next_one_is_served(start_scorer: StartScorer) -> None:
    scorer = start_scorer()
    expected = {
        "not json": "not JSON",
        "[1]": "should be a JSON object",
        '{"command":"dance","id":7}': "Unknown command 'dance'",
        '{"command":["encode"],"id":8}': "Unknown command",
        '{"command":"fit","id":9}': "lacks the member 'out'",
        '{"command":"encode","id":10,"images":"/none.jsonl","feature_store":"/none"}': "can't be read",
        '{"command":"predict","id":11,"checkpoint":"/none","images":"/none.jsonl","out":"/none"}': "can't be read as a scorer checkpoint",
    }
    events = scorer.events()
    for line, message in expected.items():
        scorer.send(line)
        event = next(events)
        assert event["event"] == "error" and message in event["message"], event
    assert event["id"] == 11 and event["code"] == "checkpoint-unreadable"
    assert scorer.process.poll() is None


def test_encode_stores_good_images_names_bad_ones_and_reuses(start_scorer: StartScorer, images: Path, tmp_path: Path) -> None:
    scorer = start_scorer()
    first = scorer.run(encode_command(images, tmp_path))["result"]
    assert (first["encoded"], first["reused"]) == (2, 0)
    assert [entry["image_hash"] for entry in first["failed"]] == ["sha256:00", "sha256:11"]
    assert "should have the hash" in first["failed"][0]["reason"]
    revisions = json.loads((PACKAGE / "encoder-revisions.json").read_text())["embedded"]
    assert first["encoder_revision"] == f"{revisions['image']}+{revisions['text']}"
    for revision, count in ((revisions["image"], 2), (revisions["text"], 1)):
        indexes = (tmp_path / "features" / revision).glob("*.jsonl")
        assert sum(len(index.read_text().splitlines()) for index in indexes) == count
    second = scorer.run(encode_command(images, tmp_path))["result"]
    assert (second["encoded"], second["reused"], len(second["failed"])) == (0, 2, 2)


def test_the_end_of_stdin_ends_the_process_in_the_middle_of_work(
    start_scorer: StartScorer, study: Study, tmp_path: Path
) -> None:
    scorer = start_scorer()
    scorer.send(json.dumps(study.fit_command(tmp_path, threads=2, config={"epochs": 10_000, "d_model": 16})))
    for event in scorer.events():
        if event["event"] == "progress":
            scorer.close_stdin()
            break
    assert scorer.process.wait(timeout=30) == 0
    lock = tmp_path / next(tmp_path.glob("state-*")).name / "quality.lock"
    # Its children hold this lock until they are gone; flock waits for that, or the test's own limit ends it.
    assert subprocess.run(["flock", "--timeout", "30", str(lock), "true"], check=False).returncode == 0


def test_an_idle_process_ends_on_sigterm_with_exit_code_0(start_scorer: StartScorer) -> None:
    scorer = start_scorer()
    scorer.send("{}")
    next(scorer.events())
    scorer.process.send_signal(signal.SIGTERM)
    assert scorer.process.wait(timeout=30) == 0


def test_stdout_is_the_protocol_even_when_a_library_prints(tmp_path: Path) -> None:
    code = (
        "import os; from retort_scorer.protocol import claim_stdout; events = claim_stdout(); "
        "print('python'); os.write(1, b'c library'); os.system('echo child'); events.emit('log', message='ours')"
    )
    env = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert [json.loads(line) for line in run.stdout.splitlines()] == [{"event": "log", "message": "ours"}]
    assert "c library" in run.stderr and "child" in run.stderr


def test_one_command_runs_from_a_file_and_its_failure_is_the_exit_code(tmp_path: Path) -> None:
    command = tmp_path / "command.json"
    command.write_text('{\n"command": "predict", "checkpoint": "none"}\n')
    env = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": ""}
    arguments = [sys.executable, "-m", "retort_scorer", "run", str(command)]
    run = subprocess.run(arguments, capture_output=True, text=True, env=env, check=False)
    assert run.returncode == 1
    assert json.loads(run.stdout)["code"] == "checkpoint-unreadable"
