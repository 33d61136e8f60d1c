"""The sLSTM cell: scalar memories that see the hidden states of the step before through R.

A step is one batched product and a dozen small operations on buffers made beforehand. The gradients of R and of the maps
in front are single products over all steps at the end.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..precision import at_least_fp32


def slstm(local: Tensor, inner: Tensor, input_forget: Tensor, cell_output: Tensor, bias: Tensor, recurrent: Tensor) -> Tensor:
    """The maps in front and the cell over whole sequences, stabilised (Beck et al. 2024, equations 8 to 18).

    Gates and states stand in the order input, forget, cell, output; E is the size of a head.

    Args:
        local: [B, S, D], seen by input and forget gates.
        inner: [B, S, D], seen by cell input and output gate.
        input_forget, cell_output: [N, E, 2 * E], the maps a head.
        bias: [N, 4 * E].
        recurrent: [N, E, 4 * E], R.
    Returns:
        Hidden states [S, B, N, E]; computed in fp32 at least, in the dtype of ``inner``.
    """
    weights = (at_least_fp32(weight) for weight in (input_forget, cell_output, bias, recurrent))
    return SlstmScan.apply(at_least_fp32(local), at_least_fp32(inner), *weights).to(inner.dtype)


class SlstmScan(torch.autograd.Function):
    """:func:`slstm` in fp32 or fp64; keeps activated gates, states and the maps' inputs."""

    @staticmethod
    def forward(
        ctx: Any, local: Tensor, inner: Tensor, input_forget: Tensor, cell_output: Tensor, bias: Tensor, recurrent: Tensor
    ) -> Tensor:
        B, S, D = inner.shape
        N, E, _ = recurrent.shape
        with torch.autocast(inner.device.type, enabled=False):
            local, inner = (_head_tokens(x, N) for x in (local, inner))  # [N, S * B, E]
            gates = inner.new_empty(N, S * B, 4 * E)
            torch.bmm(local, input_forget, out=gates[..., : 2 * E])
            torch.bmm(inner, cell_output, out=gates[..., 2 * E :])
            gates += bias.unsqueeze(1)
            hidden, states, raw_forget = _scan(gates.view(N, S, B, 4 * E), recurrent)
        ctx.save_for_backward(local, inner, input_forget, cell_output, recurrent, gates, hidden, states, raw_forget)
        return hidden.permute(1, 2, 0, 3)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:
        local, inner, input_forget, cell_output, recurrent, gates, hidden, states, raw_forget = ctx.saved_tensors
        N, S, B, E = hidden.shape
        with torch.autocast(inner.device.type, enabled=False):
            grad_gates = _scan_backward(grad.permute(2, 0, 1, 3), gates.view(N, S, B, 4 * E), hidden, states, raw_forget, recurrent)
            earlier = hidden[:, :-1].reshape(N, -1, E)
            grad_recurrent = torch.bmm(earlier.transpose(1, 2), grad_gates[:, 1:].reshape(N, -1, 4 * E))
            flat = grad_gates.view(N, S * B, 4 * E)
            grads_if, grads_co = flat[..., : 2 * E], flat[..., 2 * E :]
            grad_local, grad_inner = (inner.new_empty(S * B, N, E) for _ in range(2))
            torch.bmm(grads_if, input_forget.transpose(1, 2), out=grad_local.transpose(0, 1))
            torch.bmm(grads_co, cell_output.transpose(1, 2), out=grad_inner.transpose(0, 1))
            weight_grads = torch.bmm(local.transpose(1, 2), grads_if), torch.bmm(inner.transpose(1, 2), grads_co)
        token_grads = (part.view(S, B, N * E).transpose(0, 1) for part in (grad_local, grad_inner))
        return *token_grads, *weight_grads, flat.sum(dim=1), grad_recurrent


def _head_tokens(x: Tensor, num_heads: int) -> Tensor:
    """[B, S, D] -> [N, S * B, E], step by step: a view of a copy."""
    B, S, D = x.shape
    return x.transpose(0, 1).contiguous().view(S * B, num_heads, D // num_heads).transpose(0, 1)


def _scan(gates: Tensor, recurrent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Run the recurrence; ``gates`` [N, S, B, 4 * E] come in before R and bias's activation and are left activated.

    Returns:
        Hidden states [N, S, B, E]; cell and normaliser, [N, S, B, 2 * E]; the forget gates before their activation.
    """
    N, S, B, E = gates.shape[:3] + (recurrent.shape[1],)
    hidden, raw_forget = gates.new_empty(N, S, B, E), gates.new_empty(N, S, B, E)
    states = gates.new_empty(N, S, B, 2 * E)
    level, before = gates.new_empty(N, B, E), gates.new_zeros(N, B, 2 * E)
    all_gates, both = gates.unbind(1), gates[..., : 2 * E].unflatten(-1, (2, E)).unbind(1)
    ins, forgets, candidates, outs = (part.unbind(1) for part in gates.split(E, dim=-1))
    pairs = states.unflatten(-1, (2, E)).unbind(1)
    cells, normalisers = (part.unbind(1) for part in states.split(E, dim=-1))
    hiddens, raws, level_of_both = hidden.unbind(1), raw_forget.unbind(1), level.unsqueeze(2)
    before_cell, before_normaliser = before.split(E, dim=-1)
    for step in range(S):
        take, keep, candidate = ins[step], forgets[step], candidates[step]
        if step > 0:
            all_gates[step].baddbmm_(hiddens[step - 1], recurrent)
        raws[step].copy_(keep)
        if step == 0:  # nothing to keep: the input gate is the stabiliser
            level.copy_(take)
            keep.fill_(-torch.inf)
        else:
            torch.add(F.logsigmoid(keep), level, out=keep)
            torch.maximum(take, keep, out=level)
        both[step].sub_(level_of_both).exp_()
        candidate.tanh_()
        outs[step].sigmoid_()
        torch.mul(take, candidate, out=cells[step]).addcmul_(keep, before_cell)
        torch.addcmul(take, keep, before_normaliser, out=normalisers[step])
        torch.div(cells[step], normalisers[step], out=hiddens[step]).mul_(outs[step])
        before_cell, before_normaliser = cells[step], normalisers[step]
    return hidden, states, raw_forget


def _scan_backward(
    grad: Tensor, gates: Tensor, hidden: Tensor, states: Tensor, raw_forget: Tensor, recurrent: Tensor
) -> Tensor:
    """Gradients [N, S, B, 4 * E] of the gates before their activation.

    The stabiliser cancels in cell / normaliser, so it counts as a constant.
    """
    N, S, B, E = hidden.shape
    take, keep, candidate, output = gates.split(E, dim=-1)
    cell, normaliser = states.split(E, dim=-1)
    # Slopes of the gates as seen from cell and normaliser, and of these as seen from the hidden state.
    slopes = torch.empty_like(gates)
    before = torch.zeros_like(states)
    before[:, 1:] = states[:, :-1]
    forget_slope = torch.sigmoid(-raw_forget).mul_(keep)
    torch.mul(take, candidate, out=slopes[..., :E])
    torch.mul(before[..., :E], forget_slope, out=slopes[..., E : 2 * E])
    torch.mul(candidate, candidate, out=slopes[..., 2 * E : 3 * E]).neg_().add_(1).mul_(take)
    torch.mul(hidden, 1 - output, out=slopes[..., 3 * E :])
    of_normaliser = torch.cat((take, forget_slope.mul_(before[..., E:])), dim=-1)
    to_states = before  # its buffer is free again
    torch.div(output, normaliser, out=to_states[..., :E])
    torch.div(hidden, normaliser, out=to_states[..., E:]).neg_()

    grad_gates = slopes
    grad_states, carried = gates.new_zeros(N, B, 2, E), gates.new_zeros(N, B, E)
    grad_cell, grad_normaliser = grad_states[:, :, :1], grad_states[:, :, 1:]
    total, transposed = torch.empty_like(carried), recurrent.transpose(1, 2)
    all_grads, three = grad_gates.unbind(1), grad_gates[..., : 3 * E].unflatten(-1, (3, E)).unbind(1)
    two, outs = grad_gates[..., : 2 * E].unflatten(-1, (2, E)).unbind(1), grad_gates[..., 3 * E :].unbind(1)
    grads, keeps, of_normalisers = grad.unbind(1), keep.unsqueeze(3).unbind(1), of_normaliser.unflatten(-1, (2, E)).unbind(1)
    to_both, total_of_both = to_states.unflatten(-1, (2, E)).unbind(1), total.unsqueeze(2)
    for step in range(S - 1, -1, -1):
        torch.add(grads[step], carried, out=total)
        grad_states.addcmul_(to_both[step], total_of_both)
        three[step].mul_(grad_cell)
        two[step].addcmul_(of_normalisers[step], grad_normaliser)
        outs[step].mul_(total)
        torch.bmm(all_grads[step], transposed, out=carried)
        grad_states.mul_(keeps[step])
    return grad_gates
