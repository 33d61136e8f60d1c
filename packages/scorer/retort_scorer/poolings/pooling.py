"""What every pooling promises."""

from torch import Tensor, nn


class EmptySequenceError(ValueError):
    """A sequence of a batch has no real token."""


class Pooling(nn.Module):
    """[B, S, D] and a mask [B, S] -> [B, out_width], fp32 at least.

    The mask is bool, True where a token is real. Padding has no influence, whatever it holds (NaN too) and however much
    there is of it.

    Attributes:
        out_width: D, or twice that where two tokens stand side by side.

    Raises:
        EmptySequenceError: a row of the mask has no True.
    """

    out_width: int

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        raise NotImplementedError


def require_real_tokens(mask: Tensor) -> None:
    """Raises EmptySequenceError where a row of ``mask`` [B, S] has no True."""
    if not bool(mask.any(dim=1).all()):
        raise EmptySequenceError("Every sequence needs one real token or more; one of this batch has only padding.")
