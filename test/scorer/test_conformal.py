"""conformal.py: order statistics counted by hand, and coverage of new groups by simulation."""

import numpy as np
import pytest

from agiqa_sample import read_sample
from retort_scorer.conformal import calibrate, conformal_half_width, covered, held_out_coverage
from retort_scorer.folds import fold_parts, prompt_folds


def test_without_prompts_it_is_the_hand_counted_order_statistic() -> None:
    residuals = np.array([-0.9, 0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8])
    assert conformal_half_width(residuals) == pytest.approx(0.9)  # ceil(10 * 0.9) = the ninth of nine
    assert conformal_half_width(residuals[:8]) is None
    assert conformal_half_width(np.array([])) is None


def test_each_prompt_has_the_weight_of_one_draw() -> None:
    # Nine prompts, the first with three rows: 0.9 * 10 = 9 shares are wanted, all of them.
    prompts = ["a", "A ", "a", *"bcdefghi"]
    residuals = np.array([0.1, 5.0, 0.2, *np.linspace(0.3, 1.0, 8)])
    assert conformal_half_width(residuals, prompts) == pytest.approx(5.0)
    # 0.8 * 10 = 8 shares: two thirds of a, and all but the last of the others, reach 7 2/3; the last makes 8 2/3.
    assert conformal_half_width(residuals, prompts, coverage=0.8) == pytest.approx(1.0)
    # 0.7 * 10 = 7 shares: two thirds of a and seven others.
    assert conformal_half_width(residuals, prompts, coverage=0.7) == pytest.approx(0.9)
    assert conformal_half_width(residuals[:10], prompts[:10]) is None  # eight prompts


def test_a_row_a_prompt_is_the_same_as_no_prompts() -> None:
    residuals = np.random.default_rng(1).normal(size=57)
    assert conformal_half_width(residuals, [f"p{i}" for i in range(57)]) == conformal_half_width(residuals)


def grouped_residuals(random: np.random.Generator, groups: int, shared: float) -> tuple[np.ndarray, list[str]]:
    """Residuals of 8 rows a prompt that share ``shared`` of their variance, prompts with a spread of their own."""
    level = random.normal(0, np.sqrt(shared), groups)[:, None] * random.gamma(2, 0.5, groups)[:, None]
    values = level + random.normal(0, np.sqrt(1 - shared), (groups, 8))
    return values.ravel(), [f"p{group}" for group in range(groups) for _ in range(8)]


def test_images_of_new_prompts_are_covered_nine_times_in_ten_where_rows_alone_are_not() -> None:
    random = np.random.default_rng(4)
    by_prompt, by_row = [], []
    for _ in range(400):
        residuals, prompts = grouped_residuals(random, 12, shared=0.9)
        new, _ = grouped_residuals(random, 50, shared=0.9)
        by_prompt.append(covered(new, conformal_half_width(residuals, prompts)))
        by_row.append(covered(new, conformal_half_width(residuals)))
    assert 0.89 < np.mean(by_prompt) < 0.97
    assert np.mean(by_row) < np.mean(by_prompt) - 0.02


def test_out_of_fold_residuals_of_real_ratings_cover_held_out_prompts() -> None:
    """The prediction is the setting's mean in train: nothing is known of a new prompt but its settings."""
    rows, mos = read_sample()
    prompts, settings = [row.image_prompt or "" for row in rows], np.array([row.generator_setting for row in rows])

    def means(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        return np.array([mos[train][settings[train] == name].mean() for name in settings[test]])

    found = []
    for seed in range(10):
        for part in fold_parts(prompt_folds(prompts, 3, seed)):
            inner = prompt_folds([prompts[place] for place in part.train], 5, seed)
            residuals = np.empty(len(part.train))
            for turn in fold_parts(inner):
                residuals[turn.test] = mos[part.train[turn.test]] - means(part.train[turn.train], part.train[turn.test])
            width = conformal_half_width(residuals, [prompts[place] for place in part.train])
            found.append(covered(mos[part.test] - means(part.train, part.test), width))
    assert 0.87 <= np.mean(found) <= 0.96  # about 20 prompts: the ceiling of 0.9 * 21 alone adds 0.003


def test_a_calibration_says_what_it_stands_on() -> None:
    residuals = np.linspace(-1, 1, 40)
    enough = calibrate(residuals, [f"p{i % 10}" for i in range(40)], "val")
    assert (enough.by, enough.n, enough.prompts) == ("image-prompt", 40, 10)
    assert "calibrated by image prompt on 40 residuals of val (10 prompts" in enough.note
    few = calibrate(residuals, [f"p{i % 4}" for i in range(40)], "val")
    assert few.by == "row" and few.half_width == conformal_half_width(residuals)
    assert "of 4 image prompts and 9 are needed" in few.note
    for calibration in (enough, few):
        assert "Nothing is promised for images of a generator" in calibration.note
    none = calibrate(residuals[:5], ["p"] * 5, "val")
    assert none.half_width is None and none.note == "No 90 % interval: 5 residuals of val are too few for one."


def test_coverage_of_a_part_is_that_of_intervals_calibrated_on_the_others() -> None:
    wide, narrow = np.linspace(-2, 2, 40), np.linspace(-0.5, 0.5, 40)
    prompts = [f"prompt {number}" for number in range(80)]
    found = held_out_coverage(np.concatenate([wide, narrow]), prompts, ["fold 0"] * 40 + ["fold 1"] * 40)
    width = conformal_half_width(narrow, prompts[40:])
    assert width is not None
    assert found["parts"] == {"fold 0": covered(wide, width), "fold 1": 1.0}
    assert found["mean"] == pytest.approx((found["parts"]["fold 0"] + 1) / 2) and found["parts"]["fold 0"] < 0.3


def test_coverage_is_unknown_where_too_few_prompts_are_left_to_calibrate_on() -> None:
    found = held_out_coverage(np.zeros(12), [str(number) for number in range(12)], ["a"] * 8 + ["b"] * 4)
    assert found["parts"] == {"a": None, "b": None} and found["mean"] is None
