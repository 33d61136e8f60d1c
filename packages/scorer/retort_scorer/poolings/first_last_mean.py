"""First and last real token averaged: what the paper's code does behind its LSTM and GRU, and offers behind its xLSTM."""

from torch import Tensor

from .ends import first_token, last_token
from .pooling import Pooling


class FirstLastMeanPooling(Pooling):
    """[B, S, D] -> [B, D]. Source: github.com/strawhatboy/M3-AGIQA, models/MiniCPM.py at 2f76702 (checked 2026-11-28)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return (first_token(hidden_states, mask) + last_token(hidden_states, mask)) / 2
