"""What every consumer's and trainer's tests share: an export of the sample, made once a run, and no way to a hub."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from exported_sample import Export, export_sample

# Nothing here may look for a hub: what a consumer can't do without one is a defect of the export.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return export_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def broken_copy(export: Export, tmp_path: Path) -> Callable[[], Export]:
    """A copy of the export that the test may damage."""
    return lambda: export.copy(tmp_path / "copy")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``datasets`` keeps what it built by file name and time: no test may read another's."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets-cache")
