"""``timm:<name>``: any network of timm for the image, MiniLM for its prompt. ``timm:<name>@random-<seed>`` draws the weights.

Random weights prove that a path works where none can be fetched; what is fitted on them is marked and no result.
"""

import re
from functools import cache

from torch import Tensor

from ..errors import ScorerError
from ..feature_store import Features
from .encoder import EncoderRevisions, EncoderSpec, read_revisions
from .text import TextEncoder
from .timm_backbone import TimmBackbone

_NAME = re.compile(r"timm:(?P<network>[^@]+)(?:@random-(?P<seed>\d+))?")


def timm_spec(name: str) -> EncoderSpec:
    """What is known of a network: its weights are fetched for it, once.

    Raises:
        ScorerError: timm is missing, has no such network, or its weights can't be had.
    """
    backbone = _backbone(name)
    revisions = EncoderRevisions(backbone.revision, read_revisions("embedded").text)
    return EncoderSpec(name, revisions, backbone.side, is_random="@random-" in name)


class TimmEncoder:
    """The network with the text side that every encoder has."""

    def __init__(self, name: str) -> None:
        self._images, self._texts = _backbone(name), TextEncoder()

    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, side, side] pixels of 0–255 -> tokens [S, D], row by row, and vector [V]."""
        return self._images.encode_image(pixels)

    def encode_text(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]."""
        return self._texts.encode(text)


@cache
def _backbone(name: str) -> TimmBackbone:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ScorerError(f"{name!r} names no network: expected timm:<name>, or timm:<name>@random-<seed> for random weights.")
    seed = found["seed"]
    return TimmBackbone(found["network"], None if seed is None else int(seed))
