"""Encoders whose features come from elsewhere: a student's hidden states, a network of timm."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from conftest import SAMPLE, TINY_CONFIG, Study, key_of
from retort_scorer.atomic_files import read_json_lines, sha256_bytes
from retort_scorer.encode import run_encode
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import ScorerError
from retort_scorer.feature_store import Features, FeatureStore
from retort_scorer.feature_table import StoredTokens, load_feature_table
from retort_scorer.fit import run_fit
from retort_scorer.fit_rows import read_fit_rows
from retort_scorer.study import build_study, load_features
from retort_scorer.training import TrainingData, epoch_batches

ENCODER = "hidden-states:tiny-student.r1"


def quiet(event: str, **fields: Any) -> None:
    """Takes events and forgets them."""


@pytest.fixture(scope="module")
def hidden_states(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study's rows with states of conversations of unequal length in whose mean quality can be read."""
    folder = tmp_path_factory.mktemp("hidden")
    random = torch.Generator().manual_seed(5)
    spec = describe_encoder(ENCODER)
    entries, lines = {}, []
    for number, row in enumerate(read_json_lines(study.rows)):
        states = torch.randn(3 + number % 9, 8, generator=random)
        states[:, 0] += row["mos"]["quality"]
        key = key_of(f"conversation {number}")
        entries[key] = Features(states.half(), states.mean(dim=0).half())
        lines.append(json.dumps({**row, "image_prompt": None, "feature_key": key}))
    store = FeatureStore(folder / "features", spec.revisions.image)
    with store.writing():
        store.add(entries)
    (folder / "rows.jsonl").write_text("\n".join(lines))
    return Study(folder / "features", folder / "rows.jsonl")


def test_a_fit_reads_hidden_states_by_conversation(hidden_states: Study, tmp_path: Path) -> None:
    config = {**TINY_CONFIG, "heads": ["xlstm", "lstm"], "members": ["xlstm"], "epochs": 8, "learning_rate": 0.01}
    command = hidden_states.fit_command(tmp_path, encoder=ENCODER, aspects=["quality"], config=config)
    # Without image prompts each image is its own group: val and test keep enough of them.
    assert run_fit(command, quiet, lambda: False)["aspects"]["quality"]["srcc"] > 0.6


def test_blocks_that_are_computed_again_for_their_gradient_change_no_prediction(hidden_states: Study, tmp_path: Path) -> None:
    config = {**TINY_CONFIG, "heads": ["xlstm"], "members": ["xlstm"], "epochs": 2, "num_seeds": 1, "dropout": 0.1}
    outs = []
    for checkpointed in (False, True):
        out = tmp_path / str(checkpointed)
        changed = {**config, "checkpoint_blocks": checkpointed}
        run_fit(hidden_states.fit_command(out, encoder=ENCODER, aspects=["quality"], config=changed), quiet, lambda: False)
        outs.append((out / "predictions.jsonl").read_bytes())
    assert outs[0] == outs[1]


def test_a_batch_holds_rows_of_similar_length(hidden_states: Study) -> None:
    rows, spec = read_fit_rows(hidden_states.rows), describe_encoder(ENCODER)
    everything = np.arange(len(rows))
    inputs = build_study(rows, load_features(hidden_states.feature_store, spec, rows), spec, ("quality",), everything).inputs
    mos = torch.zeros(len(rows), 1)
    data = TrainingData(inputs, torch.from_numpy(everything), mos, torch.zeros(0, dtype=torch.int64), torch.zeros(0, 1))
    torch.manual_seed(0)
    batches = epoch_batches(data, batch_size=8)
    lengths = inputs.table.image_tokens.lengths
    assert sorted(place for batch in batches for place in batch.tolist()) == everything.tolist()
    assert max(int(lengths[batch].max() - lengths[batch].min()) for batch in batches) <= 2 < int(lengths.max() - lengths.min())
    assert [batch.tolist() for batch in epoch_batches(data, batch_size=8)] != [batch.tolist() for batch in batches]


def test_states_that_would_fill_the_memory_are_read_a_batch_at_a_time(hidden_states: Study) -> None:
    rows = read_json_lines(hidden_states.rows)
    keys, revisions = [row["feature_key"] for row in rows], describe_encoder(ENCODER).revisions
    dense, stored = (
        load_feature_table(hidden_states.feature_store, revisions, keys, [None] * len(keys), limit) for limit in (10**9, 0)
    )
    assert isinstance(stored.image_tokens, StoredTokens)
    for places in ([4, 0, 11], [70]):
        ours, theirs = stored.batch(places), dense.batch(places)
        assert torch.equal(ours.image_tokens, theirs.image_tokens)
        assert torch.equal(ours.image_token_mask, theirs.image_token_mask)


def test_hidden_states_are_not_encoded_here(tmp_path: Path) -> None:
    (tmp_path / "images.jsonl").write_text("")
    command = {"encoder": ENCODER, "images": str(tmp_path / "images.jsonl"), "feature_store": str(tmp_path)}
    with pytest.raises(ScorerError, match="takes no pixels"):
        run_encode(command, quiet, lambda: False)
    with pytest.raises(ScorerError, match="names no hidden states"):
        describe_encoder("hidden-states")


@pytest.mark.skipif(importlib.util.find_spec("timm") is None, reason="timm is not installed")
def test_a_network_of_timm_encodes_and_its_random_weights_are_marked(tmp_path: Path) -> None:
    images = sorted((SAMPLE / "images").glob("*.jpg"))[:2]
    listing = [{"image_hash": sha256_bytes(path.read_bytes()), "path": str(path), "image_prompt": "a cat"} for path in images]
    (tmp_path / "images.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in listing))
    command = {"encoder": "timm:resnet10t@random-3", "images": str(tmp_path / "images.jsonl"), "feature_store": str(tmp_path)}
    result = run_encode(command, quiet, lambda: False)
    spec = describe_encoder("timm:resnet10t@random-3")
    assert result["encoded"] == 2 and "random-3" in result["encoder_revision"] and spec.is_random
    loaded = FeatureStore(tmp_path, spec.revisions.image).load([listing[0]["image_hash"]])
    assert loaded[listing[0]["image_hash"]].tokens.shape == (36, 512)
    with pytest.raises(ScorerError, match="expected timm:<name>"):
        describe_encoder("timm:")
