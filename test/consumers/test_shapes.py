"""A part of a corpus in another shape, through the same consumers."""

from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset

from exported_sample import SPLITS, Export, distill
from test_minicpm_v import read_rows

SHAPE = ("--join", "quality,correspondence", "--aspects", "quality", "--images", "path")


@pytest.fixture(scope="module")
def joined(export: Export, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """One conversation an image about two aspects, its images named where they lie."""
    out = tmp_path_factory.mktemp("joined") / "export"
    distill(export.home, "export", "--format", "minicpm-v,parquet", *SHAPE, "--out", str(out))
    return Export(out, export.home)


def load_parquet(export: Export) -> dict[str, Any]:
    files = {split: str(export.folder / "parquet" / f"{split}-*.parquet") for split in SPLITS}
    loaded: dict[str, Any] = load_dataset("parquet", data_files=files)
    return loaded


def test_images_are_read_from_where_they_lie(joined: Export) -> None:
    assert not (joined.folder / "images").exists()
    rows = read_rows(joined.folder, "train")
    assert rows and all(Path(row["image"]).is_relative_to(joined.home) for row in rows)


def test_joined_rows_hold_both_descriptions_and_the_rated_word(export: Export, joined: Export) -> None:
    single = {row["id"]: row["conversations"] for row in export.rows("train")}
    for row in joined.rows("train"):
        quality = single[row["id"]]
        correspondence = single[row["id"].replace("/quality/", "/correspondence/")]
        description = row["conversations"][1]["content"]
        assert quality[1]["content"] in description and correspondence[1]["content"] in description
        assert row["conversations"][-1]["content"] == quality[-1]["content"]


def test_datasets_reads_the_same_rows(joined: Export) -> None:
    loaded = load_parquet(joined)
    for split in SPLITS:
        rows = joined.rows(split)
        assert rows and [row["messages"] for row in loaded[split]] == [row["conversations"] for row in rows]
        assert loaded[split][0]["image"].size == (512, 512)
