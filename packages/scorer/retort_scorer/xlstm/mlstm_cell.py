"""The mLSTM cell: a matrix memory a head, written with gated outer products and read by queries.

The chunkwise form of Beck et al. 2025 (Tiled Flash Linear Attention, arXiv 2503.14376): within a chunk all pairs of
steps at once, between chunks the memory. One chunk as long as the sequence is the parallel form.

With b the cumulative log forget gate since the chunk began, u = i - b, m the stabiliser that came in and
g = max(m, cummax u): step s weighs exp(u_s - g_t) at step t of its chunk, the memory that came in exp(m - g_t), and the
stabiliser of step t is b_t + g_t. Every exponent is 0 or below.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..precision import at_least_fp32

NORMALISER_EPSILON = 1e-6
CHUNK_SIZE = 64
PARALLEL_UP_TO = 96  # steps, or half a head's size where that is more: so far one chunk is as fast, and needs no memory


@dataclass(frozen=True)
class Chunk:
    """One chunk's steps and what its gates come to; B is batch times heads."""

    steps: slice
    offset: Tensor  # u, [B, C]
    level: Tensor  # g, [B, C]
    stabiliser: Tensor  # b + g, [B, C]
    carried: Tensor | None  # exp(m - g), [B, C, 1]; None in the first chunk
    kept: Tensor | None  # exp(m - g of the last step), [B, 1, 1]: what stays of the memory; None in the first chunk
    written: Tensor  # exp(u - g of the last step), [B, C, 1]

    def weights(self, scale: float) -> Tensor:
        """[B, C, C]: ``scale`` times how much of the step in the column is left at the step of the row."""
        # Later columns may overflow on the way; they are set to zero, not multiplied by it.
        return ((self.offset + math.log(scale)).unsqueeze(1) - self.level.unsqueeze(2)).exp_().tril_()


def chunk_size_of(S: int, E: int) -> int:
    """Steps a chunk for ``S`` steps and heads of size ``E``: all of them while the parallel form is as fast."""
    return S if S <= max(PARALLEL_UP_TO, E // 2) else CHUNK_SIZE


def mlstm_forward(
    query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor, chunk_size: int
) -> tuple[Tensor, Tensor]:
    """Hidden states [B, S, E] and normalisers before the maximum [B, S]; arguments as those of :func:`mlstm`, fp32 or fp64."""
    hidden, sums = torch.empty_like(value), torch.empty_like(input_gate)
    scale = 1 / math.sqrt(query.shape[-1])
    memory = _Memory()
    for chunk in _chunks(input_gate, forget_gate, chunk_size):
        q, k, v = (part[:, chunk.steps] for part in (query, key, value))
        out, total = hidden[:, chunk.steps], sums[:, chunk.steps]
        scores = torch.bmm(q, k.transpose(1, 2)).mul_(chunk.weights(scale))
        torch.sum(scores, dim=2, out=total)
        torch.bmm(scores, v, out=out)
        if chunk.carried is not None:
            read = q * (chunk.carried * scale)
            out.baddbmm_(read, memory.values)
            total += torch.bmm(read, memory.keys).squeeze(2)
        out /= _normaliser(total, chunk.stabiliser).unsqueeze(2)
        memory.write(chunk, k, v, last=chunk.steps.stop == query.shape[1])
    return hidden, sums


def mlstm_backward(
    grad: Tensor, inputs: tuple[Tensor, Tensor, Tensor, Tensor, Tensor], hidden: Tensor, sums: Tensor, chunk_size: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Gradients of the five ``inputs`` of :func:`mlstm_forward`, from that of its hidden states and what it returned."""
    query, key, value, input_gate, forget_gate = inputs
    grad_query, grad_key, grad_value, grad_read = (torch.empty_like(query) for _ in range(4))
    grad_sums, grad_stabiliser = torch.empty_like(sums), torch.empty_like(sums)
    scale = 1 / math.sqrt(query.shape[-1])
    memory = _Memory()
    chunks = list(_chunks(input_gate, forget_gate, chunk_size))
    for chunk in chunks:  # forward once more, for the memory that each chunk read
        q, k, v, out, total = (part[:, chunk.steps] for part in (query, key, value, hidden, sums))
        normaliser = _normaliser(total, chunk.stabiliser)
        numerator = torch.div(grad[:, chunk.steps], normaliser.unsqueeze(2), out=grad_read[:, chunk.steps])
        of_normaliser = -(numerator * out).sum(dim=2)
        grad_stabiliser[:, chunk.steps] = of_normaliser * NORMALISER_EPSILON  # but for epsilon it cancels
        above = total.abs() > torch.exp(-chunk.stabiliser)
        of_sum = torch.mul(of_normaliser, total.sign() * above, out=grad_sums[:, chunk.steps]).unsqueeze(2)
        weights = chunk.weights(scale)
        scores = torch.bmm(q, k.transpose(1, 2)).mul_(weights)
        grad_scores = torch.bmm(numerator, v.transpose(1, 2)).add_(of_sum).mul_(weights)
        torch.bmm(scores.transpose(1, 2), numerator, out=grad_value[:, chunk.steps])
        torch.bmm(grad_scores.transpose(1, 2), q, out=grad_key[:, chunk.steps])
        torch.bmm(grad_scores, k, out=grad_query[:, chunk.steps])
        if chunk.carried is not None:
            read = torch.bmm(numerator, memory.values.transpose(1, 2))
            read.addcmul_(of_sum, memory.keys.transpose(1, 2))
            grad_query[:, chunk.steps].addcmul_(read, chunk.carried * scale)
        memory.write(chunk, k, v, last=chunk is chunks[-1])
    memory_grad = _Memory()
    for chunk in reversed(chunks):
        q, k, v, numerator = (part[:, chunk.steps] for part in (query, key, value, grad_read))
        if chunk is not chunks[-1]:
            written = torch.bmm(v, memory_grad.values.transpose(1, 2)).add_(memory_grad.keys.transpose(1, 2))
            grad_key[:, chunk.steps].addcmul_(written, chunk.written)
            grad_value[:, chunk.steps].baddbmm_(k * chunk.written, memory_grad.values)
        if chunk.carried is not None and chunk.kept is not None:
            read = q * (chunk.carried * scale)
            memory_grad.add(chunk.kept, read, numerator, grad_sums[:, chunk.steps].unsqueeze(2))
    grads = _gate_gradients(inputs, grad_query, grad_key, grad_stabiliser)
    return grad_query, grad_key, grad_value, *grads


class Mlstm(torch.autograd.Function):
    """:func:`mlstm` on [B, S, E] and [B, S]; keeps its inputs, its output and one number a step."""

    @staticmethod
    def forward(ctx: Any, chunk_size: int, *inputs: Tensor) -> Tensor:
        query, key, value, input_gate, forget_gate = inputs
        hidden, sums = mlstm_forward(query, key, value, input_gate, forget_gate, chunk_size)
        ctx.chunk_size = chunk_size
        ctx.save_for_backward(*inputs, hidden, sums)
        return hidden

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        *inputs, hidden, sums = ctx.saved_tensors
        return None, *mlstm_backward(grad, tuple(inputs), hidden, sums, ctx.chunk_size)


def mlstm(
    query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor, chunk_size: int | None = None
) -> Tensor:
    """The cell over whole sequences, stabilised (Beck et al. 2024, equations 19 to 27 and appendix A).

    Args:
        query, key, value: [B, N, S, E] with N heads of size E; computed in fp32 at least.
        input_gate, forget_gate: [B, N, S], before their activations.
        chunk_size: steps a chunk; None chooses it by S.
    Returns:
        [B, N, S, E], in the dtype of ``value``.
    """
    B, N, S, E = query.shape
    vectors = (at_least_fp32(part).reshape(B * N, S, E) for part in (query, key, value))
    gates = (at_least_fp32(part).reshape(B * N, S) for part in (input_gate, forget_gate))
    return Mlstm.apply(chunk_size or chunk_size_of(S, E), *vectors, *gates).view(B, N, S, E).to(value.dtype)


@dataclass
class _Memory:
    """What goes from chunk to chunk, or its gradient: sums of key x value [B, E, E] and of keys [B, E, 1]."""

    values: Tensor = field(default_factory=lambda: torch.empty(0))  # nothing was written yet
    keys: Tensor = field(default_factory=lambda: torch.empty(0))

    def write(self, chunk: Chunk, k: Tensor, v: Tensor, last: bool) -> None:
        """Let the chunk's steps in; not after the ``last`` chunk, which nobody reads."""
        if not last:
            ones = k.new_ones(()).expand(*k.shape[:2], 1)
            self.add(chunk.kept, k * chunk.written, v, ones)

    def add(self, kept: Tensor | None, left: Tensor, values: Tensor, ones: Tensor) -> None:
        left = left.transpose(1, 2)
        if kept is None or self.values.numel() == 0:
            self.values, self.keys = torch.bmm(left, values), torch.bmm(left, ones)
        else:
            self.values.mul_(kept).baddbmm_(left, values)
            self.keys.mul_(kept).baddbmm_(left, ones)


def _chunks(input_gate: Tensor, forget_gate: Tensor, size: int) -> Iterator[Chunk]:
    log_forget = F.logsigmoid(forget_gate)
    stabiliser: Tensor | None = None
    for start in range(0, input_gate.shape[1], size):
        steps = slice(start, min(start + size, input_gate.shape[1]))
        cumulative = log_forget[:, steps].cumsum(dim=1)
        offset = input_gate[:, steps] - cumulative
        level = offset.cummax(dim=1).values
        if stabiliser is not None:
            level = torch.maximum(level, stabiliser)
        last = level[:, -1:]
        carried = None if stabiliser is None else torch.exp(stabiliser - level).unsqueeze(2)
        kept = None if carried is None else carried[:, -1:]
        total = cumulative + level
        yield Chunk(steps, offset, level, total, carried, kept, torch.exp(offset - last).unsqueeze(2))
        stabiliser = total[:, -1:]


def _normaliser(sums: Tensor, stabiliser: Tensor) -> Tensor:
    return torch.maximum(sums.abs(), torch.exp(-stabiliser)).add_(NORMALISER_EPSILON)


def _gate_gradients(
    inputs: tuple[Tensor, Tensor, Tensor, Tensor, Tensor], grad_query: Tensor, grad_key: Tensor, grad_stabiliser: Tensor
) -> tuple[Tensor, Tensor]:
    """Of input and forget gates [B, S].

    Step s weighs exp(F_t + u_s) at step t, F the cumulative log forget gate and u = i - F. The output is linear in
    query and key, so F_t has the gradient query . grad_query and u_s has key . grad_key. The stabiliser is F_t + the
    largest u so far.
    """
    query, key, _, input_gate, forget_gate = inputs
    largest = (input_gate - F.logsigmoid(forget_gate).cumsum(dim=1)).cummax(dim=1).indices
    grad_offset = (key * grad_key).sum(dim=2).scatter_add_(1, largest, grad_stabiliser)
    grad_cumulative = (query * grad_query).sum(dim=2) + grad_stabiliser - grad_offset
    # Large terms cancel in this sum over all later steps; it is small enough to take in fp64.
    grad_log_forget = grad_cumulative.double().flip(1).cumsum(dim=1).flip(1).to(grad_cumulative.dtype)
    return grad_offset, grad_log_forget * torch.sigmoid(-forget_gate)
