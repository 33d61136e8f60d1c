"""paired.py: against naive resampling of repeated rows, and what it refuses."""

import numpy as np
import pytest
from scipy import stats

from agiqa_sample import read_sample
from retort_scorer import bootstrap
from retort_scorer.errors import ScorerError
from retort_scorer.paired import Run, compare_predictions, compare_runs


def run_of(n: int = 40, noise: float = 0.5, seed: int = 0) -> Run:
    """40 rows of 10 image prompts; the MOS are the same whatever noise and seed."""
    mos = np.random.default_rng(9).uniform(0, 5, n)
    predicted = mos + np.random.default_rng(seed).normal(0, noise, n)
    return Run([f"{i}.jpg" for i in range(n)], [f"prompt {i % 10}" for i in range(n)], mos, predicted)


@pytest.mark.parametrize(("name", "metric"), [("srcc", stats.spearmanr), ("plcc_raw", stats.pearsonr)])
def test_a_difference_is_that_of_rows_repeated_as_they_were_drawn(name, metric) -> None:
    first, second = run_of(seed=1), run_of(seed=2)
    found = compare_runs(first, second, seed=3, resamples=60)[name]
    counts = bootstrap.resample_counts(first.image_prompts, 3, 60).astype(int)
    draws = []
    for row in counts:
        mos = np.repeat(first.mos, row)
        ours, theirs = (metric(np.repeat(run.predicted, row), mos).statistic for run in (first, second))
        draws.append(ours - theirs)
    expected = metric(first.predicted, first.mos).statistic - metric(second.predicted, first.mos).statistic
    assert found.value == pytest.approx(expected)
    assert found.interval == pytest.approx(np.quantile(draws, [0.025, 0.975]))
    below, above = sum(draw <= 0 for draw in draws), sum(draw >= 0 for draw in draws)
    assert found.p == pytest.approx(min(1, 2 * (1 + min(below, above)) / 61))


def test_interval_and_p_say_the_same() -> None:
    clear = compare_runs(run_of(noise=0.2), run_of(noise=3.0, seed=1), seed=1)["srcc"]
    assert clear.interval is not None and clear.interval[0] > 0 and clear.p is not None and clear.p < 0.05
    back = compare_runs(run_of(noise=3.0, seed=1), run_of(noise=0.2), seed=1)["srcc"]
    assert back.p == clear.p and back.value == pytest.approx(-clear.value)


def test_a_run_does_not_differ_from_itself() -> None:
    found = compare_runs(run_of(), run_of(), seed=1)["plcc_raw"]
    assert (found.value, found.interval, found.p) == (0.0, [0.0, 0.0], 1.0)


def test_p_is_evenly_spread_where_neither_run_is_better() -> None:
    """Errors are shared by the images of a prompt: taken for 297 independent rows they would look decided far too often."""
    rows, mos = read_sample()
    prompts = [row.image_prompt or "" for row in rows]
    _, group = np.unique(prompts, return_inverse=True)
    random = np.random.default_rng(5)

    def predictions() -> np.ndarray:
        return mos + random.normal(0, 0.8, group.max() + 1)[group] + random.normal(0, 0.4, len(mos))

    pairs = [(predictions(), predictions()) for _ in range(100)]

    def share_below(drawn: list[str]) -> float:
        found = [compare_predictions(drawn, first, second, mos, 1, resamples=200)["srcc"].p for first, second in pairs]
        return float(np.mean(np.array(found) < 0.1))

    assert share_below(prompts) < 0.2
    assert share_below([row.sample_name for row in rows]) > 0.2


def test_the_order_of_the_rows_changes_nothing() -> None:
    first, second = run_of(), run_of(seed=1)
    turned = Run(
        list(second.sample_names)[::-1], list(second.image_prompts)[::-1], second.mos[::-1], second.predicted[::-1]
    )
    assert compare_runs(first, turned, seed=1) == compare_runs(first, second, seed=1)


def test_runs_on_other_rows_are_refused_with_a_sentence() -> None:
    first, second = run_of(), run_of()
    with pytest.raises(ScorerError, match=r"1 samples are in the first run alone \(39\.jpg\)"):
        compare_runs(first, Run(second.sample_names[:39], second.image_prompts[:39], second.mos[:39], second.predicted[:39]), 1)
    with pytest.raises(ScorerError, match=r"10 samples are in the second run alone \(30\.jpg, 31\.jpg, 32\.jpg, …\)"):
        compare_runs(Run(first.sample_names[:30], first.image_prompts[:30], first.mos[:30], first.predicted[:30]), second, 1)
    with pytest.raises(ScorerError, match="40 samples have another MOS"):
        compare_runs(first, Run(second.sample_names, second.image_prompts, second.mos + 0.1, second.predicted), 1)
    with pytest.raises(ScorerError, match="1 samples have another image prompt"):
        compare_runs(first, Run(second.sample_names, ["new", *second.image_prompts[1:]], second.mos, second.predicted), 1)
    with pytest.raises(ScorerError, match="The first run has a sample twice"):
        compare_runs(Run(["1.jpg", *first.sample_names[1:]], first.image_prompts, first.mos, first.predicted), second, 1)


def test_without_an_interval_there_is_a_reason() -> None:
    few = Run(["a", "b", "c", "d"], ["p", "p", "q", "q"], np.arange(4.0), np.array([0.0, 2.0, 1.0, 3.0]))
    found = compare_runs(few, few, seed=1)["srcc"]
    assert (found.value, found.interval, found.p) == (0.0, None, None)
    assert found.reason == "fewer than 5 image prompts: no interval"
    constant = Run(few.sample_names, few.image_prompts, few.mos, np.ones(4))
    assert compare_runs(few, constant, seed=1)["srcc"].reason == "all predictions are equal"
