"""pack.py and scorer.py: a folder that predicts alone, and the Python API in a fresh interpreter."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from test_predict import predict, write_scorer

from retort_scorer import Scorer
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import ImageUnreadableError, ScorerError
from retort_scorer.pack import run_pack

# Blocks the packages of weights, then loads the pack with nothing of ours but its own folder on the path.
FRESH = """
import importlib.abc, json, sys
class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("efficientnet_", "gt_all_")):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Block())
sys.path.insert(0, sys.argv[1])
import retort_scorer
assert "torch" not in sys.modules
from retort_scorer import Scorer
import torch
torch.set_num_threads(1)
print(retort_scorer.__file__)
print(json.dumps(Scorer.load(sys.argv[1]).score(sys.argv[2:], ["a red fox"])))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    for number in range(2):
        Image.effect_noise((80, 70), 50 * (number + 1)).convert("RGB").save(folder / f"{number}.png")
    write_scorer(folder / "scorer.safetensors")
    figures = {"srcc": 0.8111, "plcc_raw": 0.8222}
    entry = {"n": {"train": 8, "val": 3, "test": 4}, "heads": {"scorer": figures, "ridge": figures}, "floor": {"srcc": 0.6999}}
    metrics = {
        "encoder_revision": describe_encoder("embedded").revisions.name,
        "protocol": "val chose the epoch",
        "aspects": {"quality": entry, "correspondence": entry},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    return folder


@pytest.fixture(scope="module")
def pack(folder: Path) -> Path:
    run(folder, folder / "first")
    return folder / "first"


def run(folder: Path, out: Path, **more: Any) -> dict[str, Any]:
    command = {"checkpoint": str(folder / "scorer.safetensors"), "out": str(out), **more}
    return run_pack(command, lambda event, **fields: None, lambda: False)


def test_a_pack_scores_without_any_package_of_weights_as_predict_does(pack: Path, folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    arguments = [sys.executable, "-I", "-B", "-c", FRESH, str(pack), str(folder / "0.png")]
    end = subprocess.run(arguments, capture_output=True, text=True, env=environment, cwd=pack.anchor)
    assert end.returncode == 0, end.stderr
    origin, scores = end.stdout.splitlines()
    assert origin == str(pack / "retort_scorer" / "__init__.py")
    (image,) = json.loads(scores)
    _, lines = predict(folder, ["0.png"], "a red fox")
    assert list(image) == ["quality", "correspondence"]
    for line in lines:
        assert image[line["aspect"]]["predicted_mos"] == pytest.approx(line["predicted_mos"], abs=1e-5)
        assert image[line["aspect"]]["low"] == (None if line["low"] is None else pytest.approx(line["low"], abs=1e-5))


def test_the_api_takes_paths_pictures_and_arrays_alike(pack: Path, folder: Path) -> None:
    scorer = Scorer.load(pack / "scorer.safetensors")
    with Image.open(folder / "0.png") as picture:
        picture.load()
        first, second, third = scorer.score([str(folder / "0.png"), picture, np.asarray(picture)])
    assert first == second == third
    assert list(first) == ["quality"] and first["quality"]["low"] is not None
    assert scorer.score([]) == []
    with pytest.raises(ImageUnreadableError, match=r"float64 \[4, 4, 3\]"):
        scorer.score([np.zeros((4, 4, 3))])
    with pytest.raises(ValueError, match="2 prompts"):
        scorer.score([folder / "0.png"], ["a", "b"])


def test_every_file_stands_in_the_sums_and_a_second_pack_has_the_same(pack: Path, folder: Path) -> None:
    sums = dict(reversed(line.split("  ", 1)) for line in (pack / "SHA256SUMS").read_text().splitlines())
    found = {str(path.relative_to(pack)) for path in pack.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    found = {path for path in found if "__pycache__" not in path}
    assert found == set(sums)
    assert {path: hashlib.sha256((pack / path).read_bytes()).hexdigest() for path in found} == sums
    again = folder / "again" / "first"
    run(folder, again)
    assert (again / "SHA256SUMS").read_bytes() == (pack / "SHA256SUMS").read_bytes()
    shutil.rmtree(again)


def test_the_card_has_figures_with_floor_split_and_protocol(pack: Path) -> None:
    card = (pack / "README.md").read_text()
    assert card.startswith("---\nlicense: apache-2.0\n")
    assert "| quality | **this scorer** | 4 | 0.811 | 0.822 |" in card
    assert "| quality | floor: metadata, no pixels | 4 | 0.700 |" in card
    for words in ("Split: test. Protocol: val chose the epoch", "Nothing is promised for images of generators", "MiniLM"):
        assert words in card


def test_figures_of_another_fit_are_not_taken_for_its_own(folder: Path, tmp_path: Path) -> None:
    shutil.copyfile(folder / "scorer.safetensors", tmp_path / "scorer.safetensors")
    (tmp_path / "metrics.json").write_text(json.dumps({"aspects": {"authenticity": {}}, "encoder_revision": "old.v0"}))
    run(tmp_path, tmp_path / "out")
    assert "None are known" in (tmp_path / "out" / "README.md").read_text()
    assert not (tmp_path / "out" / "metrics.json").exists()


def test_what_is_there_is_kept_unless_it_is_a_pack_and_to_be_overwritten(pack: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ScorerError, match="is there already"):
        run(folder, pack)
    with pytest.raises(ScorerError, match="is no pack"):
        run(folder, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (pack / "stray.txt").write_text("from before")
    run(folder, pack, overwrite=True)
    assert not (pack / "stray.txt").exists()
    assert [path.name for path in pack.parent.iterdir() if path.name.startswith(".")] == []
