"""Profiles: names for an encoder with the hyper-parameters that suit it, kept in ``profiles.json`` for every language."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigError

PROFILES_FILE = Path(__file__).resolve().parents[1] / "profiles.json"
DEFAULT_PROFILE = "fast"


@dataclass(frozen=True)
class Profile:
    """``config`` holds the members that differ from ``FitConfig``'s defaults."""

    encoder: str
    config: Mapping[str, Any]


def read_profiles() -> dict[str, Profile]:
    """Every profile by its name."""
    return {name: Profile(**entry) for name, entry in json.loads(PROFILES_FILE.read_text(encoding="utf-8")).items()}


def read_profile(name: str) -> Profile:
    """The profile of this name. Raises ConfigError where there is none."""
    profiles = read_profiles()
    if name not in profiles:
        raise ConfigError(f"There is no profile {name!r}: choose one of {', '.join(profiles)}.")
    return profiles[name]
