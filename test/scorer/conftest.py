"""What the scorer's tests share: a child process that speaks the protocol, and a small synthetic study."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "packages" / "scorer"
SAMPLE = REPOSITORY / "packages" / "datasets" / "sample"

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(PACKAGE))

import torch  # noqa: E402  (after the path and the thread count are set)

from retort_scorer.encoders.encoder import read_revisions  # noqa: E402
from retort_scorer.feature_store import Features, FeatureStore  # noqa: E402

torch.set_num_threads(1)

# Small enough for an epoch of a tenth of a second, large enough that every path is taken.
TINY_CONFIG = {"d_model": 16, "epochs": 6, "batch_size": 8, "learning_rate": 0.003, "num_seeds": 2}


class ScorerProcess:
    """``python -m retort_scorer serve`` with its pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "retort_scorer", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": ""},
        )

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def events(self) -> Iterator[dict[str, Any]]:
        """Every line of stdout as it comes; a line that is not a JSON object fails the test."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            assert isinstance(event, dict)
            yield event

    def run(self, command: dict[str, Any]) -> dict[str, Any]:
        """Send a command and return its last event, done or error."""
        self.send(json.dumps(command))
        return next(event for event in self.events() if event["event"] in ("done", "error"))

    def close_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()
        self.process.wait()


@pytest.fixture
def start_scorer() -> Iterator[Callable[[], ScorerProcess]]:
    """Starts scorer processes that end with the test."""
    started: list[ScorerProcess] = []

    def start() -> ScorerProcess:
        started.append(ScorerProcess())
        return started[-1]

    yield start
    for scorer in started:
        scorer.end()


@dataclass(frozen=True)
class Study:
    """A feature store and the rows of a fit on it."""

    feature_store: Path
    rows: Path

    def fit_command(self, out: Path, **changes: Any) -> dict[str, Any]:
        command = {
            "command": "fit",
            "id": 1,
            "feature_store": str(self.feature_store),
            "rows": str(self.rows),
            "aspects": ["quality", "correspondence"],
            "out": str(out),
            "config": TINY_CONFIG,
            "threads": 1,
        }
        return {**command, **changes}


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """72 rows of 18 image prompts and 4 generators whose MOS hangs on their made-up features."""
    return write_study(tmp_path_factory.mktemp("study"), prompts=18, generators=4)


def write_study(folder: Path, prompts: int, generators: int) -> Study:
    random = torch.Generator().manual_seed(7)
    direction = torch.randn(6, generator=random)
    revisions = read_revisions("embedded")
    images: dict[str, Features] = {}
    texts: dict[str, Features] = {}
    lines = []
    for prompt in range(prompts):
        text = f"image prompt number {prompt}"
        tokens = torch.randn(2 + prompt % 4, 5, generator=random)
        texts[key_of(text)] = Features(tokens, tokens.mean(dim=0))
        for generator in range(generators):
            cells = torch.randn(49, 6, generator=random) + generator * 0.5
            key = key_of(f"pixels {prompt} {generator}")
            images[key] = Features(cells, torch.cat((cells.mean(dim=0), cells.std(dim=0))))
            signal = float(cells.mean(dim=0) @ direction)
            lines.append(
                {
                    "sample_name": f"{generator}_{prompt}.jpg",
                    "image_hash": key,
                    "image_prompt": text,
                    "generator": f"generator {generator // 2}",
                    "generator_setting": f"setting {generator}",
                    "split": "train" if prompt < prompts * 0.6 else "val" if prompt < prompts * 0.8 else "test",
                    "mos": {"quality": clip(2.5 + signal), "correspondence": clip(2.5 - signal)},
                }
            )
    for revision, entries in ((revisions.image, images), (revisions.text, texts)):
        store = FeatureStore(folder / "features", revision)
        with store.writing():
            store.add(entries)
    rows = folder / "rows.jsonl"
    rows.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return Study(folder / "features", rows)


def key_of(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def clip(mos: float) -> float:
    return min(5.0, max(0.0, mos))
