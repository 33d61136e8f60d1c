"""within.py, seeds.py and what evaluation.py makes of them: naive loops over real rows, and hand-made cases."""

import json

import numpy as np
import pytest
from scipy import stats

from agiqa_sample import read_sample
from retort_scorer import bootstrap
from retort_scorer.evaluation import evaluate
from retort_scorer.seeds import seed_figures, spread_of
from retort_scorer.within import within_groups


@pytest.fixture(scope="module")
def sample() -> tuple:
    rows, mos = read_sample()
    return rows, np.clip(mos + np.random.default_rng(1).normal(0, 0.7, len(mos)), 0, 5), mos


def test_groups_weigh_the_same_and_small_or_constant_ones_are_not_in_the_mean() -> None:
    names = ["a"] * 5 + ["b"] * 6 + ["c"] * 4 + ["d"] * 5 + [None]
    mos = np.array([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 2, 2, 2, 2, 2, 9], dtype=float)
    predicted = np.array([1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 1, 2, 3, 4, 5, 0], dtype=float)
    found = within_groups(names, predicted, mos, "generator setting")
    assert (found.mean, found.worst, found.worst_group) == (pytest.approx(0.0), pytest.approx(-1.0), "b")
    assert (found.groups, found.rows, found.low) == (2, 11, None)
    nothing = within_groups(["a", "b"] * 4, np.arange(8.0), np.arange(8.0), "image prompt")
    assert (nothing.mean, nothing.reason) == (None, "no image prompt has 5 rows that vary")


def test_within_a_prompt_is_the_mean_of_the_prompts_that_have_enough_images(sample) -> None:
    rows, predicted, mos = sample
    found = evaluate(rows, predicted, mos, seed=1)["within_prompt"]
    by_prompt: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_prompt.setdefault(row.image_prompt or "", []).append(place)
    large = [places for places in by_prompt.values() if len(places) >= 5]
    expected = [stats.spearmanr(predicted[places], mos[places]).statistic for places in large]
    assert found["srcc_mean"] == pytest.approx(np.mean(expected))
    assert (found["n_prompts"], found["prompts"], found["n_rows"]) == (len(large), len(by_prompt), sum(map(len, large)))
    low, high = found["srcc_mean_interval"]
    assert low < found["srcc_mean"] < high


def test_the_interval_within_settings_is_that_of_rows_repeated_as_they_were_drawn(sample) -> None:
    rows, predicted, mos = sample
    settings = [row.generator_setting for row in rows]
    counts = bootstrap.resample_counts([row.image_prompt or "" for row in rows], 1, resamples=40)
    found = within_groups(settings, predicted, mos, "generator setting", counts)
    means = []
    for draw in counts.astype(int):
        values = []
        for setting in sorted(set(settings)):
            places = [place for place, name in enumerate(settings) if name == setting]
            a, b = np.repeat(predicted[places], draw[places]), np.repeat(mos[places], draw[places])
            values.append(stats.spearmanr(a, b).statistic)
        means.append(np.mean(values))
    assert [found.low, found.high] == pytest.approx(list(np.quantile(means, [0.025, 0.975])))
    assert found.worst_group in settings and found.worst <= found.mean


def test_an_evaluation_of_real_rows_is_valid_json_with_every_part(sample) -> None:
    rows, predicted, mos = sample
    found = json.loads(json.dumps(evaluate(rows, predicted, mos, seed=1), allow_nan=False))
    assert len(found["per_generator"]) == 6 and found["within_generator"]["n_settings"] == 10
    assert found["words"]["n"] == len(rows)
    for name in ("accuracy", "rough_accuracy"):
        low, high = found["intervals"][name]
        assert low <= found["words"][name] <= high


def test_seeds_give_median_and_deviation_of_every_figure(sample) -> None:
    rows, _, mos = sample
    runs = [np.clip(mos + np.random.default_rng(seed).normal(0, 0.7, len(mos)), 0, 5) for seed in range(5)]
    found = seed_figures(rows, runs, mos)
    srcc = [stats.spearmanr(run, mos).statistic for run in runs]
    assert found["srcc"] == {
        "median": pytest.approx(np.median(srcc)),
        "sd": pytest.approx(np.std(srcc, ddof=1)),
        "n": 5,
        "reason": None,
    }
    alone = [evaluate(rows, run, mos, seed=1) for run in runs]
    assert found["within_prompt"]["median"] == np.median([one["within_prompt"]["srcc_mean"] for one in alone])
    assert found["f1_weighted"]["median"] == np.median([one["words"]["f1_weighted"] for one in alone])
    assert found["rmse_logistic5"]["sd"] == pytest.approx(np.std([one["rmse_logistic5"] for one in alone], ddof=1))


def test_a_figure_that_some_seeds_lack_says_how_many_have_it() -> None:
    assert spread_of([1.0, None, 3.0]).n == 2
    assert (spread_of([2.0]).median, spread_of([2.0]).sd) == (2.0, None)
    assert spread_of([None], "all predictions are equal").reason == "all predictions are equal"


def test_a_seed_of_constant_predictions_has_no_correlation(sample) -> None:
    rows, predicted, mos = sample
    found = seed_figures(rows, [predicted, np.ones(len(mos))], mos)
    assert (found["srcc"]["n"], found["rmse_raw"]["n"]) == (1, 2)
