"""Images of a baseline, read and cut by several threads ahead of the network that waits for them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from ..source_image import read_whole_image
from .baseline import InputRecipe
from .crops import evaluation_crops, train_crop

Item, Read = TypeVar("Item"), TypeVar("Read")


@dataclass(frozen=True)
class RatedImage:
    """An image and its MOS of one aspect, 0–5."""

    name: str
    path: Path
    mos: float


def training_batches(
    images: Sequence[RatedImage], inputs: InputRecipe, batch_size: int, seed: int, threads: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch: every image ``train_crops`` times, in an order and at places that hang on ``seed`` alone.

    Batches are equal but for one image, since batch norm can't train on a last one of a single image.

    Returns:
        pixels [B, 3, h, w], 0–1, and MOS [B], by batch.
    """
    random = torch.Generator().manual_seed(seed)
    crops = len(images) * inputs.train_crops
    order = torch.randperm(crops, generator=random) % len(images)
    tasks = list(zip(order.tolist(), torch.randint(2**62, (crops,), generator=random).tolist(), strict=True))

    def cut(task: tuple[int, int]) -> Tensor:
        place, crop_seed = task
        return train_crop(read_whole_image(images[place].path), inputs, torch.Generator().manual_seed(crop_seed))

    read = read_ahead(cut, tasks, threads, 2 * batch_size)
    for part in order.tensor_split(-(-crops // batch_size)):
        pixels = torch.stack([next(read) for _ in part])
        yield pixels, torch.tensor([images[place].mos for place in part.tolist()])


def crops_to_test(images: Sequence[RatedImage], inputs: InputRecipe, threads: int) -> Iterator[Tensor]:
    """What a test sees of each image: [n, 3, h, w], 0–1."""
    return read_ahead(lambda image: evaluation_crops(read_whole_image(image.path), inputs), images, threads, 2 * threads)


def read_ahead(read: Callable[[Item], Read], items: Iterable[Item], threads: int, waiting: int) -> Iterator[Read]:
    """``read`` of each item in order; ``waiting`` results at most are made before they are asked for."""
    futures: deque[Future[Read]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                futures.append(pool.submit(read, item))
                if len(futures) > waiting:
                    yield futures.popleft().result()
            while futures:
                yield futures.popleft().result()
        finally:
            for future in futures:
                future.cancel()
