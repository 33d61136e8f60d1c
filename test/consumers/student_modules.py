"""The students' module trees without weights, for peft to put LoRA on.

MiniCPM-V 4.6 is transformers' own class. MiniCPM-Llama3-V-2_5 is code on the hub: its tree is built from its published
structure, as far as LoRA could mean it (32 text layers, 27 vision layers, resampler; read 2026-11-23).
"""

import torch
from torch import nn
from transformers.models.minicpmv4_6 import MiniCPMV4_6Config, MiniCPMV4_6ForConditionalGeneration

TEXT_LAYERS_2_5 = 32
TEXT_LAYERS_4_6 = 24
VISION_LAYERS = 27
# What peft can wrap, in the layers of 2.5; the width doesn't matter to it.
TEXT_LINEARS = [f"self_attn.{part}_proj" for part in "qkvo"] + [f"mlp.{part}_proj" for part in ("gate", "up", "down")]
VISION_LINEARS = [f"self_attn.{part}_proj" for part in ("q", "k", "v", "out")] + ["mlp.fc1", "mlp.fc2"]
WIDTH = 8

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
        return {"minicpm-llama3-v-2_5": build_llama3_v_2_5, "minicpm-v-4_6": build_v_4_6}[name]()


def build_v_4_6() -> nn.Module:
    """MiniCPM-V 4.6 in its real depth: 734 modules."""
    config = MiniCPMV4_6Config(
        text_config={"model_type": "qwen3_5_text", "num_hidden_layers": TEXT_LAYERS_4_6},
        vision_config={"num_hidden_layers": VISION_LAYERS},
    )
    return MiniCPMV4_6ForConditionalGeneration(config)


def build_llama3_v_2_5() -> nn.Module:
    root = nn.Module()
    place(root, "llm.model.embed_tokens", nn.Embedding(WIDTH, WIDTH))
    place(root, "llm.lm_head", nn.Linear(WIDTH, WIDTH))
    for layer in range(TEXT_LAYERS_2_5):
        for part in TEXT_LINEARS:
            place(root, f"llm.model.layers.{layer}.{part}", nn.Linear(WIDTH, WIDTH))
    for layer in range(VISION_LAYERS):
        for part in VISION_LINEARS:
            place(root, f"vpm.encoder.layers.{layer}.{part}", nn.Linear(WIDTH, WIDTH))
    for part in ("kv_proj", "attn.out_proj"):
        place(root, f"resampler.{part}", nn.Linear(WIDTH, WIDTH))
    return root


def place(root: nn.Module, name: str, module: nn.Module) -> None:
    """Put ``module`` under its dotted name, with what is missing on the way."""
    *parents, last = name.split(".")
    for parent in parents:
        if not hasattr(root, parent):
            root.add_module(parent, nn.Module())
        root = getattr(root, parent)
    root.add_module(last, module)
