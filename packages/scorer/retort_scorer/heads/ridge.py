"""Linear ridge regression on an image's whitened level coordinates: the plainest floor."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ..folds import folds_within
from .head import Head
from .head_inputs import HeadInputs

ALPHAS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
FOLDS = 5


class Ridge(Head):
    """Reads the image prompt's vector too where ``text`` is above 0."""

    kind = "ridge"

    def __init__(self, inputs: int, text: int) -> None:
        super().__init__()
        self.inputs, self.text = inputs, text
        self.register_buffer("weights", torch.zeros(inputs + text, dtype=torch.float64))
        self.register_buffer("offset", torch.zeros((), dtype=torch.float64))

    @torch.no_grad()
    def predict(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        wanted = torch.arange(len(inputs)) if places is None else places
        return (_design(inputs, wanted, self.text > 0) @ self.weights + self.offset).float()

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "inputs": self.inputs, "text": self.text}

    @classmethod
    def empty(cls, description: dict[str, Any]) -> "Ridge":
        return cls(description["inputs"], description["text"])


@torch.no_grad()
def fit_ridge(
    inputs: HeadInputs,
    train: Tensor,
    mos: Tensor,
    prompts: Sequence[str],
    uses_text: bool,
    chosen: Mapping[str, float] | None = None,
) -> tuple[Ridge, dict[str, float]]:
    """Fit on the rows at ``train`` with their ``mos`` [n]; alpha as ``chosen`` has it, else by cross-validation by image prompt
    within train.
    """
    design, target = _design(inputs, train, uses_text), mos.double()
    places = folds_within(prompts, FOLDS)
    folds = None if places is None else torch.from_numpy(places)
    alphas = ALPHAS if chosen is None else (chosen["alpha"],)
    alpha = alphas[0] if len(alphas) == 1 else min(alphas, key=lambda alpha: _error(design, target, folds, alpha))
    weights, offset = _solve(design, target, alpha)
    head = Ridge(inputs.coordinates.shape[1], inputs.table.widths[2] if uses_text else 0)
    head.weights.copy_(weights)
    head.offset.copy_(offset)
    return head.eval(), {"alpha": alpha}


def _design(inputs: HeadInputs, places: Tensor, uses_text: bool) -> Tensor:
    image = inputs.reduction.whitened(inputs.coordinates[places]).double()
    return torch.cat((image, inputs.table.text_vectors[places].double()), dim=1) if uses_text else image


def _error(design: Tensor, target: Tensor, folds: Tensor | None, alpha: float) -> float:
    if folds is None:
        return alpha  # nothing to choose by
    total = 0.0
    for fold in folds.unique().tolist():
        held = folds == fold
        weights, offset = _solve(design[~held], target[~held], alpha)
        total += float((design[held] @ weights + offset - target[held]).square().sum())
    return total


def _solve(design: Tensor, target: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
    """Weights [C] and offset, through the n x n Gram matrix."""
    centre, mean = design.mean(dim=0), target.mean()
    centred = design - centre
    gram = centred @ centred.T + alpha * torch.eye(len(centred), dtype=torch.float64)
    weights = centred.T @ torch.linalg.solve(gram, target - mean)
    return weights, mean - centre @ weights
