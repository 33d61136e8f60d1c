"""The sizes that the paper's code gives to the mixers of its table.

Source: github.com/strawhatboy/M3-AGIQA, models/MiniCPM.py at 2f76702 and, for the Transformer's dropout, the default in utils.py
(checked 2026-11-28). 16 heads of 64 are the default of the mamba-ssm package at this width.
"""

from .mixer import MixerShape

PAPER_SHAPES: dict[str, MixerShape] = {
    "xlstm": MixerShape(d_model=512, num_blocks=4, num_heads=4),
    "lstm-legacy": MixerShape(d_model=512, num_blocks=4),
    "gru-legacy": MixerShape(d_model=512, num_blocks=2),
    "mamba2-legacy": MixerShape(d_model=512, num_blocks=4, num_heads=16, state_size=16),
    "transformer-legacy": MixerShape(d_model=512, num_blocks=6, num_heads=2, dropout=0.2),
}
