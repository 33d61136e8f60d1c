"""The blocks in a row, as M3-AGIQA (arXiv 2502.15167) takes them: an sLSTM at index 1, mLSTMs elsewhere.

Both cells are causal, so padding on the right never reaches a real token. Gates, cumulative sums, stabilisers and
normalisers stay in fp32 whatever the input is.
"""

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from .blocks import MlstmBlock, SlstmBlock
from .shape import XlstmShape


class XlstmStack(nn.Module):
    """The blocks in a row with a norm behind them: [B, S, D] -> [B, S, D], causal."""

    def __init__(self, shape: XlstmShape, checkpoint_blocks: bool = False) -> None:
        """``checkpoint_blocks``: keep each block's input alone and compute it again for its gradient, same bits, a third slower."""
        super().__init__()
        self.checkpoint_blocks = checkpoint_blocks
        kinds = (SlstmBlock if index in shape.slstm_at else MlstmBlock for index in range(shape.num_blocks))
        self.blocks = nn.ModuleList(kind(shape) for kind in kinds)
        self.norm = nn.LayerNorm(shape.d_model, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False) if self.checkpoint_blocks and self.training else block(x)
        return self.norm(x)
