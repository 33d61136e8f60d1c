"""How long a baseline will train here: a step of each stage, measured on its own images before anything is trained."""

import copy
import time
from collections.abc import Sequence

import torch

from .baseline import Baseline, BaselineModel, TrainingStage
from .image_reader import RatedImage, training_batches
from .train_step import begin_stage, train_step

MEASURED_IMAGES = 4  # more come nearer to a batch's time an image, and take longer before anything begins


def seconds_a_crop(
    model: BaselineModel, baseline: Baseline, images: Sequence[RatedImage], device: torch.device, threads: int
) -> list[float]:
    """Seconds that each stage takes a crop, reading included; ``model`` is left as it is."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        return [_measure(copy.deepcopy(model), baseline, stage, images, device, threads) for stage in baseline.stages]


def training_seconds(baseline: Baseline, seconds: Sequence[float], images: int, epochs_done: int) -> float:
    """What the epochs after the first ``epochs_done`` come to on ``images`` images."""
    left = 0.0
    for stage, a_crop in zip(baseline.stages, seconds, strict=True):
        done = min(epochs_done, stage.epochs)
        left += (stage.epochs - done) * images * baseline.inputs.train_crops * a_crop
        epochs_done -= done
    return left


def _measure(
    model: BaselineModel,
    baseline: Baseline,
    stage: TrainingStage,
    images: Sequence[RatedImage],
    device: torch.device,
    threads: int,
) -> float:
    optimiser, _ = begin_stage(model, stage)
    size = min(MEASURED_IMAGES, stage.batch_size, len(images))
    batches = training_batches(images, baseline.inputs, size, 0, threads)
    for _ in range(2):  # the first step also allocates
        began = time.monotonic()
        pixels, mos = next(batches)
        train_step(model, optimiser, pixels.to(device), mos.to(device), baseline.loss)
    batches.close()
    return (time.monotonic() - began) / len(mos)
