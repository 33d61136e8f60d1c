"""Every number that decides a fit, in one place."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .errors import ConfigError
from .heads.neural_head import NeuralShape
from .losses import LossWeights
from .mixers.mixer import MixerShape
from .mixers.registry import MIXERS
from .poolings.registry import POOLINGS

# What a rating of an aspect was given for: without the image prompt it has no meaning.
ASPECTS_OF_PROMPT = ("correspondence",)
FLOORS = ("kernel-ridge", "ridge")
HEADS = (*MIXERS, *FLOORS)
SCHEDULES = ("cosine", "linear", "constant")


@dataclass(frozen=True)
class FitConfig:
    """Defaults were chosen by cross-validation by image prompt on AGIQA-3K's training images (docs/experiments.md)."""

    heads: tuple[str, ...] = ("xlstm", "kernel-ridge", "ridge")  # all that are fitted and reported
    members: tuple[str, ...] = ("xlstm", "kernel-ridge")  # of them, what the scorer averages
    pooling: str = "mean"
    num_seeds: int = 5  # networks a neural head averages, each from its own start
    joint: bool = False  # one network for all aspects instead of one each
    level_components: int = 64  # leading coordinates of each level that a network reads
    input_dropout: float = 0.2  # of whitened level coordinates and standardised tokens
    token_share: float = 0.5  # share of the image tokens that a training batch sees; all are seen elsewhere
    text_dropout: float = 0.15  # share of train rows whose image prompt is hidden
    mixup: float = 1.0  # both parameters of the Beta distribution that two rows are mixed by; 0 mixes none
    epochs: int | None = None  # None: from images_seen
    images_seen: int = 46_000  # train rows times epochs
    max_epochs: int = 30
    min_epochs: int = 8
    patience: int | None = None  # epochs without a better val score after which training ends; None: it goes on
    batch_size: int = 64
    learning_rate: float = 2e-3
    schedule: str = "cosine"
    warmup: float = 0.1  # share of all steps
    weight_decay: float = 1.0
    gradient_norm: float = 1.0
    ema_decay: float = 0.99  # a step; the averaged weights are what is validated and kept
    plcc_weight: float = 0.0
    rank_weight: float = 0.0
    rank_within: str = "batch"
    description_weight: float = 0.0  # of the error in telling the teacher's description of a train row (see descriptions)
    seed: int = 1
    shuffle_train_mos: bool = False  # the control: MOS of train and val are shuffled, the fit must then know nothing
    # Two blocks, mLSTM and sLSTM, where the paper takes four: as good on level coordinates in half the time.
    sizes: MixerShape = MixerShape(num_blocks=2, dropout=0.1)

    def neural_shape(self, mixer: str, uses_text: bool, outputs: int) -> NeuralShape:
        return NeuralShape(
            mixer, self.pooling, self.input_dropout, self.level_components, uses_text, outputs, self.sizes
        )

    def loss_weights(self) -> LossWeights:
        return LossWeights(1.0, self.plcc_weight, self.rank_weight, self.rank_within)

    def epochs_for(self, train_rows: int) -> int:
        """Number of epochs for this many train rows."""
        if self.epochs is not None:
            return self.epochs
        return min(self.max_epochs, max(self.min_epochs, round(self.images_seen / train_rows)))

    def to_json(self) -> dict[str, Any]:
        """Flat, as ``parse_config`` takes it. A weight of descriptions of 0 is left out: names of fits without them stay as they were."""
        plain = {name: value for name, value in asdict(self).items() if name != "sizes"} | asdict(self.sizes)
        if self.description_weight == 0:
            del plain["description_weight"]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}


def parse_config(raw: Mapping[str, Any]) -> FitConfig:
    """Defaults with the members of ``raw`` put in; those of the mixer's sizes stand beside the others.

    Raises:
        ConfigError: an unknown name or a value of the wrong kind.
    """
    default = FitConfig()
    known = {field.name: getattr(default, field.name) for field in fields(FitConfig) if field.name != "sizes"}
    known_sizes = {field.name: getattr(default.sizes, field.name) for field in fields(MixerShape)}
    everything = known | known_sizes
    for name, value in raw.items():
        if name not in everything:
            raise ConfigError(f"config has the unknown member {name!r}: known are {', '.join(sorted(everything))}.")
        if not _fits(name, value, everything[name]):
            raise ConfigError(f"config member {name} is {value!r}, expected something like {everything[name]!r}.")
    values = {name: tuple(value) if isinstance(everything[name], tuple) else value for name, value in raw.items()}
    sizes = MixerShape(**(known_sizes | {name: value for name, value in values.items() if name in known_sizes}))
    config = FitConfig(**{name: value for name, value in values.items() if name in known}, sizes=sizes)
    _check(config)
    return config


def _check(config: FitConfig) -> None:
    config.loss_weights()
    if not 0 <= config.description_weight < math.inf:
        raise ConfigError(f"config member description_weight is {config.description_weight}, expected 0 or more.")
    if config.sizes.d_model % config.sizes.num_heads or min(config.batch_size, config.epochs_for(1), config.num_seeds) < 1:
        raise ConfigError(
            "config is impossible: d_model must divide by num_heads, batch_size, epochs and num_seeds be 1 or more."
        )
    for name, value, allowed in (("pooling", config.pooling, POOLINGS), ("schedule", config.schedule, SCHEDULES)):
        if value not in allowed:
            raise ConfigError(f"config member {name} is {value!r}, expected one of {', '.join(allowed)}.")
    unknown = [name for name in config.heads if name not in HEADS]
    if unknown or not config.heads:
        raise ConfigError(f"config member heads is {list(config.heads)!r}, expected some of {', '.join(HEADS)}.")
    if not config.members or not set(config.members) <= set(config.heads):
        raise ConfigError(f"config member members is {list(config.members)!r}, expected some of {', '.join(config.heads)}.")


def _fits(name: str, value: object, default: object) -> bool:
    if name in ("epochs", "patience"):
        return value is None or type(value) is int
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(type(part) is type(default[0]) for part in value)
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    return isinstance(value, int | float) if isinstance(default, float) else type(value) is type(default)
