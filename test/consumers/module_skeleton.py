"""Module trees of MiniCPM-V 2.x, whose code is on the hub: their published structure, as far as LoRA could mean it."""

from torch import nn

VISION_LAYERS = 27
# What peft can wrap in a layer; the width doesn't matter to it.
TEXT_LINEARS = [f"self_attn.{part}_proj" for part in "qkvo"] + [f"mlp.{part}_proj" for part in ("gate", "up", "down")]
VISION_LINEARS = [f"self_attn.{part}_proj" for part in ("q", "k", "v", "out")] + ["mlp.fc1", "mlp.fc2"]
WIDTH = 8


def build_skeleton(text_layers: int) -> nn.Module:
    """`llm` with ``text_layers`` layers, `vpm` with 27 and `resampler` (read 2026-11-23)."""
    root = nn.Module()
    place(root, "llm.model.embed_tokens", nn.Embedding(WIDTH, WIDTH))
    place(root, "llm.lm_head", nn.Linear(WIDTH, WIDTH))
    for layer in range(text_layers):
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
