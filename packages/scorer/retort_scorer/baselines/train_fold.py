"""Trains a baseline on one fold's images as its authors did. Killed at any moment and called again, it ends with the same weights.

Weights, optimiser, schedule and epoch are on disk after each epoch, written atomically. An epoch's chance (order, places of
crops, dropout) hangs on the seed and the epoch's number alone, so there is no random state to keep.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import StepLR

from ..atomic_files import writing
from ..errors import StopRequested
from .baseline import Baseline, BaselineModel
from .image_reader import RatedImage, crops_to_test, training_batches
from .train_step import begin_stage, train_step

EPOCHS_A_SEED = 1_000_000  # epochs of one seed never are another's


@dataclass(frozen=True)
class FoldTraining:
    """What decides the weights that training ends with, beside those it begins with; and who is told."""

    baseline: Baseline
    images: Sequence[RatedImage]
    seed: int
    device: torch.device
    threads: int
    """That read images."""
    on_crops: Callable[[int], None]
    """Hears how many crops were trained on, after each step; on a resume first those of the epochs before."""
    on_epoch: Callable[[int, float], None]
    """Hears the number of each finished epoch, counted from 1 over all stages, and its mean loss."""
    stopping: Callable[[], bool]
    """Asked between steps; True leaves at once, the last whole epoch is on disk."""

    @property
    def crops_an_epoch(self) -> int:
        return len(self.images) * self.baseline.inputs.train_crops


def train_fold(model: BaselineModel, training: FoldTraining, state_path: Path) -> None:
    """Train ``model``, on its device already, through all stages; from ``state_path`` if it is there.

    Raises:
        StopRequested: ``stopping`` said so.
        NonFiniteLossError: a loss was no number; the epoch before is on disk.
    """
    torch.use_deterministic_algorithms(True, warn_only=training.device.type == "cuda")
    saved = load_state(state_path, training.device)
    if saved is not None:
        model.load_state_dict(saved["model"])
    done = 0 if saved is None else saved["epoch"]
    training.on_crops(done * training.crops_an_epoch)
    before = 0
    for stage in training.baseline.stages:
        if done >= before + stage.epochs:
            before += stage.epochs
            continue
        optimiser, schedule = begin_stage(model, stage)
        if saved is not None and done > before:
            optimiser.load_state_dict(saved["optimiser"])
            schedule.load_state_dict(saved["schedule"])
        saved = None  # hundreds of megabytes
        while done < before + stage.epochs:
            loss = _run_epoch(model, optimiser, training, stage.batch_size, done)
            schedule.step()
            done += 1
            _save(state_path, model, optimiser, schedule, done)
            training.on_epoch(done, loss)
        before += stage.epochs


def load_state(path: Path, device: torch.device) -> dict[str, Any] | None:
    """What ``train_fold`` left there; None where it left nothing."""
    return torch.load(path, map_location=device, weights_only=True) if path.exists() else None


@torch.inference_mode()
def predict_images(
    model: BaselineModel,
    baseline: Baseline,
    images: Sequence[RatedImage],
    device: torch.device,
    threads: int,
    stopping: Callable[[], bool],
) -> list[float]:
    """Predicted MOS of each image, the mean over its test crops.

    Raises:
        StopRequested: ``stopping`` said so.
    """
    model.eval()
    predicted = []
    for crops in crops_to_test(images, baseline.inputs, threads):
        if stopping():
            raise StopRequested
        predicted.append(model(crops.to(device)).mean().item())
    return predicted


def _run_epoch(model: BaselineModel, optimiser: Optimizer, training: FoldTraining, batch_size: int, epoch: int) -> float:
    """One pass; returns the mean loss of its crops."""
    baseline, seed = training.baseline, training.seed * EPOCHS_A_SEED + epoch
    torch.manual_seed(seed)
    total, crops = 0.0, 0
    for pixels, mos in training_batches(training.images, baseline.inputs, batch_size, seed, training.threads):
        if training.stopping():
            raise StopRequested
        loss = train_step(model, optimiser, pixels.to(training.device), mos.to(training.device), baseline.loss)
        total += loss * len(mos)
        crops += len(mos)
        training.on_crops(epoch * training.crops_an_epoch + crops)
    return total / crops


def _save(path: Path, model: BaselineModel, optimiser: Optimizer, schedule: StepLR, epoch: int) -> None:
    state = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "epoch": epoch,
    }
    with writing(path) as file:
        torch.save(state, file)
