"""source_image.py: the formats it accepts, by the list that the other side of the project reads too."""

import json
from pathlib import Path

import pytest
from PIL import Image

from retort_scorer.errors import ImageUnreadableError
from retort_scorer.source_image import FORMATS_FILE, read_source_image

FORMATS = json.loads(FORMATS_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_the_list_is_read_whatever_the_ending(tmp_path: Path, name: str) -> None:
    path = tmp_path / "picture.txt"
    Image.new("RGB", (64, 48), (160, 48, 80)).save(path, format=FORMATS[name]["pillow"])
    colour = read_source_image(path, 8)[0, :, 4, 4].tolist()
    assert colour == pytest.approx([160, 48, 80], abs=3)


@pytest.mark.parametrize("pillow", ["BMP", "PPM", "JPEG2000"])
def test_a_format_outside_the_list_is_refused_without_a_memory_address(tmp_path: Path, pillow: str) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (64, 48)).save(path, format=pillow)
    with pytest.raises(ImageUnreadableError) as raised:
        read_source_image(path, 8)
    accepted = "JPEG, PNG, WEBP, AVIF, TIFF, GIF"
    assert str(raised.value) == f"{path} can't be decoded as {accepted}: convert it to PNG, or fetch it again."
