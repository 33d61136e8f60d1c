"""xlstm/: the cells against plain recurrences, written out step by step and left to autograd."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from retort_scorer.xlstm.mlstm_cell import PARALLEL_UP_TO, chunk_size_of, mlstm
from retort_scorer.xlstm.slstm_cell import slstm


def mlstm_step_by_step(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """Beck et al. 2024, equations 19 to 27, any number of leading dimensions: [.., S, E] and [.., S] -> [.., S, E]."""
    S, E = query.shape[-2:]
    memory, normaliser = query.new_zeros(*query.shape[:-2], E, E), query.new_zeros(*query.shape[:-2], E)
    stabiliser, out = query.new_full(query.shape[:-2], -math.inf), []
    for step in range(S):
        log_forget = F.logsigmoid(forget_gate[..., step]) + stabiliser
        stabiliser = torch.maximum(log_forget, input_gate[..., step])
        keep, take = torch.exp(log_forget - stabiliser)[..., None], torch.exp(input_gate[..., step] - stabiliser)[..., None]
        q, k, v = query[..., step, :], key[..., step, :] / math.sqrt(E), value[..., step, :]
        memory = keep[..., None] * memory + take[..., None] * v[..., :, None] * k[..., None, :]
        normaliser = keep * normaliser + take * k
        floor = torch.maximum((normaliser * q).sum(-1).abs(), torch.exp(-stabiliser))
        out.append((memory @ q[..., None]).squeeze(-1) / (floor + 1e-6)[..., None])
    return torch.stack(out, dim=-2)


def mlstm_in_parallel(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """All pairs of steps at once, as the paper's appendix A has it; shapes as those of mlstm."""
    S, E = query.shape[-2:]
    cumulative = F.logsigmoid(forget_gate).cumsum(-1)
    log_decay = cumulative.unsqueeze(-1) - cumulative.unsqueeze(-2) + input_gate.unsqueeze(-2)
    log_decay = log_decay.masked_fill(torch.ones(S, S, dtype=torch.bool).triu(1), -math.inf)
    stabiliser = log_decay.max(-1, keepdim=True).values
    weights = query @ key.transpose(-1, -2) / math.sqrt(E) * torch.exp(log_decay - stabiliser)
    normaliser = torch.maximum(weights.sum(-1, keepdim=True).abs(), torch.exp(-stabiliser))
    return weights / (normaliser + 1e-6) @ value


def slstm_step_by_step(
    local: Tensor, inner: Tensor, input_forget: Tensor, cell_output: Tensor, bias: Tensor, recurrent: Tensor
) -> Tensor:
    """The unstabilised recurrence of Beck et al. 2024, equations 8 to 14; arguments and result as those of slstm."""
    (B, S, _), (N, E, _) = inner.shape, recurrent.shape
    hidden, cell, normaliser = (inner.new_zeros(B, N, E) for _ in range(3))
    out = []
    for step in range(S):
        of_local = torch.einsum("bne,nef->bnf", local[:, step].view(B, N, E), input_forget)
        of_inner = torch.einsum("bne,nef->bnf", inner[:, step].view(B, N, E), cell_output)
        raw = torch.cat((of_local, of_inner), dim=-1) + bias + torch.einsum("bne,nef->bnf", hidden, recurrent)
        take, keep, candidate, output = raw.chunk(4, dim=-1)
        cell = torch.sigmoid(keep) * cell + torch.exp(take) * torch.tanh(candidate)
        normaliser = torch.sigmoid(keep) * normaliser + torch.exp(take)
        hidden = torch.sigmoid(output) * cell / normaliser
        out.append(hidden)
    return torch.stack(out)


def mlstm_inputs(B: int, N: int, S: int, E: int, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    random = torch.Generator().manual_seed(S)
    vectors = [torch.randn(B, N, S, E, generator=random, dtype=torch.float64) for _ in range(3)]
    gates = [4 * torch.randn(B, N, S, generator=random, dtype=torch.float64) for _ in range(2)]
    return [part.to(dtype).requires_grad_() for part in (*vectors, *gates)]


def slstm_inputs(B: int, S: int, N: int, E: int) -> list[Tensor]:
    random = torch.Generator().manual_seed(3)
    shapes = ((B, S, N * E), (B, S, N * E), (N, E, 2 * E), (N, E, 2 * E), (N, 4 * E), (N, E, 4 * E))
    return [(0.7 * torch.randn(shape, generator=random, dtype=torch.float64)).requires_grad_() for shape in shapes]


def assert_same(ours: Tensor, plain: Tensor, inputs: list[Tensor], tolerance: float = 1e-9) -> None:
    """Output and every gradient, for one random gradient of the output."""
    grad = torch.randn(ours.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    our_grads, plain_grads = (torch.autograd.grad(output, inputs, grad) for output in (ours, plain))
    for left, right in zip((ours, *our_grads), (plain, *plain_grads), strict=True):
        assert float((left - right).detach().abs().max() / right.detach().abs().max().clamp_min(1)) < tolerance


@pytest.mark.parametrize(("S", "chunk_size"), [(1, 4), (3, 4), (4, 4), (5, 4), (8, 4), (17, 4), (17, 17), (17, 64), (9, 1)])
@pytest.mark.parametrize(("B", "N"), [(1, 1), (3, 2)])
def test_the_chunkwise_mlstm_is_the_recurrence_and_the_parallel_form(B: int, N: int, S: int, chunk_size: int) -> None:
    inputs = mlstm_inputs(B, N, S, E=5)
    assert_same(mlstm(*inputs, chunk_size=chunk_size), mlstm_step_by_step(*inputs), inputs)
    assert_same(mlstm(*inputs, chunk_size=chunk_size), mlstm_in_parallel(*inputs), inputs)


def test_the_mlstm_passes_a_numerical_gradient_check() -> None:
    inputs = mlstm_inputs(2, 1, 7, 3)
    assert torch.autograd.gradcheck(lambda *parts: mlstm(*parts, chunk_size=3), inputs)


def test_the_parallel_form_is_taken_for_short_sequences_only() -> None:
    assert chunk_size_of(PARALLEL_UP_TO, E=64) == PARALLEL_UP_TO
    assert chunk_size_of(PARALLEL_UP_TO + 1, E=64) < PARALLEL_UP_TO
    assert chunk_size_of(128, E=256) == 128
    assert chunk_size_of(129, E=256) < 128


def test_the_mlstm_in_fp32_stays_close_to_fp64_over_a_thousand_steps() -> None:
    exact = mlstm_inputs(1, 2, 1000, 8)
    rounded = [part.detach().float().requires_grad_() for part in exact]
    ours, plain = mlstm(*rounded), mlstm(*exact)
    grad = torch.randn(ours.shape, generator=torch.Generator().manual_seed(5))
    grads = torch.autograd.grad(ours, rounded, grad), torch.autograd.grad(plain, exact, grad.double())
    for left, right in ((ours, plain), *zip(*grads, strict=True)):
        assert float((left.double() - right).detach().norm() / right.detach().norm()) < 1e-3


@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_the_mlstm_stays_finite_with_gates_far_beyond_what_exp_can_hold(scale: float) -> None:
    inputs = mlstm_inputs(2, 2, 150, 4, torch.float32)
    gates = [(scale * gate.detach()).requires_grad_() for gate in inputs[3:]]
    hidden = mlstm(*inputs[:3], *gates)
    hidden.sum().backward()
    assert all(torch.isfinite(part).all() for part in (hidden, *(leaf.grad for leaf in (*inputs[:3], *gates))))


def test_the_mlstm_takes_bf16_vectors_and_keeps_its_gates_in_fp32() -> None:
    inputs = [part.detach() for part in mlstm_inputs(1, 2, 130, 8, torch.float32)]
    vectors = [part.bfloat16() for part in inputs[:3]]
    exact = mlstm(*(part.float() for part in vectors), *inputs[3:])
    ours = mlstm(*vectors, *inputs[3:])
    assert ours.dtype is torch.bfloat16
    assert torch.equal(ours, exact.bfloat16())  # nothing but the result is rounded


@pytest.mark.parametrize(("B", "S", "N"), [(1, 1, 1), (3, 6, 2), (1, 5, 4), (2, 9, 2)])
def test_the_slstm_is_the_recurrence(B: int, S: int, N: int) -> None:
    inputs = slstm_inputs(B, S, N, E=4)
    assert_same(slstm(*inputs), slstm_step_by_step(*inputs), inputs)


def test_the_slstm_passes_a_numerical_gradient_check() -> None:
    assert torch.autograd.gradcheck(slstm, slstm_inputs(2, 4, 2, 2))


def test_the_slstm_stays_finite_where_the_plain_recurrence_overflows() -> None:
    local, inner, *weights = (part.detach().float() for part in slstm_inputs(3, 6, 2, 4))
    local, inner = ((500 * part).requires_grad_() for part in (local, inner))
    assert not torch.isfinite(slstm_step_by_step(local, inner, *weights)).all()
    hidden = slstm(local, inner, *weights)
    hidden.sum().backward()
    assert all(torch.isfinite(part).all() for part in (hidden, local.grad, inner.grad))


def test_the_slstm_computes_bf16_inputs_in_fp32() -> None:
    local, inner, *weights = (part.detach().float() for part in slstm_inputs(2, 20, 2, 4))
    local, inner = local.bfloat16(), inner.bfloat16()
    ours = slstm(local, inner, *weights)
    assert ours.dtype is torch.bfloat16
    assert torch.equal(ours, slstm(local.float(), inner.float(), *weights).bfloat16())
