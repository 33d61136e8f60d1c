"""encoders/ and source_image.py with the real weights: sensible features, and files that are no images."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from conftest import SAMPLE
from retort_scorer.atomic_files import sha256_bytes
from retort_scorer.encoders.embedded import EmbeddedEncoder
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.encoders.efficientnet_lite import build_efficientnet_lite
from retort_scorer.encoders.minilm import build_minilm
from retort_scorer.encoders.wordpiece import split_words
from retort_scorer.errors import ImageUnreadableError, ScorerError
from retort_scorer.source_image import read_source_image

# Images of the sample whose subject is an ImageNet class, with the indices of fitting classes.
KNOWN_IMAGES = {"leopard gecko": range(38, 49), "rabbit": range(330, 333)}


@pytest.fixture(scope="module")
def encoder() -> EmbeddedEncoder:
    return EmbeddedEncoder()


def unit(encoder: EmbeddedEncoder, text: str) -> torch.Tensor:
    vector = encoder.encode_text(text).vector
    return vector / vector.norm()


def test_near_paraphrases_are_nearer_than_unrelated_texts(encoder: EmbeddedEncoder) -> None:
    cat, kitten, stocks = (
        unit(encoder, text) for text in ("a cat sits on the mat", "A kitten is sitting on a rug", "stocks fell")
    )
    assert float(cat @ kitten) > 0.6
    assert abs(float(cat @ stocks)) < 0.3


def test_text_tokens_are_at_most_thirteen_and_none_for_an_empty_text(encoder: EmbeddedEncoder) -> None:
    assert encoder.encode_text("word " * 50).tokens.shape == (13, 384)
    assert encoder.encode_text("two words").tokens.shape == (2, 384)
    assert encoder.encode_text("").tokens.shape == (0, 384)


def test_words_are_folded_as_bert_folds_them() -> None:
    assert split_words("Héllo, WÖRLD!\tab\u200bc 雨") == ["hello", ",", "world", "!", "abc", "雨"]


def test_an_image_gives_49_cells_and_a_global_vector(encoder: EmbeddedEncoder, tmp_path: Path) -> None:
    features = encoder.encode_image(read_source_image(photo(tmp_path, (640, 360)), 512))
    assert features.tokens.shape == (49, 784)
    assert features.vector.shape == (sum(describe_encoder("embedded").levels),)
    assert torch.isfinite(features.tokens.half()).all() and torch.isfinite(features.vector).all()


def test_cells_lie_row_by_row(encoder: EmbeddedEncoder, tmp_path: Path) -> None:
    image = Image.new("RGB", (512, 512), "white")
    image.paste(Image.effect_noise((73, 73), 90).convert("RGB"), (512 - 73, 0))
    image.save(tmp_path / "corner.png")
    plain = encoder.encode_image(torch.full((1, 3, 512, 512), 255.0)).tokens
    changed = (encoder.encode_image(read_source_image(tmp_path / "corner.png", 512)).tokens - plain).abs()[:, :16].mean(dim=1)
    assert int(changed.argmax()) == 6  # the last cell of the first row


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(KeyError):
        build_efficientnet_lite("lite0", {})
    with pytest.raises(RuntimeError):
        build_minilm({"embeddings.LayerNorm.weight": torch.ones(384)})


@pytest.mark.skipif(not SAMPLE.exists(), reason="the committed sample is not there")
def test_the_network_names_what_is_on_real_images(encoder: EmbeddedEncoder) -> None:
    found = []
    for line in (SAMPLE / "data.csv").read_text(encoding="utf-8").splitlines()[1:]:
        for subject, classes in KNOWN_IMAGES.items():
            if subject in line and line.startswith(("DALLE2", "midjourney_normal", "sd1.5_normal", "xl2.2")):
                logits = encoder._image_net(read_source_image(SAMPLE / "images" / line.split(",")[0], 224))
                found.append(int(logits.argmax()) in classes)
    assert len(found) >= 3 and sum(found) >= 0.6 * len(found)


def test_an_unknown_encoder_is_named() -> None:
    with pytest.raises(ScorerError, match="no encoder 'clip': choose one of embedded"):
        describe_encoder("clip")


def photo(folder: Path, size: tuple[int, int] = (64, 48), name: str = "photo.png") -> Path:
    Image.effect_noise(size, 80).convert("RGB").save(folder / name)
    return folder / name


def test_transparency_is_put_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_source_image(tmp_path / "clear.png", 8).unique().tolist() == [255.0]


def test_the_orientation_tag_is_applied(tmp_path: Path) -> None:
    image = Image.new("RGB", (16, 16), "black")
    image.paste((255, 255, 255), (0, 0, 16, 8))  # white on top
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    image.save(tmp_path / "turned.png", exif=exif)
    pixels = read_source_image(tmp_path / "turned.png", 16)
    assert float(pixels[0, :, :8].max()) == 0 and float(pixels[0, :, 8:].min()) == 255


def test_a_file_with_another_hash_than_promised_is_refused(tmp_path: Path) -> None:
    path = photo(tmp_path)
    read_source_image(path, 32, sha256_bytes(path.read_bytes()))
    with pytest.raises(ImageUnreadableError, match="should have the hash sha256:00"):
        read_source_image(path, 32, "sha256:00")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"<html><body>404</body></html>", "can't be decoded"),
        (None, "can't be read"),
    ],
)
def test_what_is_no_image_is_said_in_one_sentence(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "x.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageUnreadableError, match=message):
        read_source_image(path, 32)


def test_a_cut_off_image_is_refused(tmp_path: Path) -> None:
    path = photo(tmp_path, (200, 200))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ImageUnreadableError):
        read_source_image(path, 32)


def test_a_pixel_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    with pytest.raises(ImageUnreadableError, match="pixels"):
        read_source_image(tmp_path / "bomb.png", 32)
