"""cross_dataset.py and its parts: a checkpoint on rows that it hasn't seen, beside its predictor trained anew there."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from agiqa_sample import read_sample
from conftest import TINY_CONFIG, Study, key_of
from retort_scorer.atomic_files import read_json_lines, write_json_lines
from retort_scorer.benchmark import run_benchmark
from retort_scorer.checkpoint import HEADER, write_checkpoint
from retort_scorer.cross_dataset import run_evaluate
from retort_scorer.cross_dataset_figures import Judged, evaluate_aspect
from retort_scorer.cross_validation import run_cross_validate
from retort_scorer.encoders.encoder import read_revisions
from retort_scorer.errors import CheckpointUnreadableError, ImageUnreadableError, NothingToEvaluateError, StopRequested
from retort_scorer.feature_store import FeatureStore
from retort_scorer.fit import run_fit
from retort_scorer.trained_on import describe_training
from test_predict import write_scorer

CONFIG = {**TINY_CONFIG, "epochs": 2, "num_seeds": 1, "heads": ["xlstm", "ridge"], "members": ["xlstm", "ridge"]}
Line = dict[str, Any]


def silent(event: str, **fields: Any) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def fit(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fit of both aspects of the study, whose test rows it hasn't seen."""
    out = tmp_path_factory.mktemp("fit")
    run_fit(study.fit_command(out, config=CONFIG), silent, lambda: False)
    return out


def evaluate(
    study: Study,
    checkpoint: Path,
    folder: Path,
    rows: list[Line] | None = None,
    stopping: Callable[[], bool] = lambda: False,
    **more: Any,
) -> dict[str, Any]:
    """The document; ``result`` in it is what the command returned."""
    lines = read_json_lines(study.rows) if rows is None else rows
    write_json_lines(folder / "rows.jsonl", lines)
    images = ({"image_hash": line["image_hash"], "path": line.get("path", "nowhere"), "image_prompt": line["image_prompt"]} for line in lines)
    write_json_lines(folder / "images.jsonl", images)
    paths = {name: str(folder / f"{name}.jsonl") for name in ("rows", "images")}
    command = {
        **{"checkpoint": str(checkpoint), "feature_store": str(study.feature_store), "work": str(folder / "work")},
        **{"out": str(folder / "out.json"), **paths, **more},
    }
    result = run_evaluate(command, silent, stopping)
    return {**json.loads((folder / "out.json").read_text(encoding="utf-8")), "result": result}


def quality(document: dict[str, Any]) -> dict[str, Any]:
    return next(entry for entry in document["aspects"] if entry["aspect"] == "quality")


def methods(entry: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {method["method"]: method for method in entry["methods"]}


@pytest.fixture(scope="module")
def trained(study: Study, fit: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The study evaluated by its own checkpoint, with the predictor trained anew: the folder and the document."""
    folder = tmp_path_factory.mktemp("evaluated")
    predictions = str(folder / "predictions.csv")
    return folder, evaluate(study, fit / "scorer.safetensors", folder, train_predictor=True, predictions=predictions)


def test_rows_that_were_trained_on_are_found_and_the_others_have_the_figures_of_the_fit(fit: Path, trained: Any) -> None:
    entry = quality(trained[1])
    assert (entry["rated"], entry["n"]) == (72, 12)
    assert entry["shared"]["image_prompts"]["rows"] == entry["shared"]["images"]["rows"] == 60
    assert entry["shared"]["new_of_seen_generators"]["rows"] == 12
    ours = methods(entry)["checkpoint"]
    assert (ours["n"], ours["protocol"]) == (12, "prompt-disjoint, a checkpoint")
    of_fit = json.loads((fit / "metrics.json").read_text())["aspects"]["quality"]["heads"]["scorer"]
    for name in ("srcc", "krcc", "plcc_raw", "plcc_logistic5", "rmse_raw"):
        assert ours["figures"][name] == pytest.approx(of_fit[name], abs=1e-6)
    assert methods(entry)["checkpoint, all rows"]["protocol"] == "a checkpoint (prompts shared)"
    assert trained[1]["trained_on"] == {"images": 60, "image_prompts": 15, "generators": ["generator 0", "generator 1"]}


def test_the_predictor_trained_anew_is_a_cross_validation_of_the_scorer(study: Study, trained: Any, tmp_path: Path) -> None:
    entry = quality(trained[1])
    found = run_cross_validate(
        {"feature_store": study.feature_store, "rows": study.rows, "aspects": ["quality"], "out": tmp_path, "config": CONFIG},
        silent,
        lambda: False,
    )["aspects"]["quality"]["heads"]["scorer"]
    every = methods(entry)["trained predictor, all rows"]
    assert (every["n"], every["protocol"]) == (72, "prompt-disjoint, 5 folds")
    for name in ("srcc", "krcc", "plcc_raw", "plcc_logistic4", "plcc_logistic5", "rmse_raw", "rmse_logistic5"):
        assert every["figures"][name] == pytest.approx(found[name])
    new = methods(entry)["trained predictor"]
    difference = new["figures"]["srcc"] - methods(entry)["checkpoint"]["figures"]["srcc"]
    assert entry["difference"]["srcc_difference"] == pytest.approx(difference)
    assert new["minus_floor"]["srcc_difference"] == pytest.approx(new["figures"]["srcc"] - new["floor"]["srcc"])


def test_the_same_command_trains_nothing_twice_and_other_folds_are_trained(study: Study, fit: Path, trained: Any) -> None:
    folder, before = trained
    assert before["result"]["trained_folds"] == 10
    again = evaluate(study, fit / "scorer.safetensors", folder, train_predictor=True)
    assert again["result"]["trained_folds"] == 0 and again["aspects"] == before["aspects"]
    other = evaluate(study, fit / "scorer.safetensors", folder, train_predictor=True, folds=3)
    assert other["result"]["trained_folds"] == 6
    assert methods(quality(other))["trained predictor"]["protocol"] == "prompt-disjoint, 3 folds of its own"
    assert evaluate(study, fit / "scorer.safetensors", folder, train_predictor=True, code="other")["result"]["trained_folds"] == 10


def test_a_stopped_evaluation_goes_on_behind_its_last_whole_fold(study: Study, fit: Path, trained: Any, tmp_path: Path) -> None:
    def finished() -> int:
        return len(list(tmp_path.glob("work/*/*.*.jsonl")))

    with pytest.raises(StopRequested):
        evaluate(study, fit / "scorer.safetensors", tmp_path, stopping=lambda: finished() == 3, train_predictor=True)
    assert not (tmp_path / "out.json").exists()
    assert finished() == 3
    found = evaluate(study, fit / "scorer.safetensors", tmp_path, train_predictor=True)
    assert found["result"]["trained_folds"] == 7
    assert found["aspects"] == trained[1]["aspects"]


def test_aspects_trained_side_by_side_come_out_the_same(study: Study, fit: Path, trained: Any, tmp_path: Path) -> None:
    found = evaluate(study, fit / "scorer.safetensors", tmp_path, train_predictor=True, threads=2)
    assert found["aspects"] == trained[1]["aspects"]


def test_benchmark_reads_the_table_and_finds_the_same(study: Study, trained: Any, tmp_path: Path) -> None:
    folder, document = trained
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["name", "method", "fold", "split", "protocol", "quality", "correspondence"] and len(rows) == 144
    lines = [
        {"sample_name": row["name"], "aspect": "quality", "predicted_mos": row["quality"], **{name: row[name] for name in ("method", "fold", "split", "protocol")}}
        for row in rows
    ]
    write_json_lines(tmp_path / "predictions.jsonl", lines)
    run_benchmark({"rows": study.rows, "predictions": tmp_path / "predictions.jsonl", "out": tmp_path / "out.json"}, silent, lambda: False)
    found = {entry["method"]: entry for entry in json.loads((tmp_path / "out.json").read_text())["methods"]}
    ours = methods(quality(document))
    assert (found["checkpoint"]["n"], found["checkpoint"]["protocol"]) == (12, "prompt-disjoint, one split")
    assert found["checkpoint"]["figures"]["srcc"] == pytest.approx(ours["checkpoint"]["figures"]["srcc"])
    assert found["trained predictor"]["protocol"] == ours["trained predictor, all rows"]["protocol"]
    assert found["trained predictor"]["figures"]["srcc"] == pytest.approx(ours["trained predictor, all rows"]["figures"]["srcc"])


@pytest.mark.parametrize(("member", "left"), [("image_prompt", "images"), ("generator", "image_prompts")])
def test_an_image_alone_and_an_image_prompt_alone_are_enough_to_be_seen(study: Study, fit: Path, tmp_path: Path, member: str, left: str) -> None:
    """With another image prompt the image is still known; with everything else new, the prompt is."""
    lines = read_json_lines(study.rows)
    new = [line for line in lines if line["split"] == "test"]
    seen = next(line for line in lines if line["split"] == "train")
    if member == "image_prompt":
        changed = {**seen, "image_prompt": new[0]["image_prompt"]}
    else:
        changed = {**seen, "image_hash": new[0]["image_hash"], "image_prompt": f"  {seen['image_prompt'].upper()} ", "feature_key": None}
        store_prompt(study, changed["image_prompt"])
    table = tmp_path / "p.csv"
    entry = quality(evaluate(study, fit / "scorer.safetensors", tmp_path, [*new, changed], predictions=str(table)))
    splits = [row["split"] for row in csv.DictReader(table.open(encoding="utf-8"))]
    assert sorted(splits) == ["test"] * 12 + (["train"] if left == "image_prompts" else [])
    assert (entry["rated"], entry["n"]) == (13, 12)
    assert {name for name in ("images", "image_prompts") if entry["shared"][name]["rows"] == 1} == {left}


def store_prompt(study: Study, text: str) -> None:
    """The features of a study's prompt under another spelling of it."""
    store = FeatureStore(study.feature_store, read_revisions("embedded").text)
    known = key_of(text.strip().lower())
    with store.writing():
        store.add({key_of(text): store.load([known])[known]})


def test_rows_of_new_prompts_and_new_generators_are_called_so(study: Study, fit: Path, tmp_path: Path) -> None:
    new = [{**line, "generator": "another"} for line in read_json_lines(study.rows) if line["split"] == "test"]
    document = evaluate(study, fit / "scorer.safetensors", tmp_path, new, predictions=str(tmp_path / "p.csv"))
    entry = quality(document)
    assert [(one["method"], one["protocol"]) for one in entry["methods"]] == [("checkpoint", "prompt- and model-disjoint, a checkpoint")]
    assert entry["difference"] is None and document["folds"] is None
    first = next(csv.DictReader((tmp_path / "p.csv").open(encoding="utf-8")))
    assert (first["split"], first["protocol"]) == ("", "prompt- and model-disjoint, a checkpoint")


def test_where_everything_was_trained_on_no_figure_counts(study: Study, fit: Path, tmp_path: Path) -> None:
    seen = [line for line in read_json_lines(study.rows) if line["split"] == "train"]
    entry = quality(evaluate(study, fit / "scorer.safetensors", tmp_path, seen, train_predictor=True, folds=2))
    assert entry["n"] == 0 and "no figure of the checkpoint counts" in entry["notes"][0]
    assert list(methods(entry)) == ["checkpoint, all rows", "trained predictor, all rows"]
    assert entry["difference"] is None and entry["coverage"] is None


def test_a_checkpoint_that_does_not_say_what_it_saw_is_marked(study: Study, fit: Path, tmp_path: Path) -> None:
    with safe_open(fit / "scorer.safetensors", framework="pt") as file:
        header = json.loads(file.metadata()[HEADER])
        tensors = {name: file.get_tensor(name) for name in file.keys() if not name.startswith("trained_on.")}
    for name in ("format_version", "trained_on"):
        del header[name]
    write_checkpoint(tmp_path / "old.safetensors", tensors, {**header, "same_as": header["same_as"]})
    document = evaluate(study, tmp_path / "old.safetensors", tmp_path)
    entry = quality(document)
    assert document["trained_on"] is None and entry["shared"] is None
    assert methods(entry)["checkpoint"]["protocol"] == "a checkpoint (train rows not known)" and entry["n"] == 72
    assert "Fit again" in entry["notes"][0]


def test_only_aspects_of_both_are_judged_and_correspondence_only_with_a_prompt(study: Study, fit: Path, tmp_path: Path) -> None:
    lines = read_json_lines(study.rows)
    for place, line in enumerate(lines):
        line["mos"] = {"quality": line["mos"]["quality"], "authenticity": 2.0}
        if place % 2:
            line |= {"image_prompt": None, "mos": {**line["mos"], "correspondence": 3.0}}
    document = evaluate(study, fit / "scorer.safetensors", tmp_path, lines)
    assert [entry["aspect"] for entry in document["aspects"]] == ["quality"]
    assert document["only_in_dataset"] == ["authenticity"] and document["only_in_checkpoint"] == []


def test_an_image_that_cannot_be_read_is_left_out_and_named(study: Study, fit: Path, tmp_path: Path) -> None:
    lines = [line for line in read_json_lines(study.rows) if line["split"] == "test"]
    broken = {**lines[0], "sample_name": "broken.jpg", "image_hash": f"sha256:{0:064x}", "path": str(tmp_path / "broken.jpg")}
    document = evaluate(study, fit / "scorer.safetensors", tmp_path, [*lines, broken])
    assert quality(document)["rated"] == 12 and document["unreadable"][0]["path"].endswith("broken.jpg")
    with pytest.raises(ImageUnreadableError, match="No image rated in quality can be read"):
        evaluate(study, fit / "scorer.safetensors", tmp_path, [broken])


def test_what_cannot_be_evaluated_is_refused_in_words(study: Study, fit: Path, tmp_path: Path) -> None:
    lines, checkpoint = read_json_lines(study.rows), fit / "scorer.safetensors"

    def with_mos(**mos: float) -> list[Line]:
        return [{**line, "mos": mos} for line in lines]

    with pytest.raises(NothingToEvaluateError, match="predicts quality and correspondence, the dataset has ratings of authenticity"):
        evaluate(study, checkpoint, tmp_path, with_mos(authenticity=1.0))
    with pytest.raises(NothingToEvaluateError, match="no image prompt with them"):
        evaluate(study, checkpoint, tmp_path, [{**line, "image_prompt": None} for line in with_mos(correspondence=1.0)])
    with pytest.raises(NothingToEvaluateError, match="A fold would train on 16 rows rated in quality, 20 are needed"):
        evaluate(study, checkpoint, tmp_path, lines[:20], train_predictor=True)
    with pytest.raises(NothingToEvaluateError, match="18 image prompts rated in quality can't make 19 folds"):
        evaluate(study, checkpoint, tmp_path, train_predictor=True, folds=19)
    with pytest.raises(NothingToEvaluateError, match="All MOS for quality are equal"):
        evaluate(study, checkpoint, tmp_path, with_mos(quality=1.0), train_predictor=True)
    with pytest.raises(CheckpointUnreadableError, match="this program makes"):
        other = write_scorer(tmp_path / "other.safetensors", encoder_revision={"image": "lite0.v0", "text": "minilm-l6.v1"})
        evaluate(study, other, tmp_path)
    with pytest.raises(CheckpointUnreadableError, match="can't be read as a scorer checkpoint"):
        evaluate(study, tmp_path / "none.safetensors", tmp_path)


def test_on_real_ratings_the_floor_and_the_figures_stand_on_the_new_rows() -> None:
    """The sample's correspondence MOS as a predictor of its quality MOS, trained on the images of ten prompts."""
    rows, mos = read_sample("quality")
    _, said = read_sample("correspondence")
    prompts = sorted({row.image_prompt for row in rows})[:10]
    seen = [replace(row, split="train") for row in rows if row.image_prompt in prompts]
    judged = Judged("quality", rows, mos, said, None, None)
    entry = evaluate_aspect(judged, describe_training(seen, ["quality"], {}), 1.0, rows)
    new = np.array([row.image_prompt not in prompts for row in rows])
    assert entry["n"] == new.sum() == 297 - len(seen) and entry["shared"]["images"]["rows"] == len(seen)
    ours, every = entry["methods"]
    assert (ours["figures"]["n"], every["figures"]["n"]) == (new.sum(), 297)
    assert ours["floor"]["n"] == new.sum() and 0.5 < ours["floor"]["srcc"] < 0.7
    assert ours["figures"]["intervals"]["srcc"][0] < ours["figures"]["srcc"] < ours["figures"]["intervals"]["srcc"][1]
    assert entry["coverage"]["found"] == pytest.approx(np.mean(np.abs(mos - said)[new] <= 1.0))
