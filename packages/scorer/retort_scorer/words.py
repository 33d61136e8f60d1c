"""The five words of a MOS, and how well predicted words agree with them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Words = NDArray[np.int64]

WORDS = ("bad", "poor", "fair", "good", "excellent")
# Cut points on the 0–5 scale, bins closed on the left: WORD_BINNING of packages/schema.
WORD_CUTS = (1.0, 2.0, 3.0, 4.0)


def word_index(mos: Values) -> Words:
    """0 (bad) to 4 (excellent) for MOS on the 0–5 scale; a MOS on a cut belongs to the word above it."""
    return np.searchsorted(np.asarray(WORD_CUTS), mos, side="right")


def word_of(mos: float) -> int:
    """The same of a single MOS."""
    return sum(mos >= cut for cut in WORD_CUTS)


def word_agreement(predicted: Sequence[int] | Words, words: Sequence[int] | Words) -> dict[str, Any]:
    """Agreement of predicted words with words, both as numbers 0 to 4.

    Returns:
        ``n``; ``accuracy``; ``rough_accuracy`` (at most one class off, the paper's); ``precision_weighted`` and
        ``f1_weighted`` (means over words, weighted by how often a word is true; a word that is never predicted has precision
        and F1 0, as scikit-learn's zero_division=0 has it); ``recall`` by word; ``counts`` by word, of true ones;
        ``reasons`` why a value is None.
    """
    guess, truth = np.asarray(predicted, dtype=np.int64), np.asarray(words, dtype=np.int64)
    n = len(truth)
    if n == 0:
        empty = dict.fromkeys(("accuracy", "rough_accuracy", "precision_weighted", "f1_weighted"))
        recall, counts = dict.fromkeys(WORDS), dict.fromkeys(WORDS, 0)
        return {"n": 0, **empty, "recall": recall, "counts": counts, "reasons": {"accuracy": "no rows"}}
    table = np.zeros((len(WORDS), len(WORDS)))  # [true, predicted]
    np.add.at(table, (truth, guess), 1)
    hits, support, claimed = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    precision = hits / np.maximum(claimed, 1)
    f1 = 2 * hits / np.maximum(support + claimed, 1)
    distance = np.abs(guess - truth)
    present = support > 0
    return {
        "n": n,
        "accuracy": float(np.mean(distance == 0)),
        "rough_accuracy": float(np.mean(distance <= 1)),
        "precision_weighted": float(precision @ support / n),
        "f1_weighted": float(f1 @ support / n),
        "recall": {word: float(hits[i] / support[i]) if present[i] else None for i, word in enumerate(WORDS)},
        "counts": {word: int(support[i]) for i, word in enumerate(WORDS)},
        "reasons": {f"recall_{word}": f"no row is {word}" for i, word in enumerate(WORDS) if not present[i]},
    }


def word_metrics(predicted: Values, mos: Values) -> dict[str, Any]:
    """``word_agreement`` of the words that predicted MOS and MOS fall in."""
    return word_agreement(word_index(predicted), word_index(mos))
