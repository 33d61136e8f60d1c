"""Which settings ``tune`` tries: a list, a grid, or draws from the space below."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .errors import ConfigError
from .fit_config import FitConfig, parse_config
from .profiles import DEFAULT_PROFILE, read_profile

# Ends of log-uniform ranges. Around the defaults, by what moved cross-validated figures when these were chosen.
RANGES: Mapping[str, tuple[float, float]] = {"learning_rate": (5e-4, 5e-3), "weight_decay": (0.05, 2.0)}
CHOICES: Mapping[str, Sequence[float | int]] = {
    "mixup": (0.0, 0.2, 0.5, 1.0),
    "num_blocks": (2, 3, 4),
    "level_components": (32, 64, 128, 256),
    "plcc_weight": (0.0, 0.1, 0.3, 1.0),
    "rank_weight": (0.0, 0.1, 0.3, 1.0),
}
SIGNIFICANT_DIGITS = 3
TRIALS = 20
Setting = dict[str, Any]


def settings_to_try(command: Mapping[str, Any]) -> list[tuple[Setting, FitConfig]]:
    """What each setting of a ``tune`` changes of a fit's defaults, and the whole config that this makes.

    Args:
        command: ``profile`` ("fast"), ``settings`` (None), ``trials`` (20) and ``seed`` (0, of draws), each optional.
    Raises:
        ConfigError: there is no such profile, or a setting that no fit takes.
    """
    profile = read_profile(str(command.get("profile", DEFAULT_PROFILE)))
    settings = expand_settings(command.get("settings"), int(command.get("trials", TRIALS)), int(command.get("seed", 0)))
    changes = [{**profile.config, **setting} for setting in settings]
    return [(changed, parse_config(changed)) for changed in changes]


def expand_settings(given: object, trials: int, seed: int) -> list[Setting]:
    """Members of a config that differ from the profile's, a mapping a setting; none stands there twice.

    Args:
        given: a list of settings; a grid, name -> values, of which every combination is tried; or None for the profile as it
            is (an empty setting) and random draws, ``trials`` in all. More trials of a seed begin with the same ones.
    Raises:
        ConfigError: it is neither of these, or empty.
    """
    if given is None:
        if trials < 1:
            raise ConfigError(f"trials is {trials}, expected 1 or more.")
        settings = draw_settings(trials, seed)
    elif isinstance(given, Mapping):
        settings = _grid(given)
    elif isinstance(given, Sequence) and not isinstance(given, str):
        settings = _list(given)
    else:
        raise ConfigError(f"settings should be a list of objects or a grid of lists, this is a {type(given).__name__}.")
    distinct: list[Setting] = []
    for setting in settings:
        if setting not in distinct:
            distinct.append(setting)
    if not distinct:
        raise ConfigError("settings hold nothing to try: give a setting or more.")
    return distinct


def draw_settings(trials: int, seed: int) -> list[Setting]:
    """The empty setting, then draws, each independent of how many follow."""
    random = np.random.default_rng(seed)
    settings: list[Setting] = [{}]
    while len(settings) < trials:
        drawn: Setting = {name: _log_uniform(random, *ends) for name, ends in RANGES.items()}
        drawn |= {name: values[int(random.integers(len(values)))] for name, values in CHOICES.items()}
        settings.append(drawn)
    return settings


def _log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    value = math.exp(random.uniform(math.log(low), math.log(high)))
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def _grid(given: Mapping[str, Any]) -> list[Setting]:
    for name, values in given.items():
        if not isinstance(values, list) or not values:
            raise ConfigError(f"grid member {name} is {values!r}, expected a list of values to try.")
    return [dict(zip(given, values, strict=True)) for values in itertools.product(*given.values())]


def _list(given: Sequence[Any]) -> list[Setting]:
    for number, setting in enumerate(given, start=1):
        if not isinstance(setting, dict):
            raise ConfigError(f"setting {number} is {setting!r}, expected an object of hyper-parameters.")
    return list(given)
