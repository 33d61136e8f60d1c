"""First and last real token side by side: for a mixer that reads both ways, all that each direction has read."""

import torch
from torch import Tensor

from .ends import first_token, last_token
from .pooling import Pooling


class FirstLastPooling(Pooling):
    """[B, S, D] -> [B, 2 D], the first token's channels in front; a row of one token has it twice."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = 2 * width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return torch.cat((first_token(hidden_states, mask), last_token(hidden_states, mask)), dim=-1)
