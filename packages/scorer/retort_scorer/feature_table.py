"""Features of many rows as heads read them: image tokens, image vector and image prompt side by side.

A table knows its rows; a batch holds some of them as dense tensors padded to one length. Token features that would
fill the memory (hidden states: megabytes an image) stay on disk and are read a batch at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from .encoders.encoder import EncoderRevisions
from .encoders.text import TEXT_TOKENS, TEXT_WIDTH
from .feature_store import Features, FeatureStore

DENSE_TOKEN_LIMIT = 2 * 1024**3  # bytes of fp16 tokens that are held in memory


@dataclass(frozen=True)
class FeatureBatch:
    """Tokens and image prompts of B rows; of their image vectors heads read coordinates (see HeadInputs).

    A row without an image prompt has zeros there and False in both text masks.
    """

    image_tokens: Tensor  # [B, S, D], fp16, zeros where the mask is False
    image_token_mask: Tensor  # [B, S], bool
    text_tokens: Tensor  # [B, 13, E], fp16
    text_token_mask: Tensor  # [B, 13], bool
    text_vectors: Tensor  # [B, E], fp32
    has_text: Tensor  # [B], bool

    def __len__(self) -> int:
        return len(self.has_text)

    def with_image_tokens(self, places: Tensor) -> "FeatureBatch":
        """The same rows with only these image tokens ([k] indices, in order)."""
        return replace(
            self, image_tokens=self.image_tokens[:, places], image_token_mask=self.image_token_mask[:, places]
        )

    def without_text(self, hidden: Tensor) -> "FeatureBatch":
        """The same rows with the image prompt of those hidden ([B], bool) taken away."""
        return replace(self, has_text=self.has_text & ~hidden, text_token_mask=self.text_token_mask & ~hidden.unsqueeze(1))


class TokenRows(Protocol):
    """Image tokens of n rows, wherever they are."""

    width: int
    lengths: Tensor  # [n], int64

    def padded(self, places: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens [B, S, D], fp16, and mask [B, S] of the rows at ``places`` [B]."""
        ...


class FeatureTable:
    """Features of n rows."""

    def __init__(self, image_tokens: TokenRows, image_vectors: Tensor, texts: Sequence[Features | None]) -> None:
        self.image_tokens, self.image_vectors = image_tokens, image_vectors
        self._set_texts(texts)

    def _set_texts(self, texts: Sequence[Features | None]) -> None:
        n = len(texts)
        width = next((len(text.vector) for text in texts if text is not None), TEXT_WIDTH)
        self.text_tokens = torch.zeros(n, TEXT_TOKENS, width, dtype=torch.float16)
        self.text_vectors = torch.zeros(n, width)
        lengths = torch.zeros(n, dtype=torch.int64)
        for row, text in enumerate(texts):
            if text is not None:
                lengths[row] = len(text.tokens)
                self.text_tokens[row, : len(text.tokens)] = text.tokens
                self.text_vectors[row] = text.vector
        self.text_token_mask = torch.arange(TEXT_TOKENS) < lengths.unsqueeze(1)
        self.has_text = torch.tensor([text is not None for text in texts])

    def __len__(self) -> int:
        return len(self.image_vectors)

    @property
    def widths(self) -> tuple[int, int, int]:
        """Channels of an image token, of an image vector, of a text."""
        return self.image_tokens.width, self.image_vectors.shape[1], self.text_vectors.shape[1]

    def batch(self, places: Tensor | Sequence[int]) -> FeatureBatch:
        """The rows at ``places``, dense."""
        index = torch.as_tensor(places)
        tokens, mask = self.image_tokens.padded(index)
        return FeatureBatch(
            tokens,
            mask,
            self.text_tokens[index],
            self.text_token_mask[index],
            self.text_vectors[index],
            self.has_text[index],
        )


class DenseTokens:
    """Tokens in memory, concatenated; equal lengths (a grid) are a view and cost no padding."""

    def __init__(self, tokens: Sequence[Tensor]) -> None:
        self.width = tokens[0].shape[1]
        self.lengths = torch.tensor([len(row) for row in tokens])
        self._rows = [row.half() for row in tokens]
        same = bool((self.lengths == self.lengths[0]).all())
        self._grid = torch.stack(self._rows) if same else None

    def padded(self, places: Tensor) -> tuple[Tensor, Tensor]:
        if self._grid is not None:
            tokens = self._grid[places]
            return tokens, torch.ones(tokens.shape[:2], dtype=torch.bool)
        tokens = pad_sequence([self._rows[place] for place in places.tolist()], batch_first=True)
        return tokens, torch.arange(tokens.shape[1]) < self.lengths[places].unsqueeze(1)


class StoredTokens:
    """Tokens that stay in their shards, memory-mapped."""

    def __init__(self, store: FeatureStore, keys: Sequence[str]) -> None:
        self._store, self._keys = store, keys
        lengths = store.token_lengths(keys)
        self.lengths = torch.tensor([lengths[key] for key in keys])
        self.width = store.load([keys[0]])[keys[0]].tokens.shape[1]

    def padded(self, places: Tensor) -> tuple[Tensor, Tensor]:
        keys = [self._keys[place] for place in places.tolist()]
        loaded = self._store.load_tokens(keys)
        tokens = pad_sequence([loaded[key] for key in keys], batch_first=True)
        return tokens, torch.arange(tokens.shape[1]) < self.lengths[places].unsqueeze(1)


def load_feature_table(
    root: Path,
    revisions: EncoderRevisions,
    image_keys: Sequence[str],
    text_keys: Sequence[str | None],
    dense_limit: int = DENSE_TOKEN_LIMIT,
) -> FeatureTable:
    """Read the features of rows from the store under ``root``; tokens above ``dense_limit`` bytes stay there.

    Raises:
        ScorerError: features are missing: encode has to run first.
    """
    images = FeatureStore(root, revisions.image)
    texts = FeatureStore(root, revisions.text).load([key for key in text_keys if key is not None])
    text_rows = [None if key is None else texts[key] for key in text_keys]
    return FeatureTable(_image_tokens(images, image_keys, dense_limit), images.stack_vectors(image_keys), text_rows)


def _image_tokens(images: FeatureStore, keys: Sequence[str], dense_limit: int) -> TokenRows:
    width = images.load([keys[0]])[keys[0]].tokens.shape[1]
    lengths = images.token_lengths(keys)
    if 2 * width * sum(lengths[key] for key in keys) > dense_limit:
        return StoredTokens(images, keys)
    tokens = images.load_tokens(keys)
    return DenseTokens([tokens[key] for key in keys])


def build_feature_table(pairs: Sequence[tuple[Features, Features | None]]) -> FeatureTable:
    """Put (image, image prompt or None) features side by side; at least one pair."""
    tokens = DenseTokens([image.tokens for image, _ in pairs])
    return FeatureTable(tokens, torch.stack([image.vector for image, _ in pairs]), [text for _, text in pairs])
