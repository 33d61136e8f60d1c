"""What every baseline is: a network from pixels to predicted MOS, how its input is made and how its authors trained it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

IMAGENET_MEAN, IMAGENET_SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RANDOM = "random"


class QualityNet(Protocol):
    """A network of one of the papers.

    No baseline reads the image prompt: whatever the aspect, it predicts from pixels alone.
    """

    backbone: nn.Module
    """The part with ImageNet's weights, which may train at a rate of its own or stand still."""

    def __call__(self, pixels: Tensor) -> Tensor:
        """Normalised pixels [B, 3, H, W] -> predicted MOS [B]."""


@dataclass(frozen=True)
class InputRecipe:
    """How an image becomes the network's input; sides in pixels."""

    resize: int | None
    """The shorter side before anything is cut (the square's side when nothing is); None leaves the image as it is."""
    crop: int | None
    """Side of the square cut out at random in training; None stretches the image to a square instead."""
    mirror: bool
    """Whether half of the training images are mirrored."""
    train_crops: int
    """Squares of each image that one epoch sees."""
    test_crops: Literal["whole", "five", "random-25"]
    """What a test averages over: one prediction of everything, of centre and corners, or of 25 squares drawn once."""
    mean: tuple[float, float, float] = IMAGENET_MEAN
    sd: tuple[float, float, float] = IMAGENET_SD


@dataclass(frozen=True)
class TrainingStage:
    """One run of the optimiser over the data. Rates fall by ``decay_factor`` every ``decay_epochs``."""

    optimiser: Literal["adam", "adamw", "sgd"]
    learning_rate: float
    """Of everything outside the backbone."""
    backbone_learning_rate: float | None
    """None: the backbone stands still."""
    weight_decay: float
    batch_size: int
    epochs: int
    momentum: float = 0.0
    decay_epochs: int | None = None
    decay_factor: float = 1.0


@dataclass(frozen=True)
class Weights:
    """Where the backbone's weights come from."""

    origin: str
    """What was trained on what, and the host that has the file."""
    licence: str


@dataclass(frozen=True)
class Baseline:
    """One line of the registry: everything about a method but its results."""

    name: str
    title: str
    source: str
    inputs: InputRecipe
    loss: Literal["mse", "l1"]
    stages: tuple[TrainingStage, ...]
    recipe: Literal["published", "chosen"]
    """Whether ``loss`` and ``stages`` are the authors' own; "chosen" ones are ours, since none were found."""
    weights: Weights
    deviations: str
    build: Callable[[int | None], QualityNet]
    """Takes the seed of random weights, or None to fetch the real ones."""


class BaselineModel(nn.Module):
    """A baseline with the marks that a result needs: which method it is and what its weights began as.

    Both are in its ``state_dict``, so a checkpoint made from random weights stays one wherever it is loaded.
    """

    mean: Tensor
    sd: Tensor

    def __init__(self, baseline: Baseline, net: nn.Module, weights: str) -> None:
        super().__init__()
        self.name, self.weights, self.net = baseline.name, weights, net
        self.register_buffer("mean", torch.tensor(baseline.inputs.mean).view(3, 1, 1), persistent=False)
        self.register_buffer("sd", torch.tensor(baseline.inputs.sd).view(3, 1, 1), persistent=False)

    @property
    def backbone(self) -> nn.Module:
        return self.net.backbone

    @property
    def is_random(self) -> bool:
        """True when nothing it was built from had learned anything: its figures are no result."""
        return self.weights.startswith(RANDOM)

    def forward(self, pixels: Tensor) -> Tensor:
        """Predict from images.

        Args:
            pixels: [B, 3, H, W], RGB, 0–1, H and W as the baseline's ``inputs`` say.
        Returns:
            [B], predicted MOS in the scale it was trained on.
        """
        return self.net((pixels - self.mean) / self.sd)

    def get_extra_state(self) -> Tensor:
        """The marks as bytes in a tensor, which every format of checkpoints can hold."""
        return torch.tensor(list(f"{self.name}\n{self.weights}".encode()), dtype=torch.uint8)

    def set_extra_state(self, state: Tensor) -> None:
        name, weights = bytes(state.tolist()).decode().split("\n")
        if name != self.name:
            raise ValueError(f"These are weights of the baseline {name}, not of {self.name}.")
        self.weights = weights


def build_baseline(baseline: Baseline, random_seed: int | None = None, new_layers_seed: int = 0) -> BaselineModel:
    """Build a baseline, in training mode.

    Args:
        random_seed: None fetches the published weights of its backbone; a number draws all weights, and marks the model
            ``random-<seed>``.
        new_layers_seed: draws the layers beside published weights.
    Raises:
        ScorerError: timm is missing, or the weights can't be fetched.
    """
    mark = baseline.weights.origin if random_seed is None else f"{RANDOM}-{random_seed}"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(new_layers_seed if random_seed is None else random_seed)
        net = baseline.build(random_seed)
    return BaselineModel(baseline, net, mark)
