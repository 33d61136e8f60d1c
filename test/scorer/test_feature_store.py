"""feature_store.py: nothing is computed twice, nothing half written is believed."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from retort_scorer.errors import ScorerError
from retort_scorer.feature_store import Features, FeatureStore

REVISION = "made-up.v1"


def entry(number: int) -> Features:
    return Features(torch.full((number, 3), float(number)), torch.full((2,), number + 0.5))


def filled(root: Path) -> FeatureStore:
    store = FeatureStore(root, REVISION)
    with store.writing():
        store.add({"sha256:1": entry(1), "sha256:2": entry(2)})
        store.add({"sha256:0": entry(0)})
    return store


def test_features_come_back_as_they_were_stored(tmp_path: Path) -> None:
    filled(tmp_path)
    loaded = FeatureStore(tmp_path, REVISION).load(["sha256:2", "sha256:0"])
    assert loaded["sha256:2"].tokens.tolist() == [[2.0] * 3] * 2 and loaded["sha256:2"].tokens.dtype == torch.float16
    assert loaded["sha256:2"].vector.tolist() == [2.5, 2.5]
    assert loaded["sha256:0"].tokens.shape == (0, 3)


def test_stacked_vectors_are_in_the_order_asked_for_and_may_repeat(tmp_path: Path) -> None:
    vectors = filled(tmp_path).stack_vectors(["sha256:2", "sha256:0", "sha256:2"])
    assert vectors.tolist() == [[2.5, 2.5], [0.5, 0.5], [2.5, 2.5]]


def test_any_language_can_tell_what_is_there_from_the_index(tmp_path: Path) -> None:
    filled(tmp_path)
    lines = [line for index in (tmp_path / REVISION).glob("*.jsonl") for line in index.read_text().splitlines()]
    assert sorted(json.loads(line)["key"] for line in lines) == ["sha256:0", "sha256:1", "sha256:2"]


def test_another_revision_has_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    assert "sha256:1" not in FeatureStore(tmp_path, "made-up.v2")


def test_a_shard_without_its_index_is_not_there(tmp_path: Path) -> None:
    filled(tmp_path)
    for index in (tmp_path / REVISION).glob("*.jsonl"):
        index.unlink()
    assert "sha256:1" not in FeatureStore(tmp_path, REVISION)


@pytest.mark.parametrize("damage", ["cut", "missing"])
def test_a_damaged_shard_is_not_believed_and_its_index_goes_before_the_next_write(tmp_path: Path, damage: str) -> None:
    filled(tmp_path)
    for shard in (tmp_path / REVISION).glob("*.safetensors"):
        if damage == "missing":
            shard.unlink()
        else:
            shard.write_bytes(shard.read_bytes()[:-5])
    store = FeatureStore(tmp_path, REVISION)
    assert "sha256:1" not in store
    with store.writing():
        assert list((tmp_path / REVISION).glob("*.jsonl")) == []


def test_what_a_killed_writer_left_is_cleared_away(tmp_path: Path) -> None:
    store = filled(tmp_path)
    left = tmp_path / REVISION / "abc.safetensors.4711.tmp"
    left.write_bytes(b"half")
    assert "sha256:1" in FeatureStore(tmp_path, REVISION)
    with store.writing():
        assert not left.exists()


def test_a_copied_store_is_as_good(tmp_path: Path) -> None:
    filled(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b c")
    assert "sha256:1" in FeatureStore(tmp_path / "b c", REVISION)


def test_missing_features_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="1 of 2 keys, the first is sha256:9: run encode"):
        filled(tmp_path).load(["sha256:1", "sha256:9"])
