"""benchmark.py and its parts: hand-counted cases, planted leaks, and the committed sample's real ratings."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agiqa_sample import read_sample
from retort_scorer.atomic_files import write_json_lines
from retort_scorer.benchmark import run_benchmark, run_write_splits
from retort_scorer.errors import ScorerError
from retort_scorer.fit_rows import FitRow
from retort_scorer.floor_figures import floor_of_rows

Line = dict[str, Any]


def row_line(row: FitRow) -> Line:
    names = ("sample_name", "image_hash", "image_prompt", "generator", "generator_setting", "split", "mos")
    return {name: getattr(row, name) for name in names}


def tiny_rows(prompts: int = 6) -> list[FitRow]:
    """Two models a prompt, MOS counted upwards."""
    return [
        FitRow(f"{model}{prompt}", "sha256:x", f"prompt {prompt}", model, f"{model}_a", "test", {"quality": 0.3 * prompt + shift})
        for prompt in range(prompts)
        for model, shift in (("m", 0.0), ("n", 1.0))
    ]


def benchmark(folder: Path, rows: Sequence[FitRow], predictions: Sequence[Line], **more: Any) -> dict[str, Any]:
    write_json_lines(folder / "rows.jsonl", [row_line(row) for row in rows])
    write_json_lines(folder / "predictions.jsonl", predictions)
    command = {"rows": folder / "rows.jsonl", "predictions": folder / "predictions.jsonl", "out": folder / "out.json", **more}
    run_benchmark(command, lambda event, **fields: None, lambda: False)
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


def only(folder: Path, rows: Sequence[FitRow], predictions: Sequence[Line], **more: Any) -> dict[str, Any]:
    (entry,) = benchmark(folder, rows, predictions, **more)["methods"]
    return entry


def line(name: str, value: float, **more: Any) -> Line:
    return {"sample_name": name, "aspect": "quality", "method": "theirs", "predicted_mos": value, **more}


def right(rows: Sequence[FitRow], **more: Any) -> list[Line]:
    """Predictions that are the MOS itself."""
    return [line(row.sample_name, row.mos["quality"], **more) for row in rows]


def fixed_fold(folder: Path, rows: Sequence[FitRow]) -> dict[str, int]:
    write_json_lines(folder / "rows.jsonl", [row_line(row) for row in rows])
    written = run_write_splits({"rows": folder / "rows.jsonl"}, lambda event, **fields: None, lambda: False)["rows"]
    return {row["name"]: row["prompt_fold"] for row in written}


def test_figures_are_those_of_the_predictions_on_the_sample(tmp_path: Path) -> None:
    rows, mos = read_sample()
    noise = np.random.default_rng(3).normal(0, 0.4, len(rows))
    predicted = np.clip(mos + noise, 0, 5)
    entry = only(tmp_path, rows, [line(row.sample_name, float(value)) for row, value in zip(rows, predicted, strict=True)])
    assert (entry["protocol"], entry["n"], entry["coverage"]) == ("unstated", len(rows), 1.0)
    assert entry["figures"]["srcc"] == pytest.approx(stats.spearmanr(predicted, mos).statistic, abs=1e-12)
    assert entry["figures"]["rmse_raw"] == pytest.approx(np.sqrt(np.mean((predicted - mos) ** 2)), abs=1e-12)
    low, high = entry["figures"]["intervals"]["srcc"]
    assert low < entry["figures"]["srcc"] < high
    floor = np.array(floor_of_rows(rows, mos).mos, dtype=float)
    difference = entry["figures"]["srcc"] - stats.spearmanr(floor, mos).statistic
    assert entry["minus_floor"]["srcc_difference"] == pytest.approx(difference, abs=1e-12)
    models = np.array([row.generator for row in rows])
    for part in entry["models"]:
        ours = models == part["name"]
        assert part["n"] == ours.sum()
        assert part["srcc"] == pytest.approx(stats.spearmanr(predicted[ours], mos[ours]).statistic, abs=1e-12)
    assert sum(part["n"] for part in entry["folds"]) == len(rows) and len(entry["folds"]) == 5


def test_the_fixed_folds_are_known_by_whatever_names_a_file_gives_them(tmp_path: Path) -> None:
    rows = tiny_rows()
    folds = fixed_fold(tmp_path, rows)
    assert set(folds.values()) == {1, 2, 3, 4, 5}
    assert all(folds[f"m{prompt}"] == folds[f"n{prompt}"] for prompt in range(6))
    entry = only(tmp_path, rows, [line(name, 1 + fold, fold="edcba"[fold - 1]) for name, fold in folds.items()])
    assert entry["protocol"] == "prompt-disjoint, 5 folds"
    assert entry["leaks"]["prompt_in_train"] == {"rows": 0, "names": []}


def test_other_folds_by_prompt_are_its_own(tmp_path: Path) -> None:
    rows = tiny_rows()
    entry = only(tmp_path, rows, [line(row.sample_name, 1 + place, fold=row.sample_name[1:]) for place, row in enumerate(rows)])
    assert entry["protocol"] == "prompt-disjoint, 6 folds of its own"


def test_a_prompt_in_two_folds_is_a_leak_also_in_another_spelling(tmp_path: Path) -> None:
    rows = tiny_rows()
    rows[1] = FitRow("n0", "sha256:x", "  PROMPT  0", "n", "n_a", "test", {"quality": 1.0})
    lines = [line(row.sample_name, 1 + place, fold=1 + place % 3 if place < 2 else 3) for place, row in enumerate(rows)]
    entry = only(tmp_path, rows, lines)
    assert entry["leaks"]["prompt_in_train"] == {"rows": 2, "names": ["m0", "n0"]}
    assert entry["protocol"] == "3 folds (prompts shared)"


def test_a_line_separator_in_a_prompt_is_white_space_and_no_end_of_a_line(tmp_path: Path) -> None:
    rows = tiny_rows()
    rows[1] = FitRow("n0", "sha256:x", "prompt\u20280", "n", "n_a", "test", {"quality": 1.0})
    lines = [line(row.sample_name, 1 + place, fold=place if place < 2 else 3) for place, row in enumerate(rows)]
    assert only(tmp_path, rows, lines)["leaks"]["prompt_in_train"] == {"rows": 2, "names": ["m0", "n0"]}


def test_folds_by_model_share_prompts_and_say_so(tmp_path: Path) -> None:
    rows = tiny_rows()
    entry = only(tmp_path, rows, [line(row.sample_name, 1 + place, fold=row.generator) for place, row in enumerate(rows)])
    assert entry["protocol"] == "model-disjoint, 2 folds (prompts shared)"
    assert entry["leaks"]["generator_in_train"]["rows"] == 0
    assert entry["leaks"]["prompt_in_train"]["rows"] == 12


def test_of_a_split_only_test_rows_are_judged_and_those_with_a_trained_prompt_are_leaks(tmp_path: Path) -> None:
    rows = tiny_rows()
    splits = ["train", "test", "val", "val", *["test"] * 8]
    lines = [line(row.sample_name, 1 + place, split=split) for place, (row, split) in enumerate(zip(rows, splits, strict=True))]
    entry = only(tmp_path, rows, lines)
    assert entry["n"] == 9
    assert entry["leaks"]["prompt_in_train"] == {"rows": 1, "names": ["n0"]}
    assert entry["protocol"] == "one split (prompts shared)"
    clean = only(tmp_path, rows, [entry for entry in lines if entry["sample_name"] != "n0"])
    assert clean["protocol"] == "prompt-disjoint, one split"


def test_the_published_split_is_known_by_its_test_rows(tmp_path: Path) -> None:
    rows = [FitRow(**{**vars(row), "split": "train" if row.generator == "m" else "test"}) for row in tiny_rows()]
    lines = [line(row.sample_name, 1 + place, split=row.split) for place, row in enumerate(rows)]
    assert only(tmp_path, rows, lines, published_split=True)["protocol"] == "published split (prompts shared)"
    assert only(tmp_path, rows, lines)["protocol"] == "model-disjoint, one split (prompts shared)"


def test_a_protocol_that_is_only_stated_stays_marked_and_test_rows_alone_prove_nothing(tmp_path: Path) -> None:
    rows = tiny_rows()
    document = benchmark(tmp_path, rows, [*right(rows, protocol="prompt-disjoint, 5 folds"), *right(rows, split="test")])
    stated, alone = document["methods"]
    assert (stated["protocol"], stated["leaks"]["prompt_in_train"]) == ("prompt-disjoint, 5 folds (as stated)", None)
    assert (alone["protocol"], alone["leaks"]["prompt_in_train"]) == ("one split (train rows not listed)", None)


def test_names_are_counted_and_contradictory_ones_left_out(tmp_path: Path) -> None:
    rows = [*tiny_rows(), FitRow("unrated", "sha256:x", "p", "m", "m_a", "test", {})]
    lines = [entry for entry in right(tiny_rows()) if entry["sample_name"] != "m5"]
    more = [line("m0", 0.0), line("n1", 4.9), line("stranger", 2.0), line("unrated", 2.0)]
    entry = only(tmp_path, rows, [*lines, *more])
    leaks = entry["leaks"]
    assert leaks["repeated_names"] == {"rows": 1, "names": ["m0"]}
    assert leaks["contradictory_names"] == {"rows": 1, "names": ["n1"]}
    assert leaks["unknown_names"] == {"rows": 1, "names": ["stranger"]}
    assert leaks["without_rating"] == {"rows": 1, "names": ["unrated"]}
    assert leaks["without_prediction"] == {"rows": 2, "names": ["m5", "n1"]}
    assert (entry["n"], entry["coverage"]) == (10, 10 / 12)


def test_predictions_on_another_scale_keep_ranks_and_lose_errors(tmp_path: Path) -> None:
    rows = tiny_rows()
    lines = [line(row.sample_name, 20 * row.mos["quality"]) for row in rows]
    entry = only(tmp_path, rows, lines)
    assert entry["scale"]["outside"] and "not on the MOS scale" in entry["scale"]["note"]
    assert entry["figures"]["srcc"] == pytest.approx(1) and entry["figures"]["plcc_raw"] == pytest.approx(1)
    assert entry["figures"]["rmse_raw"] is None and entry["figures"]["words"]["accuracy"] is None
    shrunk = only(tmp_path, rows, [line(row.sample_name, row.mos["quality"] / 5) for row in rows])
    assert not shrunk["scale"]["outside"] and "may be on another scale" in shrunk["scale"]["note"]
    assert shrunk["figures"]["rmse_raw"] > 0.7


def test_a_single_outlier_is_no_other_scale(tmp_path: Path) -> None:
    rows, mos = read_sample()
    predicted = [*mos[:-1], 7.0]
    entry = only(tmp_path, rows, [line(row.sample_name, float(value)) for row, value in zip(rows, predicted, strict=True)])
    assert not entry["scale"]["outside"]
    assert entry["figures"]["rmse_raw"] == pytest.approx((7.0 - mos[-1]) / np.sqrt(len(rows)), abs=1e-12)


def test_constant_predictions_have_no_correlation_and_say_why(tmp_path: Path) -> None:
    entry = only(tmp_path, tiny_rows(), [line(row.sample_name, 2.0) for row in tiny_rows()])
    assert entry["figures"]["srcc"] is None
    assert entry["figures"]["reasons"]["srcc"] == "all predictions are equal"
    assert "no correlation" in entry["scale"]["note"]


def test_seeds_give_median_and_deviation_and_the_middle_one_stands_for_them(tmp_path: Path) -> None:
    rows, mos = read_sample()
    random = np.random.default_rng(5)
    noisy = {seed: np.clip(mos + random.normal(0, size, len(rows)), 0, 5) for seed, size in (("1", 1.5), ("2", 0.7), ("3", 0.1))}
    lines = [
        line(row.sample_name, float(value), seed=seed)
        for seed, values in noisy.items()
        for row, value in zip(rows, values, strict=True)
    ]
    entry = only(tmp_path, rows, lines)
    scores = [stats.spearmanr(values, mos).statistic for values in noisy.values()]
    assert entry["representative_seed"] == "2"
    assert entry["seeds"]["srcc"]["median"] == pytest.approx(scores[1], abs=1e-12)
    assert entry["seeds"]["srcc"]["sd"] == pytest.approx(np.std(scores, ddof=1), abs=1e-12)
    assert entry["figures"]["srcc"] == pytest.approx(scores[1], abs=1e-12)


def stored_lines(rows: Sequence[FitRow], values: Sequence[float], protocol: str = "unstated") -> list[Line]:
    about = {"run": "abc", "head": "xlstm", "aspect": "quality", "protocol": protocol}
    return [
        {**about, "sample_name": row.sample_name, "mos": row.mos["quality"], "predicted_mos": float(value)}
        for row, value in zip(rows, values, strict=True)
    ]


def test_a_stored_run_is_compared_on_the_rows_that_both_have(tmp_path: Path) -> None:
    rows, mos = read_sample()
    test = rows[:120]
    theirs = np.clip(mos[:120] + np.random.default_rng(7).normal(0, 1, 120), 0, 5)
    write_json_lines(tmp_path / "stored.jsonl", stored_lines(test, theirs, "prompt-disjoint, one split"))
    (found,) = only(tmp_path, rows, right(rows), stored=tmp_path / "stored.jsonl")["minus_stored"]
    assert (found["n"], found["refused"], found["same_protocol"]) == (120, None, False)
    assert found["srcc"]["value"] == pytest.approx(1 - stats.spearmanr(theirs, mos[:120]).statistic, abs=1e-12)
    assert found["srcc"]["interval"][0] > 0 and found["srcc"]["p"] < 0.01


@pytest.mark.parametrize("case", ["few rows", "another MOS"])
def test_a_stored_run_of_other_rows_is_refused_in_a_sentence(tmp_path: Path, case: str) -> None:
    rows, mos = read_sample()
    lines = stored_lines(rows, mos)
    if case == "another MOS":
        lines[4]["mos"] += 0.5
    write_json_lines(tmp_path / "stored.jsonl", lines)
    judged = rows[:140] if case == "few rows" else rows
    document = benchmark(tmp_path, rows, right(judged), stored=tmp_path / "stored.jsonl")
    (found,) = document["methods"][0]["minus_stored"]
    assert found["srcc"] is None
    assert [run["n"] for run in document["stored"]] == ([297] if case == "few rows" else [])
    wanted = "140 of the run's 297 test rows" if case == "few rows" else "1 samples have another MOS"
    assert wanted in found["refused"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "The file has no prediction"),
        ([line("nobody", 1.0)], "no name is an image of the dataset"),
        ([line("m0", float(2), fold="1", split="test")], "has a fold and a split"),
        ([line("m0", 2.0, split="holdout")], "expected one of train, val, test"),
        ([line("m0", 2.0, split="train"), line("m1", 2.0, split="train")], "no row is test"),
        ([{**line("m0", 2.0), "aspect": "authenticity"}], "the dataset has no MOS for authenticity"),
    ],
)
def test_what_cannot_be_judged_is_refused(tmp_path: Path, lines: Sequence[Line], message: str) -> None:
    with pytest.raises(ScorerError, match=message):
        benchmark(tmp_path, tiny_rows(), lines)
