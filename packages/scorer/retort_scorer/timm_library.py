"""timm, imported when somebody asks for one of its networks and never before: it is not among the scorer's requirements.

Three things go wrong with it, and each is one sentence here: it isn't installed, it has no such network, or the
weights can't be fetched.
"""

import importlib
import importlib.metadata
import importlib.util
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from .errors import ScorerError

INSTALL = "pip install -r packages/scorer/requirements-baselines.txt"
# The operators to which torchvision 0.28 attaches Python code while it is imported, with their published signatures.
TORCHVISION_OPERATORS = ("nms", "qnms")
TORCHVISION_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@cache
def import_timm() -> ModuleType:
    """The module ``timm``, with torchvision importable whatever it was compiled for.

    Raises:
        ScorerError: timm or torchvision isn't installed; the message names the command.
    """
    for package in ("timm", "torchvision"):
        if importlib.util.find_spec(package) is None:
            raise ScorerError(f"The Python package {package} is missing: run {INSTALL} in the scorer's environment.")
    _declare_torchvision_operators()
    return importlib.import_module("timm")


def timm_version() -> str:
    """Such as ``1.0.31``."""
    return importlib.metadata.version("timm")


def create_timm(name: str, random_seed: int | None = None, **options: Any) -> nn.Module:
    """A network of timm, in training mode.

    Args:
        name: timm's, with or without the tag of its weights: ``resnet50``, ``resnet50.tv_in1k``.
        random_seed: None fetches the weights (a download, then timm's cache); a number draws them instead.
        options: as timm takes them, e.g. ``num_classes=0``.
    Raises:
        ScorerError: timm is missing, has no such network, or its weights can't be fetched.
    """
    timm = import_timm()
    check_timm_name(name)
    if random_seed is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_seed)
            return timm.create_model(name, pretrained=False, **options)
    try:
        return timm.create_model(name, pretrained=True, **options)
    except Exception as error:  # the hub's client, urllib and torch.hub each raise classes of their own
        raise weights_unreachable(f"timm's {name}", "huggingface.co", error) from error


def check_timm_name(name: str) -> None:
    """Refuse a name that timm doesn't know, and a tag that its network doesn't have.

    Raises:
        ScorerError: with near names, or with the tags there are.
    """
    timm = import_timm()
    network, _, tag = name.partition(".")
    if not timm.is_model(network):
        near = get_close_matches(network, timm.list_models(), n=5)
        known = f"near it are {', '.join(near)}" if near else "timm.list_models() names them"
        raise ScorerError(f"timm {timm_version()} has no network {network!r}: {known}.")
    tags = [full.partition(".")[2] for full in timm.list_pretrained(f"{network}.*")]
    if tag and tag not in tags:
        raise ScorerError(f"timm's {network} has no weights {tag!r}: there are {', '.join(tags) or 'none'}.")


class WeightsUnreachableError(ScorerError):
    """Published weights could not be fetched."""


def weights_unreachable(what: str, host: str, error: Exception) -> WeightsUnreachableError:
    """The one sentence for weights that could not be fetched."""
    reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
    return WeightsUnreachableError(
        f"The weights of {what} could not be fetched ({reason}): let this machine reach {host} once, or copy the caches HF_HOME "
        "and TORCH_HOME of one that has them; random weights, which give no result, have to be asked for."
    )


@cache
def _declare_torchvision_operators() -> torch.library.Library | None:
    """Let torchvision be imported where its compiled part can't be loaded; None when it can.

    PyPI's wheel for Linux wants CUDA's libraries. Without them torchvision warns and goes on, but its import stops at
    the first operator that only the compiled part would have declared. Declared here, they still have no code: to call one
    fails, and no network of ours does. The returned library must live as long as the declarations.
    """
    spec = importlib.util.find_spec("torchvision")
    assert spec is not None and spec.submodule_search_locations is not None
    for extension in Path(spec.submodule_search_locations[0]).glob("_C.*"):
        try:
            torch.ops.load_library(str(extension))
        except OSError:
            break
        return None
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in TORCHVISION_OPERATORS:
        library.define(f"{operator}{TORCHVISION_SIGNATURE}")
    return library
