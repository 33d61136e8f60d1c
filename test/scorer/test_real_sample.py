"""The whole way on real images of the committed sample: encode, fit with true and with shuffled MOS, predict."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import SAMPLE, ScorerProcess
from retort_scorer.atomic_files import sha256_bytes

# Three epochs on 60 images are no good scorer, but enough to tell signal from none.
CONFIG = {"epochs": 3}
# One shuffle over so few prompts is a random liking for some content, which test prompts then share: read the mean of several.
SHUFFLES = (1, 2, 3)

pytestmark = pytest.mark.skipif(not (SAMPLE / "data.csv").exists(), reason="the committed sample is not there")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Results of one process: features of 150 real images, a fit, and fits on shuffled MOS."""
    folder = tmp_path_factory.mktemp("sample")
    write_inputs(folder)
    scorer = ScorerProcess()
    features, images = str(folder / "features"), str(folder / "images.jsonl")
    encoded = scorer.run(
        {"command": "encode", "feature_store": features, "images": images, "encoder": "embedded", "threads": 2}
    )
    assert encoded["event"] == "done", encoded
    metrics = {}
    shuffled = {f"shuffled-{seed}": {**CONFIG, "shuffle_train_mos": True, "seed": seed} for seed in SHUFFLES}
    for name, config in {"true": CONFIG, **shuffled}.items():
        rows = folder / ("rows.jsonl" if name == "true" else "control.jsonl")
        command = {"command": "fit", "feature_store": features, "rows": str(rows), "aspects": ["quality"]}
        fitted = scorer.run({**command, "out": str(folder / name), "config": config})
        assert fitted["event"] == "done", fitted
        metrics[name] = json.loads((folder / name / "metrics.json").read_text())["aspects"]["quality"]
    predicted = predict(scorer, folder)
    scorer.end()
    return {"encoded": encoded["result"], "metrics": metrics, "folder": folder, "predicted": predicted}


def write_inputs(folder: Path) -> None:
    """150 images: every second prompt in all its settings; a fifth is val, two fifths are test (three in the control)."""
    with (SAMPLE / "data.csv").open(encoding="utf-8", newline="") as file:
        samples = list(csv.DictReader(file))
    prompts = sorted({sample["prompt"] for sample in samples})[::2]
    images, rows, control = [], [], []
    for sample in samples:
        if sample["prompt"] not in prompts:
            continue
        path = SAMPLE / "images" / sample["name"]
        image_hash, place = sha256_bytes(path.read_bytes()), prompts.index(sample["prompt"]) % 5
        setting = sample["name"].rsplit("_", 1)[0]
        split = "val" if place == 1 else "test" if place in (0, 3) else "train"
        images.append({"image_hash": image_hash, "path": str(path), "image_prompt": sample["prompt"]})
        rows.append(
            {
                "sample_name": sample["name"],
                "image_hash": image_hash,
                "image_prompt": sample["prompt"],
                "generator": setting.split("_")[0],
                "generator_setting": setting,
                "split": split,
                "mos": {"quality": float(sample["mos_quality"])},
            }
        )
        control.append({**rows[-1], "split": ("train", "val", "test", "test", "test")[place]})
    for name, lines in (("images", images), ("rows", rows), ("control", control)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def predict(scorer: ScorerProcess, folder: Path) -> list[dict[str, Any]]:
    """Score the test images from their pixels, without the feature store."""
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    names = [row["sample_name"] for row in rows if row["split"] == "test"][:4]
    lines = [
        {"image": row["sample_name"], "path": str(SAMPLE / "images" / row["sample_name"]), "image_prompt": row["image_prompt"]}
        for row in rows
        if row["sample_name"] in names
    ]
    (folder / "new.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    checkpoint, out = str(folder / "true" / "scorer.safetensors"), folder / "scores.jsonl"
    command = {"command": "predict", "checkpoint": checkpoint, "feature_store": None, "images": str(folder / "new.jsonl")}
    assert scorer.run({**command, "out": str(out)})["event"] == "done"
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_every_image_is_encoded(study: dict[str, Any]) -> None:
    assert study["encoded"]["failed"] == []
    assert study["encoded"]["encoded"] >= 140


def test_real_images_predict_mos_of_prompts_never_seen(study: dict[str, Any]) -> None:
    heads = study["metrics"]["true"]["heads"]
    assert heads["xlstm"]["srcc"] > 0.5
    assert heads["kernel-ridge"]["srcc"] > 0.5


def test_with_shuffled_mos_nothing_is_known_within_generators(study: dict[str, Any]) -> None:
    for head in ("xlstm", "kernel-ridge"):
        within = [study["metrics"][f"shuffled-{seed}"]["heads"][head]["within_generator"] for seed in SHUFFLES]
        assert [entry["n_settings"] for entry in within] == [10] * len(SHUFFLES)
        assert abs(np.mean([entry["srcc_mean"] for entry in within])) < 0.3


def test_a_prediction_from_pixels_is_the_one_from_stored_features(study: dict[str, Any]) -> None:
    stored = [json.loads(line) for line in (study["folder"] / "true" / "predictions.jsonl").read_text().splitlines()]
    by_name = {line["sample_name"]: line for line in stored if line["head"] == "scorer"}
    assert len(study["predicted"]) == 4
    for line in study["predicted"]:
        for name in ("predicted_mos", "low", "high"):
            assert line[name] == pytest.approx(by_name[line["image"]][name], abs=1e-4)
