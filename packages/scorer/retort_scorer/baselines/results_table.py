"""The baselines' figures in one table, and only figures that are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ScorerError
from .baseline import RANDOM
from .registry import find_baseline

HEADER = ("method", "backbone's weights", "training", "dataset", "aspect", "protocol", "n", "SRCC", "PLCC (raw)")


@dataclass(frozen=True)
class BaselineResult:
    """What a trained baseline reached on held-out rows."""

    baseline: str
    weights: str
    """The mark of its model: where the weights came from that training began with."""
    dataset: str
    aspect: str
    protocol: str
    """Split rule and folds; figures under different ones are not to be compared."""
    n: int
    srcc: float
    plcc_raw: float


def results_table(results: Sequence[BaselineResult]) -> str:
    """A Markdown table, a row a result in the order given.

    Raises:
        ScorerError: a result was made with random weights, or by a method that the registry doesn't know.
    """
    rows = [_row(result) for result in results]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (HEADER, ("---",) * len(HEADER), *rows)) + "\n"


def _row(result: BaselineResult) -> tuple[str, ...]:
    baseline = find_baseline(result.baseline)
    if result.weights.startswith(RANDOM):
        raise ScorerError(
            f"{baseline.title} on {result.dataset} began with random weights ({result.weights}), so its figures are no result: "
            "train it again where its published weights can be fetched."
        )
    scores = (f"{score:.4f}" for score in (result.srcc, result.plcc_raw))
    origin = (result.dataset, result.aspect, result.protocol, str(result.n))
    return baseline.title, result.weights, baseline.recipe, *origin, *scores
