"""Features of new images and image prompts: from a store where it has them, else computed."""

import threading
from pathlib import Path

import torch

from .atomic_files import sha256_bytes, sha256_text
from .checkpoint import Checkpoint
from .encoders.encoder import Encoder, require_image_side
from .encoders.packed import load_packed_encoder
from .encoders.registry import describe_encoder, load_encoder
from .errors import CheckpointUnreadableError
from .feature_store import Features, FeatureStore
from .source_image import read_source_image


class StoredEncoder:
    """Takes features from a store where it has them, else computes them; the networks are loaded at the first need.

    ``image`` may be called from several threads, ``text`` from one. ``encoded`` counts the images that went through a network.
    """

    def __init__(self, root: Path | None, checkpoint: Checkpoint, weights: Path | None = None) -> None:
        """``root`` of a feature store or None; ``weights``: folder of a pack's weights, None for the installed packages'."""
        revisions = checkpoint.revisions
        self._weights = weights
        self.encoded = 0
        self._images = None if root is None else FeatureStore(root, revisions.image)
        self._texts = None if root is None else FeatureStore(root, revisions.text)
        self._encoder: Encoder | None = None
        self._spec = describe_encoder(checkpoint.encoder)
        self._lock = threading.Lock()
        self._recent_text: tuple[str, Features] | None = None

    def image(self, path: Path) -> Features:
        """Raises ImageUnreadableError."""
        if self._images is not None and (key := _hash_of(path)) in self._images:
            return self._images.load([key])[key]
        pixels = read_source_image(path, require_image_side(self._spec))
        features = as_stored(self._networks().encode_image(pixels))
        with self._lock:
            self.encoded += 1
        return features

    def text(self, text: str) -> Features:
        """Features of an image prompt; the last one is remembered."""
        if self._recent_text is not None and self._recent_text[0] == text:
            return self._recent_text[1]
        if self._texts is not None and (key := sha256_text(text)) in self._texts:
            features = self._texts.load([key])[key]
        else:
            features = as_stored(self._networks().encode_text(text))
        self._recent_text = (text, features)
        return features

    def _networks(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                name, weights = self._spec.name, self._weights
                self._encoder = load_encoder(name) if weights is None else load_packed_encoder(name, weights)
            return self._encoder


def require_same_revisions(checkpoint: Checkpoint, path: Path) -> None:
    """Raises CheckpointUnreadableError where ``checkpoint``, of ``path``, was fitted on other features than this program makes."""
    revisions = describe_encoder(checkpoint.encoder).revisions
    if revisions != checkpoint.revisions:
        raise CheckpointUnreadableError(
            f"{path} was fitted on features {checkpoint.revisions.name}, this program makes {revisions.name}: fit again."
        )


def as_stored(features: Features) -> Features:
    """Round as the store does, so that an image scores the same from pixels and from stored features."""
    return Features(features.tokens.to(torch.float16), features.vector)


def _hash_of(path: Path) -> str:
    """The file's content key; empty, which no store has, if it can't be read: reading the image then says why."""
    try:
        return sha256_bytes(path.read_bytes())
    except OSError:
        return ""
