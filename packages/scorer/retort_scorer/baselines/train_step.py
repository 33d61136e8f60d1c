"""Trains a baseline as its authors did: which parameters at which rate, how rates fall, one step."""

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import StepLR

from .baseline import BaselineModel, TrainingStage

LOSSES = {"mse": F.mse_loss, "l1": F.l1_loss}


class NonFiniteLossError(ArithmeticError):
    """A step's loss was infinite or not a number; the parameters are as before."""


def begin_stage(model: BaselineModel, stage: TrainingStage) -> tuple[Optimizer, StepLR]:
    """Thaw or freeze the backbone as ``stage`` says, and make its optimiser.

    Returns:
        the optimiser, and the schedule, to be stepped once an epoch.
    """
    in_backbone = {id(parameter) for parameter in model.backbone.parameters()}
    new = [parameter for parameter in model.parameters() if id(parameter) not in in_backbone]
    groups = [{"params": new, "lr": stage.learning_rate}]
    trains = stage.backbone_learning_rate is not None
    model.requires_grad_(True)
    model.backbone.requires_grad_(trains)
    if trains:
        groups.append({"params": list(model.backbone.parameters()), "lr": stage.backbone_learning_rate})
    optimiser = _build_optimiser(stage, groups)
    return optimiser, StepLR(optimiser, stage.decay_epochs or stage.epochs + 1, stage.decay_factor)


def train_step(model: BaselineModel, optimiser: Optimizer, pixels: Tensor, mos: Tensor, loss: str) -> float:
    """One optimiser update.

    Args:
        pixels: [B, 3, H, W], 0–1. mos: [B], in the scale that will be predicted. loss: ``mse`` or ``l1``.
    Returns:
        the batch's mean loss before the update.
    Raises:
        NonFiniteLossError: it was infinite or not a number.
    """
    model.train()
    optimiser.zero_grad(set_to_none=True)
    batch_loss = LOSSES[loss](model(pixels), mos)
    if not torch.isfinite(batch_loss):
        raise NonFiniteLossError(f"The loss of {model.name} is {batch_loss.item()}: its predictions or the MOS aren't finite.")
    batch_loss.backward()
    optimiser.step()
    return batch_loss.item()


def _build_optimiser(stage: TrainingStage, groups: list[dict[str, object]]) -> Optimizer:
    # Fused: the same update in one pass over memory, which is most of a step of VGG16 on a CPU.
    match stage.optimiser:
        case "adam":
            return Adam(groups, weight_decay=stage.weight_decay, fused=True)
        case "adamw":
            return AdamW(groups, weight_decay=stage.weight_decay, fused=True)
        case "sgd":
            return SGD(groups, weight_decay=stage.weight_decay, momentum=stage.momentum)
