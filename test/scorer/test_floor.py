"""floor.py and floor_figures.py: hand-counted cases, a naive loop, and what the audit says of the same rows."""

import json
from dataclasses import replace

import numpy as np
import pytest

from agiqa_sample import read_sample
from conftest import REPOSITORY
from retort_scorer.floor import DEFINITION, FOLDS, predict_floor
from retort_scorer.floor_figures import evaluate_floor
from retort_scorer.image_prompt import normalise_image_prompt, text_key

SHARED = json.loads((REPOSITORY / "test" / "fixtures" / "metadata-floor.json").read_text(encoding="utf-8"))


def prompts_of_folds() -> list[str]:
    """An image prompt of each fold, in order."""
    found: dict[int, str] = {}
    for number in range(100):
        found.setdefault(text_key(f"thing {number}") % FOLDS, f"thing {number}")
    return [found[fold] for fold in range(FOLDS)]


def test_prompts_have_the_folds_that_the_audit_gives_them() -> None:
    for case in SHARED["image_prompts"]:
        assert normalise_image_prompt(case["text"]) == case["normalised"]
        assert text_key(case["normalised"]) == case["key"]


@pytest.mark.parametrize("aspect", ["quality", "correspondence"])
def test_the_sample_has_the_floor_that_the_audit_finds(aspect: str) -> None:
    rows, mos = read_sample(aspect)
    found = evaluate_floor(rows, mos, np.arange(len(rows)), seed=1)
    assert found["all_rows"] == pytest.approx(SHARED["sample"][aspect], abs=1e-12)
    assert found["srcc"] == found["all_rows"]["srcc"]
    assert found["words"]["accuracy"] == found["all_rows"]["accuracy"]
    assert SHARED["definition"] in DEFINITION and SHARED["definition"] in found["definition"]


def test_a_row_is_the_mean_of_its_setting_in_the_other_folds() -> None:
    a, b, c, d, e = prompts_of_folds()
    settings = ["s", "s", "s", "s", "t", "t"]
    floor = predict_floor(settings, [a, b, b, c, d, e], [1.0, 2.0, 4.0, 0.5, 5.0, 3.0])
    assert floor.reason is None
    assert floor.mos == [6.5 / 3, 0.75, 0.75, 7 / 3, 3.0, 5.0]


def test_the_commonest_word_is_that_of_the_other_folds_and_the_lower_of_two() -> None:
    a, b, c, d, e = prompts_of_folds()
    floor = predict_floor(["s"] * 5 + ["t"], [a, b, c, d, e, a], [1.5, 1.5, 3.5, 3.5, 0.5, 2.0])
    assert floor.words == [3, 3, 1, 1, 1, None]  # the last of them a draw of two 1 and two 3
    assert floor.mos[5] is None


def test_the_floor_equals_a_loop_over_the_rows_of_the_other_folds() -> None:
    rows, mos = read_sample()
    floor = predict_floor([row.generator_setting for row in rows], [row.image_prompt for row in rows], mos)
    folds = [text_key(normalise_image_prompt(row.image_prompt or "")) % FOLDS for row in rows]
    for place, row in enumerate(rows):
        others = [
            mos[other]
            for other in range(len(rows))
            if rows[other].generator_setting == row.generator_setting and folds[other] != folds[place]
        ]
        assert floor.mos[place] == pytest.approx(np.mean(others), abs=1e-12)


def test_rows_of_test_are_judged_alone_but_predicted_from_all_others() -> None:
    rows, mos = read_sample()
    test = np.arange(0, len(rows), 3)
    found = evaluate_floor(rows, mos, test, seed=1)
    assert found["n"] == len(test)
    assert found["all_rows"] == pytest.approx(SHARED["sample"]["quality"], abs=1e-12)
    assert 0 < found["commonest_word"]["accuracy"] <= found["commonest_word"]["rough_accuracy"] <= 1


def test_a_head_is_compared_with_the_floor_on_the_same_test_rows() -> None:
    rows, mos = read_sample()
    test = np.arange(0, len(rows), 3)
    found = evaluate_floor(rows, mos, test, seed=1, heads={"perfect": mos, "constant": np.ones(len(mos))})["head_minus_floor"]
    floor = evaluate_floor(rows, mos, test, seed=1)
    assert found["perfect"]["srcc_difference"] == pytest.approx(1 - floor["srcc"])
    assert found["perfect"]["interval"][0] > 0 and found["perfect"]["p"] < 0.01
    assert found["constant"] == dict.fromkeys(found["constant"])


def test_rows_that_the_metadata_say_nothing_of_are_counted() -> None:
    rows, mos = read_sample()
    rows = [replace(rows[0], image_prompt=None), replace(rows[1], generator=None, generator_setting=None), *rows[2:]]
    found = evaluate_floor(rows, mos, np.arange(len(rows)), seed=1)
    assert (found["n"], found["missing"]) == (len(rows) - 2, 2)


@pytest.mark.parametrize(
    ("settings", "prompts", "reason"),
    [
        ([None] * 6, list("abcdef"), "no generator setting and image prompt is known for any image"),
        (["s"] * 6, list("abcdef"), "all images are of one generator setting"),
        (["s", "t"] * 3, ["a", "A ", "b", "b", "c", "c"], "3 image prompts with a generator setting, 5 folds need as many"),
    ],
)
def test_where_there_is_no_floor_there_is_a_reason(settings, prompts, reason) -> None:
    floor = predict_floor(settings, prompts, [1.0] * 6)
    assert floor.reason == reason
    assert floor.mos == floor.words == [None] * 6
