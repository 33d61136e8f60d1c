"""The LoRA configurations, taken by peft and put on the students by it."""

import json
from typing import Any

import pytest
import yaml
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from peft.utils import ModulesToSaveWrapper

from exported_sample import Export
from module_skeleton import VISION_LAYERS
from student_modules import EXPECTED_ADAPTERS, build_student

STUDENT_2_5 = "minicpm-llama3-v-2_5"


def read_configs(export: Export) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What ``LoraConfig`` is given by student and variant: each peft file, and what ms-swift makes of its own."""
    configs: dict[tuple[str, str], list[dict[str, Any]]] = {key: [] for key in EXPECTED_ADAPTERS}
    for key in EXPECTED_ADAPTERS:
        for file in sorted(export.folder.rglob(f"lora/{'-'.join(key)}.*")):
            values = yaml.safe_load(file.read_text("utf-8"))
            if "peft_type" not in values:
                saved = values.get("modules_to_save")
                values = {"target_modules": values["target_regex"], "modules_to_save": saved}
            configs[key].append(values)
    return configs


@pytest.fixture(scope="module")
def configs(export: Export) -> dict[tuple[str, str], list[dict[str, Any]]]:
    return read_configs(export)


@pytest.fixture(scope="module")
def paper_config(export: Export) -> dict[str, Any]:
    """The peft file of the 2024 student's vision LoRA."""
    file = export.folder / "minicpm-v" / "lora" / f"{STUDENT_2_5}-paper.json"
    values: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return values


def adapted(student: str, values: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Names of the modules that peft put an adapter on, and of those it trains in full."""
    model = inject_adapter_in_model(LoraConfig(**values), build_student(student), low_cpu_mem_usage=True)
    modules = dict(model.named_modules())
    adapters = [name for name, module in modules.items() if isinstance(module, LoraLayer)]
    return adapters, [name for name, module in modules.items() if isinstance(module, ModulesToSaveWrapper)]


@pytest.mark.parametrize("key", EXPECTED_ADAPTERS, ids=" ".join)
def test_peft_puts_lora_where_the_variant_says(
    configs: dict[tuple[str, str], list[dict[str, Any]]], key: tuple[str, str]
) -> None:
    # Its peft file and its ms-swift arguments.
    assert len(configs[key]) == 2
    for values in configs[key]:
        adapters, saved = adapted(key[0], values)
        assert len(adapters) == EXPECTED_ADAPTERS[key]
        is_vision = [name.startswith(("vpm.", "model.vision_tower.")) for name in adapters]
        assert all(is_vision) if key[1] == "paper" else not any(is_vision)
        # An entry of modules_to_save that names nothing passes in silence.
        assert len(saved) == len(values["modules_to_save"] or [])


def test_the_plain_list_of_names_would_also_train_the_vision_encoder(paper_config: dict[str, Any]) -> None:
    plain = {**paper_config, "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"]}
    adapters, _ = adapted(STUDENT_2_5, plain)
    assert len(adapters) == EXPECTED_ADAPTERS[STUDENT_2_5, "released"] + VISION_LAYERS * 3


def test_an_expression_in_a_list_or_an_unknown_key_is_refused(paper_config: dict[str, Any]) -> None:
    expression = paper_config["target_modules"]
    with pytest.raises(ValueError, match="not found in the base model"):
        adapted(STUDENT_2_5, {**paper_config, "target_modules": [expression]})
    with pytest.raises(TypeError, match="lora_rank"):
        LoraConfig(**paper_config, lora_rank=64)
