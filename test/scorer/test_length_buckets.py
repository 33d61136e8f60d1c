"""length_buckets.py: every row once, by the seed alone, with little padding."""

import random

import pytest

from retort_scorer.length_buckets import length_buckets, padding_share

RANDOM = random.Random(1)
LENGTHS = [RANDOM.randint(1, 512) for _ in range(1000)]


@pytest.mark.parametrize("rows", [0, 1, 7, 256, 257, 1000])
@pytest.mark.parametrize("max_padding_share", [0.0, 0.1, 1.0])
def test_every_row_comes_once_in_batches_of_the_size_or_less(rows: int, max_padding_share: float) -> None:
    batches = length_buckets(LENGTHS[:rows], 16, seed=3, max_padding_share=max_padding_share)
    assert sorted(row for batch in batches for row in batch) == list(range(rows))
    assert all(1 <= len(batch) <= 16 for batch in batches)


def test_the_seed_alone_decides() -> None:
    assert length_buckets(LENGTHS, 16, seed=3) == length_buckets(LENGTHS, 16, seed=3)
    assert length_buckets(LENGTHS, 16, seed=3) != length_buckets(LENGTHS, 16, seed=4)


def test_padding_is_a_fraction_of_that_of_batches_in_order() -> None:
    in_order = [list(range(start, min(start + 16, 1000))) for start in range(0, 1000, 16)]
    assert padding_share(in_order, LENGTHS) > 0.4
    assert padding_share(length_buckets(LENGTHS, 16, seed=3), LENGTHS) < 0.08


@pytest.mark.parametrize("bound", [0.0, 0.02, 0.2])
def test_no_batch_pads_more_than_the_bound(bound: float) -> None:
    batches = length_buckets(LENGTHS, 16, seed=3, max_padding_share=bound)
    assert max(padding_share([batch], LENGTHS) for batch in batches) <= bound


def test_batches_do_not_come_in_the_order_of_their_lengths() -> None:
    longest = [max(LENGTHS[row] for row in batch) for batch in length_buckets(LENGTHS[:256], 16, seed=3)]
    assert longest != sorted(longest)
    assert longest != sorted(longest, reverse=True)
