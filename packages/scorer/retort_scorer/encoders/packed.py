"""Encoders whose weights stand in a folder beside a checkpoint: what a pack carries, so that no package of weights is needed."""

import shutil
from pathlib import Path

from safetensors.torch import save_file

from ..errors import ScorerError
from .embedded import NETWORKS, EmbeddedEncoder
from .encoder import Encoder
from .tuned import BASE, KIND, load_tuned
from .weights import MINILM_FILE, MINILM_VOCABULARY, lite_file, load_lite_weights, minilm_files

WEIGHTS_FOLDER = "encoder"


def weights_beside(checkpoint: Path) -> Path | None:
    """The folder of weights of the pack that ``checkpoint`` is part of; None where it is in none."""
    folder = checkpoint.parent / WEIGHTS_FOLDER
    return folder if (folder / MINILM_FILE).is_file() else None


def load_packed_encoder(name: str, weights: Path) -> Encoder:
    """The encoder ``name`` with the weights in the folder ``weights``. Raises ScorerError for one that packs don't carry."""
    require_packable(name)
    return load_tuned(name, weights) if _base_of(name) != name else EmbeddedEncoder(name, weights)


def write_encoder_weights(name: str, folder: Path) -> None:
    """Write the weights of ``name`` into ``folder``, as their packages name them; tuned stages are in the checkpoint itself.

    Raises:
        ScorerError: an encoder that packs don't carry.
    """
    require_packable(name)
    folder.mkdir(parents=True)
    for variant in NETWORKS[_base_of(name)]:
        state = {key: tensor.contiguous() for key, tensor in sorted(load_lite_weights(variant, None).items())}
        save_file(state, folder / lite_file(variant))
    weights, vocabulary = minilm_files(None)
    shutil.copyfile(weights, folder / MINILM_FILE)
    shutil.copyfile(vocabulary, folder / MINILM_VOCABULARY)


def require_packable(name: str) -> None:
    """Raises ScorerError where ``name`` is an encoder whose weights a pack doesn't carry."""
    if _base_of(name) not in NETWORKS:
        raise ScorerError(f"The encoder {name} can't be packed: packs carry the weights of {' and '.join(NETWORKS)} alone.")


def _base_of(name: str) -> str:
    """The encoder whose weights ``name`` needs: its own, or those that its tuned stages were made of."""
    return BASE if name.partition(":")[0] == KIND else name
