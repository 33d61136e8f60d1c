"""Every kind of head by its name, and how one is made again from what is stored of it."""

from collections.abc import Callable, Mapping
from typing import Any

from .ensemble import Ensemble
from .head import Head
from .kernel_ridge import KernelRidge
from .neural_head import NeuralHead
from .ridge import Ridge

KINDS: dict[str, Callable[[dict[str, Any]], Head]] = {
    "neural": NeuralHead.empty,
    "kernel-ridge": KernelRidge.empty,
    "ridge": Ridge.empty,
    "ensemble": lambda description: Ensemble(
        [build_head(member) for member in description["members"]], description["weights"]
    ),
}


def build_head(description: Mapping[str, Any]) -> Head:
    """An empty head that takes the state dict of the one described. Raises KeyError, TypeError or ValueError for none of ours."""
    return KINDS[description["kind"]](dict(description))
