"""Every pooling by its name."""

from collections.abc import Callable

from ..errors import ScorerError
from .attention import AttentionPooling
from .first_last import FirstLastPooling
from .first_last_mean import FirstLastMeanPooling
from .last import LastPooling
from .max import MaxPooling
from .mean import MeanPooling
from .pooling import Pooling

POOLINGS: dict[str, Callable[[int], Pooling]] = {
    "mean": MeanPooling,
    "max": MaxPooling,
    "last": LastPooling,
    "first-last": FirstLastPooling,
    "first-last-mean": FirstLastMeanPooling,
    "attention": AttentionPooling,
}


def build_pooling(name: str, width: int) -> Pooling:
    """A pooling of tokens of ``width`` channels. Raises ScorerError for a name that isn't known."""
    build = POOLINGS.get(name)
    if build is None:
        raise ScorerError(f"There is no pooling {name!r}: choose one of {', '.join(POOLINGS)}.")
    return build(width)
