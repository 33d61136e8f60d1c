"""``scorer.safetensors``: every aspect's scorer, and in its header all that a prediction needs.

Tensors are named ``<aspect>.reduction.<buffer>`` and ``<aspect>.<parameter>``; those that hold the same are stored once and
``same_as`` in the header names them. The header's member ``retort_scorer`` is a JSON object: format version, encoder with
its revisions, the description of each aspect's head and level reduction, conformal intervals, MOS scale, config, and what it
was trained on (see trained_on); where it reads tuned stages, the checkpoint holds these as well (see tuned_stages).
"""

import hashlib
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
from .encoders.tuned import KIND as TUNED
from .errors import CheckpointUnreadableError
from .feature_table import FeatureTable
from .heads.head import Head
from .heads.head_inputs import HeadInputs
from .heads.level_reduction import LevelReduction
from .heads.registry import build_head
from .trained_on import TrainedOn, read_trained_on
from .tuned_stages import CHECKPOINT_HEADER

FORMAT_VERSION = 2
HEADER = CHECKPOINT_HEADER


@dataclass(frozen=True)
class AspectScorer:
    """Predicts one aspect. ``half_width`` of its 90 % interval in MOS, None where val was too small for one."""

    reduction: LevelReduction
    head: Head
    half_width: float | None

    def predict(self, table: FeatureTable) -> Tensor:
        """[n] predicted MOS, unclipped, fp32."""
        return self.head.predict(HeadInputs(table, self.reduction))


@dataclass(frozen=True)
class Checkpoint:
    """A scorer ready to predict."""

    encoder: str  # that of tuned stages names this checkpoint's file
    revisions: EncoderRevisions
    aspects: Mapping[str, AspectScorer]
    header: Mapping[str, Any]
    trained_on: TrainedOn | None  # None: written before checkpoints said so


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> None:
    """Write the checkpoint; equal content gives equal bytes."""
    kept: dict[str, Tensor] = {}
    same_as: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    for name, tensor in sorted(tensors.items()):
        content = hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()
        known = first.setdefault((content, f"{tensor.dtype} {tuple(tensor.shape)}"), name)
        if known == name:
            kept[name] = tensor.contiguous()
        else:
            same_as[name] = known
    metadata = {HEADER: json.dumps({"format_version": FORMAT_VERSION, "same_as": same_as, **header})}
    write_bytes(path, save(kept, metadata=metadata))


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
        return _build(json.loads(header), tensors, path)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointUnreadableError(f"{path} is damaged or of another version ({error}): fit again.") from error


def _build(header: Mapping[str, Any], stored: Mapping[str, Tensor], path: Path) -> Checkpoint:
    if header["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format version {header['format_version']}, this program reads {FORMAT_VERSION}")
    tensors = dict(stored) | {name: stored[known] for name, known in header["same_as"].items()}
    aspects = {}
    for aspect, entry in header["aspects"].items():
        reduction, head = LevelReduction(**entry["reduction"]), build_head(entry["head"])
        reduction.load_state_dict(_below(tensors, f"{aspect}.reduction."))
        head.load_state_dict(_below(tensors, f"{aspect}.head."))
        for module in (reduction, head):
            module.eval().requires_grad_(False)
        aspects[aspect] = AspectScorer(reduction, head, entry["conformal"]["half_width"])
    revisions = EncoderRevisions(**header["encoder_revision"])
    encoder = f"{TUNED}:{path}" if header["encoder"] == TUNED else header["encoder"]
    return Checkpoint(encoder, revisions, aspects, header, read_trained_on(header, tensors))


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
