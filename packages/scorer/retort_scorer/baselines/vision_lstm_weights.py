"""Gives the tensors of a published ViL checkpoint the names and layouts of ours."""

from collections.abc import Mapping

import torch
from torch import Tensor

from ..errors import ScorerError

# Ours by theirs, without ".weight" and ".bias": within a block, and around the blocks.
BLOCK_NAMES = {"norm": "norm", "up": "xlstm.proj_up", "conv": "xlstm.conv", "down": "xlstm.proj_down"}
OUTER_NAMES = {"patches": "patch_embed.proj", "norm": "post_blocks_norm", "out_norm": "head.0"}
CLASSIFIER = ("head.1.weight", "head.1.bias")


def port_vil2_weights(raw: Mapping[str, Tensor], num_blocks: int) -> dict[str, Tensor]:
    """The state of a ``VisionLstm`` from the ``state_dict`` of a ``vil2_*.th``.

    Their layer norms inside keep the weight's distance from 1, the last one (``head.0``) keeps the weight; their block-diagonal
    maps are [G, out, in], ours [G, in, out]; their gates are two maps, ours one.

    Raises:
        ScorerError: a tensor is missing or left over: this isn't such a checkpoint.
    """
    rest = {_plain_name(key): value for key, value in raw.items()}
    ported: dict[str, Tensor] = {}

    def take(name: str) -> Tensor:
        if name not in rest:
            raise ScorerError(f"A ViL checkpoint should hold {name}, this one doesn't: fetch a vil2_*.th of the authors.")
        return rest.pop(name)

    def take_pair(ours: str, theirs: str) -> None:
        ported[f"{ours}.weight"], ported[f"{ours}.bias"] = take(f"{theirs}.weight"), take(f"{theirs}.bias")

    for ours, theirs in OUTER_NAMES.items():
        take_pair(ours, theirs)
    ported["norm.weight"] = ported["norm.weight"] + 1
    ported["positions"] = take("pos_embed.embed")
    for index in range(num_blocks):
        block = f"blocks.{index}"  # named alike on both sides
        for ours, theirs in BLOCK_NAMES.items():
            take_pair(f"{block}.{ours}", f"{block}.{theirs}")
        ported[f"{block}.norm.weight"] = ported[f"{block}.norm.weight"] + 1
        for ours in ("query", "key", "value"):
            theirs = f"{block}.xlstm.{ours[0]}_proj"
            ported[f"{block}.{ours}.linear.weight"] = take(f"{theirs}.weight").transpose(1, 2)
            ported[f"{block}.{ours}.bias"] = take(f"{theirs}.bias")
        cell = f"{block}.xlstm.mlstm_cell"
        for part in ("weight", "bias"):
            gates = [take(f"{cell}.{gate}.{part}") for gate in ("igate", "fgate")]
            ported[f"{block}.gates.{part}"] = torch.cat(gates)
        ported[f"{block}.head_norm.weight"] = take(f"{cell}.outnorm.weight") + 1
        ported[f"{block}.head_bias"] = take(f"{cell}.outnorm.bias")
        ported[f"{block}.skip"] = take(f"{block}.xlstm.learnable_skip")
    left = sorted(set(rest) - set(CLASSIFIER))
    if left:
        raise ScorerError(f"A ViL checkpoint of {num_blocks} blocks has no {left[0]} ({len(left)} tensors too many).")
    return ported


def _plain_name(key: str) -> str:
    """Their names as the files have them, without the name of the stack in front."""
    return key.removeprefix("xlstm.").replace(".xlstm_norm.", ".norm.").replace(".conv1d.", ".conv.")
