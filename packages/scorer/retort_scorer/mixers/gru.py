"""The GRU mixers: the right one and that of the paper's code."""

from torch import nn

from .mixer import Mixer, MixerShape
from .recurrent import RecurrentMixer
from .recurrent_legacy import LegacyRecurrentMixer


def build_gru(shape: MixerShape) -> Mixer:
    """Residual pre-norm blocks, both directions; see ``RecurrentMixer``."""
    return RecurrentMixer(shape, nn.GRU)


def build_legacy_gru(shape: MixerShape) -> Mixer:
    """For comparison with the paper's table only; see ``LegacyRecurrentMixer``."""
    return LegacyRecurrentMixer(shape, nn.GRU)
