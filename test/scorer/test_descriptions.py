"""descriptions.py: the teacher's texts are learnt from while training, by train rows alone, and nothing of them predicts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load

from conftest import Study, key_of
from retort_scorer import encode
from retort_scorer.atomic_files import read_json_lines, write_json_lines
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.cross_validation import run_cross_validate
from retort_scorer.descriptions import description_loss, description_targets
from retort_scorer.encoders.encoder import read_revisions
from retort_scorer.errors import ConfigError, ScorerError, StopRequested
from retort_scorer.feature_store import Features, FeatureStore
from retort_scorer.fit import run_fit
from retort_scorer.fit_config import parse_config
from retort_scorer.mixup import Mix
from retort_scorer.tune import run_tune

ASPECTS = ("quality", "correspondence")
TINY = {"d_model": 8, "epochs": 2, "batch_size": 16, "num_seeds": 1, "heads": ["xlstm"], "members": ["xlstm"]}
DESCRIBED = {**TINY, "description_weight": 0.3}


def never() -> bool:
    return False


def describe(study: Study, folder: Path, text_of: Callable[[int, str], str], every_row_train: bool = False) -> Study:
    """The study with descriptions of its train rows, and with their vectors in its store."""
    lines = read_json_lines(study.rows)
    texts = FeatureStore(study.feature_store, read_revisions("embedded").text)
    new: dict[str, Features] = {}
    for number, line in enumerate(lines):
        line["split"] = "train" if every_row_train else line["split"]
        if line["split"] == "train":
            line["descriptions"] = {aspect: key_of(text_of(number, aspect)) for aspect in ASPECTS}
            for key in line["descriptions"].values():
                new[key] = Features(torch.zeros(0, 5), vector_of(key))
    added = {key: features for key, features in new.items() if key not in texts}
    if added:
        with texts.writing():
            texts.add(added)
    write_json_lines(folder / "described.jsonl", lines)
    return Study(study.feature_store, folder / "described.jsonl")


def vector_of(key: str) -> torch.Tensor:
    """Another text, another vector."""
    return torch.randn(5, generator=torch.Generator().manual_seed(int(key[-8:], 16)))


@pytest.fixture(scope="module")
def described(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return describe(study, tmp_path_factory.mktemp("described"), lambda number, aspect: f"{aspect} of image {number}")


def fit(study: Study, out: Path, stopping: Callable[[], bool] = never, **changes: Any) -> dict[str, bytes]:
    command = study.fit_command(out, **{"aspects": ["quality"], "config": TINY, **changes})
    run_fit(command, lambda event, **fields: None, stopping)
    return {name: (out / name).read_bytes() for name in ("scorer.safetensors", "predictions.jsonl", "history.jsonl")}


@pytest.fixture(scope="module")
def plain(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A fit that knows of no description."""
    return fit(study, tmp_path_factory.mktemp("plain"))


def test_without_a_weight_a_fit_has_the_bytes_that_it_has_without_descriptions(
    described: Study, plain: dict[str, bytes], tmp_path: Path
) -> None:
    assert fit(described, tmp_path, config={**TINY, "description_weight": 0.0}) == plain
    assert "description_weight" not in parse_config({}).to_json()


def test_with_a_weight_train_rows_learn_from_them_and_the_checkpoint_holds_nothing_more(
    described: Study, plain: dict[str, bytes], tmp_path: Path
) -> None:
    told = fit(described, tmp_path, config=DESCRIBED)
    assert told["predictions.jsonl"] != plain["predictions.jsonl"]
    shapes = [{name: tensor.shape for name, tensor in load(found["scorer.safetensors"]).items()} for found in (plain, told)]
    assert shapes[0] == shapes[1]
    assert read_checkpoint(tmp_path / "scorer.safetensors").header["config"]["description_weight"] == 0.3


def test_held_out_rows_are_predicted_alike_whatever_was_written_about_them(study: Study, tmp_path: Path) -> None:
    def held_out(name: str, held: set[int]) -> list[dict[str, Any]]:
        (tmp_path / name).mkdir()
        texts = describe(study, tmp_path / name, lambda n, _: f"{'other ' if n in held else ''}words about {n}", True)
        command = {"feature_store": str(texts.feature_store), "rows": str(texts.rows), "aspects": ["quality"], "folds": 2}
        out = tmp_path / name / "cv"
        run_cross_validate({**command, "config": DESCRIBED, "out": str(out)}, lambda event, **fields: None, never)
        return read_json_lines(out / "quality.0.jsonl")

    first = held_out("first", set())
    held = {line["row"] for line in first}
    assert held_out("second", held) == first  # the lines of fold 0
    assert held_out("third", set(range(72)) - held) != first


def test_a_stopped_fit_of_both_aspects_in_one_network_goes_on_to_the_same_bytes(described: Study, tmp_path: Path) -> None:
    changes = {"aspects": ASPECTS, "config": {**DESCRIBED, "joint": True}}
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 4  # in the second epoch of the first network

    with pytest.raises(StopRequested):
        fit(described, tmp_path / "stopped", stopping, **changes)
    assert len(list(tmp_path.glob("stopped/state-*/*/*.resume.pt"))) == 1
    assert fit(described, tmp_path / "stopped", **changes) == fit(described, tmp_path / "whole", **changes)


def test_targets_are_standardised_and_what_is_unknown_costs_nothing() -> None:
    vectors = {"quality": torch.tensor([[1.0, 4.0], [torch.nan, torch.nan], [3.0, 0.0], [500.0, 500.0]])}
    targets = description_targets(vectors, ["quality"], torch.tensor([0, 1, 2]))
    assert targets is not None
    assert torch.equal(targets[[0, 2]], torch.tensor([[-1.0, 1.0], [1.0, -1.0]])) and targets[1].isnan().all()
    predicted = torch.tensor([[0.0, 1.0], [7.0, 7.0], [1.0, -1.0]], requires_grad=True)
    loss = description_loss(predicted, targets)
    assert loss.item() == pytest.approx(1 / 4)
    loss.backward()
    assert torch.equal(predicted.grad, torch.tensor([[0.5, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    mixed = Mix(torch.full((3, 1), 0.75), torch.tensor([2, 0, 1])).target(targets)
    assert torch.equal(mixed[0], torch.tensor([-0.5, 0.5])) and mixed[1:].isnan().all()
    assert description_loss(predicted[1:], mixed[1:]).item() == 0
    assert description_targets({}, ["quality"], torch.tensor([0])) is None


def test_a_weight_without_descriptions_is_refused_in_a_sentence(study: Study, tmp_path: Path) -> None:
    sentence = "description_weight is 0.3, but none of the .* rows has a description of quality"
    with pytest.raises(ConfigError, match=sentence):
        fit(study, tmp_path, config=DESCRIBED)
    command = {"feature_store": str(study.feature_store), "rows": str(study.rows), "aspects": ["quality"]}
    with pytest.raises(ConfigError, match=sentence):
        run_tune({**command, "out": str(tmp_path / "tuned"), "settings": [TINY, DESCRIBED]}, lambda event, **fields: None, never)
    assert not (tmp_path / "tuned").exists()
    with pytest.raises(ConfigError, match="description_weight is -1, expected 0 or more"):
        parse_config({"description_weight": -1})


def test_tune_tries_settings_with_and_without(described: Study, tmp_path: Path) -> None:
    command = {"feature_store": str(described.feature_store), "rows": str(described.rows), "aspects": ["quality"], "folds": 2}
    settings = [{**TINY, "epochs": 1}, {**DESCRIBED, "epochs": 1}]
    run_tune({**command, "out": str(tmp_path), "settings": settings, "threads": 1}, lambda event, **fields: None, never)
    plain, told = read_json_lines(tmp_path / "tried.jsonl")
    assert plain["study"] == told["study"] and plain["aspects"] != told["aspects"]


def test_rows_that_judge_bring_no_descriptions(described: Study, tmp_path: Path) -> None:
    lines = read_json_lines(described.rows)
    lines[-1]["descriptions"] = lines[0]["descriptions"]
    write_json_lines(tmp_path / "rows.jsonl", lines)
    with pytest.raises(ScorerError, match="row 72 has descriptions and the split test: leave them out"):
        fit(Study(described.feature_store, tmp_path / "rows.jsonl"), tmp_path, config=DESCRIBED)


def test_descriptions_are_encoded_as_texts(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Texts:
        def encode_text(self, text: str) -> Features:
            return Features(torch.zeros(0, 5), torch.full((5,), float(len(text))))

    monkeypatch.setattr(encode, "load_encoder", lambda name: Texts())
    first = read_json_lines(study.rows)[0]
    image = {"image_hash": first["image_hash"], "path": "unread.jpg", "image_prompt": first["image_prompt"]}
    (tmp_path / "images.jsonl").write_text(json.dumps({**image, "descriptions": {"quality": "blurry"}}), encoding="utf-8")
    command = {"feature_store": str(study.feature_store), "images": str(tmp_path / "images.jsonl")}
    assert encode.run_encode(command, lambda event, **fields: None, never)["reused"] == 1
    texts = FeatureStore(study.feature_store, read_revisions("embedded").text)
    assert texts.stack_vectors([key_of("blurry")]).tolist() == [[6.0] * 5]
