"""The exported argument files, taken by ms-swift's own parser."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from swift.arguments import SftArguments
from swift.cli.main import parse_yaml_args
from swift.utils import parse_args

from exported_sample import Export

STUDENTS = ("minicpm-llama3-v-2_5", "minicpm-v-4_6")
VARIANTS = ("released", "paper")


def argument_files(export: Export) -> list[Path]:
    return sorted((export.folder / "ms-swift" / "lora").glob("*.yaml"))


def read_argv(file: Path, **changes: str) -> list[str]:
    """What ``swift sft FILE`` makes of the file; ``changes`` come later and win."""
    argv = [str(file)]
    parse_yaml_args(argv)
    return argv + [word for name, value in changes.items() for word in (f"--{name}", value)]


def test_there_is_a_file_for_both_variants_of_both_students(export: Export) -> None:
    names = {file.stem for file in argument_files(export)}
    assert names == {f"{student}-{variant}" for student in STUDENTS for variant in VARIANTS}


def test_every_option_is_one_of_ms_swift(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    # Parsed and typed only: what comes after would look for the model on the hub.
    monkeypatch.setattr(SftArguments, "__post_init__", lambda self: None)
    for file in argument_files(export):
        arguments, unknown = parse_args(SftArguments, read_argv(file))
        assert unknown == [], file.name
        for name, value in yaml.safe_load(file.read_text("utf-8")).items():
            assert getattr(arguments, name) == value, (file.name, name)


def test_a_made_up_option_is_left_over(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SftArguments, "__post_init__", lambda self: None)
    argv = read_argv(argument_files(export)[0], freeze_everything="true")
    assert parse_args(SftArguments, argv)[1] == ["--freeze_everything", "true"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_run_can_be_prepared_with_them(
    export: Export, student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    monkeypatch.chdir(export.folder)
    file = export.folder / "ms-swift" / "lora" / f"minicpm-v-4_6-{variant}.yaml"
    here = {"model": str(student), "output_dir": str(tmp_path / "out"), "use_cpu": "true"}
    arguments: Any
    arguments, unknown = parse_args(SftArguments, read_argv(file, **here))
    assert unknown == []
    assert arguments.strict and arguments.tuner_type == "lora"
    assert arguments.target_regex == yaml.safe_load(file.read_text("utf-8"))["target_regex"]
    assert arguments.dataset == ["ms-swift/train.jsonl"] and arguments.val_dataset == ["ms-swift/val.jsonl"]
