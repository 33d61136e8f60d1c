"""xlstm/: the fast forms against slow, obvious ones, and what a causal, masked stack promises."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from retort_scorer.pooling import EmptySequenceError, masked_mean
from retort_scorer.xlstm.mlstm_cell import mlstm_parallel
from retort_scorer.xlstm.shape import XlstmShape
from retort_scorer.xlstm.slstm_cell import slstm_scan
from retort_scorer.xlstm.stack import XlstmStack

SHAPE = XlstmShape(d_model=16, num_heads=2)


def mlstm_step_by_step(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """Beck et al. 2024, equations 19 to 27, one head: [S, E] and [S] -> [S, E]."""
    S, E = query.shape
    memory, normaliser = torch.zeros(E, E, dtype=query.dtype), torch.zeros(E, dtype=query.dtype)
    stabiliser, out = torch.tensor(-math.inf, dtype=query.dtype), []
    for step in range(S):
        log_forget = F.logsigmoid(forget_gate[step]) + stabiliser
        stabiliser = torch.maximum(log_forget, input_gate[step])
        keep, take = torch.exp(log_forget - stabiliser), torch.exp(input_gate[step] - stabiliser)
        scaled = key[step] / math.sqrt(E)
        memory = keep * memory + take * torch.outer(value[step], scaled)
        normaliser = keep * normaliser + take * scaled
        floor = torch.maximum((normaliser @ query[step]).abs(), torch.exp(-stabiliser))
        out.append(memory @ query[step] / (floor + 1e-6))
    return torch.stack(out)


def slstm_step_by_step(gates: Tensor, recurrent: Tensor) -> Tensor:
    """The unstabilised recurrence of Beck et al. 2024, equations 8 to 14, left to autograd: shapes as slstm_scan."""
    S, _, N, B, E = gates.shape
    hidden, cell, normaliser = (torch.zeros(N, B, E, dtype=gates.dtype) for _ in range(3))
    out = []
    for step in range(S):
        mixed = torch.stack([hidden @ recurrent[:, :, gate * E : (gate + 1) * E] for gate in range(4)])
        take, keep, candidate, output = gates[step] + mixed
        cell = torch.sigmoid(keep) * cell + torch.exp(take) * torch.tanh(candidate)
        normaliser = torch.sigmoid(keep) * normaliser + torch.exp(take)
        hidden = torch.sigmoid(output) * cell / normaliser
        out.append(hidden)
    return torch.stack(out)


def slstm_inputs(S: int = 6, N: int = 2, B: int = 3, E: int = 4) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(3)
    gates = torch.randn(S, 4, N, B, E, generator=random, dtype=torch.float64)
    recurrent = 0.5 * torch.randn(N, E, 4 * E, generator=random, dtype=torch.float64)
    return gates.requires_grad_(), recurrent.requires_grad_()


def test_the_parallel_mlstm_equals_the_recurrence() -> None:
    random = torch.Generator().manual_seed(1)
    query, key, value = (torch.randn(2, 3, 17, 5, generator=random, dtype=torch.float64) for _ in range(3))
    input_gate, forget_gate = (4 * torch.randn(2, 3, 17, generator=random, dtype=torch.float64) for _ in range(2))
    parallel = mlstm_parallel(query, key, value, input_gate, forget_gate)
    for batch in range(2):
        for head in range(3):
            parts = (part[batch, head] for part in (query, key, value, input_gate, forget_gate))
            assert torch.allclose(parallel[batch, head], mlstm_step_by_step(*parts), atol=1e-9, rtol=0)


def test_the_slstm_scan_equals_the_recurrence() -> None:
    gates, recurrent = slstm_inputs()
    assert torch.allclose(slstm_scan(gates, recurrent), slstm_step_by_step(gates, recurrent), atol=1e-9, rtol=0)


def test_the_slstm_scan_has_the_gradient_of_the_recurrence() -> None:
    gates, recurrent = slstm_inputs()
    weights = torch.randn(6, 2, 3, 4, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    ours = torch.autograd.grad((slstm_scan(gates, recurrent) * weights).sum(), (gates, recurrent))
    theirs = torch.autograd.grad((slstm_step_by_step(gates, recurrent) * weights).sum(), (gates, recurrent))
    for left, right in zip(ours, theirs, strict=True):
        assert torch.allclose(left, right, atol=1e-9, rtol=0)


def test_the_slstm_scan_passes_a_numerical_gradient_check() -> None:
    assert torch.autograd.gradcheck(slstm_scan, slstm_inputs(S=4, N=1, B=2, E=2))


def test_the_slstm_scan_stays_finite_where_the_plain_recurrence_overflows() -> None:
    gates, recurrent = slstm_inputs()
    large = (gates.detach() * 500).float().requires_grad_()
    hidden = slstm_scan(large, recurrent.detach().float())
    hidden.sum().backward()
    assert torch.isfinite(hidden).all() and torch.isfinite(large.grad).all()


def test_a_gradient_passes_through_the_whole_stack() -> None:
    torch.manual_seed(0)
    stack = XlstmStack(XlstmShape(d_model=8, num_heads=2, num_blocks=2)).double()
    x = torch.randn(1, 5, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(stack, (x,), eps=1e-6, atol=1e-5)


def test_no_token_sees_a_later_one() -> None:
    torch.manual_seed(0)
    stack = XlstmStack(SHAPE).double().eval()
    x = torch.randn(2, 9, 16, dtype=torch.float64)
    changed = x.clone()
    changed[:, 5:] = torch.randn(2, 4, 16, dtype=torch.float64)
    before, after = stack(x), stack(changed)
    assert torch.allclose(before[:, :5], after[:, :5], atol=1e-12)
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_padding_changes_nothing() -> None:
    torch.manual_seed(0)
    stack = XlstmStack(SHAPE).double().eval()
    x = torch.randn(1, 6, 16, dtype=torch.float64)
    padded = torch.cat((x, 100 * torch.randn(1, 4, 16, dtype=torch.float64)), dim=1)
    mask = torch.arange(10).unsqueeze(0) < 6
    short = masked_mean(stack(x), mask[:, :6])
    assert torch.allclose(masked_mean(stack(padded), mask), short, atol=1e-12)


def test_the_masked_mean_refuses_a_sequence_of_padding_only() -> None:
    with pytest.raises(EmptySequenceError):
        masked_mean(torch.ones(2, 3, 4), torch.tensor([[True, False, False], [False, False, False]]))


def test_the_stack_has_an_slstm_where_it_is_asked_for() -> None:
    kinds = [type(block).__name__ for block in XlstmStack(XlstmShape()).blocks]
    assert kinds == ["MlstmBlock", "SlstmBlock", "MlstmBlock", "MlstmBlock"]
