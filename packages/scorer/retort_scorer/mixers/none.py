"""No mixing: what the pooling alone can do, the row every other mixer has to beat."""

from torch import Tensor

from .mixer import Mixer, MixerShape
from .padding import clear_padding


class NoMixer(Mixer):
    """The tokens as they came. It has no parameters."""

    def __init__(self, shape: MixerShape) -> None:
        super().__init__()
        self.out_width = shape.d_model

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return clear_padding(x, mask)
