"""mixers/ssd.py and mixers/mamba2.py: the chunked scan against the recurrence, and against numbers of the authors' listing."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from retort_scorer.mixers.mamba2 import Mamba2Layer
from retort_scorer.mixers.mixer import MixerShape
from retort_scorer.mixers.ssd import segment_sums, ssd_scan

LISTING = json.loads((Path(__file__).parents[1] / "fixtures" / "scorer" / "ssd-listing.json").read_text(encoding="utf-8"))


def ssd_step_by_step(x: Tensor, log_decay: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Dao & Gu 2024, equation 1, one token after the other: shapes as ssd_scan."""
    B, S, H, P = x.shape
    state, out = torch.zeros(B, H, b.shape[-1], P, dtype=x.dtype), []
    for step in range(S):
        written = torch.einsum("bn,bhp->bhnp", b[:, step], x[:, step])
        state = torch.exp(log_decay[:, step])[:, :, None, None] * state + written
        out.append(torch.einsum("bn,bhnp->bhp", c[:, step], state))
    return torch.stack(out, dim=1)


def inputs(S: int, B: int = 2, H: int = 3, P: int = 4, N: int = 5, decay: float = 1.0) -> tuple[Tensor, ...]:
    random = torch.Generator().manual_seed(7)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random, dtype=torch.float64)

    return draw(B, S, H, P), -decay * F.softplus(draw(B, S, H)), draw(B, S, N), draw(B, S, N)


def mamba2_step_by_step(layer: Mamba2Layer, x: Tensor) -> Tensor:
    """The layer as a recurrence with a window of past tokens and a state: [S, D] -> [S, D]."""
    shape = (layer.inner, layer.inner + 2 * layer.state_size, layer.num_heads)
    kernel = layer.conv.weight.shape[-1]
    window = torch.zeros(kernel, shape[1], dtype=x.dtype)
    state = torch.zeros(layer.num_heads, layer.state_size, layer.head_size, dtype=x.dtype)
    out = []
    for token in x:
        gate, mixed, raw_step = (layer.joined.weight @ token).split(shape)
        window = torch.cat((window[1:], mixed.unsqueeze(0)))
        local = (window * layer.conv.weight[:, 0].T).sum(dim=0) + layer.conv.bias
        value, b, c = (local * torch.sigmoid(local)).split((layer.inner, layer.state_size, layer.state_size))
        step = torch.log1p(torch.exp(raw_step + layer.step_bias))
        heads = value.view(layer.num_heads, layer.head_size)
        keep = torch.exp(-torch.exp(layer.log_decay_rate) * step)
        state = keep[:, None, None] * state + step[:, None, None] * b[None, :, None] * heads[:, None]
        read = torch.einsum("n,hnp->hp", c, state) + layer.skip[:, None] * heads
        gated = read.flatten() * gate * torch.sigmoid(gate)
        normed = gated / torch.sqrt(gated.square().mean() + 1e-5) * layer.norm.weight
        out.append(layer.output.weight @ normed)
    return torch.stack(out)


@pytest.mark.parametrize("S", [1, 7, 8, 9, 33])
@pytest.mark.parametrize("chunk", [1, 8, 64])
def test_the_chunked_scan_equals_the_recurrence(S: int, chunk: int) -> None:
    assert torch.allclose(ssd_scan(*inputs(S), chunk=chunk), ssd_step_by_step(*inputs(S)), atol=1e-9, rtol=0)


def test_the_chunked_scan_has_the_gradients_of_the_recurrence() -> None:
    ours, theirs = ([part.requires_grad_() for part in inputs(19)] for _ in range(2))
    weights = inputs(19)[0].flip(1)
    (ssd_scan(*ours, chunk=8) * weights).sum().backward()
    (ssd_step_by_step(*theirs) * weights).sum().backward()
    for left, right in zip(ours, theirs, strict=True):
        assert torch.allclose(left.grad, right.grad, atol=1e-9, rtol=0)


def test_the_chunked_scan_equals_the_listing_of_the_paper() -> None:
    x, log_decay, b, c, expected = (
        torch.tensor(LISTING[name], dtype=torch.float64) for name in ("x", "log_decay", "b", "c", "output")
    )
    assert torch.allclose(ssd_scan(x, log_decay, b, c, chunk=3), expected, atol=1e-9, rtol=0)


def test_fp32_keeps_its_digits_under_strong_decay() -> None:
    exact = ssd_scan(*inputs(200, decay=30.0))
    single = ssd_scan(*(part.float() for part in inputs(200, decay=30.0)))
    assert single.dtype == torch.float32 and torch.allclose(single.double(), exact, atol=1e-5, rtol=0)


def test_half_precision_is_computed_in_fp32() -> None:
    halves = [part.bfloat16() for part in inputs(20)]
    assert torch.equal(ssd_scan(*halves), ssd_scan(*(part.float() for part in halves)))


def test_segment_sums_are_sums_of_what_lies_between() -> None:
    sums = segment_sums(torch.tensor([1.0, 2.0, 4.0]))
    never = -torch.inf
    assert torch.equal(sums, torch.tensor([[0.0, never, never], [2.0, 0.0, never], [6.0, 4.0, 0.0]]))


def test_a_mamba2_layer_equals_its_recurrence() -> None:
    torch.manual_seed(0)
    layer = Mamba2Layer(MixerShape(d_model=12, num_heads=3, state_size=5)).double()
    with torch.no_grad():
        layer.skip.copy_(torch.randn(3))
        layer.norm.weight.copy_(torch.rand(24))
        x = torch.randn(2, 70, 12, dtype=torch.float64)
        for row in range(2):
            assert torch.allclose(layer(x)[row], mamba2_step_by_step(layer, x[row]), atol=1e-9, rtol=0)


def test_a_mamba2_layer_begins_with_steps_and_decay_rates_of_the_authors_ranges() -> None:
    torch.manual_seed(0)
    layer = Mamba2Layer(MixerShape(d_model=64, num_heads=64))
    steps, rates = F.softplus(layer.step_bias), layer.log_decay_rate.exp()
    assert 0.9e-3 < steps.min() < 4e-3 and 0.03 < steps.max() < 0.11
    assert 1 <= rates.min() < 4 and 12 < rates.max() <= 16
