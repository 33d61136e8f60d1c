"""Cuts an image into what a baseline sees: one square at random in training, a fixed set in a test."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .baseline import InputRecipe

RANDOM_CROPS = 25  # HyperIQA's


def train_crop(image: Tensor, inputs: InputRecipe, random: torch.Generator) -> Tensor:
    """[3, H, W], 0–1 -> [3, crop, crop] at a place drawn from ``random``, or the stretched image; perhaps mirrored."""
    image = _resized(image, inputs)
    if inputs.crop is not None:
        image = _cut(image, inputs.crop, _draw(image, inputs.crop, random))
    mirrored = inputs.mirror and bool(torch.randint(2, (), generator=random))
    return image.flip(2) if mirrored else image


def evaluation_crops(image: Tensor, inputs: InputRecipe) -> Tensor:
    """[3, H, W], 0–1 -> [n, 3, h, w], whose predictions are averaged: always the same for an image of one size."""
    image, crop = _resized(image, inputs), inputs.crop
    if crop is None or inputs.test_crops == "whole":
        return image.unsqueeze(0)
    if inputs.test_crops == "five":
        bottom, right = image.shape[1] - crop, image.shape[2] - crop
        places = [(bottom // 2, right // 2), (0, 0), (0, right), (bottom, 0), (bottom, right)]
    else:
        random = torch.Generator().manual_seed(0)
        places = [_draw(image, crop, random) for _ in range(RANDOM_CROPS)]
    return torch.stack([_cut(image, crop, place) for place in places])


def _resized(image: Tensor, inputs: InputRecipe) -> Tensor:
    """The image at the size from which is cut; one too small for a crop is enlarged to it."""
    height, width = image.shape[1:]
    shorter = inputs.resize or max(inputs.crop or 0, min(height, width))
    scale = shorter / min(height, width)
    size = (shorter, shorter) if inputs.crop is None else (round(height * scale), round(width * scale))
    if size == (height, width):
        return image
    resized = F.interpolate(image.unsqueeze(0), size, mode="bicubic", antialias=True)[0]
    return resized.clamp(0, 1)


def _draw(image: Tensor, crop: int, random: torch.Generator) -> tuple[int, int]:
    top, left = (int(torch.randint(side - crop + 1, (), generator=random)) for side in image.shape[1:])
    return top, left


def _cut(image: Tensor, crop: int, place: tuple[int, int]) -> Tensor:
    top, left = place
    return image[:, top : top + crop, left : left + crop]
