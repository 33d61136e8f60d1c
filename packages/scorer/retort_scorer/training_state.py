"""What one epoch of a training hands to the next, and how it is kept on disk: whoever reads it goes on with the same bits."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .atomic_files import write_bytes
from .heads.neural_head import NeuralHead


@dataclass
class TrainingState:
    """What an epoch hands to the next."""

    head: NeuralHead
    averaged: NeuralHead
    optimiser: torch.optim.AdamW
    epoch: int
    best_score: float
    best_weights: dict[str, Tensor]
    history: list[dict[str, Any]]
    describer: nn.Linear | None = None  # tells descriptions from pooled vectors; ends with the training


def save_state(state: TrainingState, path: Path) -> None:
    """Write ``state`` and the random state, the whole file or nothing."""
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
            **({} if state.describer is None else {"describer": state.describer.state_dict()}),
        },
        buffer,
    )
    write_bytes(path, buffer.getvalue())


def restore_state(state: TrainingState, path: Path) -> None:
    """Make ``state``, and the random state, what ``path`` holds."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    state.head.load_state_dict(saved["head"])
    state.averaged.load_state_dict(saved["averaged"])
    if state.describer is not None:
        state.describer.load_state_dict(saved["describer"])
    state.optimiser.load_state_dict(saved["optimiser"])
    torch.set_rng_state(saved["random"])
    state.epoch, state.best_score = saved["epoch"], saved["best_score"]
    state.best_weights, state.history = saved["best_weights"], saved["history"]
