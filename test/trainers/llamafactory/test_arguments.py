"""The exported configurations, taken by LLaMA-Factory's own parser and put on its student by its own rule."""

from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from llamafactory.hparams import FinetuningArguments
from llamafactory.hparams.parser import _TRAIN_ARGS, _parse_train_args
from llamafactory.model.model_utils.visual import patch_target_modules
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from peft.utils import ModulesToSaveWrapper
from transformers import PretrainedConfig

from exported_sample import Export
from module_skeleton import VISION_LAYERS, build_skeleton

VARIANTS = ("released", "paper")
# Qwen2-7B, the language model of MiniCPM-V 2.6.
TEXT_LAYERS = 28
EXPECTED_ADAPTERS = {"released": TEXT_LAYERS * 4, "paper": VISION_LAYERS * 6}


def read_config(export: Export, variant: str) -> dict[str, Any]:
    file = export.folder / "llamafactory" / "lora" / f"minicpm-v-2_6-{variant}.yaml"
    config: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return config


def parse(config: dict[str, Any], folder: Path) -> Any:
    """The arguments of a run without a graphics card, DeepSpeed or a hub."""
    here = {"bf16": False, "use_cpu": True, "deepspeed": None, "output_dir": str(folder)}
    return _parse_train_args({**config, **here})


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_key_is_one_of_its_arguments(export: Export, tmp_path: Path, variant: str) -> None:
    config = read_config(export, variant)
    assert set(config) <= {name for part in _TRAIN_ARGS for name in part.__dataclass_fields__}
    model, data, training, finetuning, _ = parse(config, tmp_path)
    assert model.model_name_or_path == "openbmb/MiniCPM-V-2_6"
    assert (data.dataset, data.eval_dataset) == (["retort_train"], ["retort_val"])
    assert data.template == "minicpm_v" and data.cutoff_len == config["cutoff_len"]
    assert training.do_train and finetuning.finetuning_type == "lora" and finetuning.lora_rank == config["lora_rank"]


def test_a_made_up_key_is_refused(export: Export, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="freeze_everything"):
        parse({**read_config(export, "paper"), "freeze_everything": True}, tmp_path)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_it_names_exists_in_the_corpus(export: Export, variant: str) -> None:
    config = read_config(export, variant)
    info = yaml.safe_load((export.folder / config["dataset_dir"] / "dataset_info.json").read_text("utf-8"))
    assert {config["dataset"], config["eval_dataset"]} <= set(info)
    assert (export.folder / config["deepspeed"]).exists()
    assert (export.folder / config["media_dir"] / export.rows("train")[0]["image"]).exists()


def adapted(finetuning: FinetuningArguments) -> tuple[list[str], list[str]]:
    """Names of the modules of MiniCPM-V 2.6 that get an adapter, and of those trained in full."""
    with torch.device("meta"):
        model = build_skeleton(TEXT_LAYERS)
    model.config = PretrainedConfig()
    model.config.model_type = "minicpmv"
    targets = patch_target_modules(model, finetuning, finetuning.lora_target)
    config = LoraConfig(target_modules=targets, modules_to_save=finetuning.additional_target)
    tuned = dict(inject_adapter_in_model(config, model, low_cpu_mem_usage=True).named_modules())
    adapters = [name for name, module in tuned.items() if isinstance(module, LoraLayer)]
    return adapters, [name for name, module in tuned.items() if isinstance(module, ModulesToSaveWrapper)]


@pytest.mark.parametrize("variant", VARIANTS)
def test_lora_goes_where_the_variant_says(export: Export, tmp_path: Path, variant: str) -> None:
    config = read_config(export, variant)
    adapters, saved = adapted(parse(config, tmp_path)[3])
    assert len(adapters) == EXPECTED_ADAPTERS[variant]
    assert all(name.startswith("vpm." if variant == "paper" else "llm.") for name in adapters)
    full = config.get("additional_target", "")
    assert len(saved) == len([name for name in full.split(",") if name])


def test_without_the_freezes_the_other_half_would_be_trained(export: Export, tmp_path: Path) -> None:
    thawed = {**read_config(export, "released"), "freeze_vision_tower": False, "freeze_multi_modal_projector": False}
    adapters, _ = adapted(parse(thawed, tmp_path)[3])
    assert any(name.startswith("vpm.") for name in adapters)
