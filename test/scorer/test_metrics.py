"""metrics.py, bootstrap.py and evaluation.py: against scipy, hand-made cases and naive loops."""

import json

import numpy as np
import pytest
from scipy import stats

from retort_scorer import bootstrap, metrics
from retort_scorer.evaluation import comparison_note, evaluate
from retort_scorer.fit_rows import FitRow


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    """40 predictions with ties, and MOS that follow them."""
    random = np.random.default_rng(2)
    predicted = np.round(random.uniform(0, 5, 40), 1)
    return predicted, np.clip(predicted + random.normal(0, 0.7, 40), 0, 5)


def rows_of(n: int, prompts: int) -> list[FitRow]:
    return [
        FitRow(f"{i}.jpg", f"sha256:{i}", f"prompt {i % prompts}", f"g{i % 2}", f"s{i % 4}", "test", {"quality": 1.0})
        for i in range(n)
    ]


def test_correlations_are_those_of_a_hand_made_case() -> None:
    predicted, mos = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])
    assert metrics.srcc(predicted, mos).value == pytest.approx(0.8)  # 1 - 6 * 2 / (4 * 15)
    assert metrics.krcc(predicted, mos).value == pytest.approx(4 / 6)  # five pairs agree, one doesn't
    assert metrics.plcc(predicted, mos).value == pytest.approx(0.8)
    assert metrics.rmse(predicted, mos).value == pytest.approx(np.sqrt(0.5))


def test_what_cannot_be_computed_is_none_with_a_reason() -> None:
    constant, mos = np.ones(5), np.arange(5.0)
    assert metrics.srcc(constant, mos) == metrics.Metric(None, "all predictions are equal")
    assert metrics.plcc(mos, constant).reason == "all MOS are equal"
    assert metrics.krcc(mos[:2], mos[:2]).value is None
    assert metrics.fit_logistic(mos, mos, 5)[1] == "5 rows; a curve of 5 parameters needs more"


@pytest.mark.parametrize(
    ("parameters", "curve", "values"),
    [
        (4, metrics.logistic4, (4.5, 0.5, 2.0, 0.6)),
        (5, metrics.logistic5, (3.0, 2.0, 2.5, 0.2, 2.0)),
    ],
)
def test_a_logistic_fit_finds_the_curve_that_made_the_mos(parameters, curve, values) -> None:
    predicted = np.linspace(0, 5, 60)
    mos = curve(predicted, *values)
    mapped, reason = metrics.fit_logistic(predicted, mos, parameters)
    assert reason is None
    assert mapped == pytest.approx(mos, abs=1e-4)


def test_images_of_a_prompt_are_drawn_together() -> None:
    prompts = ["a", "a", "a", "b", "c", "c"]
    counts = bootstrap.resample_counts(prompts, seed=0, resamples=200)
    assert (
        (counts[:, 0] == counts[:, 1]).all() and (counts[:, 1] == counts[:, 2]).all() and (counts[:, 4] == counts[:, 5]).all()
    )
    assert (counts[:, [0, 3, 4]].sum(axis=1) == 3).all()


@pytest.mark.parametrize(
    ("fast", "slow"),
    [
        (bootstrap.srcc_resampled, lambda x, y: stats.spearmanr(x, y).statistic),
        (bootstrap.krcc_resampled, lambda x, y: stats.kendalltau(x, y).statistic),
        (bootstrap.plcc_resampled, lambda x, y: stats.pearsonr(x, y).statistic),
        (bootstrap.rmse_resampled, lambda x, y: np.sqrt(np.mean((x - y) ** 2))),
    ],
)
def test_a_metric_from_counts_equals_scipy_on_the_repeated_rows(fast, slow, pair) -> None:
    predicted, mos = pair
    counts = bootstrap.resample_counts([str(i // 4) for i in range(40)], seed=1, resamples=20)
    for row, value in zip(counts.astype(int), fast(predicted, mos, counts), strict=True):
        assert value == pytest.approx(slow(np.repeat(predicted, row), np.repeat(mos, row)), abs=1e-9)


def test_an_evaluation_is_valid_json_even_when_nothing_can_be_computed() -> None:
    found = evaluate(rows_of(4, 2), np.ones(4), np.ones(4), seed=0)
    assert json.loads(json.dumps(found, allow_nan=False))["srcc"] is None
    assert found["reasons"]["srcc"] == "all MOS are equal"
    assert found["intervals"]["srcc"] is None


def test_an_evaluation_holds_the_metric_within_its_interval(pair) -> None:
    predicted, mos = pair
    found = evaluate(rows_of(40, 10), predicted, mos, seed=0)
    for name in ("srcc", "krcc", "plcc_raw", "rmse_raw", "plcc_logistic5", "rmse_logistic5"):
        low, high = found["intervals"][name]
        assert low < found[name] < high
    assert [entry["generator"] for entry in found["per_generator"]] == ["g0", "g1"]
    assert found["within_generator"]["n_settings"] == 4
    expected = [stats.spearmanr(predicted[i::4], mos[i::4]).statistic for i in range(4)]
    assert found["within_generator"]["srcc_mean"] == pytest.approx(np.mean(expected))


def test_the_comparison_says_when_the_rows_do_not_decide_it() -> None:
    note = comparison_note({"srcc_difference": -0.01, "interval": [-0.05, 0.03]})
    assert "does not beat kernel ridge" in note and "do not decide" in note
    assert "do not decide" not in comparison_note({"srcc_difference": 0.04, "interval": [0.01, 0.07]})
