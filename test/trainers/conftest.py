"""What the trainers' tests share: the export of ``test/consumers``, made once a run, and no way to a hub."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "consumers"))

from exported_sample import Export, export_sample  # noqa: E402  (after the path is set)

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
def own_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both trainers keep what they read by file name and time: no test may read another's."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets-cache")
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "modelscope-cache"))
