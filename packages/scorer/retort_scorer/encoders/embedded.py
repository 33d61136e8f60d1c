"""The encoders that need no download: EfficientNet-Lite for the image, MiniLM for its prompt, all out of PyPI wheels.

``embedded`` reads Lite2, ``embedded-best`` Lite1 as well. An image gives a vector and no tokens: for each of a network's
seven stages how its channels are spread, for the four stages before the last which of them go together. Early stages see
artefacts, late ones objects. One image at a time on one thread: faster a core than batches here, and a feature never
depends on what else was encoded. Vectors are fp16: nothing of the figures is lost by it.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..feature_store import Features
from .efficientnet_lite import LITE0_STAGES, EfficientNetLite, build_efficientnet_lite, lite_stages
from .encoder import EncoderSpec, read_revisions
from .level_statistics import SPREAD_FIGURES, correlations_of_channels, spread_of_channels
from .text import TextEncoder
from .weights import load_lite_weights

IMAGE_SIDE = 512  # pixels; 256 loses the artefacts that people see
STAGES = len(LITE0_STAGES)
CORRELATED_STAGES = (2, 3, 4, 5)  # the first two hold little, the last is too wide for what it adds
NETWORKS = {"embedded": ("lite2",), "embedded-best": ("lite2", "lite1")}


def embedded_spec(name: str) -> EncoderSpec:
    """What is known of an embedded encoder without its networks."""
    levels = tuple(width for variant in NETWORKS[name] for width in network_levels(variant))
    return EncoderSpec(name, read_revisions(name), IMAGE_SIDE, levels)


def network_levels(variant: str, tuned: int = 0) -> list[int]:
    """Widths of the parts of the vector of a network with ``tuned`` tuned stages, in their order."""
    channels = [stage.channels for stage in lite_stages(variant)]
    channels += channels[len(channels) - tuned :]
    spreads = [SPREAD_FIGURES * count for count in channels]
    return spreads + [channels[place] * (channels[place] - 1) // 2 for place in _correlated_places(len(channels))]


def _correlated_places(maps: int) -> list[int]:
    """Which of a network's maps are correlated: those of ``CORRELATED_STAGES``, tuned or not."""
    tuned = maps - STAGES
    return [place for place in range(maps) if (place if place < STAGES else place - tuned) in CORRELATED_STAGES]


class EmbeddedEncoder:
    """Loads its networks once (1 s) and encodes one thing a call."""

    def __init__(self, name: str, weights: Path | None = None) -> None:
        """``weights``: the folder of a pack's weights; None takes those of the installed packages."""
        self.networks = [load_network(variant, weights) for variant in NETWORKS[name]]
        self._texts = TextEncoder(weights)

    @torch.inference_mode()
    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, 512, 512] pixels of 0–255 -> no tokens, [0, 1], and a vector, fp16."""
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        return Features(torch.zeros(0, 1, dtype=torch.float16), describe_image(self.networks, pixels).half())

    def encode_text(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]; an empty text has no token."""
        return self._texts.encode(text)


def describe_image(networks: Sequence[EfficientNetLite], pixels: Tensor) -> Tensor:
    """[1, 3, 512, 512] pixels -> the vectors of all networks side by side, fp32."""
    return torch.cat([describe_stages(network.stage_maps(pixels)) for network in networks])


def describe_stages(maps: Sequence[Tensor]) -> Tensor:
    """The maps of one image, seven and those of tuned stages -> its vector of one network, fp32."""
    spreads = [spread_of_channels(stage) for stage in maps]
    return torch.cat(spreads + [correlations_of_channels(maps[place]) for place in _correlated_places(len(maps))])


def load_network(variant: str, weights: Path | None = None) -> EfficientNetLite:
    """``lite1`` or ``lite2`` alone, without the text side of an encoder; ``weights`` as an encoder takes it."""
    state = load_lite_weights(variant, weights)
    return build_efficientnet_lite(variant, state).to(memory_format=torch.channels_last)
