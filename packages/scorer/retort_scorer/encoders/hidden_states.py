"""``hidden-states:<revision>``: what a student's last layer holds of image and conversation, made elsewhere, on a GPU.

The student's job writes them into the feature store under the image revision ``hidden-states.<revision>``, where the revision
names student, adapter, layer and prompt; a row's ``feature_key`` names image and conversation together. Tokens are those of
the conversation, [S, d] with S up to 512; the vector is their mean. Nothing is encoded here.
"""

import re

from ..errors import ScorerError
from .encoder import Encoder, EncoderRevisions, EncoderSpec, read_revisions

_NAME = re.compile(r"hidden-states:(?P<revision>[A-Za-z0-9._-]+)")


def hidden_states_spec(name: str) -> EncoderSpec:
    """The store's revision of ``name``. Raises ScorerError where it names none."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ScorerError(f"{name!r} names no hidden states: expected hidden-states:<revision>, as the student's job wrote them.")
    revisions = EncoderRevisions(f"hidden-states.{found['revision']}", read_revisions("embedded").text)
    return EncoderSpec(name, revisions, image_side=None)


def no_networks(name: str) -> Encoder:
    """Raises ScorerError: there is nothing to load."""
    raise ScorerError(f"The features of {name} are made by the student's own job: run it, or choose the encoder embedded.")
