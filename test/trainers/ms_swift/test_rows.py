"""The exported rows through ms-swift's loader and its template of MiniCPM-V 4.6."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from swift.dataset import load_dataset
from swift.dataset.utils import LazyLLMDataset
from swift.template import MaxLengthError

from exported_sample import SPLITS, Export

IGNORED = -100


@pytest.fixture
def at_corpus(export: Export, monkeypatch: pytest.MonkeyPatch) -> Export:
    """In the corpus folder, where the trainer is started."""
    monkeypatch.chdir(export.folder)
    return export


def load(split: str) -> Any:
    """A split as ms-swift reads it under the ``strict`` that our arguments set."""
    dataset, _ = load_dataset([f"ms-swift/{split}.jsonl"], strict=True, use_hf=True, load_from_cache_file=False)
    return dataset


@pytest.mark.parametrize("split", SPLITS)
def test_every_row_is_loaded_as_it_was_written(at_corpus: Export, split: str) -> None:
    expected = at_corpus.rows(split)
    loaded = load(split)
    assert len(loaded) == len(expected)
    for row, mine in zip(loaded, expected, strict=True):
        assert [image["path"] for image in row["images"]] == [mine["image"]]
        texts = [turn["content"].replace("<image>", "<image>\n", 1) for turn in row["messages"]]
        assert texts == [turn["content"] for turn in mine["conversations"]]
        assert [turn["role"] for turn in row["messages"]] == [turn["role"] for turn in mine["conversations"]]


def test_the_template_puts_the_image_before_the_question_and_trains_the_answers_alone(
    at_corpus: Export, template: Any
) -> None:
    rows = LazyLLMDataset(load("train"), template.encode, strict=True)
    for index, mine in enumerate(at_corpus.rows("train")):
        encoded = rows[index]
        text = template.tokenizer.decode(encoded["input_ids"])
        trained = template.tokenizer.decode([token for token in encoded["labels"] if token != IGNORED])
        # One picture, its slices counted by the real image processor, and the newline of its own before the question.
        assert text.count("<image_id>") == 1 and encoded["pixel_values"].shape[0] == 1
        question = mine["conversations"][0]["content"].removeprefix("<image>")
        assert f">{question}<|im_end|>" in text
        for turn in mine["conversations"]:
            assert (turn["content"] in trained) == (turn["role"] == "assistant")
        assert "<image>" not in trained


def plant(export: Export, change: Callable[[dict[str, Any]], None], position: int = 5) -> None:
    """Damage one training row."""

    def damage(text: str) -> str:
        lines = text.splitlines()
        row = json.loads(lines[position])
        change(row)
        lines[position] = json.dumps(row)
        return "".join(f"{line}\n" for line in lines)

    export.rewrite("ms-swift/train.jsonl", damage)


def lose_image(row: dict[str, Any]) -> None:
    row["images"] = ["images/none.jpg"]


def test_strict_stops_at_a_planted_row_that_would_else_be_swapped(
    broken_copy: Callable[[], Export], template: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = broken_copy()
    plant(copy, lose_image)
    monkeypatch.chdir(copy.folder)
    dataset = load("train")
    with pytest.raises(Exception, match="none.jpg"):
        LazyLLMDataset(dataset, template.encode, strict=True)[5]
    swapped = LazyLLMDataset(dataset, template.encode, strict=False, random_state=0)[5]
    assert swapped["labels"], "without strict another row comes in its place"


def test_strict_refuses_a_row_whose_turns_are_no_conversation(
    broken_copy: Callable[[], Export], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = broken_copy()
    plant(copy, lambda row: row["messages"][0].update(role="narrator"))
    monkeypatch.chdir(copy.folder)
    with pytest.raises(Exception, match="narrator"):
        load("train")


def test_a_row_over_the_limit_is_an_error_and_not_cut(at_corpus: Export, template: Any) -> None:
    template.max_length = 100
    try:
        with pytest.raises(MaxLengthError):
            LazyLLMDataset(load("train"), template.encode, strict=True)[0]
    finally:
        template.max_length = 20_000
