"""The paper's scorer head: projected tokens, a stack of xLSTM blocks, masked mean, two linear layers, one predicted MOS.

Four blocks with an sLSTM at index 1 and mLSTMs elsewhere, as M3-AGIQA (arXiv 2502.13763) takes them from Beck et al.
2024 (arXiv 2405.04517, appendix B for the block layouts). Both cells are causal, so padding on the right never
reaches a real token. Gates, cumulative sums, stabilisers and normalisers stay in fp32 whatever the input is.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FORGET_BIAS_RANGE = (3.0, 6.0)  # forget gates start open, spread over the heads: Beck et al. 2024, appendix D
NORMALISER_EPSILON = 1e-6


class EmptySequenceError(ValueError):
    """A sequence of a batch has no real token."""


@dataclass(frozen=True)
class XlstmShape:
    """Sizes of the stack; the defaults are the paper's but for ``d_model`` (512 there)."""

    d_model: int = 128
    num_blocks: int = 4
    slstm_at: tuple[int, ...] = (1,)
    num_heads: int = 4
    conv_kernel: int = 4
    qkv_block_size: int = 4
    ff_factor: float = 1.3
    dropout: float = 0.0


def masked_mean(hidden_states: Tensor, mask: Tensor) -> Tensor:
    """Average the real tokens of each sequence; padding has no weight.

    Args:
        hidden_states: [B, S, D]; summed in fp32 at least.
        mask: [B, S], bool, True where a token is real.
    Returns:
        [B, D].
    Raises:
        EmptySequenceError: a row of ``mask`` has no True.
    """
    counts = mask.sum(dim=1, keepdim=True)
    if bool((counts == 0).any()):
        raise EmptySequenceError("Every sequence needs one real token or more; one of this batch has only padding.")
    total = torch.where(mask.unsqueeze(-1), _at_least_fp32(hidden_states), 0.0).sum(dim=1)  # [B, S, D] -> [B, D]
    return total / counts


def mlstm_parallel(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """The mLSTM cell for all steps at once, stabilised (Beck et al. 2024, equations 19 to 27 and appendix A).

    Args:
        query, key, value: [B, N, S, E] with N heads of size E.
        input_gate, forget_gate: [B, N, S], before their activations.
    Returns:
        [B, N, S, E].
    """
    S = query.shape[2]
    log_forget = F.logsigmoid(_at_least_fp32(forget_gate)).cumsum(dim=-1)  # [B, N, S]
    # How much of step j is left at step i, in logs: the forget gates between them and j's input gate.
    log_decay = log_forget.unsqueeze(-1) - log_forget.unsqueeze(-2) + _at_least_fp32(input_gate).unsqueeze(-2)
    future = torch.ones(S, S, dtype=torch.bool, device=query.device).triu(1)
    log_decay = log_decay.masked_fill(future, -math.inf)  # [B, N, S, S]
    stabiliser = log_decay.amax(dim=-1, keepdim=True).detach()  # cancels in the quotient: no gradient through it
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    weights = _at_least_fp32(scores) * torch.exp(log_decay - stabiliser)
    normaliser = torch.maximum(weights.sum(dim=-1, keepdim=True).abs(), torch.exp(-stabiliser))
    return (weights / (normaliser + NORMALISER_EPSILON)).to(value.dtype) @ value


class SlstmScan(torch.autograd.Function):
    """The sLSTM recurrence with a backward pass of its own: one small product a step, the gradient of R as one at the end.

    The stabiliser m cancels in c / n, so the gradient takes it as a constant.
    """

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, gates: Tensor, recurrent: Tensor) -> Tensor:
        """[S, 4, N, B, E] pre-activations (input, forget, cell, output) and R [N, E, 4 * E] -> hidden states [S, N, B, E]."""
        S, _, N, B, E = gates.shape
        hidden, cell, normaliser = (gates.new_zeros(N, B, E) for _ in range(3))
        stabiliser = gates.new_full((N, B, E), -math.inf)
        kept = gates.new_empty(S, 7, N, B, E)
        for step in range(S):
            mixed = torch.bmm(hidden, recurrent).view(N, B, 4, E).permute(2, 0, 1, 3)
            raw = gates[step] + mixed  # [4, N, B, E]
            log_forget = F.logsigmoid(raw[1])
            carried = log_forget + stabiliser
            stabiliser = torch.maximum(raw[0], carried)
            input_gate, forget_gate = torch.exp(raw[0] - stabiliser), torch.exp(carried - stabiliser)
            candidate, output_gate = torch.tanh(raw[2]), torch.sigmoid(raw[3])
            cell = forget_gate * cell + input_gate * candidate
            normaliser = forget_gate * normaliser + input_gate
            hidden = output_gate * cell / normaliser
            torch.stack((input_gate, forget_gate, candidate, output_gate, cell, normaliser, log_forget), out=kept[step])
        ctx.save_for_backward(kept, recurrent)
        return kept[:, 3] * kept[:, 4] / kept[:, 5]

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grad_outputs: Tensor) -> tuple[Tensor, Tensor]:
        grad_hidden = grad_outputs[0]
        kept, recurrent = ctx.saved_tensors
        input_gate, forget_gate, candidate, output_gate, cell, normaliser, log_forget = kept.unbind(dim=1)
        S, N, B, E = cell.shape
        ratio = cell / normaliser
        before = [torch.cat((torch.zeros_like(part[:1]), part[:-1])) for part in (cell, normaliser)]
        forget_slope = forget_gate * -torch.expm1(log_forget)  # forget gate times (1 - sigmoid of its pre-activation)
        # Slopes of the pre-activations [S, 4, N, B, E] as seen from the cell, the normaliser and the hidden state.
        zero = torch.zeros_like(cell)
        from_cell = torch.stack(
            (candidate * input_gate, before[0] * forget_slope, input_gate * (1 - candidate.square()), zero), dim=1
        )
        from_normaliser = torch.stack((input_gate, before[1] * forget_slope), dim=1)
        from_hidden = ratio * output_gate * (1 - output_gate)
        to_cell = output_gate / normaliser
        to_normaliser = -to_cell * ratio
        grad_gates = torch.empty_like(from_cell)
        grad_cell, grad_normaliser, grad_carried = (torch.zeros_like(cell[0]) for _ in range(3))
        transposed = recurrent.transpose(1, 2)
        for step in range(S - 1, -1, -1):
            grad = grad_hidden[step] + grad_carried
            grad_cell = grad_cell + grad * to_cell[step]
            grad_normaliser = grad_normaliser + grad * to_normaliser[step]
            out = grad_gates[step]
            torch.mul(from_cell[step], grad_cell, out=out)
            out[:2].addcmul_(from_normaliser[step], grad_normaliser)
            torch.mul(from_hidden[step], grad, out=out[3])
            grad_carried = torch.bmm(out.permute(1, 2, 0, 3).reshape(N, B, 4 * E), transposed)
            grad_cell = grad_cell * forget_gate[step]
            grad_normaliser = grad_normaliser * forget_gate[step]
        hidden = output_gate * ratio
        earlier = hidden[:-1].permute(1, 3, 0, 2).reshape(N, E, -1)  # [N, E, (S - 1) * B]
        later = grad_gates[1:].permute(2, 0, 3, 1, 4).reshape(N, -1, 4 * E)  # [N, (S - 1) * B, 4 * E]
        return grad_gates, torch.bmm(earlier, later)


def slstm_scan(gates: Tensor, recurrent: Tensor) -> Tensor:
    """Run the sLSTM cell over ``gates`` [S, 4, N, B, E] with R [N, E, 4 * E]; hidden states [S, N, B, E], fp32 at least."""
    return SlstmScan.apply(_at_least_fp32(gates), _at_least_fp32(recurrent))


class BlockDiagonal(nn.Module):
    """A linear map that mixes only within blocks of its input: [.., D] -> [.., D]."""

    def __init__(self, width: int, block_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width // block_size, block_size, block_size))
        nn.init.normal_(self.weight, std=math.sqrt(2 / 5 / block_size))  # "small init", Nguyen & Salazar 2019

    def forward(self, x: Tensor) -> Tensor:
        blocks = x.unflatten(-1, self.weight.shape[:2])
        return torch.einsum("...gi,gio->...go", blocks, self.weight).flatten(-2)


class CausalConv(nn.Module):
    """Each channel sees itself and the ``kernel - 1`` tokens before: [B, S, D] -> [B, S, D]."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.kernel = kernel
        self.conv = nn.Conv1d(width, width, kernel, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x.transpose(1, 2), (self.kernel - 1, 0))).transpose(1, 2)


class HeadNorm(nn.Module):
    """Layer norm within each head, scaled a channel: [B, S, N, E] -> [B, S, N * E]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:]).flatten(-2) * self.weight


class MlstmBlock(nn.Module):
    """Pre-norm block around the mLSTM: up to twice the width, convolution, cell, output gate, down."""

    def __init__(self, shape: XlstmShape) -> None:
        super().__init__()
        width, self.num_heads = 2 * shape.d_model, shape.num_heads
        self.norm = nn.LayerNorm(shape.d_model, bias=False)
        self.up = nn.Linear(shape.d_model, 2 * width, bias=False)
        self.conv = CausalConv(width, shape.conv_kernel)
        self.query, self.key, self.value = (BlockDiagonal(width, shape.qkv_block_size) for _ in range(3))
        self.gates = nn.Linear(3 * width, 2 * shape.num_heads)
        self.head_norm = HeadNorm(width)
        self.skip = nn.Parameter(torch.ones(width))
        self.down = nn.Linear(width, shape.d_model, bias=False)
        self.dropout = nn.Dropout(shape.dropout)
        nn.init.zeros_(self.gates.weight)
        with torch.no_grad():
            self.gates.bias[: self.num_heads].normal_(std=0.1)
            self.gates.bias[self.num_heads :] = torch.linspace(*FORGET_BIAS_RANGE, self.num_heads)

    def forward(self, x: Tensor) -> Tensor:
        inner, gate = self.up(self.norm(x)).chunk(2, dim=-1)
        local = F.silu(self.conv(inner))
        query, key, value = self.query(local), self.key(local), self.value(inner)
        raw = self.gates(torch.cat((query, key, value), dim=-1)).transpose(1, 2)  # [B, 2 * N, S]
        input_gate, forget_gate = raw.chunk(2, dim=1)
        query, key, value = (part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for part in (query, key, value))
        cell = mlstm_parallel(query, key, value, input_gate, forget_gate).transpose(1, 2)  # [B, S, N, E]
        mixed = self.head_norm(cell) + self.skip * local
        return x + self.dropout(self.down(mixed * F.silu(gate)))


class SlstmBlock(nn.Module):
    """Pre-norm block around the sLSTM, then a gated feed-forward part with a norm and a shortcut of its own."""

    def __init__(self, shape: XlstmShape) -> None:
        super().__init__()
        D, self.num_heads = shape.d_model, shape.num_heads
        head_size = D // shape.num_heads
        self.norm, self.ff_norm = nn.LayerNorm(D, bias=False), nn.LayerNorm(D, bias=False)
        self.conv = CausalConv(D, shape.conv_kernel)
        self.input_gate, self.forget_gate, self.cell, self.output_gate = (BlockDiagonal(D, head_size) for _ in range(4))
        self.bias = nn.Parameter(torch.zeros(4, D))
        self.recurrent = nn.Parameter(torch.zeros(shape.num_heads, head_size, 4 * head_size))
        self.head_norm = HeadNorm(D)
        self.ff_width = math.ceil(shape.ff_factor * D / 64) * 64
        self.ff_up = nn.Linear(D, 2 * self.ff_width, bias=False)
        self.ff_down = nn.Linear(self.ff_width, D, bias=False)
        self.dropout = nn.Dropout(shape.dropout)
        with torch.no_grad():
            self.bias[1] = torch.linspace(*FORGET_BIAS_RANGE, head_size).repeat(shape.num_heads)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm(x)
        local = F.silu(self.conv(normed))
        raw = (self.input_gate(local), self.forget_gate(local), self.cell(normed), self.output_gate(normed))
        gates = torch.stack(raw) + self.bias[:, None, None]  # [4, B, S, D]
        gates = gates.unflatten(-1, (self.num_heads, -1)).permute(2, 0, 3, 1, 4)  # [S, 4, N, B, E]
        hidden = slstm_scan(gates, self.recurrent).permute(2, 0, 1, 3).to(x.dtype)  # [B, S, N, E]
        x = x + self.dropout(self.head_norm(hidden))
        gate, up = self.ff_up(self.ff_norm(x)).chunk(2, dim=-1)
        return x + self.dropout(self.ff_down(F.gelu(gate) * up))


class XlstmStack(nn.Module):
    """The blocks in a row with a norm behind them: [B, S, D] -> [B, S, D], causal."""

    def __init__(self, shape: XlstmShape) -> None:
        super().__init__()
        kinds = (SlstmBlock if index in shape.slstm_at else MlstmBlock for index in range(shape.num_blocks))
        self.blocks = nn.ModuleList(kind(shape) for kind in kinds)
        self.norm = nn.LayerNorm(shape.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


def _at_least_fp32(x: Tensor) -> Tensor:
    return x if x.dtype in (torch.float32, torch.float64) else x.float()
