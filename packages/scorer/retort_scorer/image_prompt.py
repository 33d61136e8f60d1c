"""The form in which image prompts are compared, and a hash of it: the corpus's own, so that folds are the same folds."""

import re
import unicodedata

# ECMAScript's white space and line ends, which `trim` and `\s` of the corpus go by; Python's \s has others.
_SPACE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_EDGES = re.compile(f"\\A[{_SPACE}]+|[{_SPACE}]+\\Z")
_RUNS = re.compile(f"[{_SPACE}]+")
_WORD = 0xFFFFFFFF


def normalise_image_prompt(image_prompt: str) -> str:
    """Unicode NFC, trimmed, lower case, every run of white space one space; two prompts of one form are one prompt.

    Source: packages/corpus/src/splits/normalise-image-prompt.ts; both are tested on test/fixtures/metadata-floor.json.
    """
    return _RUNS.sub(" ", _EDGES.sub("", unicodedata.normalize("NFC", image_prompt)).lower())


def text_key(text: str) -> int:
    """53 bits of a text over its UTF-16 units.

    Source: packages/corpus/src/audit/measures/text-key.ts; both are tested on test/fixtures/metadata-floor.json.
    """
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    low, high = 0x811C9DC5, 0x811C9DC5 ^ 0x5BD1E995
    for unit in units:
        low = (low ^ unit) * 0x01000193 & _WORD
        high = (high ^ unit) * 0x85EBCA6B & _WORD
        high ^= high >> 15
    return (_mix(high) >> 11) * 2**32 + _mix(low ^ len(units))


def _mix(value: int) -> int:
    value = (value ^ value >> 16) * 0x85EBCA6B & _WORD
    value = (value ^ value >> 13) * 0xC2B2AE35 & _WORD
    return value ^ value >> 16
