"""folds.py: every prompt in one fold, folds of like size, models held out whole."""

from collections import Counter

import numpy as np
import pytest

from agiqa_sample import read_sample
from retort_scorer.errors import ScorerError
from retort_scorer.folds import fold_parts, folds_within, generator_parts, prompt_folds

ROWS, _ = read_sample()
PROMPTS = [row.image_prompt or "" for row in ROWS]
GENERATORS = [row.generator for row in ROWS]


def test_a_prompt_is_in_one_fold_and_folds_are_balanced_in_rows() -> None:
    folds = prompt_folds(PROMPTS, 5, seed=1)
    assert all(len({int(fold) for fold, name in zip(folds, PROMPTS, strict=True) if name == prompt}) == 1 for prompt in PROMPTS)
    sizes = np.bincount(folds)
    assert sizes.sum() == len(ROWS) and sizes.max() - sizes.min() <= 10  # ten images a prompt


def test_uneven_prompts_are_spread() -> None:
    prompts = [f"p{i}" for i in range(10) for _ in range(i + 1)]  # 1 to 10 rows, 55 in all
    sizes = np.bincount(prompt_folds(prompts, 5, seed=3))
    assert sizes.tolist() == [11] * 5  # 10 + 1, 9 + 2, …


def test_a_seed_is_one_partition_whatever_the_order_of_the_rows() -> None:
    folds = prompt_folds(PROMPTS, 5, seed=1)
    order = np.random.default_rng(0).permutation(len(PROMPTS))
    assert np.array_equal(prompt_folds([PROMPTS[place] for place in order], 5, seed=1), folds[order])
    assert not np.array_equal(prompt_folds(PROMPTS, 5, seed=2), folds)


def test_prompts_that_differ_in_case_or_white_space_alone_are_one() -> None:
    folds = prompt_folds(["A cat", "a  cat ", "a dog", "a bird"], 2, seed=1)
    assert folds[0] == folds[1]


def test_folds_within_train_are_as_many_as_prompts_that_really_differ() -> None:
    folds = folds_within(["A cat", "a cat", "a  cat ", "a dog", "A DOG"], 5)
    assert folds is not None and folds.max() == 1
    assert folds_within(["A cat", "a cat "], 5) is None


def test_each_fold_is_test_once() -> None:
    parts = list(fold_parts(prompt_folds(PROMPTS, 5, seed=1)))
    assert sorted(np.concatenate([part.test for part in parts])) == list(range(len(ROWS)))
    for part in parts:
        assert not {PROMPTS[place] for place in part.train} & {PROMPTS[place] for place in part.test}
        assert len(part.train) + len(part.test) == len(ROWS)


def test_the_six_models_of_agiqa_3k_are_held_out_with_all_their_settings() -> None:
    parts = list(generator_parts(GENERATORS))
    assert [part.name for part in parts] == ["AttnGAN", "DALLE2", "glide", "midjourney", "sd1.5", "xl2.2"]
    settings = Counter(ROWS[place].generator_setting for part in parts for place in part.test)
    assert len(settings) == 10
    for part in parts:
        assert {GENERATORS[place] for place in part.test} == {part.name}
        assert part.name not in {GENERATORS[place] for place in part.train}
    assert len({ROWS[place].generator_setting for part in parts if part.name == "sd1.5" for place in part.test}) > 1


def test_with_folds_neither_model_nor_prompt_of_a_test_row_was_trained_on() -> None:
    folds = prompt_folds(PROMPTS, 5, seed=1)
    parts = list(generator_parts(GENERATORS, folds))
    assert sorted(np.concatenate([part.test for part in parts])) == list(range(len(ROWS)))
    for part in parts:
        assert not {GENERATORS[place] for place in part.train} & {GENERATORS[place] for place in part.test}
        assert not {PROMPTS[place] for place in part.train} & {PROMPTS[place] for place in part.test}


def test_rows_of_an_unknown_generator_take_no_part() -> None:
    parts = list(generator_parts(["a", None, "b", "a"]))
    assert [(part.train.tolist(), part.test.tolist()) for part in parts] == [([2], [0, 3]), ([0, 3], [2])]


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(ScorerError, match="1 image prompts can't make 5 folds"):
        prompt_folds(["a", "A"], 5, seed=1)
    with pytest.raises(ScorerError, match="1 generators are known"):
        list(generator_parts(["a", None]))
