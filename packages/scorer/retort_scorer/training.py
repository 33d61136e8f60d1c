"""Trains one network. Killed at any moment and called again, it ends with the same bits as if never disturbed.

All that decides the rest of a fit (weights, averaged weights, optimiser, random state, best so far, history) is on
disk after each epoch, written atomically; an epoch that was cut off is done again from its beginning.
"""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from . import metrics
from .descriptions import description_loss
from .errors import StopRequested
from .feature_table import FeatureBatch
from .fit_config import FitConfig
from .heads.head_inputs import HeadBatch, HeadInputs
from .heads.neural_head import NeuralHead, NeuralShape
from .length_buckets import length_buckets
from .losses import batch_loss
from .mixup import draw_mix
from .training_state import TrainingState, restore_state, save_state

ADAM_BETAS = (0.9, 0.98)


@dataclass(frozen=True)
class TrainingData:
    """Rows of one aspect or several, A: places in ``inputs``, [n] int64, and MOS on the 0–5 scale, [n, A] fp32, NaN unrated.

    Without val rows nothing is validated and the last epoch's weights are kept. ``groups`` [n] numbers what train rows a
    rank loss compares. ``descriptions`` [n, T]: what train rows' pooled vectors should tell as well, NaN where unknown.
    """

    inputs: HeadInputs
    train: Tensor
    train_mos: Tensor
    val: Tensor
    val_mos: Tensor
    groups: Tensor | None = None
    descriptions: Tensor | None = None


def train_head(
    data: TrainingData,
    shape: NeuralShape,
    config: FitConfig,
    seed: int,
    state_path: Path,
    on_epoch: Callable[[dict[str, Any], int], None],
    stopping: Callable[[], bool],
    last_epoch: int | None = None,
) -> tuple[NeuralHead, list[dict[str, Any]]]:
    """Train to the end, from ``state_path`` if it is there.

    Args:
        on_epoch: hears the history line of each finished epoch and the number of epochs; not of those before a resume.
        stopping: asked between steps; True leaves at once, the last whole epoch is on disk.
        last_epoch: after which training ends, its learning rate where the schedule of all epochs has it; None: after them all.
    Returns:
        the averaged weights of the epoch with the best mean of SRCC and PLCC on val, and a history line an epoch.
    Raises:
        StopRequested: ``stopping`` said so.
    """
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    epochs = config.epochs_for(len(data.train))
    state = _start(data, shape, config)
    if state_path.exists():
        restore_state(state, state_path)
    wanted = epochs if last_epoch is None else min(epochs, last_epoch)
    while state.epoch < wanted and not _is_spent(state.history, config.patience):
        loss = _run_epoch(state, data, config, epochs, stopping)
        line = {"epoch": state.epoch, "train_loss": loss, **_validate(state.averaged, data)}
        score = _score(line)
        if score > state.best_score or len(data.val) == 0:
            state.best_score, state.best_weights = score, copy.deepcopy(state.averaged.state_dict())
        state.history.append(line)
        save_state(state, state_path)
        on_epoch(line, epochs)
    state.averaged.load_state_dict(state.best_weights)
    return state.averaged.eval(), state.history


def _start(data: TrainingData, shape: NeuralShape, config: FitConfig) -> TrainingState:
    head = NeuralHead(shape, data.inputs.widths)
    head.standardise(data.inputs, data.train, data.train_mos)
    averaged = copy.deepcopy(head)
    told = 0 if data.descriptions is None else data.descriptions.shape[1]
    describer = nn.Linear(head.pooling.out_width, told) if told else None
    parameters = _trained(head, describer)
    matrices = [parameter for parameter in parameters if parameter.ndim > 1]
    others = [parameter for parameter in parameters if parameter.ndim <= 1]  # norms and biases don't decay
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, betas=ADAM_BETAS)
    return TrainingState(head, averaged, optimiser, 0, -math.inf, copy.deepcopy(averaged.state_dict()), [], describer)


def _trained(head: NeuralHead, describer: nn.Linear | None) -> list[nn.Parameter]:
    return [*head.parameters(), *(() if describer is None else describer.parameters())]


def _is_spent(history: Sequence[dict[str, Any]], patience: int | None) -> bool:
    """Whether val has not become better for ``patience`` epochs."""
    return patience is not None and len(history) > 0 and history[-1]["epoch"] - best_epoch(history) >= patience


def _run_epoch(state: TrainingState, data: TrainingData, config: FitConfig, epochs: int, stopping: Callable[[], bool]) -> float:
    """One pass over train; returns the mean loss of its rows."""
    batches = epoch_batches(data, config.batch_size)
    target = (data.train_mos - state.head.mos_mean) / state.head.mos_sd
    weights = config.loss_weights()
    state.head.train()
    total = 0.0
    for batch, places in enumerate(batches):
        if stopping():
            raise StopRequested
        step = state.epoch * len(batches) + batch
        for group in state.optimiser.param_groups:
            group["lr"] = config.learning_rate * _rate(step, epochs * len(batches), config)
        tokens, mask = _tokens(state.head, _augmented(data.inputs.batch(data.train[places]), config), data.inputs)
        mix = draw_mix(len(places), config.mixup)
        tokens, mask = mix.tokens(tokens, mask)
        groups = None if data.groups is None else data.groups[places]
        pooled = state.head.pooled(tokens, mask)
        loss = batch_loss(state.head.regress(pooled), mix.target(target[places]), weights, groups)
        if state.describer is not None and data.descriptions is not None:
            wanted = mix.target(data.descriptions[places])
            loss = loss + config.description_weight * description_loss(state.describer(pooled), wanted)
        state.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(_trained(state.head, state.describer), config.gradient_norm)
        state.optimiser.step()
        _average(state, min(config.ema_decay, (step + 1) / (step + 11)))
        total += loss.item() * len(places)
    state.epoch += 1
    return total / len(data.train)


def epoch_batches(data: TrainingData, batch_size: int) -> Sequence[Tensor]:
    """Places within train by batch, anew an epoch; where images differ in their tokens, rows of similar length together."""
    lengths = data.inputs.table.image_tokens.lengths[data.train]
    if bool((lengths == lengths[0]).all()):
        return torch.tensor_split(torch.randperm(len(lengths)), math.ceil(len(lengths) / batch_size))
    # A token a level stands before them, so no row is empty.
    lengths = lengths + len(data.inputs.widths.levels)
    seed = int(torch.randint(2**31, ()))
    return [torch.tensor(batch) for batch in length_buckets(lengths.tolist(), batch_size, seed)]


def _tokens(head: NeuralHead, batch: HeadBatch, inputs: HeadInputs) -> tuple[Tensor, Tensor]:
    return head.tokens(batch, inputs.reduction.whitened(batch.coordinates))


def _augmented(batch: HeadBatch, config: FitConfig) -> HeadBatch:
    """The batch with some image tokens left out and some image prompts hidden: less to learn by heart, and less work."""
    rows: FeatureBatch = batch.features
    tokens = rows.image_tokens.shape[1]
    if tokens > 0 and config.token_share < 1:
        rows = rows.with_image_tokens(torch.randperm(tokens)[: max(1, round(tokens * config.token_share))].sort().values)
    if config.text_dropout > 0:
        rows = rows.without_text(torch.rand(len(batch)) < config.text_dropout)
    return replace(batch, features=rows)


def _rate(step: int, steps: int, config: FitConfig) -> float:
    """Share of the learning rate: linear up over ``warmup`` of all steps, times the schedule."""
    done = step / steps
    falling = {"cosine": 0.5 * (1 + math.cos(math.pi * done)), "linear": 1 - done, "constant": 1.0}[config.schedule]
    return min(1.0, (step + 1) / max(1.0, config.warmup * steps)) * falling


@torch.no_grad()
def _average(state: TrainingState, decay: float) -> None:
    torch._foreach_lerp_(list(state.averaged.parameters()), list(state.head.parameters()), 1 - decay)


def _validate(head: NeuralHead, data: TrainingData) -> dict[str, float | None]:
    """Loss, SRCC and PLCC on val, each a mean over the aspects that have one."""
    if len(data.val) == 0:
        return {"val_loss": None, "val_srcc": None, "val_plcc": None}
    predicted = head.predict_all(data.inputs, data.val).double().numpy()
    found: dict[str, list[float | None]] = {"val_loss": [], "val_srcc": [], "val_plcc": []}
    for ours, mos in zip(predicted.T, data.val_mos.double().numpy().T, strict=True):
        rated = ~np.isnan(mos)
        if rated.any():
            found["val_loss"].append(float(np.mean((ours[rated] - mos[rated]) ** 2)))
            found["val_srcc"].append(metrics.srcc(ours[rated], mos[rated]).value)
            found["val_plcc"].append(metrics.plcc(ours[rated], mos[rated]).value)
    return {name: _mean(values) for name, values in found.items()}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _score(line: dict[str, Any]) -> float:
    """Mean of SRCC and PLCC on val; by its loss, below all of these, where val can't be correlated."""
    if line["val_srcc"] is None or line["val_plcc"] is None:
        return -2.0 - line["val_loss"] if line["val_loss"] is not None else -math.inf
    return (line["val_srcc"] + line["val_plcc"]) / 2


def best_epoch(history: Sequence[dict[str, Any]]) -> int:
    """The epoch whose weights a fit with this history keeps: the first with the best score on val, the last without val."""
    if all(line["val_loss"] is None for line in history):
        return int(history[-1]["epoch"])
    return int(max(history, key=_score)["epoch"])
