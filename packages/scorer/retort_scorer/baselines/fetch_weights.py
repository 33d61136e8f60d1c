"""Fetches a file of weights that isn't timm's, once, into PyTorch's cache (``TORCH_HOME``)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlparse

import torch

from ..errors import ScorerError
from ..timm_library import weights_unreachable


def fetch_state(url: str, what: str) -> Mapping[str, Any]:
    """The content of ``url``: tensors by name, or a dictionary of such. Only tensors and plain containers are unpickled.

    Raises:
        ScorerError: it can't be fetched, or isn't a file of weights.
    """
    try:
        state = torch.hub.load_state_dict_from_url(url, map_location="cpu", progress=False, weights_only=True)
    except Exception as error:  # urllib's, the file system's and the unpickler's own classes
        raise weights_unreachable(what, urlparse(url).hostname or url, error) from error
    if not isinstance(state, Mapping):
        raise ScorerError(f"{url} should hold the weights of {what} by name, it holds a {type(state).__name__}.")
    return state
