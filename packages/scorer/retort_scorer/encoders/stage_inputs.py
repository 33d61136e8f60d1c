"""``stage-inputs:<n>``: what the last n stages of the embedded encoder's network read, cell by cell: finetune computes it once.

Tokens are the cells of the map, [H * W, C], row by row; the vector says nothing.
"""

from functools import cached_property

import torch
from torch import Tensor

from ..feature_store import Features
from ..tuned_stages import BASE
from .embedded import IMAGE_SIDE, load_network
from .encoder import EncoderRevisions, EncoderSpec, read_revisions
from .text import TextEncoder
from .tuned import VARIANT


def stage_inputs_spec(name: str) -> EncoderSpec:
    """What is known of them: their revision names the network and the stages."""
    base = read_revisions(BASE)
    return EncoderSpec(name, EncoderRevisions(f"{base.image}.inputs-of-last-{_count(name)}", base.text), IMAGE_SIDE)


class StageInputs:
    """Loads the base's network once, its text side at the first need: finetune has none."""

    def __init__(self, name: str) -> None:
        self._count, self._network = _count(name), load_network(VARIANT)

    @torch.inference_mode()
    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, 512, 512] pixels of 0–255 -> tokens [H * W, C], fp16."""
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        cells = self._network.input_map(pixels, self._count)
        return Features(cells[0].flatten(1).T.half(), torch.zeros(1))

    def encode_text(self, text: str) -> Features:
        """As the base does."""
        return self._texts.encode(text)

    @cached_property
    def _texts(self) -> TextEncoder:
        return TextEncoder()


def _count(name: str) -> int:
    return int(name.partition(":")[2])
