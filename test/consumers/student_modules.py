"""The students' module trees without weights, for peft to put LoRA on: MiniCPM-V 4.6 is transformers' own class."""

import torch
from torch import nn
from transformers.models.minicpmv4_6 import MiniCPMV4_6Config, MiniCPMV4_6ForConditionalGeneration

from module_skeleton import VISION_LAYERS, build_skeleton

TEXT_LAYERS_2_5 = 32
TEXT_LAYERS_4_6 = 24

# Adapters that each variant must put on, by the name in our file names.
EXPECTED_ADAPTERS = {
    ("minicpm-llama3-v-2_5", "released"): TEXT_LAYERS_2_5 * 4,
    ("minicpm-llama3-v-2_5", "paper"): VISION_LAYERS * 6,
    # Only every fourth text layer has self-attention.
    ("minicpm-v-4_6", "released"): TEXT_LAYERS_4_6 // 4 * 4,
    ("minicpm-v-4_6", "paper"): VISION_LAYERS * 6,
}


def build_student(name: str) -> nn.Module:
    """The student called ``name`` in our file names, on no device."""
    with torch.device("meta"):
        return build_skeleton(TEXT_LAYERS_2_5) if name == "minicpm-llama3-v-2_5" else build_v_4_6()


def build_v_4_6() -> nn.Module:
    """MiniCPM-V 4.6 in its real depth: 734 modules."""
    config = MiniCPMV4_6Config(
        text_config={"model_type": "qwen3_5_text", "num_hidden_layers": TEXT_LAYERS_4_6},
        vision_config={"num_hidden_layers": VISION_LAYERS},
    )
    return MiniCPMV4_6ForConditionalGeneration(config)
