"""LLaMA-Factory's own loader on a processor that is made here."""

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# LLaMA-Factory imports it for sound, which no row of ours has; its build on PyPI needs CUDA's libraries.
absent = ModuleType("torchaudio")
absent.__spec__ = ModuleSpec("torchaudio", None)
sys.modules.setdefault("torchaudio", absent)

from llamafactory.data import get_dataset, get_template_and_fix_tokenizer  # noqa: E402  (after the stand-in)
from llamafactory.hparams import DataArguments, ModelArguments, TrainingArguments  # noqa: E402

from tiny_processor import TinyProcessor  # noqa: E402

# Bytes are tokens here, so a row is several times as long as in the real student.
LONG_ENOUGH = 20_000


@pytest.fixture
def processor() -> TinyProcessor:
    return TinyProcessor()


@pytest.fixture
def load(processor: TinyProcessor, tmp_path: Path) -> Callable[[Path, str], Any]:
    """Reads a dataset of a corpus folder as ``llamafactory-cli train`` does in its sft stage."""

    def load_split(corpus: Path, split: str, **changes: Any) -> Any:
        data = DataArguments(
            template="minicpm_v",
            dataset=f"retort_{split}",
            dataset_dir=str(corpus / "llamafactory"),
            media_dir=str(corpus),
            cutoff_len=LONG_ENOUGH,
            overwrite_cache=True,
            **changes,
        )
        model = ModelArguments(model_name_or_path="none", cache_dir=str(tmp_path / "cache"))
        training = TrainingArguments(output_dir=str(tmp_path / "out"), use_cpu=True)
        template = get_template_and_fix_tokenizer(processor.tokenizer, data)
        module = get_dataset(
            template, model, data, training, stage="sft", tokenizer=processor.tokenizer, processor=processor
        )
        return module["train_dataset"]

    return load_split
