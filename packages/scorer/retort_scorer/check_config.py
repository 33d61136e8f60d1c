"""The command ``check-config``: whether a fit would take these hyper-parameters, told before anything is spent on them."""

from collections.abc import Callable, Mapping
from typing import Any

from .fit_config import parse_config
from .protocol import Emitter


def run_check_config(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Read ``config``.

    Returns:
        ``config``: every member, defaults among them (see ``FitConfig.to_json``).
    Raises:
        ConfigError: an unknown name, or a value that can't be.
    """
    return {"config": parse_config(command["config"]).to_json()}
