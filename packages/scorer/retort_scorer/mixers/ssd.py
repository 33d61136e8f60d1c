"""The state space recurrence of Mamba-2 in chunks: products of matrices within a chunk, one state from chunk to chunk.

For each head, from an empty state: state = exp(log_decay) * state + outer(b, x), output = c @ state, token by token.
Source: Dao & Gu 2024 (arXiv 2405.21060), section 6; with b and c shared by all heads (one group).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

CHUNK = 64  # tokens, as in the authors' listing; the fastest here as well (docs/experiments.md, 2026-11-28)


def ssd_scan(x: Tensor, log_decay: Tensor, b: Tensor, c: Tensor, chunk: int = CHUNK) -> Tensor:
    """Outputs of the recurrence for all tokens. Causal; computed in fp32 at least.

    Args:
        x: [B, S, H, P], what is written; with the step size already in it.
        log_decay: [B, S, H], at most 0.
        b, c: [B, S, N], where it is written to and read from.
        chunk: tokens that are computed at once; the result doesn't depend on it.
    Returns:
        [B, S, H, P], fp32 at least.
    """
    B, S, H, P = x.shape
    behind = -S % chunk  # zeros at the end write nothing
    x, log_decay = (_chunks(_at_least_fp32(part), behind, chunk).transpose(2, 3) for part in (x, log_decay.unsqueeze(-1)))
    b, c = (_chunks(_at_least_fp32(part), behind, chunk).unsqueeze(2) for part in (b, c))  # [B, K, 1, T, N]
    log_decay = log_decay.squeeze(-1)  # [B, K, H, T]
    since_start = log_decay.cumsum(dim=-1)

    within = (c @ b.transpose(-1, -2)) * torch.exp(segment_sums(log_decay)) @ x  # [B, K, H, T, P]

    until_end = torch.exp(since_start[..., -1:] - since_start)
    written = (b * until_end.unsqueeze(-1)).transpose(-1, -2) @ x  # [B, K, H, N, P]: what a chunk leaves at its end
    kept = torch.exp(since_start[..., -1])  # [B, K, H]: what is left of the state that entered
    state, entering = torch.zeros_like(written[:, 0]), []
    for index in range(x.shape[1]):
        entering.append(state)
        state = kept[:, index, :, None, None] * state + written[:, index]
    carried = (c * torch.exp(since_start).unsqueeze(-1)) @ torch.stack(entering, dim=1)

    return (within + carried).transpose(2, 3).reshape(B, S + behind, H, P)[:, :S]


def segment_sums(values: Tensor) -> Tensor:
    """[.., T] -> [.., T, T]: the sum of the values after j up to and with i, at [i, j]; -inf where j is after i.

    Each sum is added up by itself: a difference of two running sums would lose the digits of the small ones.
    """
    T = values.shape[-1]
    earlier = torch.ones(T, T, dtype=torch.bool, device=values.device).tril(-1)
    rows = values.unsqueeze(-1).expand(*values.shape, T).masked_fill(~earlier, 0.0)
    return rows.cumsum(dim=-2).masked_fill(earlier.T, -torch.inf)


def _chunks(x: Tensor, behind: int, chunk: int) -> Tensor:
    """[B, S, ..] -> [B, K, chunk, ..], with ``behind`` zeros put at the end of S."""
    padded = F.pad(x, (0, 0) * (x.dim() - 2) + (0, behind))
    return padded.unflatten(1, (-1, chunk))


def _at_least_fp32(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))
