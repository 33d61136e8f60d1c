"""The DeepSpeed configurations, filled in by transformers' Trainer as all three trainers have it do.

DeepSpeed itself is published as source that builds CUDA kernels; what it is told is decided in transformers before.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from accelerate.utils.deepspeed import HfDeepSpeedConfig
from transformers import TrainingArguments
from transformers.integrations import deepspeed as integration

from exported_sample import Export

FORMATS = ("minicpm-v", "ms-swift", "llamafactory")
HIDDEN_SIZE = 4096


class FilledConfig(HfDeepSpeedConfig):
    """transformers' configuration on accelerate's, as it stands where DeepSpeed is installed."""

    fill_match = integration.HfTrainerDeepSpeedConfig.fill_match
    fill_only = integration.HfTrainerDeepSpeedConfig.fill_only
    is_auto = integration.HfTrainerDeepSpeedConfig.is_auto
    trainer_config_process = integration.HfTrainerDeepSpeedConfig.trainer_config_process
    trainer_config_finalize = integration.HfTrainerDeepSpeedConfig.trainer_config_finalize
    mismatches: list[str]


def read_config(export: Export, name: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((export.folder / name / "lora" / "ds-zero3-offload.json").read_text("utf-8"))
    return config


def fill(config: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What DeepSpeed would be given for a student of the width of 2.5."""
    arguments = TrainingArguments(output_dir=str(folder), use_cpu=True)
    filled = FilledConfig(config)
    filled.mismatches = []
    filled.trainer_config_process(arguments)
    model = SimpleNamespace(config=SimpleNamespace(hidden_size=HIDDEN_SIZE))
    filled.trainer_config_finalize(arguments, model, num_training_steps=10)
    result: dict[str, Any] = filled.config
    return result


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_for_the_trainer_to_guess(export: Export, tmp_path: Path, name: str) -> None:
    config = read_config(export, name)
    filled = fill(config, tmp_path)
    assert '"auto"' in json.dumps(config) and '"auto"' not in json.dumps(filled)
    zero = filled["zero_optimization"]
    assert zero["stage"] == 3 and zero["offload_param"]["device"] == zero["offload_optimizer"]["device"] == "cpu"
    assert zero["reduce_bucket_size"] == HIDDEN_SIZE * HIDDEN_SIZE


def test_a_misspelt_key_stays_auto(export: Export, tmp_path: Path) -> None:
    config = read_config(export, "ms-swift")
    zero = config["zero_optimization"]
    zero["reduce_bucket_sizes"] = zero.pop("reduce_bucket_size")
    assert fill(config, tmp_path)["zero_optimization"]["reduce_bucket_sizes"] == "auto"


def test_a_batch_size_that_is_fixed_twice_is_refused(export: Export, tmp_path: Path) -> None:
    config = {**read_config(export, "ms-swift"), "train_micro_batch_size_per_gpu": 3}
    with pytest.raises(ValueError, match="train_micro_batch_size_per_gpu=3"):
        fill(config, tmp_path)
