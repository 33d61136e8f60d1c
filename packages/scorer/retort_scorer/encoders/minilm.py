"""MiniLM-L6: a text goes in, a vector for each of its tokens comes out (the BERT encoder of all-MiniLM-L6-v2).

Token vectors are the last layer's; the sentence vector of the original is their mean, scaled to length 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class MiniLmShape:
    """Sizes of the package's ``config.json``."""

    vocabulary: int = 30522
    hidden: int = 384
    layers: int = 6
    num_heads: int = 12
    intermediate: int = 1536
    positions: int = 512
    norm_epsilon: float = 1e-12


class Layer(nn.Module):
    """One post-norm encoder layer."""

    def __init__(self, shape: MiniLmShape) -> None:
        super().__init__()
        self.num_heads = shape.num_heads
        self.query, self.key, self.value = (nn.Linear(shape.hidden, shape.hidden) for _ in range(3))
        self.attention_output = nn.Linear(shape.hidden, shape.hidden)
        self.attention_norm = nn.LayerNorm(shape.hidden, eps=shape.norm_epsilon)
        self.intermediate = nn.Linear(shape.hidden, shape.intermediate)
        self.output = nn.Linear(shape.intermediate, shape.hidden)
        self.output_norm = nn.LayerNorm(shape.hidden, eps=shape.norm_epsilon)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (self._split(linear(x)) for linear in (self.query, self.key, self.value))
        weights = (query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])).softmax(dim=-1)  # [num_heads, S, S]
        mixed = (weights @ value).transpose(0, 1).flatten(1)  # [num_heads, S, D / num_heads] -> [S, D]
        x = self.attention_norm(x + self.attention_output(mixed))
        return self.output_norm(x + self.output(F.gelu(self.intermediate(x))))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.num_heads, -1)).transpose(0, 1)  # [S, D] -> [num_heads, S, D / num_heads]


class MiniLm(nn.Module):
    """The encoder, one text at a time: no padding, so a vector doesn't depend on its batch."""

    def __init__(self, shape: MiniLmShape = MiniLmShape()) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.segments = nn.Embedding(2, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.norm_epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))

    def forward(self, token_ids: Tensor) -> Tensor:
        """[S] ids -> [S, 384] vectors, fp32; S at most 512."""
        places = torch.arange(token_ids.shape[0])
        x = self.norm(self.words(token_ids) + self.positions(places) + self.segments.weight[0])
        for layer in self.layers:
            x = layer(x)
        return x


# Their names in the package's safetensors file, ours behind the arrow.
_LAYER_NAMES = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "attention_output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "intermediate",
    "output.dense": "output",
    "output.LayerNorm": "output_norm",
}
_EMBEDDING_NAMES = {
    "word_embeddings": "words",
    "position_embeddings": "positions",
    "token_type_embeddings": "segments",
    "LayerNorm": "norm",
}


def build_minilm(state: Mapping[str, Tensor]) -> MiniLm:
    """Build the encoder from the package's tensors; pooler and position ids are not used.

    Raises:
        RuntimeError: a tensor is missing, left over or of another shape (torch's own strict loading).
    """
    ours = {}
    for name, tensor in state.items():
        if name.startswith("pooler.") or name.endswith("position_ids"):
            continue
        ours[_own_name(name)] = tensor
    model = MiniLm()
    model.load_state_dict(ours)
    return model.eval().requires_grad_(False)


def _own_name(name: str) -> str:
    module, _, kind = name.rpartition(".")
    if module.startswith("encoder.layer."):
        index, _, part = module.removeprefix("encoder.layer.").partition(".")
        return f"layers.{index}.{_LAYER_NAMES.get(part, part)}.{kind}"
    part = module.removeprefix("embeddings.")
    return f"{_EMBEDDING_NAMES.get(part, part)}.{kind}"
