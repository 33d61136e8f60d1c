"""The Croissant description through mlcroissant: validated, and every record set read from its file."""

import json
from collections.abc import Callable
from typing import Any

import mlcroissant
import pytest
from mlcroissant._src.core.issues import GenerationError

from exported_sample import SPLITS, Export

# What the specification (1.1) asks of a dataset; mlcroissant itself passes most of them unseen.
REQUIRED = (
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
)
FORMATS = ("minicpm-v", "ms-swift", "llamafactory", "parquet")


def read_description(export: Export) -> dict[str, Any]:
    description: dict[str, Any] = json.loads((export.folder / "croissant.json").read_text("utf-8"))
    return description


def open_dataset(export: Export) -> mlcroissant.Dataset:
    return mlcroissant.Dataset(jsonld=str(export.folder / "croissant.json"))


def records(export: Export, record_set: str) -> list[dict[str, Any]]:
    """Rows with plain names: mlcroissant puts the record set's before each, and texts come as bytes."""
    found = open_dataset(export).records(record_set=record_set)
    return [{name.removeprefix(f"{record_set}/"): decode(value) for name, value in row.items()} for row in found]


def decode(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return [decode(part) for part in value] if isinstance(value, list) else value


def test_mlcroissant_finds_neither_error_nor_warning(export: Export) -> None:
    description = read_description(export)
    assert [name for name in REQUIRED if not description.get(name)] == []
    issues = open_dataset(export).metadata.ctx.issues
    assert (set(issues.errors), set(issues.warnings)) == (set(), set())


def test_every_data_file_is_listed_with_its_size_and_sum(export: Export) -> None:
    sums = dict(reversed(line.split("  ", 1)) for line in (export.folder / "SHA256SUMS").read_text().splitlines())
    listed = {file["contentUrl"]: file for file in read_description(export)["distribution"]}
    folders = [*FORMATS, "webdataset"]
    data_files = {path for path in sums if path.split("/")[0] in folders and path.count("/") == 1}
    assert {path for path in data_files if not path.endswith("dataset_info.json")} == set(listed)
    for path, file in listed.items():
        assert file["sha256"] == sums[path]
        assert file["contentSize"] == f"{(export.folder / path).stat().st_size} B"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("split", SPLITS)
def test_every_record_set_gives_the_rows_of_the_corpus(export: Export, name: str, split: str) -> None:
    named = [found["@id"] for found in read_description(export)["recordSet"]]
    (record_set,) = [found for found in named if found.startswith(f"{name}-{split}")]
    rows = records(export, record_set)
    expected = export.rows(split)
    assert len(rows) == len(expected)
    for row, mine in zip(rows, expected, strict=True):
        assert row["turns_role"] == [turn["role"] for turn in mine["conversations"]]
        assert row["turns_content"][1:] == [turn["content"] for turn in mine["conversations"]][1:]
        if name == "parquet":
            assert row["image"].convert("RGB").size == (512, 512)


def rewrite(copy: Export, change: Callable[[dict[str, Any]], None]) -> None:
    def damage(text: str) -> str:
        description = json.loads(text)
        change(description)
        return json.dumps(description)

    copy.rewrite("croissant.json", damage)


def test_a_wrong_sum_passes_validation_and_fails_when_a_record_is_read(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()
    rewrite(copy, lambda description: description["distribution"][0].update(sha256="0" * 64))
    path = read_description(copy)["distribution"][0]["@id"]
    assert not open_dataset(copy).metadata.ctx.issues.errors
    with pytest.raises(GenerationError) as raised:
        records(copy, path.removesuffix(".json").replace("/", "-"))
    assert "is not identical" in str(raised.value.__cause__)


def test_a_field_of_a_file_that_is_not_listed_is_an_error(broken_copy: Callable[[], Export]) -> None:
    copy = broken_copy()
    nowhere = {"fileObject": {"@id": "minicpm-v/none.json"}}
    rewrite(copy, lambda description: description["recordSet"][0]["field"][0]["source"].update(nowhere))
    with pytest.raises(mlcroissant.ValidationError, match="none.json"):
        open_dataset(copy)
