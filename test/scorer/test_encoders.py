"""encoders/ and source_image.py with the real weights: sensible features, and files that are no images."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from conftest import SAMPLE
from retort_scorer.atomic_files import sha256_bytes
from retort_scorer.encoders.embedded import EmbeddedEncoder
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.encoders.efficientnet_lite import build_efficientnet_lite, lite_stages
from retort_scorer.encoders.level_statistics import QUANTILES, correlations_of_channels, spread_of_channels
from retort_scorer.encoders.minilm import build_minilm
from retort_scorer.encoders.wordpiece import split_words
from retort_scorer.errors import ImageUnreadableError, ScorerError
from retort_scorer.source_image import read_source_image

# Images of the sample whose subject is an ImageNet class, with the indices of fitting classes.
KNOWN_IMAGES = {"leopard gecko": range(38, 49), "rabbit": range(330, 333)}


@pytest.fixture(scope="module")
def encoder() -> EmbeddedEncoder:
    return EmbeddedEncoder("embedded-best")


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


def test_an_image_gives_a_vector_of_its_levels_and_no_token(encoder: EmbeddedEncoder, tmp_path: Path) -> None:
    features = encoder.encode_image(read_source_image(photo(tmp_path, (640, 360)), 512))
    levels = describe_encoder("embedded-best").levels
    assert features.tokens.shape == (0, 1) and features.vector.dtype == torch.float16
    assert [len(part) for part in features.vector.split(levels)] == list(levels)
    assert torch.isfinite(features.vector).all()


def test_spread_is_the_order_statistics_of_each_channel() -> None:
    stage = torch.stack((torch.arange(100.0), torch.full((100,), 3.0))).view(1, 2, 10, 10)
    figures = spread_of_channels(stage).view(len(QUANTILES) + 1, 2)
    assert figures[:, 0].tolist() == [2, 10, 50, 90, 98, 99]
    assert figures[:, 1].tolist() == [3] * 6


def test_correlations_are_those_of_numpy_and_0_for_a_constant_channel() -> None:
    stage = torch.randn(1, 4, 6, 5, generator=torch.Generator().manual_seed(1))
    stage[:, 3] = 2
    expected = np.corrcoef(stage[0, :3].flatten(1).numpy())
    found = correlations_of_channels(stage).numpy()
    assert np.allclose(found[[0, 1, 3]], [expected[0, 1], expected[0, 2], expected[1, 2]], atol=1e-4)
    assert np.allclose(found[[2, 4, 5]], 0)


@pytest.mark.parametrize(("variant", "channels", "blocks"), [
    ("lite0", [16, 24, 40, 80, 112, 192, 320], [1, 2, 2, 3, 3, 4, 1]),
    ("lite1", [16, 24, 40, 80, 112, 192, 320], [1, 3, 3, 4, 4, 5, 1]),
    ("lite2", [16, 24, 48, 88, 120, 208, 352], [1, 3, 3, 4, 4, 5, 1]),
])
def test_the_variants_are_scaled_as_published(variant: str, channels: list[int], blocks: list[int]) -> None:
    stages = lite_stages(variant)
    assert [stage.channels for stage in stages] == channels
    assert [stage.blocks for stage in stages] == blocks


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
                pixels = read_source_image(SAMPLE / "images" / line.split(",")[0], 224)
                found += [int(network(pixels).argmax()) in classes for network in encoder.networks]
    assert len(found) >= 6 and sum(found) >= 0.6 * len(found)


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
