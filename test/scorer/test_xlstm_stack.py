"""xlstm/stack.py and its blocks: what a causal stack promises, its parts against plain ones; pooling.py."""

import importlib
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from retort_scorer.poolings.mean import masked_mean
from retort_scorer.poolings.pooling import EmptySequenceError
from retort_scorer.xlstm import mlstm_mixer
from retort_scorer.xlstm.block_diagonal import pack_blocks, to_heads
from retort_scorer.xlstm.causal_conv import CausalConvSilu
from retort_scorer.xlstm.cuda_kernels import has_mlstm_kernel, has_slstm_kernel
from retort_scorer.xlstm.mlstm_by_parts import mix_by_parts
from retort_scorer.xlstm.mlstm_cell import mlstm
from retort_scorer.xlstm.mlstm_mixer import mix
from retort_scorer.xlstm.shape import XlstmShape
from retort_scorer.xlstm.stack import XlstmStack

SHAPE = XlstmShape(d_model=16, num_heads=2)


def stack_of(shape: XlstmShape = SHAPE) -> XlstmStack:
    """In fp64, with weights that no initialisation leaves at zero or one."""
    torch.manual_seed(0)
    stack = XlstmStack(shape).double()
    with torch.no_grad():
        for weight in stack.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return stack


@pytest.mark.parametrize("S", [1, 2, 9])
def test_the_convolution_is_the_padded_one_of_torch(S: int) -> None:
    torch.manual_seed(0)
    x, taps, bias = (torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in ((2, S, 6), (4, 6), (6,)))
    padded = F.pad(x.transpose(1, 2), (3, 0))
    plain = F.silu(F.conv1d(padded, taps.t().unsqueeze(1), bias, groups=6)).transpose(1, 2)
    assert torch.allclose(CausalConvSilu.apply(x, taps, bias), plain, atol=1e-12)
    assert torch.autograd.gradcheck(CausalConvSilu.apply, (x, taps, bias))


@pytest.mark.parametrize(("block_size", "head_size", "packed_size"), [(4, 32, 16), (4, 8, 8), (8, 4, 8), (3, 12, 12), (32, 32, 32)])
def test_packed_blocks_map_as_the_blocks_alone_do(block_size: int, head_size: int, packed_size: int) -> None:
    torch.manual_seed(0)
    D = 2 * max(head_size, block_size)
    weight, x = torch.randn(D // block_size, block_size, block_size), torch.randn(5, D)
    packed = pack_blocks(weight, head_size)
    assert packed.shape[1] == packed_size
    plain = torch.einsum("tgi,gio->tgo", x.view(5, -1, block_size), weight).reshape(5, -1, head_size).transpose(0, 1)
    assert torch.allclose(to_heads(x, packed, D // head_size), plain, atol=1e-5)


@pytest.mark.parametrize("shape", [SHAPE, XlstmShape(d_model=8, num_heads=4, qkv_block_size=8)])
def test_the_mixer_passes_a_numerical_gradient_check(shape: XlstmShape) -> None:
    block = stack_of(shape).blocks[0]
    up = torch.randn(2, 5, 4 * shape.d_model, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: mix(x, block.mixer_weights()), (up,))


def test_rows_mixed_a_few_at_a_time_are_those_mixed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stack, x = stack_of(), torch.randn(5, 7, 16, dtype=torch.float64)
    at_once = (stack(x), *torch.autograd.grad(stack(x).square().sum(), stack.parameters()))
    monkeypatch.setattr(mlstm_mixer, "ELEMENTS_AT_ONCE", 2 * 7 * 32)  # two rows, then the fifth alone
    in_parts = (stack(x), *torch.autograd.grad(stack(x).square().sum(), stack.parameters()))
    for left, right in zip(at_once, in_parts, strict=True):
        assert torch.allclose(left, right, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("slstm_at", [(), (0, 1)])
def test_a_gradient_passes_through_the_whole_stack(slstm_at: tuple[int, ...]) -> None:
    stack = stack_of(XlstmShape(d_model=8, num_heads=2, num_blocks=2, slstm_at=slstm_at))
    x = torch.randn(2, 5, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(stack, (x,), eps=1e-6, atol=1e-5)


@pytest.mark.parametrize("S", [9, 130])
def test_no_token_sees_a_later_one(S: int) -> None:
    stack = stack_of()
    x = torch.randn(2, S, 16, dtype=torch.float64)
    changed = x.clone()
    changed[:, S - 4 :] = torch.randn(2, 4, 16, dtype=torch.float64)
    before, after = stack(x), stack(changed)
    assert torch.allclose(before[:, : S - 4], after[:, : S - 4], atol=1e-12)
    assert not torch.allclose(before[:, S - 4 :], after[:, S - 4 :])


@pytest.mark.parametrize(("real", "padding"), [(6, 4), (60, 80)])
def test_padding_reaches_neither_a_real_token_nor_its_gradient(real: int, padding: int) -> None:
    stack = stack_of()
    x = torch.randn(1, real, 16, dtype=torch.float64, requires_grad=True)
    padded = torch.cat((x, 100 * torch.randn(1, padding, 16, dtype=torch.float64)), dim=1)
    mask = torch.arange(real + padding).unsqueeze(0) < real
    short, long = masked_mean(stack(x), mask[:, :real]), masked_mean(stack(padded), mask)
    assert torch.allclose(short, long, atol=1e-12)
    grads = (torch.autograd.grad(output.square().sum(), (x, *stack.parameters())) for output in (short, long))
    for left, right in zip(*grads, strict=True):
        assert torch.allclose(left, right, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_stack_in_few_bits_stays_near_the_one_in_fp64(dtype: torch.dtype) -> None:
    exact = stack_of()
    rounded = XlstmStack(SHAPE).to(dtype)
    rounded.load_state_dict(exact.state_dict())
    x = torch.randn(2, 120, 16, dtype=torch.float64)
    y = rounded(x.to(dtype))
    y.float().square().sum().backward()
    assert y.dtype is dtype
    bound = 1e-4 if dtype is torch.float32 else 0.15
    assert float((y.double() - exact(x)).detach().norm() / exact(x).detach().norm()) < bound
    assert all(torch.isfinite(weight.grad).all() for weight in rounded.parameters() if weight.grad is not None)


def test_the_stack_runs_under_autocast() -> None:
    stack = stack_of().float()
    x = torch.randn(2, 20, 16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = stack(x)
    y.float().sum().backward()
    assert float((y - stack(x)).detach().norm() / y.detach().norm()) < 0.1


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_checkpointed_blocks_have_the_same_gradients_bit_for_bit(dropout: float) -> None:
    shape = XlstmShape(d_model=16, num_heads=2, dropout=dropout)
    plain, checkpointed = stack_of(shape), XlstmStack(shape, checkpoint_blocks=True).double()
    checkpointed.load_state_dict(plain.state_dict())
    x = torch.randn(2, 100, 16, dtype=torch.float64)
    results = []
    for stack in (plain, checkpointed):
        torch.manual_seed(4)
        leaf = x.clone().requires_grad_()
        y = stack(leaf)
        results.append((y, *torch.autograd.grad(y.square().sum(), (leaf, *stack.parameters()))))
    for left, right in zip(*results, strict=True):
        assert torch.equal(left, right)


def test_checkpointed_blocks_keep_less_for_the_backward_pass() -> None:
    def kept_bytes(stack: XlstmStack) -> int:
        kept: dict[int, int] = {}

        def keep(x: Tensor) -> Tensor:
            kept[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
            return x

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
            y = stack(torch.randn(2, 100, 16))
        del y
        return sum(kept.values())

    assert kept_bytes(XlstmStack(SHAPE, checkpoint_blocks=True)) < 0.25 * kept_bytes(XlstmStack(SHAPE))


def test_the_mixer_is_what_its_parts_come_to_one_by_one() -> None:
    block = stack_of(XlstmShape(d_model=16)).blocks[0]
    up = torch.randn(3, 110, 64, dtype=torch.float64, requires_grad=True)
    results = []
    for mixed in (mix(up, block.mixer_weights()), mix_by_parts(up, block.mixer_weights(), mlstm)):
        leaves = (up, block.query.weight, block.value.weight, block.gates.weight, block.conv.conv.weight, block.skip)
        results.append((mixed, *torch.autograd.grad(mixed.square().sum(), leaves)))
    for left, right in zip(*results, strict=True):
        assert torch.allclose(left, right, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("package", ["mlstm_kernels", "xlstm"])
def test_kernels_are_taken_on_cuda_alone_and_only_when_installed(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = {"mlstm_kernels": has_mlstm_kernel, "xlstm": has_slstm_kernel}[package]
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, package, raising=False)
    assert not asked(torch.device("cuda"))
    (tmp_path / f"{package}.py").touch()
    (tmp_path / "nvcc").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    importlib.invalidate_caches()
    assert asked(torch.device("cuda"))
    assert not asked(torch.device("cpu"))


def test_the_masked_mean_refuses_a_sequence_of_padding_only() -> None:
    with pytest.raises(EmptySequenceError):
        masked_mean(torch.ones(2, 3, 4), torch.tensor([[True, False, False], [False, False, False]]))


def test_the_stack_has_an_slstm_where_it_is_asked_for() -> None:
    kinds = [type(block).__name__ for block in XlstmStack(XlstmShape()).blocks]
    assert kinds == ["MlstmBlock", "SlstmBlock", "MlstmBlock", "MlstmBlock"]
