"""Features on disk, named by content: what is there is never computed again, what is half written is never believed.

    <store>/<revision>/<shard>.safetensors   tokens [sum S, D] fp16, offsets [n + 1] int64, vectors [n, V] as the encoder gives them
    <store>/<revision>/<shard>.jsonl         {"key": "sha256:…", "row": 0} a line: an entry of the shard

``revision`` is one of ``packages/scorer/encoder-revisions.json``; an image's key is the hash of its file, a text's
that of its UTF-8 bytes. The index is renamed into place after its tensors, so **features exist exactly if a
``.jsonl`` of the revision's folder has the key**: any language can look. One process at a time writes (``.lock``);
any number may read.
"""

import fcntl
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from .atomic_files import remove_temporary, write_bytes, write_json_lines
from .errors import ScorerError


@dataclass(frozen=True)
class Features:
    """What an encoder says of one image or text."""

    tokens: Tensor  # [S, D], fp16 on disk; S may be 0
    vector: Tensor  # [V], in the encoder's own dtype


class FeatureStore:
    """The features of one encoder revision."""

    def __init__(self, root: Path, revision: str) -> None:
        self.folder = root / revision
        self._places: dict[str, tuple[Path, int]] = {}
        self._broken: list[Path] = []
        for index in sorted(self.folder.glob("*.jsonl")):
            self._read_index(index)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, waiting for the one at work; clears away what a killed one left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            remove_temporary(self.folder)
            for index in self._broken:
                index.unlink(missing_ok=True)
            yield

    def add(self, entries: Mapping[str, Features]) -> None:
        """Write ``entries`` as one shard. They are there, all of them, when this returns; until then none is."""
        keys = list(entries)
        name = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
        lengths = torch.tensor([0, *(len(entries[key].tokens) for key in keys)])
        tensors = {
            "tokens": torch.cat([entries[key].tokens.half() for key in keys]).contiguous(),
            "offsets": lengths.cumsum(0),
            "vectors": torch.stack([entries[key].vector for key in keys]).contiguous(),
        }
        shard, index = self.folder / f"{name}.safetensors", self.folder / f"{name}.jsonl"
        write_bytes(shard, save(tensors))
        write_json_lines(index, ({"key": key, "row": row} for row, key in enumerate(keys)))
        self._places.update((key, (shard, row)) for row, key in enumerate(keys))

    def load(self, keys: Iterable[str]) -> dict[str, Features]:
        """Read the features of ``keys``; each shard is opened once, and only what is asked for is read.

        Raises:
            ScorerError: a key is not stored; the message says how many and that encode has to run first.
        """
        loaded = {}
        for file, offsets, rows in self._shards_of(keys):
            vectors, tokens = file.get_slice("vectors"), file.get_slice("tokens")
            for row, key in rows:
                loaded[key] = Features(tokens[offsets[row] : offsets[row + 1]], vectors[row : row + 1][0].clone())
        return loaded

    def stack_vectors(self, keys: Sequence[str]) -> Tensor:
        """The vectors of ``keys``, one or more, in their order: [n, V], no second copy. Raises ScorerError as ``load`` does."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        stacked: Tensor | None = None
        for file, _, rows in self._shards_of(keys):
            vectors = file.get_slice("vectors")
            for row, key in rows:
                vector = vectors[row : row + 1]
                stacked = vector.new_empty(len(keys), vector.shape[1]) if stacked is None else stacked
                stacked[places[key]] = vector
        assert stacked is not None
        return stacked

    def load_tokens(self, keys: Iterable[str]) -> dict[str, Tensor]:
        """The tokens alone. Raises ScorerError as ``load`` does."""
        loaded = {}
        for file, offsets, rows in self._shards_of(keys):
            tokens = file.get_slice("tokens")
            loaded.update((key, tokens[offsets[row] : offsets[row + 1]]) for row, key in rows)
        return loaded

    def token_lengths(self, keys: Iterable[str]) -> dict[str, int]:
        """How many tokens each of ``keys`` has. Raises ScorerError as ``load`` does."""
        return {
            key: offsets[row + 1] - offsets[row] for _, offsets, rows in self._shards_of(keys) for row, key in rows
        }

    def _shards_of(self, keys: Iterable[str]) -> Iterator[tuple[Any, list[int], list[tuple[int, str]]]]:
        """Each shard that holds some of ``keys``, open, with its offsets and the (row, key) in it."""
        wanted = list(dict.fromkeys(keys))
        missing = [key for key in wanted if key not in self._places]
        if missing:
            raise ScorerError(
                f"{self.folder} lacks the features of {len(missing)} of {len(wanted)} keys, the first is {missing[0]}: "
                "run encode."
            )
        rows_of: dict[Path, list[tuple[int, str]]] = defaultdict(list)
        for key in wanted:
            shard, row = self._places[key]
            rows_of[shard].append((row, key))
        for shard, rows in rows_of.items():
            with safe_open(shard, framework="pt") as file:
                yield file, file.get_tensor("offsets").tolist(), rows

    def _read_index(self, index: Path) -> None:
        """Take the entries of a shard, unless the shard is missing or broken: then they are computed again."""
        shard = index.with_suffix(".safetensors")
        try:
            with safe_open(shard, framework="pt") as file:
                count = file.get_slice("vectors").get_shape()[0]
            entries = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
        except (OSError, SafetensorError, json.JSONDecodeError):
            self._broken.append(index)
            return
        self._places.update((entry["key"], (shard, entry["row"])) for entry in entries if entry["row"] < count)
