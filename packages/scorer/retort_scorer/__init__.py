"""The scorer: encodes images and prompts, fits heads that predict MOS, and predicts; driven by JSON lines, see ``serve``.

``from retort_scorer import Scorer`` gives the Python API. Importing the package alone loads nothing, PyTorch least of all.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .scorer import Scorer

__all__ = ["Scorer"]


def __getattr__(name: str) -> Any:
    if name == "Scorer":
        from .scorer import Scorer

        return Scorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
