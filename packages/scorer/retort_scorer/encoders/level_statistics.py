"""What one place of a network says of an image as a whole: how each channel is spread, and which channels go together.

Order statistics tell flat, broken and busy channels apart where mean and SD can't (docs/experiments.md); correlations of
channels are a picture's texture (Gatys et al. 2015), in which generators leave their artefacts.
"""

import torch
from torch import Tensor

QUANTILES = (0.02, 0.1, 0.5, 0.9, 0.98)
SORTED_POSITIONS = 1024  # positions of a map that the quantiles are taken from, evenly spaced
SPREAD_FIGURES = len(QUANTILES) + 1  # the maximum beside them
SD_FLOOR = 1e-6


def spread_of_channels(stage: Tensor) -> Tensor:
    """[1, C, H, W] -> [6 * C]: each quantile of all channels in turn, then their maxima."""
    pixels = _positions(stage)
    ordered = pixels[:: max(1, len(pixels) // SORTED_POSITIONS)].sort(dim=0).values
    quantiles = [ordered[int(len(ordered) * share)] for share in QUANTILES]
    return torch.cat([*quantiles, pixels.amax(dim=0)])


def correlations_of_channels(stage: Tensor) -> Tensor:
    """[1, C, H, W] -> [C * (C - 1) / 2]: correlation over positions of each two channels, 0 where one is constant."""
    pixels = _positions(stage)
    centred = pixels - pixels.mean(dim=0)
    covariance = centred.T @ centred / len(pixels)
    sd = covariance.diagonal().clamp_min(0).sqrt()
    first, second = torch.triu_indices(len(sd), len(sd), offset=1)
    return covariance[first, second] / (sd[first] * sd[second] + SD_FLOOR)


def _positions(stage: Tensor) -> Tensor:
    return stage.permute(0, 2, 3, 1).flatten(0, 2)  # [1, C, H, W] -> [H * W, C], no copy: channels lie last
