"""``fit --refit all``: when everything is chosen and the figures stand, the scorer is trained once more on every rated row.

Nothing is chosen here: config, each network's best epoch on val and the floors' gamma and alpha are those of the fit before,
and so are metrics, predictions and the widths of intervals. No row is left that could tell how good the refitted scorer is.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .encoders.encoder import EncoderSpec
from .errors import ConfigError
from .fit_config import FitConfig
from .fit_heads import AspectHeads, Progress, Study, fit_heads
from .study import build_study

REFIT_NOTE = (
    "trained again on every rated row with what the fit before had chosen; metrics, predictions and the widths of intervals "
    "(calibrated on val) are that fit's"
)


def parse_refit(value: object, config: FitConfig) -> dict[str, str]:
    """What marks a refit in header, metrics and fingerprint; empty where there is none.

    Raises:
        ConfigError: another value than "all", or a refit of the control that knows nothing.
    """
    if value is None:
        return {}
    if value != "all":
        raise ConfigError(f"refit is {value!r}, expected 'all'.")
    if config.shuffle_train_mos:
        raise ConfigError("refit and shuffle_train_mos don't go together: the control is to be evaluated, not to predict.")
    return {"refit": "all", "refit_note": REFIT_NOTE}


def refit_heads(
    study: Study,
    encoder: EncoderSpec,
    config: FitConfig,
    fitted: Mapping[str, AspectHeads],
    folder: Path,
    progress: Progress,
) -> tuple[Study, dict[str, AspectHeads]]:
    """Fit again on all rows of ``study``, the level reduction included.

    Args:
        fitted: the heads of the fit before, with what it chose.
    Returns:
        the study with its new reduction, and the new heads by aspect.
    """
    folder.mkdir(exist_ok=True)
    every = np.arange(len(study.rows), dtype=np.int64)
    whole = build_study(study.rows, study.inputs.table, encoder, study.aspects, every, study.descriptions)
    heads, _ = fit_heads(whole, config, every, np.zeros(0, dtype=np.int64), folder, progress, fitted)
    return whole, heads
