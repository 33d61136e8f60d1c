"""Every number that decides a fit, in one place."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .errors import ScorerError
from .xlstm.shape import XlstmShape

# What a rating of an aspect was given for: without the image prompt it has no meaning.
ASPECTS_OF_PROMPT = ("correspondence",)


@dataclass(frozen=True)
class FitConfig:
    """Defaults were chosen on validation prompts of AGIQA-3K, never on its test prompts (2026-11-23)."""

    d_model: int = 128
    num_blocks: int = 4
    slstm_at: tuple[int, ...] = (1,)
    num_heads: int = 4
    conv_kernel: int = 4
    qkv_block_size: int = 4
    ff_factor: float = 1.3
    dropout: float = 0.1  # within the blocks
    input_dropout: float = 0.2  # of standardised features
    cell_share: float = 0.5  # share of the 49 cells that a training batch sees; all are seen elsewhere
    text_dropout: float = 0.15  # share of train rows whose image prompt is hidden, so that predict works without one
    epochs: int | None = None  # None: from images_seen
    images_seen: int = 8_500  # train rows times epochs
    max_epochs: int = 20
    min_epochs: int = 4
    batch_size: int = 16
    learning_rate: float = 1e-3
    warmup: float = 0.1  # share of all steps; then a cosine down to 0
    weight_decay: float = 0.2
    gradient_norm: float = 1.0
    ema_decay: float = 0.99  # a step; the averaged weights are what is validated and kept
    plcc_weight: float = 0.0  # of 1 - PLCC within a batch, beside the MSE
    seed: int = 1
    shuffle_train_mos: bool = False  # the control: MOS of train and val are shuffled, the fit must then know nothing

    def head_shape(self) -> XlstmShape:
        return XlstmShape(
            self.d_model,
            self.num_blocks,
            self.slstm_at,
            self.num_heads,
            self.conv_kernel,
            self.qkv_block_size,
            self.ff_factor,
            self.dropout,
        )

    def epochs_for(self, train_rows: int) -> int:
        """Number of epochs for this many train rows."""
        if self.epochs is not None:
            return self.epochs
        return min(self.max_epochs, max(self.min_epochs, round(self.images_seen / train_rows)))

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "slstm_at": list(self.slstm_at)}


def parse_config(raw: Mapping[str, Any]) -> FitConfig:
    """Defaults with the members of ``raw`` put in.

    Raises:
        ScorerError: an unknown name or a value of the wrong kind.
    """
    known = {field.name: field.default for field in fields(FitConfig)}
    for name, value in raw.items():
        if name not in known:
            raise ScorerError(f"config has the unknown member {name!r}: known are {', '.join(sorted(known))}.")
        if not _fits(name, value, known[name]):
            raise ScorerError(f"config member {name} is {value!r}, expected something like {known[name]!r}.")
    values = {name: tuple(value) if name == "slstm_at" else value for name, value in raw.items()}
    config = FitConfig(**values)
    if config.d_model % config.num_heads or config.batch_size < 1 or config.epochs_for(1) < 1:
        raise ScorerError("config is impossible: d_model must divide by num_heads, batch_size and epochs be 1 or more.")
    return config


def _fits(name: str, value: object, default: object) -> bool:
    if name == "epochs":
        return value is None or type(value) is int
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(type(part) is int for part in value)
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    return isinstance(value, int | float) if isinstance(default, float) else type(value) is int
