"""The xLSTM head with what stands before and behind it: standardised features in, predicted MOS out.

The sequence is: the image's global vector, its 49 cells row by row, the image prompt's vector, its word pieces;
padding comes last, so that a causal stack never sees it. Each kind of token has its own standardisation (fitted on
train, kept with the weights), its own linear map to ``d_model`` and a vector that says what it is.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..feature_table import FeatureBatch, FeatureTable
from ..pooling import masked_mean
from ..xlstm.shape import XlstmShape
from ..xlstm.stack import XlstmStack

REGRESSOR_WIDTH = 128  # the paper's
CLIP = 6.0  # standard deviations: one wild channel of an unusual image must not decide its score
SD_FLOOR = 1e-4
BATCH_ROWS = 32  # at prediction; the result doesn't depend on it


class TokenMap(nn.Module):
    """Standardise, drop out, project, mark the kind: [.., C] -> [.., D]."""

    mean: Tensor
    scale: Tensor

    def __init__(self, channels: int, d_model: int, dropout: float) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        self.linear = nn.Linear(channels, d_model)
        self.kind = nn.Parameter(torch.randn(d_model) * 0.02)
        self.dropout = nn.Dropout(dropout)

    def standardise(self, samples: Tensor) -> None:
        """Take mean and SD from ``samples`` [n, C], train rows only; none leaves them as they are."""
        if len(samples) > 0:
            self.mean.copy_(samples.float().mean(dim=0))
            self.scale.copy_(samples.float().std(dim=0, correction=0).clamp_min(SD_FLOOR))

    def forward(self, x: Tensor) -> Tensor:
        standard = ((x.float() - self.mean) / self.scale).clamp(-CLIP, CLIP)
        return self.linear(self.dropout(standard)) + self.kind


class ScorerHead(nn.Module):
    """One aspect's head. Its output is standardised with ``mos_mean`` and ``mos_sd``, both of train."""

    mos_mean: Tensor
    mos_sd: Tensor

    def __init__(self, shape: XlstmShape, input_dropout: float, widths: tuple[int, int, int]) -> None:
        """``widths``: channels of a cell, of the image vector, of a word piece."""
        super().__init__()
        cell, vector, text = widths
        self.vector = TokenMap(vector, shape.d_model, input_dropout)
        self.cell = TokenMap(cell, shape.d_model, input_dropout)
        self.text_vector = TokenMap(text, shape.d_model, input_dropout)
        self.text_token = TokenMap(text, shape.d_model, input_dropout)
        self.stack = XlstmStack(shape)
        self.hidden = nn.Linear(shape.d_model, REGRESSOR_WIDTH)
        self.output = nn.Linear(REGRESSOR_WIDTH, 1)
        self.register_buffer("mos_mean", torch.zeros(()))
        self.register_buffer("mos_sd", torch.ones(()))

    @torch.no_grad()
    def standardise(self, table: FeatureTable, train: Tensor, mos: Tensor) -> None:
        """Fit all standardisations on the rows at ``train`` [n], with their ``mos`` [n]."""
        rows = table.batch(train)
        self.vector.standardise(rows.image_vectors)
        self.cell.standardise(rows.image_tokens[rows.image_token_mask])
        self.text_vector.standardise(rows.text_vectors[rows.has_text])
        self.text_token.standardise(rows.text_tokens[rows.text_token_mask])
        self.mos_mean.copy_(mos.mean())
        self.mos_sd.copy_(mos.std(correction=0).clamp_min(SD_FLOOR))

    def forward(self, batch: FeatureBatch) -> Tensor:
        """[B] standardised predictions, fp32."""
        parts = (
            self.vector(batch.image_vectors).unsqueeze(1),
            self.cell(batch.image_tokens),
            self.text_vector(batch.text_vectors).unsqueeze(1),
            self.text_token(batch.text_tokens),
        )
        one = torch.ones(len(batch), 1, dtype=torch.bool)
        mask = torch.cat((one, batch.image_token_mask, batch.has_text.unsqueeze(1), batch.text_token_mask), dim=1)
        hidden = self.stack(torch.cat(parts, dim=1))  # [B, 64, D]
        return self.output(F.relu(self.hidden(masked_mean(hidden, mask)))).squeeze(1)

    @torch.no_grad()
    def predict(self, table: FeatureTable, places: Tensor | None = None) -> Tensor:
        """[n] predicted MOS of the rows at ``places`` (all), unclipped, fp32; leaves the head in evaluation mode."""
        self.eval()
        wanted = torch.arange(len(table)) if places is None else places
        parts = [self(table.batch(part)) for part in wanted.split(BATCH_ROWS)]
        return torch.cat(parts) * self.mos_sd + self.mos_mean
