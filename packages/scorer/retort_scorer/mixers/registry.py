"""Every mixer by its name."""

from collections.abc import Callable

from ..errors import ScorerError
from .gru import build_gru, build_legacy_gru
from .lstm import build_legacy_lstm, build_lstm
from .mamba2 import Mamba2Mixer
from .mamba2_legacy import LegacyMamba2Mixer
from .mixer import Mixer, MixerShape
from .none import NoMixer
from .transformer import TransformerMixer
from .transformer_legacy import LegacyTransformerMixer
from .xlstm import XlstmMixer

MIXERS: dict[str, Callable[[MixerShape], Mixer]] = {
    "xlstm": XlstmMixer,
    "lstm": build_lstm,
    "lstm-legacy": build_legacy_lstm,
    "gru": build_gru,
    "gru-legacy": build_legacy_gru,
    "mamba2": Mamba2Mixer,
    "mamba2-legacy": LegacyMamba2Mixer,
    "transformer": TransformerMixer,
    "transformer-legacy": LegacyTransformerMixer,
    "none": NoMixer,
}


def build_mixer(name: str, shape: MixerShape) -> Mixer:
    """A mixer with fresh weights, drawn from torch's global generator. Raises ScorerError for a name that isn't known."""
    build = MIXERS.get(name)
    if build is None:
        raise ScorerError(f"There is no mixer {name!r}: choose one of {', '.join(MIXERS)}.")
    return build(shape)
