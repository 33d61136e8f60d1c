"""The mLSTM cell: a matrix memory a head, written with gated outer products and read by queries."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ..precision import at_least_fp32

NORMALISER_EPSILON = 1e-6


def mlstm_parallel(query: Tensor, key: Tensor, value: Tensor, input_gate: Tensor, forget_gate: Tensor) -> Tensor:
    """The mLSTM cell for all steps at once, stabilised (Beck et al. 2024, equations 19 to 27 and appendix A).

    Args:
        query, key, value: [B, N, S, E] with N heads of size E.
        input_gate, forget_gate: [B, N, S], before their activations.
    Returns:
        [B, N, S, E].
    """
    S = query.shape[2]
    log_forget = F.logsigmoid(at_least_fp32(forget_gate)).cumsum(dim=-1)  # [B, N, S]
    # How much of step j is left at step i, in logs: the forget gates between them and j's input gate.
    log_decay = log_forget.unsqueeze(-1) - log_forget.unsqueeze(-2) + at_least_fp32(input_gate).unsqueeze(-2)
    future = torch.ones(S, S, dtype=torch.bool, device=query.device).triu(1)
    log_decay = log_decay.masked_fill(future, -math.inf)  # [B, N, S, S]
    stabiliser = log_decay.amax(dim=-1, keepdim=True).detach()  # cancels in the quotient: no gradient through it
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    weights = at_least_fp32(scores) * torch.exp(log_decay - stabiliser)
    normaliser = torch.maximum(weights.sum(dim=-1, keepdim=True).abs(), torch.exp(-stabiliser))
    return (weights / (normaliser + NORMALISER_EPSILON)).to(value.dtype) @ value
