"""The average of the real tokens: the paper's pooling."""

from torch import Tensor

from ..pooling import masked_mean
from .pooling import Pooling


class MeanPooling(Pooling):
    """``masked_mean`` behind the contract."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.out_width = width

    def forward(self, hidden_states: Tensor, mask: Tensor) -> Tensor:
        return masked_mean(hidden_states, mask)
