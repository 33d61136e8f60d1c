"""The exported folder through Hugging Face's `datasets`: by its card, as Parquet, as WebDataset and as JSON."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import yaml
from datasets import Dataset, DatasetDict, Features, Image, List, Value, load_dataset
from datasets.exceptions import DatasetGenerationError
from huggingface_hub import DatasetCard
from PIL import Image as PillowImage

from exported_sample import SPLITS, Export

# What `datasets` calls our splits.
HUB_SPLITS = {"train": "train", "val": "validation", "test": "test"}
# File ending and the column of the turns.
JSON_FORMATS = {
    "minicpm-v": ("json", "conversations"),
    "ms-swift": ("jsonl", "messages"),
    "llamafactory": ("json", "messages"),
}


def load_files(export: Export, reader: str, files: str) -> Any:
    """Every split by its files; ``files`` holds the split's place as ``{}``."""
    paths = {split: str(export.folder / files.format(split)) for split in SPLITS}
    return load_dataset(reader, data_files=paths)


def turns_of(row: dict[str, Any]) -> list[dict[str, str]]:
    turns: list[dict[str, str]] = row["conversations"]
    return turns


def assert_pixels(image: PillowImage.Image, export: Export, row: dict[str, Any]) -> None:
    with PillowImage.open(export.folder / row["image"]) as expected:
        assert image.convert("RGB").tobytes() == expected.convert("RGB").tobytes()


def assert_rows_are_the_corpus(export: Export, loaded: dict[str, Dataset]) -> None:
    """Conversations, names and pixels of every split are those of the MiniCPM-V files."""
    for split in SPLITS:
        expected = export.rows(split)
        assert len(loaded[split]) == len(expected) > 0
        for row, mine in zip(loaded[split], expected, strict=True):
            assert row["id"] == mine["id"]
            assert row["messages"] == turns_of(mine)
            assert_pixels(row["image"], export, mine)


def test_parquet_comes_with_decoded_images_and_the_conversations_of_the_corpus(export: Export) -> None:
    loaded = load_files(export, "parquet", "parquet/{}-*.parquet")
    features = loaded["train"].features
    assert features["image"] == Image()
    assert features["messages"] == List({"role": Value("string"), "content": Value("string")})
    assert_rows_are_the_corpus(export, loaded)


def test_parquet_says_of_each_row_what_is_known_of_it(export: Export) -> None:
    for row in load_files(export, "parquet", "parquet/{}-*.parquet")["train"].remove_columns("image"):
        dataset, aspect, _ = row["id"].split("/", 2)
        assert (row["dataset"], row["aspect"]) == (dataset, aspect)
        assert 0 <= row["mos"] <= 5 and row["word_label"] == row["messages"][-1]["content"]
        assert row["saw_label"] is True and row["model"] == "gemini-1.5-pro"
        assert row["request_key"].startswith("sha256:") and row["image_prompt"] in row["messages"][0]["content"]


def test_without_our_footer_the_image_would_be_no_image(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()
    for file in (copy.folder / "parquet").glob("*.parquet"):
        table = pyarrow.parquet.read_table(file).replace_schema_metadata(None)
        file.unlink()
        pyarrow.parquet.write_table(table, file)
    loaded = load_files(copy, "parquet", "parquet/{}-*.parquet")
    assert loaded["train"].features["image"] == {"bytes": Value("binary"), "path": Value("string")}


def test_webdataset_joins_picture_and_conversation_of_each_key(export: Export) -> None:
    loaded = load_files(export, "webdataset", "webdataset/{}-*.tar")
    assert loaded["train"].features["jpg"] == Image()
    rows = {split: loaded[split].map(lambda row: row["json"]).rename_column("jpg", "image") for split in SPLITS}
    assert_rows_are_the_corpus(export, rows)


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_the_trainers_files_are_json_to_datasets_too(export: Export, name: str) -> None:
    ending, column = JSON_FORMATS[name]
    loaded = load_files(export, "json", f"{name}/{{}}.{ending}")
    for split in SPLITS:
        expected = export.rows(split)
        assert [len(turns) for turns in loaded[split][column]] == [len(turns_of(row)) for row in expected]
        texts = [[turn["content"] for turn in turns[1:]] for turns in loaded[split][column]]
        assert texts == [[turn["content"] for turn in turns_of(row)[1:]] for row in expected]


def read_card(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = DatasetCard.load(folder / "README.md").data.to_dict()
    return data


def test_the_card_says_what_the_hub_asks_for(export: Export) -> None:
    data = read_card(export.folder)
    assert data["license"] == "mit" and data["language"] == ["en"] and data["pretty_name"]
    assert data["annotations_creators"] == ["machine-generated"]
    assert {"synthetic", "image-quality-assessment"} <= set(data["tags"])
    assert data["size_categories"] == ["n<1K"] and data["source_datasets"]
    assert "image-text-to-text" in data["task_categories"]
    sizes = {info["config_name"]: info["splits"] for info in data["dataset_info"]}
    assert set(sizes) == {config["config_name"] for config in data["configs"]}
    for splits in sizes.values():
        counts = {split["name"]: split["num_examples"] for split in splits}
        assert counts == {HUB_SPLITS[split]: len(export.rows(split)) for split in SPLITS}


def test_the_folder_loads_by_its_card_alone(export: Export) -> None:
    loaded: DatasetDict = load_dataset(str(export.folder))
    assert set(loaded) == set(HUB_SPLITS.values())
    assert_rows_are_the_corpus(export, {split: loaded[name] for split, name in HUB_SPLITS.items()})


def test_every_config_of_the_card_loads(export: Export) -> None:
    for config in read_card(export.folder)["configs"]:
        loaded = load_dataset(str(export.folder), config["config_name"])
        counts = {split: len(loaded[name]) for split, name in HUB_SPLITS.items()}
        assert counts == {split: len(export.rows(split)) for split in SPLITS}


def change_front_matter(copy: Export, change: Callable[[dict[str, Any]], None]) -> None:
    def rewrite(text: str) -> str:
        front = re.match(r"---\n(.*?)---\n", text, re.DOTALL)
        assert front is not None
        data = yaml.safe_load(front[1])
        change(data)
        return f"---\n{yaml.safe_dump(data)}---\n{text[front.end():]}"

    copy.rewrite("README.md", rewrite)


def test_a_card_with_another_column_than_the_file_is_refused(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()

    def rename(data: dict[str, Any]) -> None:
        data["dataset_info"] = [
            {"config_name": data["configs"][0]["config_name"], "features": [{"name": "picture", "dtype": "image"}]}
        ]

    change_front_matter(copy, rename)
    with pytest.raises(DatasetGenerationError):
        load_dataset(str(copy.folder))


def test_a_card_that_also_listed_the_json_files_could_not_load_them(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()
    listed = {"config_name": "json-beside", "data_files": [{"split": "train", "path": "minicpm-v/train.json"}]}
    change_front_matter(copy, lambda data: data["configs"].append(listed))
    with pytest.raises(pyarrow.ArrowInvalid, match="not a parquet file"):
        load_dataset(str(copy.folder), "json-beside")


def test_a_conversation_of_an_archive_that_is_no_json_is_refused(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()
    file = next((copy.folder / "webdataset").glob("train-*.tar"))
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data.replace(b'{"id":', b'["id":', 1))
    with pytest.raises(DatasetGenerationError):
        load_files(copy, "webdataset", "webdataset/{}-*.tar")


def test_features_of_the_viewer_are_those_of_the_file(export: Export) -> None:
    file = next((export.folder / "parquet").glob("train-*.parquet"))
    footer = pyarrow.parquet.read_schema(file).metadata[b"huggingface"]
    features = Features.from_dict(json.loads(footer)["info"]["features"])
    assert list(features) == pyarrow.parquet.read_schema(file).names
    groups = pyarrow.parquet.ParquetFile(file).metadata
    assert all(groups.row_group(index).num_rows <= 100 for index in range(groups.num_row_groups))
