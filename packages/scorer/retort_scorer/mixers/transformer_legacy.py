"""The Transformer as the paper's code has it: it attends over the batch instead of over the tokens."""

from torch import Tensor, nn

from .mixer import Mixer, MixerShape
from .padding import clear_padding


class LegacyTransformerMixer(Mixer):
    """For comparison with the paper's table only; never use it for anything else: a row's output depends on its batch.

    torch's encoder is built without ``batch_first`` and given [B, S, D], so it takes the batch for the sequence: a token
    attends to the tokens at its own place in the other rows, never to those of its own row. The paper's code ran with one
    image a batch, where that leaves a post-norm feed-forward net on each token by itself. It has no positions, and all its
    layers start with the same weights. Padded tokens of other rows are left out, as far as the wrong axis allows.

    Source: github.com/strawhatboy/M3-AGIQA, models/MiniCPM.py at 2f76702 (checked 2026-11-28).
    """

    pooling = "mean"

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width = shape.d_model
        layer = nn.TransformerEncoderLayer(shape.d_model, shape.num_heads, 4 * shape.d_model, shape.dropout)
        self.layers = nn.TransformerEncoder(layer, shape.num_blocks, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(shape.d_model)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        mixed = self.layers(clear_padding(x, mask), src_key_padding_mask=~mask.T)
        return clear_padding(self.norm(mixed), mask)
