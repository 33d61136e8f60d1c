"""Trains one aspect's head. Killed at any moment and called again, it ends with the same bits as if never disturbed.

All that decides the rest of a fit (weights, averaged weights, optimiser, random state, best so far, history) is on
disk after each epoch, written atomically; an epoch that was cut off is done again from its beginning.
"""

import copy
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from . import metrics
from .atomic_files import write_bytes
from .errors import StopRequested
from .feature_table import FeatureBatch, FeatureTable
from .fit_config import FitConfig
from .heads.scorer_head import ScorerHead

ADAM_BETAS = (0.9, 0.98)


@dataclass(frozen=True)
class TrainingData:
    """Rows of one aspect: places in ``table``, [n] int64, and MOS on the 0–5 scale, [n] fp32."""

    table: FeatureTable
    train: Tensor
    train_mos: Tensor
    val: Tensor
    val_mos: Tensor


@dataclass
class TrainingState:
    """What an epoch hands to the next."""

    head: ScorerHead
    averaged: ScorerHead
    optimiser: torch.optim.AdamW
    epoch: int
    best_score: float
    best_weights: dict[str, Tensor]
    history: list[dict[str, Any]]


def train_head(
    data: TrainingData,
    config: FitConfig,
    state_path: Path,
    on_epoch: Callable[[dict[str, Any], int], None],
    stopping: Callable[[], bool],
) -> tuple[ScorerHead, list[dict[str, Any]]]:
    """Train to the end, from ``state_path`` if it is there.

    Args:
        on_epoch: hears the history line of each finished epoch and the number of epochs; not of those before a resume.
        stopping: asked between steps; True leaves at once, the last whole epoch is on disk.
    Returns:
        the averaged weights of the epoch with the best mean of SRCC and PLCC on val, and a history line an epoch.
    Raises:
        StopRequested: ``stopping`` said so.
    """
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(config.seed)
    epochs = config.epochs_for(len(data.train))
    state = _start(data, config)
    if state_path.exists():
        _restore(state, state_path)
    while state.epoch < epochs:
        loss = _run_epoch(state, data, config, epochs, stopping)
        line = {"epoch": state.epoch, "train_loss": loss, **_validate(state.averaged, data)}
        score = _score(line)
        if score > state.best_score:
            state.best_score, state.best_weights = score, copy.deepcopy(state.averaged.state_dict())
        state.history.append(line)
        _save(state, state_path)
        on_epoch(line, epochs)
    state.averaged.load_state_dict(state.best_weights)
    return state.averaged.eval(), state.history


def _start(data: TrainingData, config: FitConfig) -> TrainingState:
    head = ScorerHead(config.head_shape(), config.input_dropout, data.table.widths)
    head.standardise(data.table, data.train, data.train_mos)
    averaged = copy.deepcopy(head)
    matrices = [parameter for parameter in head.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in head.parameters() if parameter.ndim <= 1]  # norms and biases don't decay
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, betas=ADAM_BETAS)
    return TrainingState(head, averaged, optimiser, 0, -math.inf, copy.deepcopy(averaged.state_dict()), [])


def _run_epoch(state: TrainingState, data: TrainingData, config: FitConfig, epochs: int, stopping: Callable[[], bool]) -> float:
    """One pass over train; returns the mean loss of its rows."""
    n = len(data.train)
    batches = math.ceil(n / config.batch_size)
    target = (data.train_mos - state.head.mos_mean) / state.head.mos_sd
    state.head.train()
    total = 0.0
    for batch, places in enumerate(torch.tensor_split(torch.randperm(n), batches)):
        if stopping():
            raise StopRequested
        step = state.epoch * batches + batch
        for group in state.optimiser.param_groups:
            group["lr"] = config.learning_rate * _schedule(step, epochs * batches, config.warmup)
        loss = _loss(state.head(_augmented(data.table.batch(data.train[places]), config)), target[places], config.plcc_weight)
        state.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(state.head.parameters(), config.gradient_norm)
        state.optimiser.step()
        _average(state, min(config.ema_decay, (step + 1) / (step + 11)))
        total += loss.item() * len(places)
    state.epoch += 1
    return total / n


def _augmented(batch: FeatureBatch, config: FitConfig) -> FeatureBatch:
    """The batch with some image tokens left out and some image prompts hidden: less to learn by heart, and half the time."""
    tokens = batch.image_tokens.shape[1]
    kept = torch.randperm(tokens)[: max(1, round(tokens * config.cell_share))].sort().values
    hidden = torch.rand(len(batch)) < config.text_dropout
    return batch.with_image_tokens(kept).without_text(hidden)


def _loss(predicted: Tensor, target: Tensor, plcc_weight: float) -> Tensor:
    loss = F.mse_loss(predicted, target)
    if plcc_weight > 0 and len(target) > 2:
        loss = loss + plcc_weight * (1 - F.cosine_similarity(predicted - predicted.mean(), target - target.mean(), dim=0))
    return loss


def _schedule(step: int, steps: int, warmup: float) -> float:
    """Share of the learning rate: linear up over ``warmup`` of all steps, times half a cosine."""
    return min(1.0, (step + 1) / max(1.0, warmup * steps)) * 0.5 * (1 + math.cos(math.pi * step / steps))


@torch.no_grad()
def _average(state: TrainingState, decay: float) -> None:
    torch._foreach_lerp_(list(state.averaged.parameters()), list(state.head.parameters()), 1 - decay)


def _validate(head: ScorerHead, data: TrainingData) -> dict[str, float | None]:
    predicted = head.predict(data.table, data.val).double().numpy()
    mos = data.val_mos.double().numpy()
    return {
        "val_loss": float(np.mean((predicted - mos) ** 2)),
        "val_srcc": metrics.srcc(predicted, mos).value,
        "val_plcc": metrics.plcc(predicted, mos).value,
    }


def _score(line: dict[str, Any]) -> float:
    """Mean of SRCC and PLCC on val; by its loss, below all of these, where val can't be correlated."""
    if line["val_srcc"] is None or line["val_plcc"] is None:
        return -2.0 - line["val_loss"]
    return (line["val_srcc"] + line["val_plcc"]) / 2


def best_epoch(history: Sequence[dict[str, Any]]) -> int:
    """The epoch whose weights a fit with this history keeps: the first with the best score on val."""
    return int(max(history, key=_score)["epoch"])


def _save(state: TrainingState, path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(
        {
            "head": state.head.state_dict(),
            "averaged": state.averaged.state_dict(),
            "optimiser": state.optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "epoch": state.epoch,
            "best_score": state.best_score,
            "best_weights": state.best_weights,
            "history": state.history,
        },
        buffer,
    )
    write_bytes(path, buffer.getvalue())


def _restore(state: TrainingState, path: Path) -> None:
    saved = torch.load(path, map_location="cpu", weights_only=True)
    state.head.load_state_dict(saved["head"])
    state.averaged.load_state_dict(saved["averaged"])
    state.optimiser.load_state_dict(saved["optimiser"])
    torch.set_rng_state(saved["random"])
    state.epoch, state.best_score = saved["epoch"], saved["best_score"]
    state.best_weights, state.history = saved["best_weights"], saved["history"]
