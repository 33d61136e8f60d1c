"""Features of many rows as a head reads them: cells, global vector and image prompt side by side, padded to one length."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from .encoders.embedded import TEXT_TOKENS, EncoderRevisions
from .feature_store import Features, FeatureStore


@dataclass(frozen=True)
class FeatureTable:
    """Raw features of n rows. Rows without an image prompt have zeros there and False in both text masks."""

    cells: Tensor  # [n, 49, 784], fp16
    vectors: Tensor  # [n, 1568], fp32
    text_tokens: Tensor  # [n, 13, 384], fp16
    text_token_mask: Tensor  # [n, 13], bool
    text_vectors: Tensor  # [n, 384], fp32
    has_text: Tensor  # [n], bool

    def __len__(self) -> int:
        return len(self.cells)

    def rows(self, places: Tensor | Sequence[int]) -> "FeatureTable":
        index = torch.as_tensor(places)
        return FeatureTable(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def with_cells(self, places: Tensor) -> "FeatureTable":
        """The same rows with only these cells ([k] indices, in order)."""
        return replace(self, cells=self.cells[:, places])

    def without_text(self, hidden: Tensor) -> "FeatureTable":
        """The same rows with the image prompt of those hidden ([n], bool) taken away."""
        return replace(self, has_text=self.has_text & ~hidden, text_token_mask=self.text_token_mask & ~hidden.unsqueeze(1))


def load_feature_table(
    root: Path, revisions: EncoderRevisions, image_keys: Sequence[str], text_keys: Sequence[str | None]
) -> FeatureTable:
    """Read the features of rows from the store under ``root``.

    Raises:
        ScorerError: features are missing: encode has to run first.
    """
    images = FeatureStore(root, revisions.image).load(image_keys)
    texts = FeatureStore(root, revisions.text).load([key for key in text_keys if key is not None])
    pairs = [(images[key], None if text is None else texts[text]) for key, text in zip(image_keys, text_keys, strict=True)]
    return build_feature_table(pairs)


def build_feature_table(pairs: Sequence[tuple[Features, Features | None]]) -> FeatureTable:
    """Put (image, image prompt or None) features side by side; at least one pair."""
    width = next((len(text.vector) for _, text in pairs if text is not None), 384)
    n = len(pairs)
    text_tokens = torch.zeros(n, TEXT_TOKENS, width, dtype=torch.float16)
    text_vectors = torch.zeros(n, width)
    lengths = torch.zeros(n, dtype=torch.int64)
    for row, (_, text) in enumerate(pairs):
        if text is not None:
            lengths[row] = len(text.tokens)
            text_tokens[row, : len(text.tokens)] = text.tokens
            text_vectors[row] = text.vector
    return FeatureTable(
        cells=torch.stack([image.tokens.half() for image, _ in pairs]),
        vectors=torch.stack([image.vector for image, _ in pairs]),
        text_tokens=text_tokens,
        text_token_mask=torch.arange(TEXT_TOKENS) < lengths.unsqueeze(1),
        text_vectors=text_vectors,
        has_text=torch.tensor([text is not None for _, text in pairs]),
    )
