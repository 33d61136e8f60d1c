"""finetune.py and its parts, tuned_stages.py, encoders/tuned.py: stages tuned on images of the sample, and what may be judged on them."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from retort_scorer import Scorer
from retort_scorer.atomic_files import read_json_lines, write_json_lines
from retort_scorer.checkpoint import read_checkpoint
from retort_scorer.cross_dataset_figures import Judged, evaluate_aspect
from retort_scorer.encode import run_encode
from retort_scorer.encoders.embedded import EmbeddedEncoder
from retort_scorer.encoders.efficientnet_lite import run_stages
from retort_scorer.encoders.registry import describe_encoder, load_encoder
from retort_scorer.encoders.tuned import last_stages
from retort_scorer.errors import LeakError, ScorerError, StopRequested
from retort_scorer.feature_store import Features, FeatureStore
from retort_scorer.finetune_model import StagesModel, pooled_width
from retort_scorer.finetune_training import TuningData, best_epoch
from retort_scorer.fit_rows import read_fit_rows
from retort_scorer.pack import run_pack
from retort_scorer.predict import run_predict
from retort_scorer.source_image import read_source_image
from retort_scorer.trained_on import describe_training
from retort_scorer.tuned_stages import MEMBER, TunedStages, read_tuned_stages, require_unseen
from tuning_sample import ASPECTS, Line, Tuning, silent, write_tuning


@pytest.fixture(scope="module")
def tuning(tmp_path_factory: pytest.TempPathFactory) -> Tuning:
    """The last stage tuned for two epochs."""
    found = write_tuning(tmp_path_factory.mktemp("tuning"))
    found.finetune(found.file)
    return found


@pytest.fixture(scope="module")
def stages(tuning: Tuning) -> TunedStages:
    return read_tuned_stages(tuning.file)


@pytest.fixture(scope="module")
def checkpoint(tuning: Tuning, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tuning.fit(tmp_path_factory.mktemp("fit"))


@pytest.fixture(scope="module")
def base() -> EmbeddedEncoder:
    return EmbeddedEncoder("embedded")


def pixels_of(tuning: Tuning, place: int = 0) -> torch.Tensor:
    path = Path(read_json_lines(tuning.folder / "images.jsonl")[place]["path"])
    return read_source_image(path, 512).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("count", [1, 2])
def test_stages_read_from_the_store_say_what_the_whole_network_says(
    tuning: Tuning, base: EmbeddedEncoder, count: int, tmp_path: Path
) -> None:
    (image,) = read_json_lines(tuning.folder / "images.jsonl")[:1]
    write_json_lines(tmp_path / "images.jsonl", [image])
    encoder = f"stage-inputs:{count}"
    command = {"feature_store": str(tmp_path), "images": str(tmp_path / "images.jsonl"), "encoder": encoder}
    run_encode(command, silent, lambda: False)
    rows = [row for row in read_fit_rows(tuning.folder / "rows.jsonl") if row.image_hash == image["image_hash"]]
    store = FeatureStore(tmp_path, describe_encoder(encoder).revisions.image)
    (network,) = base.networks
    with torch.inference_mode():
        whole = network.stage_maps(pixels_of(tuning))[-count:]
        found = run_stages(last_stages(network, count), TuningData(rows, ASPECTS, torch.zeros(1, 2), store).maps([0]))
    for ours, theirs in zip(found, whole, strict=True):
        assert torch.allclose(ours, theirs, atol=0.01 * float(theirs.abs().max()))


def test_weights_moved_and_the_file_says_what_came_of_it(stages: TunedStages, base: EmbeddedEncoder) -> None:
    before = last_stages(base.networks[0], 1).state_dict()
    assert set(stages.weights) == set(before)
    moved = [float((stages.weights[name] - tensor).abs().max()) for name, tensor in before.items()]
    assert min(moved) > 0 and max(moved) < 0.01  # a few steps of Adam at 3e-4
    header = stages.header
    assert [line["epoch"] for line in header["history"]] == [0, 1, 2] and header["best_epoch"] in (1, 2)
    assert all(-1 <= line["aspects"][aspect]["srcc"] <= 1 for line in header["history"] for aspect in ASPECTS)
    assert header["rows"] == {"train": 20, "val": 4} and header["learning_rate"] == 3e-4
    assert stages.revisions.image.startswith(f"{describe_encoder('embedded').revisions.image}.tuned-")


def test_it_knows_train_and_val_image_prompts_apart_and_no_others(tuning: Tuning, stages: TunedStages) -> None:
    for row in read_fit_rows(tuning.folder / "rows.jsonl"):
        assert (stages.train.has_image_prompt(row), stages.val.has_image_prompt(row)) == (row.split == "train", row.split == "val")
        assert (stages.train.has_image(row), stages.val.has_image(row)) == (row.split == "train", row.split == "val")


def test_tuned_levels_stand_beside_those_of_the_base(tuning: Tuning, base: EmbeddedEncoder) -> None:
    spec, pixels = describe_encoder(tuning.encoder), pixels_of(tuning)
    features, plain = load_encoder(tuning.encoder).encode_image(pixels), base.encode_image(pixels)
    assert features.tokens.shape == (0, 1) and features.vector.dtype == torch.float16 and spec.image_side == 512
    assert torch.isfinite(features.vector).all()
    levels = list(features.vector.split(spec.levels))
    (tuned,) = [levels.pop(7)]  # behind the seven stages' own
    expected = plain.vector.split(describe_encoder("embedded").levels)
    assert len(levels) == len(expected) and all(torch.equal(ours, theirs) for ours, theirs in zip(levels, expected, strict=True))
    assert tuned.shape == levels[6].shape and not torch.equal(tuned, levels[6])
    assert spec.revisions.text == describe_encoder("embedded").revisions.text


def test_the_last_two_stages_are_tuned_on_crops_and_their_textures_stand_beside_as_well(tuning: Tuning, tmp_path: Path) -> None:
    """What the stages read is drawn: to encode it would say no more of this."""
    random, store = torch.Generator().manual_seed(2), FeatureStore(tmp_path, describe_encoder("stage-inputs:2").revisions.image)
    with store.writing():
        keys = [row["image_hash"] for row in tuning.rows if row["split"] != "test"]
        store.add({key: Features(torch.randn(32 * 32, 120, generator=random), torch.zeros(1)) for key in keys})
    result = tuning.finetune(tmp_path / "two.safetensors", stages=2, epochs=1, feature_store=str(tmp_path))
    assert (result["stages"], result["learning_rate"]) == (2, 1e-4)
    spec = describe_encoder(f"tuned:{result['out']}")
    assert len(spec.levels) == len(describe_encoder("embedded").levels) + 3
    assert len(load_encoder(spec.name).encode_image(pixels_of(tuning)).vector) == sum(spec.levels)


def test_stopped_and_started_again_it_ends_with_the_same_bytes(tuning: Tuning, tmp_path: Path) -> None:
    out = tmp_path / "again.safetensors"
    for after in (4, 1):  # in the second epoch, behind the first; then before the figures of the second
        asked = iter(range(after))
        with pytest.raises(StopRequested):
            tuning.finetune(out, lambda: next(asked, None) is None)
        assert not out.exists()
    assert [path.name for path in (tmp_path / "work").glob("*/*.pt")] == ["state.pt"]
    asked = iter(range(2))  # the batch and the figures of the second epoch: the first isn't done again
    assert tuning.finetune(out, lambda: next(asked, None) is None)["reused"] is False
    assert out.read_bytes() == tuning.file.read_bytes()
    assert list((tmp_path / "work").glob("*/")) == []


def test_what_is_done_is_not_done_again_and_another_file_is_never_overwritten(tuning: Tuning) -> None:
    def never() -> bool:
        raise AssertionError("something was trained")

    content = tuning.file.read_bytes()
    assert tuning.finetune(tuning.file, never)["reused"] is True
    with pytest.raises(ScorerError, match="tuned on other rows or with other settings"):
        tuning.finetune(tuning.file, never, epochs=3)
    assert tuning.file.read_bytes() == content


def test_neither_mos_nor_images_of_test_rows_are_looked_at(tuning: Tuning, tmp_path: Path) -> None:
    poisoned = [
        row if row["split"] != "test" else {**row, "mos": {"quality": float(place % 2) * 5}, "image_hash": f"sha256:{place:064x}"}
        for place, row in enumerate(tuning.rows)
    ]
    write_json_lines(tmp_path / "rows.jsonl", poisoned)
    tuning.finetune(tmp_path / "out.safetensors", rows=str(tmp_path / "rows.jsonl"))
    assert (tmp_path / "out.safetensors").read_bytes() == tuning.file.read_bytes()


def test_too_few_rows_and_settings_that_cannot_be_are_refused(tuning: Tuning, tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="0 for authenticity"):
        tuning.finetune(tmp_path / "out", aspects=["authenticity"])
    with pytest.raises(ScorerError, match="stages is 3"):
        tuning.finetune(tmp_path / "out", stages=3)
    with pytest.raises(ScorerError, match="learning_rate 2.0"):
        tuning.finetune(tmp_path / "out", learning_rate=2.0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("split", "known", "seen"),
    [("test", "train", True), ("test", "val", True), ("val", "train", True), ("val", "val", False), ("train", "val", False)],
)
def test_a_fit_is_refused_where_test_or_val_rows_were_tuned_on(
    tuning: Tuning, stages: TunedStages, split: str, known: str, seen: bool, tmp_path: Path
) -> None:
    """One row of ``split`` gets an image prompt, spelt otherwise, of the rows that were ``known`` to the tuning."""
    rows = tuning.rows
    prompt = next(row["image_prompt"] for row in rows if row["split"] == known)
    row = next(row for row in rows if row["split"] == split)
    row |= {"image_hash": f"sha256:{1:064x}", "image_prompt": f"  {prompt.upper()}"}
    write_json_lines(tmp_path / "rows.jsonl", rows)
    if not seen:
        return require_unseen(stages, read_fit_rows(tmp_path / "rows.jsonl"), ASPECTS)
    with pytest.raises(LeakError, match=f"of 1 of 4 {split} rows, the first is {row['sample_name']}"):
        tuning.fit(tmp_path, rows)
    return None


def test_a_checkpoint_counts_what_its_stages_were_tuned_on_as_trained_on(tuning: Tuning, stages: TunedStages, tmp_path: Path) -> None:
    """A fit whose own rows are others than those of the tuning, so that the stages alone can know these."""
    rows = [{**row, "image_prompt": f"new {row['image_prompt']}"} for row in tuning.rows]
    checkpoint = read_checkpoint(tuning.fit(tmp_path, rows))
    known = [row for row in read_fit_rows(tuning.folder / "rows.jsonl") if row.split != "test"]
    assert checkpoint.trained_on is not None
    assert all(checkpoint.trained_on.has_image_prompt(row) for row in known)
    assert checkpoint.header["encoder"] == "tuned" and str(tuning.folder) not in json.dumps(checkpoint.header)


def test_a_predictor_trained_anew_is_not_judged_on_rows_its_features_were_tuned_on(tuning: Tuning, stages: TunedStages) -> None:
    rows = read_fit_rows(tuning.folder / "rows.jsonl")
    mos = np.array([row.mos["quality"] for row in rows])
    folds = [f"fold {place % 5 + 1}" for place in range(len(rows))]
    seen = stages.train.joined(stages.val)
    for tuned_on, expected in ((None, 4), (seen, 3)):
        judged = Judged("quality", rows, mos, mos + 0.1, mos - 0.1, folds, tuned_on)
        entry = evaluate_aspect(judged, describe_training(rows, ["quality"], {}), None, rows)
        assert entry["n"] == 4 and len(entry["methods"]) == expected


def predictions(checkpoint: Path, tuning: Tuning, folder: Path) -> list[Line]:
    """Of two images, from their pixels."""
    rows = read_json_lines(tuning.folder / "images.jsonl")[:2]
    write_json_lines(folder / "new.jsonl", [{"image": row["path"], "path": row["path"], "image_prompt": "a fox"} for row in rows])
    command = {"checkpoint": str(checkpoint), "feature_store": None, "images": str(folder / "new.jsonl"), "out": str(folder / "out")}
    run_predict(command, silent, lambda: False)
    return read_json_lines(folder / "out")


def test_a_scorer_needs_no_other_file_than_its_own(tuning: Tuning, checkpoint: Path, tmp_path: Path) -> None:
    (moved := tmp_path / "moved.safetensors").write_bytes(checkpoint.read_bytes())
    before = predictions(checkpoint, tuning, tmp_path)
    hidden = tuning.file.with_suffix(".hidden")
    os.rename(tuning.file, hidden)
    try:
        assert predictions(moved, tuning, tmp_path) == before and len({line["predicted_mos"] for line in before}) == 4
        run_pack({"checkpoint": str(moved), "out": str(tmp_path / "pack")}, silent, lambda: False)
        images = [line["image"] for line in before if line["aspect"] == "quality"]
        scores = Scorer.load(tmp_path / "pack").score(images, ["a fox"] * len(images))
    finally:
        os.rename(hidden, tuning.file)
    assert [score["quality"]["predicted_mos"] for score in scores] == pytest.approx(
        [line["predicted_mos"] for line in before if line["aspect"] == "quality"], abs=1e-5
    )
    assert "has EfficientNet-Lite2's last stage once more" in (tmp_path / "pack" / "README.md").read_text()
    assert str(tmp_path) not in (tmp_path / "pack" / "README.md").read_text()


def test_what_is_no_file_of_tuned_stages_or_one_of_another_base_is_refused(tuning: Tuning, tmp_path: Path) -> None:
    with safe_open(tuning.file, framework="pt") as file:
        tensors, header = {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()[MEMBER])

    def written(changed: Line, weights: dict[str, torch.Tensor] = tensors) -> str:
        save_file(weights, tmp_path / "other.safetensors", {MEMBER: json.dumps({**header, **changed})})
        return f"tuned:{tmp_path / 'other.safetensors'}"

    assert describe_encoder(written({})).revisions == describe_encoder(tuning.encoder).revisions
    with pytest.raises(ScorerError, match="another version .*format version 9"):
        describe_encoder(written({"format_version": 9}))
    with pytest.raises(ScorerError, match="weights are not those"):
        describe_encoder(written({}, {name: tensor + 1 if "weights" in name else tensor for name, tensor in tensors.items()}))
    image = header["encoder_revision"]["image"].replace("embedded-image", "other-image")
    other = {"base": {**header["base"], "image": image.partition(".tuned")[0]}, "encoder_revision": {"image": image, "text": "x"}}
    with pytest.raises(ScorerError, match="was tuned on the encoder other-image.* this program has embedded-image"):
        describe_encoder(written(other))
    (tmp_path / "none.safetensors").write_text("words")
    for name, message in (("none.safetensors", "can't be read as tuned stages"), ("nowhere", "can't be read as tuned stages")):
        with pytest.raises(ScorerError, match=message):
            describe_encoder(f"tuned:{tmp_path / name}")
    save_file({"a": torch.ones(1)}, tmp_path / "plain.safetensors")
    with pytest.raises(ScorerError, match="holds no tuned stages"):
        describe_encoder(f"tuned:{tmp_path / 'plain.safetensors'}")
    with pytest.raises(ScorerError, match="names no tuned stages"):
        describe_encoder("tuned:")


def test_the_output_begins_as_ridge_regression_of_what_is_rated(base: EmbeddedEncoder) -> None:
    stages = last_stages(base.networks[0], 1)
    model = StagesModel(stages, pooled_width(stages), 2)
    figures = torch.randn(200, pooled_width(stages), generator=torch.Generator().manual_seed(3))
    target = torch.stack([figures[:, 0] * 2, figures[:, 1]], dim=1)
    target[::2, 1] = torch.nan
    model.start(figures, target)
    said = model.output((figures - model.mean) / model.scale).detach()
    for place in (0, 1):
        rated = ~target[:, place].isnan()
        assert float(torch.corrcoef(torch.stack([said[rated, place], target[rated, place]]))[0, 1]) > 0.9


def test_the_best_epoch_is_a_tuned_one_and_the_last_where_val_says_nothing() -> None:
    def line(epoch: int, value: float | None) -> Line:
        return {"epoch": epoch, "aspects": {"quality": {"srcc": value, "plcc": value}}}

    assert best_epoch([line(0, 0.9), line(1, 0.5), line(2, 0.7), line(3, 0.6)]) == 2
    assert best_epoch([line(0, 0.9), line(1, -0.5), line(2, None)]) == 1
    assert best_epoch([{"epoch": epoch, "aspects": {}} for epoch in range(3)]) == 2
