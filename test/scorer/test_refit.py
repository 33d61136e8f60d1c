"""refit.py: the scorer of the checkpoint has seen every rated row, the figures are those of the fit before."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from conftest import TINY_CONFIG, Study
from retort_scorer.atomic_files import read_json_lines
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.errors import ConfigError, StopRequested
from retort_scorer.fit import run_fit
from retort_scorer.fit_part import run_fit_part
from retort_scorer.fit_rows import read_fit_rows
from retort_scorer.study import load_features

CONFIG = {**TINY_CONFIG, "epochs": 4}  # two networks: a refit of one alone may be over after an epoch


def fit(command: dict[str, Any], stopping: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    return run_fit(command, lambda event, **fields: None, stopping)


def command(study: Study, out: Path, **changes: Any) -> dict[str, Any]:
    return study.fit_command(out, aspects=["quality"], config=CONFIG, **changes)


def predictions(study: Study, checkpoint: Path) -> torch.Tensor:
    """Of all rows of the study."""
    table = load_features(study.feature_store, describe_encoder("embedded"), read_fit_rows(study.rows))
    return read_checkpoint(checkpoint / "scorer.safetensors").aspects["quality"].predict(table)


def with_other_test_mos(study: Study, folder: Path) -> Study:
    """The study whose test MOS are turned round: 5 minus what they were."""
    rows = read_json_lines(study.rows)
    lines = [{**row, "mos": {"quality": 5 - row["mos"]["quality"]}} if row["split"] == "test" else row for row in rows]
    path = folder / "other-rows.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return Study(study.feature_store, path)


@pytest.fixture(scope="module")
def folders(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A fit without and with a refit, and a refit on other test MOS."""
    root = tmp_path_factory.mktemp("refit")
    fit(command(study, root / "plain"))
    fit(command(study, root / "refit", refit="all"))
    fit(command(with_other_test_mos(study, root), root / "other", refit="all"))
    return {name: root / name for name in ("plain", "refit", "other")}


def test_metrics_and_predictions_are_those_of_the_fit_before(folders: dict[str, Path]) -> None:
    plain, refit = (json.loads((folders[name] / "metrics.json").read_text()) for name in ("plain", "refit"))
    assert refit["aspects"] == plain["aspects"]
    assert "refit" not in plain and refit["refit"] == "all" and "that fit's" in refit["refit_note"]
    assert refit["fingerprint"] != plain["fingerprint"]
    for name in ("predictions.jsonl", "history.jsonl"):
        assert (folders["refit"] / name).read_bytes() == (folders["plain"] / name).read_bytes()


def test_the_checkpoint_is_marked_and_keeps_the_width_that_val_gave(folders: dict[str, Path]) -> None:
    plain, refit = (read_checkpoint(folders[name] / "scorer.safetensors") for name in ("plain", "refit"))
    assert "refit" not in plain.header and refit.header["refit"] == "all"
    assert refit.aspects["quality"].half_width == plain.aspects["quality"].half_width


def test_test_rows_enter_the_refit_and_nothing_else(study: Study, folders: dict[str, Path]) -> None:
    plain, refit, other = (predictions(study, folders[name]) for name in ("plain", "refit", "other"))
    test = torch.tensor([row.split == "test" for row in read_fit_rows(study.rows)])
    mos = torch.tensor([row.mos["quality"] for row in read_fit_rows(study.rows)])
    assert not torch.equal(refit, plain)
    assert (refit[test] - mos[test]).square().mean() < (plain[test] - mos[test]).square().mean()
    # The other test MOS pull the predictions of their rows towards themselves.
    assert (other[test] - (5 - mos[test])).square().mean() < (refit[test] - (5 - mos[test])).square().mean()


def test_nothing_is_chosen_again(study: Study, folders: dict[str, Path]) -> None:
    chosen = json.loads((folders["refit"] / "metrics.json").read_text())["aspects"]["quality"]["chosen"]
    head = read_checkpoint(folders["refit"] / "scorer.safetensors").aspects["quality"].head
    gammas = [float(tensor) for name, tensor in head.state_dict().items() if name.endswith("gamma")]
    assert gammas == [pytest.approx(chosen["kernel-ridge"]["gamma"])]
    centres = next(tensor for name, tensor in head.state_dict().items() if name.endswith("centres"))
    assert len(centres) == len(read_fit_rows(study.rows))


def test_a_stopped_refit_goes_on_to_the_same_bits(study: Study, folders: dict[str, Path], tmp_path: Path) -> None:
    part = {**command(study, tmp_path, refit="all"), "command": "fit-part", "encoder": "embedded", "state": str(tmp_path)}
    refitted = 0

    def count(event: str, **fields: Any) -> None:
        nonlocal refitted
        refitted += event == "progress" and fields["note"] == "quality, refit"

    with pytest.raises(StopRequested):
        run_fit_part(part, count, lambda: refitted == 1)
    assert refitted == 1 and not (tmp_path / "quality.json").exists()
    run_fit_part(part, count, lambda: False)
    ours, known = load_file(tmp_path / "quality.safetensors"), read_checkpoint(folders["refit"] / "scorer.safetensors")
    for name, tensor in known.aspects["quality"].head.state_dict().items():
        assert torch.equal(ours[f"quality.{name}"], tensor)


def test_a_refit_of_something_else_or_of_the_control_is_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="refit is 'test', expected 'all'"):
        fit(command(study, tmp_path, refit="test"))
    with pytest.raises(ConfigError, match="shuffle_train_mos"):
        fit({**command(study, tmp_path, refit="all"), "config": {**CONFIG, "shuffle_train_mos": True}})
