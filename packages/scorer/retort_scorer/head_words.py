"""What a head is called in a sentence."""

from .fit_config import FLOORS

_WORDS = {"scorer": "the scorer", "xlstm": "the xLSTM head", "kernel-ridge": "kernel ridge", "ridge": "ridge"}


def head_words(name: str) -> str:
    """``the xLSTM head``, ``kernel ridge``, ``the gru-legacy head``."""
    return _WORDS.get(name, f"the {name} head")


def is_floor(name: str) -> bool:
    """Whether a neural head must beat ``name``; a floor needs no sentence on how it does against another one."""
    return name in FLOORS
