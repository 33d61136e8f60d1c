"""Weights of the ``xlstm`` package's block stack (2.0.6, sLSTM backend ``vanilla``) as ours, and ours as theirs.

There, norm weights are kept less 1, blocks of linear maps have their output first, and in the sLSTM the map named
``fgate`` feeds the input gate and ``igate`` the forget gate (their ``slstm/layer.py``; checked 2026-11-28).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from .shape import XlstmShape


def _same(x: Tensor) -> Tensor:
    return x


def _turned(x: Tensor) -> Tensor:
    return x.transpose(-1, -2).contiguous()


@dataclass(frozen=True)
class _Weight:
    """One weight under both names; ``ours`` and ``theirs`` change its form."""

    ours: str
    theirs: str
    to_ours: Callable[[Tensor], Tensor] = _same
    to_theirs: Callable[[Tensor], Tensor] = _same


def _norm(ours: str, theirs: str) -> _Weight:
    return _Weight(ours, theirs, lambda x: x + 1, lambda x: x - 1)


def _map(ours: str, theirs: str) -> _Weight:
    return _Weight(ours, theirs, _turned, _turned)


_CONV = (
    _Weight("conv.conv.weight", "xlstm.conv1d.conv.weight"),
    _Weight("conv.conv.bias", "xlstm.conv1d.conv.bias"),
)
_MLSTM = (
    _norm("norm.weight", "xlstm_norm.weight"),
    _Weight("up.weight", "xlstm.proj_up.weight"),
    *_CONV,
    _map("query.weight", "xlstm.q_proj.weight"),
    _map("key.weight", "xlstm.k_proj.weight"),
    _map("value.weight", "xlstm.v_proj.weight"),
    _norm("head_norm.weight", "xlstm.mlstm_cell.outnorm.weight"),
    _Weight("skip", "xlstm.learnable_skip"),
    _Weight("down.weight", "xlstm.proj_down.weight"),
)
# Ours are one map, input gates first.
_MLSTM_GATES = tuple(
    (f"gates.{part}", (f"xlstm.mlstm_cell.igate.{part}", f"xlstm.mlstm_cell.fgate.{part}")) for part in ("weight", "bias")
)
_SLSTM = (
    _norm("norm.weight", "xlstm_norm.weight"),
    *_CONV,
    _map("input_gate.weight", "xlstm.fgate.weight"),
    _map("forget_gate.weight", "xlstm.igate.weight"),
    _map("cell.weight", "xlstm.zgate.weight"),
    _map("output_gate.weight", "xlstm.ogate.weight"),
    _Weight("bias", "xlstm.slstm_cell._bias_", lambda x: x.view(4, -1), lambda x: x.flatten()),
    _map("recurrent", "xlstm.slstm_cell._recurrent_kernel_"),
    _norm("head_norm.weight", "xlstm.group_norm.weight"),
    _norm("ff_norm.weight", "ffn_norm.weight"),
    _Weight("ff_up.weight", "ffn.proj_up.weight"),
    _Weight("ff_down.weight", "ffn.proj_down.weight"),
)
_LAST = _norm("norm.weight", "post_blocks_norm.weight")


def from_official(state_dict: Mapping[str, Tensor], shape: XlstmShape) -> dict[str, Tensor]:
    """The state dict of an ``XlstmStack`` of ``shape`` that computes what the official stack does.

    Raises:
        KeyError: a weight is missing: the official stack has another shape, or a part that ours has not.
    """
    ours = {_LAST.ours: _LAST.to_ours(state_dict[_LAST.theirs])}
    for prefix, weights, gates in _blocks(shape):
        for weight in weights:
            ours[prefix + weight.ours] = weight.to_ours(state_dict[prefix + weight.theirs])
        for name, parts in gates:
            ours[prefix + name] = torch.cat([state_dict[prefix + part] for part in parts])
    return ours


def to_official(state_dict: Mapping[str, Tensor], shape: XlstmShape) -> dict[str, Tensor]:
    """The state dict of the official stack that computes what ours of ``shape`` does; also takes gradients, but for norms.

    Raises:
        KeyError: a weight is missing.
    """
    theirs = {_LAST.theirs: _LAST.to_theirs(state_dict[_LAST.ours])}
    for prefix, weights, gates in _blocks(shape):
        for weight in weights:
            theirs[prefix + weight.theirs] = weight.to_theirs(state_dict[prefix + weight.ours])
        for name, parts in gates:
            theirs |= {prefix + part: half for part, half in zip(parts, state_dict[prefix + name].chunk(2), strict=True)}
    return theirs


def _blocks(shape: XlstmShape) -> list[tuple[str, tuple[_Weight, ...], tuple[tuple[str, tuple[str, str]], ...]]]:
    kinds = ((_SLSTM, ()) if index in shape.slstm_at else (_MLSTM, _MLSTM_GATES) for index in range(shape.num_blocks))
    return [(f"blocks.{index}.", *kind) for index, kind in enumerate(kinds)]
