"""The last real token: all that a causal mixer has read."""

from torch import Tensor

from .ends import last_token
from .pooling import Pooling


class LastPooling(Pooling):
    """[B, S, D] -> [B, D]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return last_token(hidden_states, mask)
