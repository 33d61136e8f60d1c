"""words.py: a table counted by hand, and scikit-learn's formulas written out."""

import numpy as np
import pytest

from agiqa_sample import read_sample
from retort_scorer.words import WORDS, word_agreement, word_index, word_metrics, word_of


def test_words_are_cut_at_whole_numbers_closed_on_the_left() -> None:
    mos = [0.0, 0.99, 1.0, 2.0, 3.0, 3.99, 4.0, 5.0]
    assert word_index(np.array(mos)).tolist() == [0, 0, 1, 2, 3, 3, 4, 4] == [word_of(value) for value in mos]


def test_agreement_is_that_of_a_hand_counted_table() -> None:
    # true:      0  0  1  1  1  3
    found = word_agreement([0, 1, 1, 1, 3, 2], [0, 0, 1, 1, 1, 3])
    assert found["n"] == 6
    assert found["accuracy"] == pytest.approx(3 / 6)
    assert found["rough_accuracy"] == pytest.approx(5 / 6)  # 3 for 1 is two classes off
    # precision: bad 1/1, poor 2/3, good 0/1; F1: bad 2/3, poor 4/6, good 0
    assert found["precision_weighted"] == pytest.approx((2 * 1 + 3 * 2 / 3 + 1 * 0) / 6)
    assert found["f1_weighted"] == pytest.approx((2 * 2 / 3 + 3 * 4 / 6) / 6)
    assert found["recall"] == {"bad": 0.5, "poor": pytest.approx(2 / 3), "fair": None, "good": 0.0, "excellent": None}
    assert found["counts"] == {"bad": 2, "poor": 3, "fair": 0, "good": 1, "excellent": 0}
    assert found["reasons"] == {"recall_fair": "no row is fair", "recall_excellent": "no row is excellent"}


def test_weighted_means_are_those_of_scikit_learn_on_real_words() -> None:
    _, mos = read_sample()
    predicted = np.clip(mos + np.random.default_rng(0).normal(0, 0.8, len(mos)), 0, 5)
    found, guess, truth = word_metrics(predicted, mos), word_index(predicted), word_index(mos)
    precision = f1 = 0.0
    for word in range(len(WORDS)):  # precision_score and f1_score with average="weighted", zero_division=0
        hits = np.sum((guess == word) & (truth == word))
        p = hits / np.sum(guess == word) if np.any(guess == word) else 0.0
        r = hits / np.sum(truth == word) if np.any(truth == word) else 0.0
        precision += p * np.mean(truth == word)
        f1 += (2 * p * r / (p + r) if p + r > 0 else 0.0) * np.mean(truth == word)
    assert found["precision_weighted"] == pytest.approx(precision)
    assert found["f1_weighted"] == pytest.approx(f1)
    # Recall weighted by how often a word is true is accuracy.
    recalls = [found["recall"][word] or 0.0 for word in WORDS]
    assert found["accuracy"] == pytest.approx(np.dot(recalls, [found["counts"][word] for word in WORDS]) / found["n"])


def test_no_rows_have_no_agreement_but_a_reason() -> None:
    found = word_metrics(np.array([]), np.array([]))
    assert found["accuracy"] is None and found["recall"]["bad"] is None
    assert found["reasons"]["accuracy"] == "no rows"
