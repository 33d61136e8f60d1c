"""Several heads whose predictions are averaged with fixed weights."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from .head import Head
from .head_inputs import HeadInputs


class Ensemble(Head):
    """Members by name; weights are positive and sum to 1."""

    kind = "ensemble"

    def __init__(self, members: Sequence[Head], weights: Sequence[float]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        total = sum(weights)
        self.weights = tuple(weight / total for weight in weights)

    def predict(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        return self.combine([member.predict(inputs, places) for member in self.members])

    def combine(self, predicted: Sequence[Tensor]) -> Tensor:
        """The ensemble's prediction from its members', [n] each, in their order."""
        return torch.stack([weight * part for weight, part in zip(self.weights, predicted, strict=True)]).sum(dim=0)

    def describe(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "weights": list(self.weights),
            "members": [member.describe() for member in self.members],
        }
