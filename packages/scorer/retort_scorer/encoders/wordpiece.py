"""BERT's uncased WordPiece tokenisation: text goes in, ids of a vocabulary file come out."""

import unicodedata
from pathlib import Path

LONGEST_WORD = 100  # BERT's limit, in characters: a longer word is unknown


class WordPiece:
    """Greedy longest-match pieces over a ``vocab.txt`` with one piece a line."""

    def __init__(self, vocabulary_path: Path) -> None:
        lines = vocabulary_path.read_text(encoding="utf-8").splitlines()
        self._ids = {piece: index for index, piece in enumerate(lines)}
        self.start_id, self.end_id = self._ids["[CLS]"], self._ids["[SEP]"]
        self._unknown_id = self._ids["[UNK]"]

    def encode(self, text: str, limit: int) -> list[int]:
        """Ids of ``text`` with start and end mark, at most ``limit`` in all: what is over is cut before the end mark."""
        pieces = [piece for word in split_words(text) for piece in self._pieces(word)]
        return [self.start_id, *pieces[: limit - 2], self.end_id]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._unknown_id]
        ids, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (piece := ("##" if start else "") + word[start:end]) not in self._ids:
                end -= 1
            if end == start:
                return [self._unknown_id]
            ids.append(self._ids[piece])
            start = end
        return ids


def split_words(text: str) -> list[str]:
    """Lower-case words and single punctuation marks, without accents and control characters."""
    folded = unicodedata.normalize("NFD", text.lower())
    spaced = []
    for character in folded:
        category = unicodedata.category(character)
        if character.isspace():
            spaced.append(" ")
        elif category == "Mn" or category.startswith("C") or character == "\ufffd":
            continue
        elif _is_punctuation(character, category) or _is_ideograph(character):
            spaced.append(f" {character} ")
        else:
            spaced.append(character)
    return "".join(spaced).split()


def _is_punctuation(character: str, category: str) -> bool:
    return category.startswith("P") or (character.isascii() and not character.isalnum() and character.isprintable())


def _is_ideograph(character: str) -> bool:
    return 0x4E00 <= ord(character) <= 0x9FFF or 0x3400 <= ord(character) <= 0x4DBF or 0xF900 <= ord(character) <= 0xFAFF
