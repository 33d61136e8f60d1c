"""A file of tuned stages: the last stages of the embedded encoder's network with other weights, and what they were tuned on.

Tensors are named ``tuned_stages.weights.<parameter>``; those below ``tuned_stages.train`` and ``tuned_stages.val`` say which rows
were learnt from and which chose the epoch (see trained_on). The header's member ``tuned_stages`` is a JSON object: revisions of
the encoder and of its base, stages, settings, figures on val by epoch. A checkpoint that was fitted on their features holds all
of it too: it is such a file itself, and needs no other.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .atomic_files import write_bytes
from .encoders.encoder import EncoderRevisions, read_revisions
from .errors import LeakError, ScorerError
from .fit_rows import FitRow
from .trained_on import TrainedOn, read_trained_on

FORMAT_VERSION = 1
MEMBER = "tuned_stages"
CHECKPOINT_HEADER = "retort_scorer"  # of a checkpoint, whose member MEMBER is the same object
BASE = "embedded"  # the encoder whose stages are tuned
HASH_DIGITS = 16


@dataclass(frozen=True)
class TunedStages:
    """``weights`` by the names of an ``nn.ModuleList`` of the stages; ``header`` as it is written."""

    weights: Mapping[str, Tensor]
    train: TrainedOn
    val: TrainedOn
    header: Mapping[str, Any]

    @property
    def count(self) -> int:
        """How many stages, counted from the last."""
        return int(self.header["stages"])

    @property
    def revisions(self) -> EncoderRevisions:
        return EncoderRevisions(**self.header["encoder_revision"])

    def tensors(self) -> dict[str, Tensor]:
        """As they are named in a file."""
        named = {f"{MEMBER}.weights.{name}": tensor for name, tensor in self.weights.items()}
        for part, seen in (("train", self.train), ("val", self.val)):
            named |= {f"{MEMBER}.{part}.{name}": tensor for name, tensor in seen.tensors().items()}
        return named


def build_tuned_stages(
    weights: Mapping[str, Tensor], stages: int, train: TrainedOn, val: TrainedOn, about: Mapping[str, Any]
) -> TunedStages:
    """Stages tuned on the rows of ``train``, whose epoch ``val`` chose; ``about`` is what else the header says."""
    base = read_revisions(BASE)
    header = {
        "format_version": FORMAT_VERSION,
        "encoder_revision": {"image": _revision(base.image, weights), "text": base.text},
        "base": {"encoder": BASE, "image": base.image, "text": base.text},
        "stages": stages,
        **about,
        "train": train.describe(),
        "val": val.describe(),
    }
    return TunedStages(weights, train, val, header)


def write_tuned_stages(path: Path, stages: TunedStages) -> None:
    """Write the file; equal content gives equal bytes."""
    tensors = {name: tensor.contiguous() for name, tensor in sorted(stages.tensors().items())}
    write_bytes(path, save(tensors, metadata={MEMBER: json.dumps(stages.header)}))


def read_tuned_stages(path: Path) -> TunedStages:
    """Read a file of tuned stages, or those in a checkpoint.

    Raises:
        ScorerError: missing, no such file, damaged, or tuned on another base than this program's.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            outer = json.loads(metadata.get(CHECKPOINT_HEADER, "{}"))
            header = json.loads(metadata[MEMBER]) if MEMBER in metadata else outer.get(MEMBER)
            names = {name: name for name in file.keys()} | outer.get("same_as", {})
            tensors = {name: file.get_tensor(kept) for name, kept in names.items() if name.startswith(f"{MEMBER}.")}
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise ScorerError(f"{path} can't be read as tuned stages ({error}): pass a file that distill finetune wrote.") from error
    if header is None:
        raise ScorerError(f"{path} holds no tuned stages, its header lacks {MEMBER}: pass a file that distill finetune wrote.")
    try:
        stages = _build(header, tensors)
    except (KeyError, TypeError, ValueError) as error:
        raise ScorerError(f"{path} is damaged or of another version ({error}): run distill finetune again.") from error
    base, ours = header["base"], read_revisions(BASE)
    if (base["image"], base["text"]) != (ours.image, ours.text):
        raise ScorerError(
            f"{path} was tuned on the encoder {base['image']}+{base['text']}, this program has {ours.name}: run distill finetune again."
        )
    return stages


def _build(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TunedStages:
    if header["format_version"] != FORMAT_VERSION:
        raise ValueError(f"format version {header['format_version']}, this program reads {FORMAT_VERSION}")
    weights = _below(tensors, f"{MEMBER}.weights.")
    train, val = (
        read_trained_on({"trained_on": header[part]}, _below(tensors, f"{MEMBER}.{part}.")) for part in ("train", "val")
    )
    if train is None or val is None:
        raise ValueError("it doesn't say what it was tuned on")
    if header["encoder_revision"]["image"] != _revision(header["base"]["image"], weights):
        raise ValueError("the weights are not those that its header names")
    return TunedStages(weights, train, val, header)


def require_unseen(stages: TunedStages, rows: Sequence[FitRow], aspects: Sequence[str]) -> None:
    """Refuse a fit whose figures the tuned stages have seen the answers to.

    Raises:
        LeakError: a test row's image or image prompt is among those that were tuned on or chose the epoch, or a val row's
            among those that were tuned on.
    """
    rated = [row for row in rows if any(aspect in row.mos for aspect in aspects)]
    for split, told in (("test", (stages.train, stages.val)), ("val", (stages.train,))):
        ours = [row for row in rated if row.split == split]
        seen = [row for row in ours if any(part.has_image(row) or part.has_image_prompt(row) for part in told)]
        if seen:
            raise LeakError(
                f"The encoder's last stages were tuned on the images or image prompts of {len(seen)} of {len(ours)} {split} rows, the "
                f"first is {seen[0].sample_name}: fit with the split that they were tuned on, or run distill finetune on this run."
            )


def _revision(base: str, weights: Mapping[str, Tensor]) -> str:
    """The base's image revision and a hash of the weights: equal weights give equal features."""
    digest = hashlib.sha256()
    for name, tensor in sorted(weights.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return f"{base}.tuned-{digest.hexdigest()[:HASH_DIGITS]}"


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
