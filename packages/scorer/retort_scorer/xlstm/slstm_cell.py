"""The sLSTM cell: scalar memories that see the hidden states of the step before through R."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ..precision import at_least_fp32


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
    return SlstmScan.apply(at_least_fp32(gates), at_least_fp32(recurrent))
