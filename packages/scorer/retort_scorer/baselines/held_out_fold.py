"""One fold of a baseline: trained on the other folds, and what it then says of the images held out, kept for good.

``work`` gets ``fold-<k>.jsonl`` when a fold is done; ``fold-<k>.state`` has the last epoch of one that isn't.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from ..atomic_files import write_json_lines
from ..errors import ScorerError
from ..exclusive_lock import exclusive_lock
from ..protocol import Emitter
from ..source_image import read_whole_image
from ..timm_library import WeightsUnreachableError
from .baseline import Baseline, BaselineModel, build_baseline
from .image_reader import RatedImage, read_ahead
from .train_fold import FoldTraining, load_state, predict_images, train_fold
from .training_time import seconds_a_crop, training_seconds


@dataclass(frozen=True)
class BaselineStudy:
    """A baseline and the images of each of the fixed folds, 1 to 5."""

    baseline: Baseline
    folds: Mapping[int, Sequence[RatedImage]]
    seed: int
    random_weights: bool
    device: torch.device
    threads: int

    def images(self, fold: int) -> list[RatedImage]:
        """Those that are trained on when ``fold`` is held out."""
        return [image for other, images in self.folds.items() if other != fold for image in images]

    @property
    def epochs(self) -> int:
        return sum(stage.epochs for stage in self.baseline.stages)


def fold_file(work: Path, fold: int) -> Path:
    """Where the predictions of a finished fold are: ``name`` and ``predicted_mos`` a line."""
    return work / f"fold-{fold}.jsonl"


def predict_held_out(
    study: BaselineStudy, waiting: Sequence[int], turn: int, work: Path, emit: Emitter, stopping: Callable[[], bool]
) -> None:
    """Train and predict the fold ``waiting[turn]``, one of those that were not done at the beginning.

    Raises:
        ScorerError: an image can't be read, weights can't be fetched, or another process is at this fold.
        StopRequested: ``stopping`` said so.
    """
    fold = waiting[turn]
    with _alone(work, fold):
        if fold_file(work, fold).exists():
            return  # another process was at it
        state_path, held_out = work / f"fold-{fold}.state", study.folds[fold]
        model, epochs_done = _begin(study, state_path)
        _check_images([*held_out, *study.images(fold)], study.threads, emit)
        if epochs_done < study.epochs:
            emit("log", message=_time_needed(study, model, waiting[turn:], epochs_done))
        train_fold(model, _training(study, fold, turn, len(waiting), emit, stopping), state_path)
        predicted = predict_images(model, study.baseline, held_out, study.device, study.threads, stopping)
        lines = ({"name": image.name, "predicted_mos": mos} for image, mos in zip(held_out, predicted, strict=True))
        write_json_lines(fold_file(work, fold), lines)
        state_path.unlink()


def _check_images(images: Sequence[RatedImage], threads: int, emit: Emitter) -> None:
    """Decode every image once: one that is broken is told now and not after hours."""
    emit("progress", done=0, total=0, unit="setup", note="looking at the images")
    for _ in read_ahead(lambda image: read_whole_image(image.path).shape, images, threads, threads):
        pass


def _begin(study: BaselineStudy, state_path: Path) -> tuple[BaselineModel, int]:
    """The model and how many epochs it has behind it. What is resumed has all its weights in the state: nothing is fetched."""
    saved = load_state(state_path, torch.device("cpu"))
    seed = study.seed if study.random_weights or saved is not None else None
    try:
        model = build_baseline(study.baseline, seed, new_layers_seed=study.seed)
    except WeightsUnreachableError as error:
        raise ScorerError(f"{error} --random-weights does that.") from error
    return model.to(study.device), 0 if saved is None else int(saved["epoch"])


def _training(
    study: BaselineStudy, fold: int, turn: int, turns: int, emit: Emitter, stopping: Callable[[], bool]
) -> FoldTraining:
    images, epochs = study.images(fold), study.epochs
    an_epoch = len(images) * study.baseline.inputs.train_crops

    def on_crops(done: int) -> None:
        epoch = min(done // an_epoch + 1, epochs)
        place = turn * an_epoch * epochs + done
        emit("progress", done=place, total=turns * an_epoch * epochs, unit="crop", note=f"fold {fold}, epoch {epoch} of {epochs}")

    def on_epoch(epoch: int, loss: float) -> None:
        emit("log", message=f"fold {fold}: epoch {epoch} of {epochs}, {study.baseline.loss} {loss:.4f}")

    return FoldTraining(
        study.baseline, images, study.seed, study.device, study.threads, on_crops, on_epoch, stopping
    )


def _time_needed(study: BaselineStudy, model: BaselineModel, folds: Sequence[int], epochs_done: int) -> str:
    """A sentence with what this machine was just measured to need."""
    images = study.images(folds[0])
    seconds = seconds_a_crop(model, study.baseline, images, study.device, study.threads)
    this = training_seconds(study.baseline, seconds, len(images), epochs_done)
    others = sum(training_seconds(study.baseline, seconds, len(study.images(fold)), 0) for fold in folds[1:])
    where = f"on {study.threads} threads of the CPU" if study.device.type == "cpu" else f"on {torch.cuda.get_device_name()}"
    steps = " and ".join(f"{a_crop:.2f}" for a_crop in seconds)
    more = f", {_hours(this + others)} for the {len(folds)} folds that are left" if others else ""
    left, crops = study.epochs - epochs_done, study.baseline.inputs.train_crops
    work = f"{left} epoch{'' if left == 1 else 's'} of {len(images)} images{'' if crops == 1 else f' × {crops} crops'}"
    return f"fold {folds[0]}: {work} {where}; a step took {steps} s a crop just now: about {_hours(this)}{more}."


def _hours(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


@contextmanager
def _alone(work: Path, fold: int) -> Iterator[None]:
    """Keep other processes from a fold; different folds may be trained side by side."""
    busy = f"Fold {fold} is being trained by another process in {work}: let it end, or train another one with --fold."
    with exclusive_lock(work / f"fold-{fold}.lock", busy):
        for path in work.glob(f"fold-{fold}.*.tmp"):
            path.unlink()  # of a killed writer
        yield
