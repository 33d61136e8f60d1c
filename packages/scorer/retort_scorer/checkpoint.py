"""``scorer.safetensors``: every aspect's weights, and in its header all that a prediction needs.

Tensors are named ``<aspect>.<parameter>``; each aspect's standardisation (means, scales, MOS mean and SD of train)
stands among them. The header's member ``retort_scorer`` is a JSON object: format version, encoder with its revisions,
head shape and feature widths, aspects with their conformal half widths, MOS scale, notes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .atomic_files import write_bytes
from .encoders.encoder import EncoderRevisions
from .errors import CheckpointUnreadableError
from .heads.scorer_head import ScorerHead
from .xlstm.shape import XlstmShape

FORMAT_VERSION = 1
HEADER = "retort_scorer"


@dataclass(frozen=True)
class Checkpoint:
    """A scorer ready to predict."""

    encoder: str
    revisions: EncoderRevisions
    heads: Mapping[str, ScorerHead]
    half_widths: Mapping[str, float | None]


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> None:
    """Write the checkpoint; equal content gives equal bytes."""
    metadata = {HEADER: json.dumps({"format_version": FORMAT_VERSION, **header})}
    write_bytes(path, save(dict(tensors), metadata=metadata))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a scorer.

    Raises:
        CheckpointUnreadableError: missing, not a safetensors file, not ours, of another version, or tensors don't fit.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = (file.metadata() or {}).get(HEADER)
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, SafetensorError) as error:
        raise CheckpointUnreadableError(
            f"{path} can't be read as a scorer checkpoint ({error}): pass a scorer.safetensors."
        ) from error
    if header is None:
        raise CheckpointUnreadableError(f"{path} is a safetensors file, but not a scorer of ours: its header lacks {HEADER}.")
    try:
        return _build(json.loads(header), tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointUnreadableError(f"{path} is damaged or of another version ({error}): fit again.") from error


def _build(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Checkpoint:
    if header["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format version {header['format_version']}, this program reads {FORMAT_VERSION}")
    shape = XlstmShape(**{**header["head_shape"], "slstm_at": tuple(header["head_shape"]["slstm_at"])})
    heads = {}
    for aspect in header["aspects"]:
        head = ScorerHead(shape, 0.0, tuple(header["head_widths"]))
        head.load_state_dict(
            {name.removeprefix(f"{aspect}."): tensor for name, tensor in tensors.items() if name.startswith(f"{aspect}.")}
        )
        heads[aspect] = head.eval().requires_grad_(False)
    half_widths = {aspect: entry["half_width"] for aspect, entry in header["aspects"].items()}
    return Checkpoint(header["encoder"], EncoderRevisions(**header["encoder_revision"]), heads, half_widths)
