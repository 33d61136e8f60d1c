"""A sequence head: level coordinates and tokens in, a mixer over them, a pooling, two linear layers, predicted MOS out.

The sequence is: a token a level of the image vector (early stages of a network first), the image's tokens, the image
prompt's vector, its word pieces; real tokens come first and padding last, so that a causal mixer never sees it. Each kind
of token has its own linear map to ``d_model`` and a vector that says what it is. With ``xlstm`` and ``mean`` it is the
paper's head (M3-AGIQA), which reads hidden states of its student alone.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..mixers.mixer import MixerShape
from ..mixers.registry import build_mixer
from ..poolings.registry import build_pooling
from .head import Head
from .head_inputs import HeadBatch, HeadInputs, HeadWidths
from .level_reduction import SD_FLOOR
from .token_map import TokenMap

REGRESSOR_WIDTH = 128  # the paper's
BATCH_ROWS = 32  # at prediction; the result doesn't depend on it


@dataclass(frozen=True)
class NeuralShape:
    """Everything that decides a neural head's tensors but for the widths of its inputs."""

    mixer: str = "xlstm"
    pooling: str = "mean"  # a legacy mixer brings its own
    input_dropout: float = 0.2
    level_components: int = 64  # leading coordinates of each level that are read: more are learnt by heart
    uses_text: bool = False
    outputs: int = 1  # aspects predicted together
    sizes: MixerShape = MixerShape()


class NeuralHead(Head):
    """One network; its output is standardised with ``mos_mean`` and ``mos_sd``, both of train, [outputs] each."""

    kind = "neural"
    mos_mean: Tensor
    mos_sd: Tensor

    def __init__(self, shape: NeuralShape, widths: HeadWidths) -> None:
        super().__init__()
        self.shape, self.widths = shape, widths
        d_model = shape.sizes.d_model
        read = [min(width, shape.level_components) for width in widths.levels]
        self.levels = nn.ModuleList(nn.Linear(width, d_model) for width in read)
        self.level_kinds = nn.Parameter(torch.randn(len(widths.levels), d_model) * 0.02)
        self.input_dropout = nn.Dropout(shape.input_dropout)
        self.image_token = TokenMap(widths.token, d_model, shape.input_dropout) if widths.token > 0 else None
        self.text_vector = TokenMap(widths.text, d_model, shape.input_dropout) if shape.uses_text else None
        self.text_token = TokenMap(widths.text, d_model, shape.input_dropout) if shape.uses_text else None
        self.mixer = build_mixer(shape.mixer, shape.sizes)
        self.pooling = build_pooling(self.mixer.pooling or shape.pooling, self.mixer.out_width)
        self.hidden = nn.Linear(self.pooling.out_width, REGRESSOR_WIDTH)
        self.output = nn.Linear(REGRESSOR_WIDTH, shape.outputs)
        self.register_buffer("mos_mean", torch.zeros(shape.outputs))
        self.register_buffer("mos_sd", torch.ones(shape.outputs))

    @torch.no_grad()
    def standardise(self, inputs: HeadInputs, train: Tensor, mos: Tensor) -> None:
        """Fit the standardisation of tokens and MOS on the rows at ``train`` [n], with their ``mos`` [n, outputs], NaN unrated."""
        for places in train.split(1024)[:1]:  # of tokens, as many rows as fit in memory wherever they lie
            rows = inputs.batch(places).features
            if self.image_token is not None:
                self.image_token.standardise(rows.image_tokens[rows.image_token_mask])
            if self.text_vector is not None and self.text_token is not None:
                self.text_vector.standardise(rows.text_vectors[rows.has_text])
                self.text_token.standardise(rows.text_tokens[rows.text_token_mask])
        rated = [column[~column.isnan()] for column in mos.T]
        self.mos_mean.copy_(torch.stack([column.mean() for column in rated]))
        self.mos_sd.copy_(torch.stack([column.std(correction=0) for column in rated]).clamp_min(SD_FLOOR))

    def tokens(self, batch: HeadBatch, whitened: Tensor) -> tuple[Tensor, Tensor]:
        """The sequence [B, S, d_model] and its mask [B, S]; ``whitened`` are the batch's level coordinates [B, K]."""
        parts, masks = [], []
        levels = zip(self.levels, whitened.split(self.widths.levels, dim=-1), strict=True)
        mapped = [linear(self.input_dropout(level[:, : linear.in_features])) for linear, level in levels]
        stacked = torch.stack(mapped, dim=1)
        parts.append(stacked + self.level_kinds)
        masks.append(torch.ones(stacked.shape[:2], dtype=torch.bool))
        rows = batch.features
        if self.image_token is not None:
            parts.append(self.image_token(rows.image_tokens))
            masks.append(rows.image_token_mask)
        if self.text_vector is not None and self.text_token is not None:
            parts += [self.text_vector(rows.text_vectors).unsqueeze(1), self.text_token(rows.text_tokens)]
            masks += [rows.has_text.unsqueeze(1), rows.text_token_mask]
        return _real_first(torch.cat(parts, dim=1), torch.cat(masks, dim=1))

    def score(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """[B, S, d_model] and [B, S] -> standardised predictions [B, outputs], fp32."""
        return self.regress(self.pooled(tokens, mask))

    def pooled(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """[B, S, d_model] and [B, S] -> one vector a row, [B, P]."""
        return self.pooling(self.mixer(tokens, mask), mask)

    def regress(self, pooled: Tensor) -> Tensor:
        """[B, P] -> standardised predictions [B, outputs], fp32."""
        return self.output(F.relu(self.hidden(pooled)))

    @torch.no_grad()
    def predict_all(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        """[n, outputs] predicted MOS, unclipped, fp32; leaves the head in evaluation mode."""
        self.eval()
        wanted = torch.arange(len(inputs)) if places is None else places
        parts = []
        for part in wanted.split(BATCH_ROWS):
            batch = inputs.batch(part)
            parts.append(self.score(*self.tokens(batch, inputs.reduction.whitened(batch.coordinates))))
        return torch.cat(parts) * self.mos_sd + self.mos_mean

    def predict(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        return self.predict_all(inputs, places)[:, 0]

    def for_output(self, place: int) -> "NeuralHead":
        """A head of one output: this network with only the last layer's row ``place``."""
        shape = NeuralShape(**{**{field.name: getattr(self.shape, field.name) for field in fields(self.shape)}, "outputs": 1})
        head = NeuralHead(shape, self.widths)
        state = self.state_dict()
        for name in ("output.weight", "output.bias", "mos_mean", "mos_sd"):
            state[name] = state[name][place : place + 1]
        head.load_state_dict(state)
        return head.eval()

    def describe(self) -> dict[str, Any]:
        shape = asdict(self.shape)
        shape["sizes"]["slstm_at"] = list(self.shape.sizes.slstm_at)
        return {"kind": self.kind, "shape": shape, "widths": self.widths.to_json()}

    @classmethod
    def empty(cls, description: dict[str, Any]) -> "NeuralHead":
        raw, widths = dict(description["shape"]), description["widths"]
        raw_sizes = dict(raw.pop("sizes"))
        sizes = MixerShape(**{**raw_sizes, "slstm_at": tuple(raw_sizes["slstm_at"])})
        return cls(NeuralShape(**raw, sizes=sizes), HeadWidths(tuple(widths["levels"]), widths["token"], widths["text"]))


def _real_first(tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The same sequences with real tokens in their order in front and padding behind; cut to the longest."""
    length = int(mask.sum(dim=1).max())
    if not bool((mask[:, 1:] & ~mask[:, :-1]).any()):  # no real token stands behind padding
        return tokens[:, :length], mask[:, :length]
    order = (~mask).to(torch.int8).argsort(dim=1, stable=True)[:, :length]
    return tokens.gather(1, order.unsqueeze(-1).expand(-1, -1, tokens.shape[-1])), mask.gather(1, order)
