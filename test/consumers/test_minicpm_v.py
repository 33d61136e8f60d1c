"""MiniCPM-V's own finetune script, read rule by rule.

Its loader (OpenBMB/MiniCPM-V, finetune/dataset.py and finetune.py, read 2026-11-28) can't be installed: it is a script
in a repository, for transformers 4.44 to 4.51. What is asked of a row here is what that loader needs, in our own words:
it opens the list with ``json.load`` and the image with Pillow from the folder the trainer stands in, takes the roles
user and assistant, the user's first, puts the image where ``<image>`` stands in turn 0, and would replace a row that fails.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from exported_sample import SPLITS, Export

IMAGE_TOKEN = "<image>"


def read_rows(folder: Path, split: str) -> list[dict[str, Any]]:
    """The rows as the script gets them; a row it would swap for another raises."""
    rows = json.loads((folder / "minicpm-v" / f"{split}.json").read_text("utf-8"))
    for row in rows:
        with Image.open(folder / row["image"]) as image:
            image.convert("RGB").load()
        turns = row["conversations"]
        assert len(turns) >= 2 and len(turns) % 2 == 0
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
        assert all(isinstance(turn["content"], str) and turn["content"].strip() for turn in turns)
        assert turns[0]["content"].startswith(f"{IMAGE_TOKEN}\n")
        assert sum(turn["content"].count(IMAGE_TOKEN) for turn in turns) == 1
    return rows


def test_its_loader_takes_every_row_as_it_stands(export: Export) -> None:
    manifest = json.loads((export.folder / "corpus.json").read_text())
    counts = {split: len(read_rows(export.folder, split)) for split in SPLITS}
    assert all(counts.values())
    assert sum(counts.values()) == manifest["rows"]


def swap_roles(rows: list[dict[str, Any]]) -> None:
    rows[3]["conversations"][0]["role"] = "assistant"


def drop_image(rows: list[dict[str, Any]]) -> None:
    rows[3]["image"] = "images/none.jpg"


def repeat_token(rows: list[dict[str, Any]]) -> None:
    rows[3]["conversations"][2]["content"] += IMAGE_TOKEN


def empty_answer(rows: list[dict[str, Any]]) -> None:
    rows[3]["conversations"][1]["content"] = ""


@pytest.mark.parametrize("damage", [swap_roles, drop_image, repeat_token, empty_answer])
def test_a_damaged_row_is_one_that_the_script_would_swap(
    broken_copy: Callable[[], Export], damage: Callable[[list[dict[str, Any]]], None]
) -> None:
    copy = broken_copy()
    read_rows(copy.folder, "train")

    def change(text: str) -> str:
        rows = json.loads(text)
        damage(rows)
        return json.dumps(rows)

    copy.rewrite("minicpm-v/train.json", change)
    with pytest.raises((AssertionError, FileNotFoundError)):
        read_rows(copy.folder, "train")
