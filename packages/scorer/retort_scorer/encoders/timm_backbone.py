"""Any network of timm as an encoder: the cells of its last map, or its patch tokens, and its pooled vector.

The image is stretched to the square that the weights were made for, with their normalisation; timm's own evaluation
would cut its margin off instead, where people see artefacts as well.
"""

import torch
from torch import Tensor, nn

from ..errors import ScorerError
from ..feature_store import Features
from ..timm_library import create_timm, import_timm, timm_version

PIXEL_RANGE = 255.0  # of source_image.py


class TimmBackbone:
    """A frozen network; calls may come from several threads.

    ``revision`` names network, weights, library and side, and is ``…-random-<seed>`` when nothing was learned.
    """

    def __init__(self, name: str, random_seed: int | None = None) -> None:
        """Build ``name``, as timm calls it.

        Args:
            random_seed: None fetches the weights. A number asks for random ones, which prove a path and give no result.
        Raises:
            ScorerError: timm is missing, has no such network, its weights can't be fetched, or it isn't made for squares.
        """
        self._model: nn.Module = create_timm(name, random_seed, num_classes=0).eval().requires_grad_(False)
        config = import_timm().data.resolve_model_data_config(self._model)
        channels, height, width = config["input_size"]
        if channels != 3 or height != width:
            raise ScorerError(f"timm's {name} wants {channels} x {height} x {width} pixels: only RGB squares are encoded.")
        self.side: int = height
        self._mean, self._sd = (torch.tensor(config[key]).view(3, 1, 1) for key in ("mean", "std"))
        weights = self._model.pretrained_cfg.get("tag") or "default"
        network = name.partition(".")[0]
        origin = weights if random_seed is None else f"random-{random_seed}"
        self.revision = f"timm-{timm_version()}-{network}-{height}px-{origin}"

    @torch.inference_mode()
    def encode_image(self, pixels: Tensor) -> Features:
        """[1, 3, side, side] pixels of 0–255 -> tokens [S, D], row by row, and vector [V]."""
        hidden = self._model.forward_features((pixels / PIXEL_RANGE - self._mean) / self._sd)
        return Features(self._tokens(hidden)[0], self._model.forward_head(hidden, pre_logits=True)[0].float())

    def _tokens(self, hidden: Tensor) -> Tensor:
        """A map in either layout, or a sequence with class and register tokens in front -> [B, S, D]."""
        D = self._model.num_features
        if hidden.ndim == 3:
            return hidden[:, getattr(self._model, "num_prefix_tokens", 0) :]
        if hidden.ndim == 4 and hidden.shape[1] == D:
            return hidden.flatten(2).transpose(1, 2)
        if hidden.ndim == 4 and hidden.shape[3] == D:
            return hidden.flatten(1, 2)
        raise ScorerError(f"{self.revision} gives features of shape {tuple(hidden.shape)}: neither a map nor a sequence of {D}.")
