"""Batches of rows of similar length: less padding to compute, at the price of less chance in who meets whom."""

from collections.abc import Sequence

import torch

POOL_BATCHES = 16  # rows are drawn this many batches at a time and sorted within: how far lengths decide a batch


def length_buckets(
    lengths: Sequence[int], batch_size: int, seed: int, max_padding_share: float = 1.0
) -> list[list[int]]:
    """Row indices by batch, every row once. Same arguments, same batches; another seed (say seed + epoch) mixes anew.

    Rows are shuffled, cut into pools of 16 batches, sorted by length within a pool and cut into batches, whose order is shuffled.

    Args:
        lengths: tokens of each row, 1 or more.
        batch_size: rows a batch; fewer where the pool ends, or where the padding would be too much.
        seed: of both shufflings.
        max_padding_share: bound on each batch's padding, as a share of rows times longest row; 1 for none.
    """
    random = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(lengths), generator=random).tolist()
    pool_size = POOL_BATCHES * batch_size
    batches: list[list[int]] = []
    for start in range(0, len(order), pool_size):
        pool = sorted(order[start : start + pool_size], key=lambda row: lengths[row])
        batches += _cut(pool, lengths, batch_size, max_padding_share)
    return [batches[place] for place in torch.randperm(len(batches), generator=random).tolist()]


def padding_share(batches: Sequence[Sequence[int]], lengths: Sequence[int]) -> float:
    """Share of all computed tokens that is padding, each batch as long as its longest row; 0 without batches."""
    computed = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
    real = sum(lengths[row] for batch in batches for row in batch)
    return 0.0 if computed == 0 else 1 - real / computed


def _cut(pool: Sequence[int], lengths: Sequence[int], batch_size: int, max_padding_share: float) -> list[list[int]]:
    """Cut rows in ascending order of length: a batch ends when it is full, or when one more row would pad too much."""
    batches: list[list[int]] = []
    for row in pool:
        last = batches[-1] if batches else None
        if last is None or len(last) == batch_size or padding_share([[*last, row]], lengths) > max_padding_share:
            batches.append([row])
        else:
            last.append(row)
    return batches
