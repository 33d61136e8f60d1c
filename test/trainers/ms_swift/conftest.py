"""ms-swift's own objects on a student that is made here."""

from pathlib import Path
from typing import Any

import pytest
from swift.model import MODEL_MAPPING, get_processor
from swift.template import get_template

from tiny_student import TinyStudentLoader, write_tiny_student

# Bytes are tokens here, so a row is several times as long as in the real student.
LONG_ENOUGH = 20_000


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that ms-swift takes for MiniCPM-V 4.6."""
    MODEL_MAPPING["minicpmv4_6"].loader = TinyStudentLoader
    return write_tiny_student(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="session")
def template(student: Path) -> Any:
    template = get_template(get_processor(str(student), model_type="minicpmv4_6"), max_length=LONG_ENOUGH)
    template.set_mode("train")
    return template
