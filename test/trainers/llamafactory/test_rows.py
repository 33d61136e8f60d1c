"""The exported rows through LLaMA-Factory's loader and its template `minicpm_v`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exported_sample import SPLITS, Export
from tiny_processor import IMAGE_PLACE, TinyProcessor

IGNORED = -100
Load = Callable[[Path, str], Any]


@pytest.mark.parametrize("split", SPLITS)
def test_dataset_info_leads_to_every_row(export: Export, load: Load, processor: TinyProcessor, split: str) -> None:
    expected = export.rows(split)
    loaded = load(export.folder, split)
    assert len(loaded) == len(expected)
    for row, mine in zip(loaded, expected, strict=True):
        assert row["images"] == [str(export.folder / mine["image"])]
        text = processor.tokenizer.decode(row["input_ids"])
        trained = processor.tokenizer.decode([token for token in row["labels"] if token != IGNORED])
        question = mine["conversations"][0]["content"].removeprefix("<image>")
        # One picture for one `<image>`, and our newline before the question.
        assert text.count(IMAGE_PLACE) == 1 and f"{IMAGE_PLACE}{question}<|im_end|>" in text
        for turn in mine["conversations"]:
            assert (turn["content"] in trained) == (turn["role"] == "assistant")


def plant(export: Export, change: Callable[[dict[str, Any]], None]) -> None:
    """Damage the sixth training row."""

    def damage(text: str) -> str:
        rows = json.loads(text)
        change(rows[5])
        return json.dumps(rows)

    export.rewrite("llamafactory/train.json", damage)


def test_an_image_token_too_many_stops_the_whole_load(broken_copy: Callable[[], Export], load: Load) -> None:
    copy = broken_copy()
    plant(copy, lambda row: row["messages"][2].update(content="<image>and now?"))
    with pytest.raises(ValueError, match="number of images does not match"):
        load(copy.folder, "train")


def test_a_row_with_roles_out_of_turn_is_dropped_in_silence(broken_copy: Callable[[], Export], load: Load) -> None:
    copy = broken_copy()
    plant(copy, lambda row: row["messages"][1].update(role="user"))
    assert len(load(copy.folder, "train")) == len(copy.rows("train")) - 1


def test_without_the_tags_nothing_is_found(broken_copy: Callable[[], Export], load: Load) -> None:
    copy = broken_copy()

    def forget_tags(text: str) -> str:
        info = json.loads(text)
        del info["retort_train"]["tags"]
        return json.dumps(info)

    copy.rewrite("llamafactory/dataset_info.json", forget_tags)
    with pytest.raises(KeyError, match="from"):
        load(copy.folder, "train")
