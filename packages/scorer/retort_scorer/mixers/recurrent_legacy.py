"""LSTM and GRU as the paper's code has them: torch's bidirectional layers one on the other, nothing around them."""

from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .mixer import Mixer, MixerShape
from .padding import clear_padding
from .recurrent import Cell


class LegacyRecurrentMixer(Mixer):
    """For comparison with the paper's table only: no norm, no shortcut, no dropout, [B, S, D] -> [B, S, 2 D].

    The paper's code then averages the outputs at the first and the last token, each of which saw one direction in full
    and of the other a single token: ``pooling`` keeps that. It ran with one image a batch, hence without padding; here
    padding is left out of both directions.

    Source: github.com/strawhatboy/M3-AGIQA, models/MiniCPM.py at 2f76702 (checked 2026-11-28).
    """

    pooling = "first-last-mean"

    def __init__(self, shape: MixerShape, cell: Cell) -> None:
        super().__init__()
        self.out_width = 2 * shape.d_model
        self.layers = cell(shape.d_model, shape.d_model, num_layers=shape.num_blocks, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(dim=1).clamp_min(1).cpu()  # torch wants one token at least; an empty row is cleared below
        packed = pack_padded_sequence(clear_padding(x, mask), lengths, batch_first=True, enforce_sorted=False)
        mixed, _ = self.layers(packed)
        padded, _ = pad_packed_sequence(mixed, batch_first=True, total_length=x.shape[1])
        return clear_padding(padded, mask)
