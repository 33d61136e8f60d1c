"""Every encoder by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ScorerError
from .embedded import EmbeddedEncoder, embedded_spec
from .encoder import Encoder, EncoderSpec
from .hidden_states import hidden_states_spec, no_networks
from .stage_inputs import StageInputs, stage_inputs_spec
from .timm_encoder import TimmEncoder, timm_spec
from .tuned import load_tuned, tuned_spec


@dataclass(frozen=True)
class Entry:
    """How an encoder is described and how it is loaded; both take its whole name."""

    describe: Callable[[str], EncoderSpec]
    load: Callable[[str], Encoder]


# By what stands before the colon of a name.
ENCODERS: dict[str, Entry] = {
    "embedded": Entry(embedded_spec, EmbeddedEncoder),
    "embedded-best": Entry(embedded_spec, EmbeddedEncoder),
    "hidden-states": Entry(hidden_states_spec, no_networks),
    "stage-inputs": Entry(stage_inputs_spec, StageInputs),
    "timm": Entry(timm_spec, TimmEncoder),
    "tuned": Entry(tuned_spec, load_tuned),
}


def describe_encoder(name: str) -> EncoderSpec:
    """What is known of ``name`` without loading a network. Raises ScorerError where there is no such encoder."""
    return _entry(name).describe(name)


def load_encoder(name: str) -> Encoder:
    """The networks of ``name``. Raises ScorerError where there is no such encoder, or its weights can't be had."""
    return _entry(name).load(name)


def _entry(name: str) -> Entry:
    entry = ENCODERS.get(name.partition(":")[0])
    if entry is None:
        raise ScorerError(
            f"There is no encoder {name!r}: choose one of embedded, embedded-best, tuned:<file>, timm:<name>, hidden-states:<revision>."
        )
    return entry
