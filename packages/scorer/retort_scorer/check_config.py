"""The commands ``check-config`` and ``check-settings``: whether a fit or a ``tune`` would take these hyper-parameters, told first."""

from collections.abc import Callable, Mapping
from typing import Any

from .fit_config import parse_config
from .protocol import Emitter
from .tune_space import settings_to_try


def run_check_config(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Read ``config``.

    Returns:
        ``config``: every member, defaults among them (see ``FitConfig.to_json``).
    Raises:
        ConfigError: an unknown name, or a value that can't be.
    """
    return {"config": parse_config(command["config"]).to_json()}


def run_check_settings(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Read ``profile``, ``settings``, ``trials`` and ``seed`` as ``tune`` does.

    Returns:
        ``settings``: how many would be tried.
    Raises:
        ConfigError: as ``tune`` does.
    """
    return {"settings": len(settings_to_try(command))}
