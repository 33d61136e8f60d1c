"""Reads an image file as a network wants it: checked, upright, RGB on white, at one size or its own."""

import io
import json
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from .atomic_files import sha256_bytes
from .errors import ImageUnreadableError

MAX_PIXELS = 100_000_000  # about 300 MB decoded: beyond any generator's output, well below what hurts
FORMATS_FILE = Path(__file__).resolve().parents[1] / "image-formats.json"


@cache
def accepted_formats() -> tuple[str, ...]:
    """Pillow's names of the formats in ``image-formats.json``: those that are accepted before a teacher is paid."""
    formats = json.loads(FORMATS_FILE.read_text(encoding="utf-8"))
    return tuple(names["pillow"] for names in formats.values())


def read_source_image(path: Path, side: int, expected_hash: str | None = None) -> Tensor:
    """Decode ``path``, apply its orientation, put it on white and stretch it to a square.

    Args:
        side: width and height wanted, in pixels.
        expected_hash: ``sha256:…`` of the file's bytes; None checks nothing.
    Returns:
        [1, 3, side, side], fp32, 0–255.
    Raises:
        ImageUnreadableError: missing, another file than promised, not an image, cut off or above ``MAX_PIXELS``.
    """
    content = read_image_bytes(path)
    if expected_hash is not None and (found := sha256_bytes(content)) != expected_hash:
        raise ImageUnreadableError(f"{path} should have the hash {expected_hash}, it has {found}: import it again.")
    return _squared(_decode(path, content), side)


def read_whole_image(path: Path) -> Tensor:
    """Decode ``path`` as ``read_source_image`` does, at its own size: [3, H, W], fp32, 0–1."""
    return _tensor(_decode(path, read_image_bytes(path)))[0] / 255


def read_image_bytes(path: Path) -> bytes:
    """The file as it lies there.

    Raises:
        ImageUnreadableError: missing, not to be opened, or empty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImageUnreadableError(f"{path} can't be read: {error.strerror or error}.") from error
    if not content:
        raise ImageUnreadableError(f"{path} is empty.")
    return content


def pixels_of(image: Image.Image, side: int) -> Tensor:
    """[1, 3, side, side], fp32, 0–255, of an image in memory: upright, on white, stretched to a square."""
    return _squared(_on_white(ImageOps.exif_transpose(image)), side)


def _squared(image: Image.Image, side: int) -> Tensor:
    if image.size != (side, side):
        image = image.resize((side, side), Image.Resampling.BICUBIC)
    return _tensor(image)


def _tensor(image: Image.Image) -> Tensor:
    """[1, 3, H, W], fp32, 0–255."""
    pixels = torch.from_numpy(np.array(image))  # [H, W, 3], uint8
    return pixels.permute(2, 0, 1).unsqueeze(0).float()


def _decode(path: Path, content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning: the limit below is ours
            opened = Image.open(io.BytesIO(content), formats=accepted_formats())
            if opened.width * opened.height > MAX_PIXELS:
                raise ImageUnreadableError(
                    f"{path} has {opened.width} x {opened.height} pixels, at most {MAX_PIXELS} are read."
                )
            return _on_white(ImageOps.exif_transpose(opened))
    except ImageUnreadableError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageUnreadableError(f"{path} has too many pixels: {error}") from error
    except UnidentifiedImageError as error:  # its own text says no more than that, and holds a memory address
        raise ImageUnreadableError(
            f"{path} can't be decoded as {', '.join(accepted_formats())}: convert it to PNG, or fetch it again."
        ) from error
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error and more for broken files
        raise ImageUnreadableError(f"{path} can't be decoded: {error}.") from error


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")
