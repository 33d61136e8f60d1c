"""The paper's mixer: a stack of mLSTM and sLSTM blocks. Causal, as both cells are defined."""

from torch import Tensor

from ..xlstm.shape import XlstmShape
from ..xlstm.stack import XlstmStack
from .mixer import Mixer, MixerShape
from .padding import clear_padding


class XlstmMixer(Mixer):
    """``XlstmStack`` behind the contract. Source: Beck et al. 2024 (arXiv 2405.04517)."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width = shape.d_model
        self.stack = XlstmStack(
            XlstmShape(
                d_model=shape.d_model,
                num_blocks=shape.num_blocks,
                slstm_at=shape.slstm_at,
                num_heads=shape.num_heads,
                conv_kernel=shape.conv_kernel,
                qkv_block_size=shape.qkv_block_size,
                ff_factor=shape.ff_factor,
                dropout=shape.dropout,
            ),
            shape.checkpoint_blocks,
        )

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return clear_padding(self.stack(clear_padding(x, mask)), mask)
