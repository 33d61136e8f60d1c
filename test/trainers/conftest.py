"""The fixtures of ``test/consumers``, and a cache a test for ms-swift too."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "consumers"))

from sample_fixtures import broken_copy, export, own_cache  # noqa: E402  (after the path is set)

__all__ = ["broken_copy", "export", "own_cache"]


@pytest.fixture(autouse=True)
def own_trainer_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ms-swift keeps what it read by file name and time: no test may read another's."""
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path / "modelscope-cache"))
