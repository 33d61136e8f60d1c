"""``tuned:<file>``: the embedded encoder with its last stages once more, tuned on ratings (see tuned_stages).

A vector holds the levels of the tuned stages beside those of all stages as they were: nothing is lost by tuning.
"""

import copy
from pathlib import Path

from torch import nn

from ..errors import ScorerError
from ..tuned_stages import BASE, TunedStages, read_tuned_stages
from .efficientnet_lite import EfficientNetLite
from .embedded import IMAGE_SIDE, NETWORKS, EmbeddedEncoder, network_levels
from .encoder import EncoderSpec

KIND = "tuned"
(VARIANT,) = NETWORKS[BASE]


def tuned_spec(name: str) -> EncoderSpec:
    """The encoder of a file, or of a checkpoint that holds tuned stages. Raises ScorerError for any other."""
    stages = stages_of(name)
    assert stages is not None  # of the registry: the name begins with KIND
    return EncoderSpec(name, stages.revisions, IMAGE_SIDE, tuple(network_levels(VARIANT, stages.count)))


def load_tuned(name: str, weights: Path | None = None) -> EmbeddedEncoder:
    """Load base and tuned stages; ``weights`` is the folder of a pack's weights, None takes the installed packages'."""
    stages = stages_of(name)
    assert stages is not None  # of the registry
    encoder = EmbeddedEncoder(BASE, weights)
    (network,) = encoder.networks
    network.tuned = last_stages(network, stages.count)
    try:
        network.tuned.load_state_dict(dict(stages.weights))
    except RuntimeError as error:
        raise ScorerError(f"{name.partition(':')[2]} is damaged ({error}): run distill finetune again.") from error
    return encoder


def stages_of(name: str) -> TunedStages | None:
    """The tuned stages that the encoder ``name`` reads; None for another encoder. Raises ScorerError."""
    kind, _, path = name.partition(":")
    if kind != KIND:
        return None
    if not path:
        raise ScorerError(f"{name!r} names no tuned stages: expected tuned:<file>, as distill finetune writes it.")
    return read_tuned_stages(Path(path))


def last_stages(network: EfficientNetLite, count: int) -> nn.ModuleList:
    """A copy of the last ``count`` stages with weights of its own."""
    return copy.deepcopy(network.stages[len(network.stages) - count :])
