"""Cuts an image into the squares that a baseline sees: one at random in training, its fixed set in a test."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .baseline import InputRecipe


def train_crop(image: Tensor, inputs: InputRecipe, random: torch.Generator) -> Tensor:
    """[3, H, W], 0–1 -> [3, crop, crop]: a place drawn from ``random``, or the whole image."""
    image = _resized(image, inputs)
    if inputs.train_crop == "whole":
        return image
    return _cut(image, inputs.crop, *_draw(image, inputs.crop, random))


def test_crops(image: Tensor, inputs: InputRecipe) -> Tensor:
    """[3, H, W], 0–1 -> [n, 3, crop, crop], whose predictions are averaged: always the same for an image of one size.

    One is the centre; five are the corners too; more are places drawn with a fixed seed.
    """
    image = _resized(image, inputs)
    bottom, right = image.shape[1] - inputs.crop, image.shape[2] - inputs.crop
    places = [(bottom // 2, right // 2)]
    if inputs.test_crops == 5:
        places += [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    elif inputs.test_crops > 1:
        random = torch.Generator().manual_seed(0)
        places = [_draw(image, inputs.crop, random) for _ in range(inputs.test_crops)]
    return torch.stack([_cut(image, inputs.crop, *place) for place in places])


def _resized(image: Tensor, inputs: InputRecipe) -> Tensor:
    """Shorter side to ``resize`` (both when nothing is cut off); never smaller than a crop."""
    height, width = image.shape[1:]
    whole = inputs.resize == inputs.crop
    shorter = inputs.resize or max(inputs.crop, min(height, width))
    scale = shorter / min(height, width)
    size = (shorter, shorter) if whole else (round(height * scale), round(width * scale))
    if size == (height, width):
        return image
    resized = F.interpolate(image.unsqueeze(0), size, mode="bicubic", antialias=True)[0]
    return resized.clamp(0, 1)


def _draw(image: Tensor, crop: int, random: torch.Generator) -> tuple[int, int]:
    top, left = (int(torch.randint(side - crop + 1, (), generator=random)) for side in image.shape[1:])
    return top, left


def _cut(image: Tensor, crop: int, top: int, left: int) -> Tensor:
    return image[:, top : top + crop, left : left + crop]
