"""Tunes stages on rated rows, epoch by epoch. Killed at any moment and called again, it ends with the same bits.

Batches are whole image prompts, so that rank losses find pairs within an image prompt as well as within a generator setting.
Weights, optimiser and figures are on disk after each epoch; the order of an epoch hangs on seed and epoch alone.
"""

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from . import metrics
from .atomic_files import write_bytes
from .errors import StopRequested
from .feature_store import FeatureStore
from .finetune_model import StagesModel
from .fit_rows import FitRow
from .losses import LossWeights, batch_loss, group_numbers

BATCH_ROWS = 32
PLCC_WEIGHT, RANK_WEIGHT = 1.0, 1.0
WITHIN_PROMPT = LossWeights(1.0, PLCC_WEIGHT, RANK_WEIGHT, "image-prompt")
WITHIN_SETTING = LossWeights(0.0, 0.0, RANK_WEIGHT, "generator-setting")
CROP_CELLS = {1: None, 2: 20}  # of 32 by 32, by stages tuned: less work, and no two looks at an image alike


@dataclass(frozen=True)
class TuningData:
    """Rows with what the tuned stages read of their images, from the store. ``mos``: [n, aspects] of 0–5, NaN unrated."""

    rows: Sequence[FitRow]
    aspects: Sequence[str]
    mos: Tensor
    inputs: FeatureStore

    def maps(self, places: Sequence[int]) -> Tensor:
        """[B, C, H, W], fp32, of the rows at ``places``; maps are square."""
        keys = [self.rows[place].image_hash for place in places]
        loaded = self.inputs.load_tokens(keys)
        cells = torch.stack([loaded[key] for key in keys]).float()  # [B, H * W, C]
        side = math.isqrt(cells.shape[1])
        return cells.unflatten(1, (side, side)).permute(0, 3, 1, 2)  # channels lie last, as the network wants them


@dataclass(frozen=True)
class Schedule:
    """How long and how fast."""

    stages: int
    epochs: int
    learning_rate: float
    seed: int


def tune_stages(
    model: StagesModel,
    data: TuningData,
    train: Sequence[int],
    val: Sequence[int],
    schedule: Schedule,
    state_path: Path,
    on_rows: Callable[[int, int], None],
    stopping: Callable[[], bool],
) -> list[dict[str, Any]]:
    """Tune ``model`` in place, from ``state_path`` if it is there.

    Args:
        on_rows: hears how many rows were learnt from so far, and of how many.
    Returns:
        a line an epoch, 0 before tuning: ``epoch`` and by aspect SRCC and PLCC on val. The model has the weights of
        ``best_epoch``.
    Raises:
        StopRequested: ``stopping`` said so; the last whole epoch is on disk.
    """
    torch.use_deterministic_algorithms(True)
    target = _standardised(data.mos, train)
    optimiser = torch.optim.Adam(model.parameters(), lr=schedule.learning_rate)
    history: list[dict[str, Any]] = []
    best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    if state_path.exists():
        saved = torch.load(state_path, map_location="cpu", weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        history, best = saved["history"], saved["best"]
    else:
        model.start(pooled_rows(model, data, train, stopping), target[list(train)])
        history.append({"epoch": 0, "aspects": _figures(model, data, val, stopping)})
    while history[-1]["epoch"] < schedule.epochs:
        _run_epoch(model, optimiser, data, target, train, schedule, len(history), on_rows, stopping)
        history.append({"epoch": len(history), "aspects": _figures(model, data, val, stopping)})
        if best_epoch(history) == history[-1]["epoch"]:
            best = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        _save(state_path, model, optimiser, history, best)
    model.load_state_dict(best)
    return history


def best_epoch(history: Sequence[dict[str, Any]]) -> int:
    """The tuned epoch with the best mean of SRCC and PLCC on val over aspects; the last one where val says nothing."""

    def score(line: dict[str, Any]) -> float | None:
        figures = [value for aspect in line["aspects"].values() for value in aspect.values()]
        return None if not figures or None in figures else sum(figures) / len(figures)

    tuned = [line for line in history if line["epoch"] > 0]
    judged = [line for line in tuned if score(line) is not None]
    return int((max(judged, key=lambda line: score(line) or 0.0) if judged else tuned[-1])["epoch"])


def _run_epoch(
    model: StagesModel,
    optimiser: torch.optim.Adam,
    data: TuningData,
    target: Tensor,
    train: Sequence[int],
    schedule: Schedule,
    epoch: int,
    on_rows: Callable[[int, int], None],
    stopping: Callable[[], bool],
) -> None:
    """One pass over train, ``epoch`` counted from 1."""
    random = torch.Generator().manual_seed(schedule.seed * 100_003 + epoch)
    batches = _batches([data.rows[place].prompt_group for place in train], random)
    done, total = (epoch - 1) * len(train), schedule.epochs * len(train)
    for number, batch in enumerate(batches):
        if stopping():
            raise StopRequested
        step = (epoch - 1) * len(batches) + number
        for group in optimiser.param_groups:
            group["lr"] = schedule.learning_rate * 0.5 * (1 + math.cos(math.pi * step / (schedule.epochs * len(batches))))
        places = [train[place] for place in batch]
        rows = [data.rows[place] for place in places]
        predicted = model(_cropped(data.maps(places), CROP_CELLS[schedule.stages], random))
        wanted = target[places]
        prompts, settings = (group_numbers(names) for names in ([row.prompt_group for row in rows], [row.setting for row in rows]))
        loss = batch_loss(predicted, wanted, WITHIN_PROMPT, prompts) + batch_loss(predicted, wanted, WITHIN_SETTING, settings)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        done += len(places)
        on_rows(done, total)


def _batches(prompts: Sequence[str], random: torch.Generator) -> list[list[int]]:
    """Places of whole image prompts, these in random order, at least ``BATCH_ROWS`` a batch; the last may be smaller."""
    by_prompt: dict[str, list[int]] = {}
    for place, prompt in enumerate(prompts):
        by_prompt.setdefault(prompt, []).append(place)
    groups = list(by_prompt.values())
    batches: list[list[int]] = [[]]
    for place in torch.randperm(len(groups), generator=random).tolist():
        if len(batches[-1]) >= BATCH_ROWS:
            batches.append([])
        batches[-1] += groups[place]
    return batches


def _cropped(maps: Tensor, side: int | None, random: torch.Generator) -> Tensor:
    """A square of ``side`` by ``side`` cells of each map, wherever; None, or a larger side than the map's, takes it whole."""
    if side is None or side >= maps.shape[2]:
        return maps
    corners = torch.randint(maps.shape[2] - side + 1, (len(maps), 2), generator=random).tolist()
    return torch.stack([one[:, y : y + side, x : x + side] for one, (y, x) in zip(maps, corners, strict=True)])


def _standardised(mos: Tensor, train: Sequence[int]) -> Tensor:
    """[n, aspects]: each aspect by mean and SD of its rated train rows."""
    columns = []
    for column in mos.T:
        rated = column[list(train)]
        rated = rated[~rated.isnan()]
        columns.append((column - rated.mean()) / rated.std(correction=0).clamp_min(1e-6))
    return torch.stack(columns, dim=1)


@torch.no_grad()
def pooled_rows(model: StagesModel, data: TuningData, places: Sequence[int], stopping: Callable[[], bool]) -> Tensor:
    """The pooled figures [n, F] of the rows at ``places``, on whole maps."""
    parts = []
    for start in range(0, len(places), BATCH_ROWS):
        if stopping():
            raise StopRequested
        parts.append(model.pool(data.maps(places[start : start + BATCH_ROWS])))
    return torch.cat(parts)


@torch.no_grad()
def _figures(model: StagesModel, data: TuningData, val: Sequence[int], stopping: Callable[[], bool]) -> dict[str, Any]:
    """SRCC and PLCC on val by aspect; None where one can't be computed."""
    if not val:
        return {}
    predicted = model.output((pooled_rows(model, data, val, stopping) - model.mean) / model.scale).double().numpy()
    found = {}
    for aspect, ours, mos in zip(data.aspects, predicted.T, data.mos[list(val)].double().numpy().T, strict=True):
        rated = ~np.isnan(mos)
        found[aspect] = {
            "srcc": metrics.srcc(ours[rated], mos[rated]).value,
            "plcc": metrics.plcc(ours[rated], mos[rated]).value,
        }
    return found


def _save(
    path: Path, model: StagesModel, optimiser: torch.optim.Adam, history: list[dict[str, Any]], best: dict[str, Tensor]
) -> None:
    buffer = io.BytesIO()
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "history": history, "best": best}, buffer)
    write_bytes(path, buffer.getvalue())
