"""Predictions of heads that share members: a network of an ensemble, which is itself a member of the scorer, runs once."""

from collections.abc import Callable

from torch import Tensor

from .ensemble import Ensemble
from .head import Head
from .head_inputs import HeadInputs


def shared_predictions(inputs: HeadInputs) -> Callable[[Head], Tensor]:
    """A ``head.predict(inputs)`` that remembers, by head, what it has predicted."""
    known: dict[Head, Tensor] = {}

    def predict(head: Head) -> Tensor:
        if head not in known:
            if isinstance(head, Ensemble):
                known[head] = head.combine([predict(member) for member in head.members])
            else:
                known[head] = head.predict(inputs)
        return known[head]

    return predict
