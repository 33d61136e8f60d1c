"""What every sequence mixer promises, and the sizes that it is built from."""

from dataclasses import dataclass

from torch import Tensor, nn

from ..errors import ScorerError


@dataclass(frozen=True)
class MixerShape:
    """Sizes of a mixer; each one reads the fields that it has a use for. The defaults are those of a fit."""

    d_model: int = 128
    num_blocks: int = 4
    num_heads: int = 4  # of xlstm, mamba2 (each of size 2 * d_model / num_heads) and transformer
    dropout: float = 0.0  # within the blocks
    conv_kernel: int = 4  # tokens; xlstm and mamba2
    state_size: int = 64  # numbers a channel remembers; mamba2
    slstm_at: tuple[int, ...] = (1,)  # xlstm
    qkv_block_size: int = 4  # xlstm
    ff_factor: float = 1.3  # xlstm, behind an sLSTM
    checkpoint_blocks: bool = False  # xlstm in training: blocks are computed again for their gradient: same bits, less memory


class Mixer(nn.Module):
    """[B, S, d_model] and a mask [B, S] -> [B, S, out_width], in the dtype of the input.

    The mask is bool, True where a token is real; real tokens come first, padding only behind them. A padded token
    never influences a real one, whatever it holds (NaN too), and comes out as zeros. A row of padding only comes out as
    zeros; it is the pooling that refuses it. In evaluation mode equal inputs give equal outputs, and a row's output
    doesn't depend on the rest of its batch (``transformer-legacy`` breaks this one promise, as the paper's code did).

    Attributes:
        out_width: ``d_model``, or twice that where a legacy mixer joins two directions.
        pooling: the pooling that belongs to the mixer; None leaves the choice to the caller. Legacy mixers name the
            one of the paper's code.
    """

    out_width: int
    pooling: str | None = None

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        raise NotImplementedError


def divide(width: int, parts: int, what: str) -> int:
    """``width / parts``. Raises ScorerError, naming ``what`` the parts are, where it leaves a rest."""
    if width % parts != 0:
        raise ScorerError(f"A width of {width} can't be shared among {parts} {what}: choose a multiple of {parts}.")
    return width // parts
