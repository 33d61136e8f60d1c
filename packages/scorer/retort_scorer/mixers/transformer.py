"""The Transformer mixer: every token sees every real token of its own row.

Not causal: the paper's row is an encoder, and the cells of an image have no order that would forbid looking ahead.
Where tokens stand is told by rotary positions, which need no longest length.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .mixer import Mixer, MixerShape, divide
from .padding import clear_padding
from .rotary import rotate

FF_FACTOR = 4  # width of the feed-forward part in d_model: Vaswani et al. 2017 (arXiv 1706.03762), section 3.3


class Attention(nn.Module):
    """Softmax attention among the tokens of a row: [B, S, D] -> [B, S, D]."""

    def __init__(self, d_model: int, num_heads: int, dropout: float) -> None:
        super().__init__()
        head_size = divide(d_model, num_heads, "heads")
        divide(head_size, 2, "halves of a head")
        self.num_heads, self.dropout = num_heads, dropout
        self.joined = nn.Linear(d_model, 3 * d_model)
        self.output = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        heads = self.joined(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)  # [3, B, N, S, E]
        query, key, value = heads.unbind()
        mixed = F.scaled_dot_product_attention(
            rotate(query),
            rotate(key),
            value,
            attn_mask=mask[:, None, None],  # [B, 1, 1, S]
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.output(mixed.transpose(1, 2).flatten(-2))


class TransformerBlock(nn.Module):
    """Pre-norm attention, then a pre-norm feed-forward part, a shortcut round each."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        D = shape.d_model
        self.norm, self.ff_norm = nn.LayerNorm(D), nn.LayerNorm(D)
        self.attention = Attention(D, shape.num_heads, shape.dropout)
        self.ff_up, self.ff_down = nn.Linear(D, FF_FACTOR * D), nn.Linear(FF_FACTOR * D, D)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm(x), mask))
        return x + self.dropout(self.ff_down(F.gelu(self.ff_up(self.ff_norm(x)))))


class TransformerMixer(Mixer):
    """Blocks in a row, a norm behind them."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width = shape.d_model
        self.blocks = nn.ModuleList(TransformerBlock(shape) for _ in range(shape.num_blocks))
        self.norm = nn.LayerNorm(shape.d_model)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = clear_padding(x, mask)
        for block in self.blocks:
            x = block(x, mask)
        return clear_padding(self.norm(x), mask)
