"""The baselines by name. A new one is a file of its own and one entry here."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..errors import ConfigError
from .baseline import Baseline, InputRecipe, QualityNet, TrainingStage, Weights
from .dbcnn import build_dbcnn
from .hyperiqa import build_hyperiqa
from .mgqa import build_mgqa
from .pooled_mlp import build_timm_mlp, build_vil_mlp
from .stairiqa import build_stairiqa

M3_AGIQA = "M3-AGIQA, arXiv 2502.15167"
TV_RESNET = Weights("ImageNet-1k, torchvision's first: timm/resnet50.tv_in1k on huggingface.co", "BSD-3-Clause")
TV_VGG = Weights("ImageNet-1k, torchvision's: timm/vgg16.tv_in1k on huggingface.co", "BSD-3-Clause")
AUGREG_VIT = Weights("ImageNet-1k, Google's augreg: timm/vit_base_patch16_224.augreg_in1k on huggingface.co", "Apache-2.0")
VIL_SMALL = Weights("ImageNet-1k, its authors' vil2_small16_e400_in1k.th on ml.jku.at", "none stated (code: MIT, AGPL-3.0)")
SCNN_ORIGIN = "S-CNN: scnn.pkl of zwx8981/DBCNN-PyTorch on raw.githubusercontent.com"
VGG_AND_SCNN = Weights(f"{TV_VGG.origin}; {SCNN_ORIGIN}", "BSD-3-Clause; MIT")

SQUARE = InputRecipe(resize=224, crop=None, mirror=False, train_crops=1, test_crops="whole")
HALF_RANGE = replace(SQUARE, mean=(0.5, 0.5, 0.5), sd=(0.5, 0.5, 0.5))
STAIR_INPUTS = InputRecipe(resize=384, crop=320, mirror=False, train_crops=1, test_crops="five")

# The training of M3-AGIQA's own scorer on AGIQA-3K: of its baselines' none was found. Its batch of 1 is 16 here, since batch norm
# can't train on one image.
M3_STAGE = TrainingStage("adamw", 1e-5, 1e-5, weight_decay=1e-5, batch_size=16, epochs=20)
STAIR_STAGE = TrainingStage("adam", 5e-5, 5e-5, weight_decay=1e-7, batch_size=30, epochs=100, decay_epochs=10, decay_factor=0.9)
HYPER_STAGE = TrainingStage("adam", 2e-4, 2e-5, weight_decay=5e-4, batch_size=96, epochs=16, decay_epochs=6, decay_factor=0.1)
DB_STAGES = (
    TrainingStage("sgd", 1e-3, None, weight_decay=5e-4, batch_size=8, epochs=50, momentum=0.9),
    TrainingStage("adam", 1e-5, 1e-5, weight_decay=5e-4, batch_size=8, epochs=50),
)


def _mlp(name: str, title: str, source: str, weights: Weights, build: Callable[[int | None], QualityNet]) -> Baseline:
    """A backbone with two linear layers, as M3-AGIQA compares with."""
    return Baseline(
        name=name,
        title=f"{title} + MLP",
        source=f"{M3_AGIQA}; {source}",
        inputs=SQUARE if weights is not AUGREG_VIT else HALF_RANGE,
        loss="mse",
        stages=(M3_STAGE,),
        recipe="chosen",
        weights=weights,
        deviations="the paper's width of the MLP and its training were not found: 128, and the training of its own scorer",
        build=build,
    )


_ALL = (
    _mlp("vgg16", "VGG16", "Simonyan & Zisserman 2015, arXiv 1409.1556", TV_VGG, partial(build_timm_mlp, "vgg16.tv_in1k")),
    _mlp("resnet50", "ResNet50", "He et al. 2016, arXiv 1512.03385", TV_RESNET, partial(build_timm_mlp, "resnet50.tv_in1k")),
    _mlp(
        "vit-b16",
        "ViT-B/16",
        "Dosovitskiy et al. 2021, arXiv 2010.11929",
        AUGREG_VIT,
        partial(build_timm_mlp, "vit_base_patch16_224.augreg_in1k"),
    ),
    _mlp("vil", "ViL-S", "Alkin et al. 2024, arXiv 2406.04303", VIL_SMALL, build_vil_mlp),
    Baseline(
        name="dbcnn",
        title="DBCNN",
        source="Zhang et al. 2020, IEEE TCSVT 30(1), arXiv 1907.02665",
        inputs=InputRecipe(resize=None, crop=448, mirror=True, train_crops=1, test_crops="whole"),
        loss="mse",
        stages=DB_STAGES,
        recipe="published",
        weights=VGG_AND_SCNN,
        deviations="crop of 448 for every dataset (theirs: by dataset); S-CNN is fetched, not trained",
        build=build_dbcnn,
    ),
    Baseline(
        name="hyperiqa",
        title="HyperIQA",
        source="Su et al. 2020, CVPR",
        inputs=InputRecipe(resize=None, crop=224, mirror=True, train_crops=25, test_crops="random-25"),
        loss="l1",
        stages=(HYPER_STAGE,),
        recipe="published",
        weights=TV_RESNET,
        deviations="the hyper network trains in every epoch (in their code only in the first), always at ten times the backbone's rate",
        build=build_hyperiqa,
    ),
    Baseline(
        name="stairiqa",
        title="StairIQA",
        source="Sun et al. 2023, IEEE JSTSP 17(6), arXiv 2105.14550",
        inputs=STAIR_INPUTS,
        loss="mse",
        stages=(STAIR_STAGE,),
        recipe="published",
        weights=TV_RESNET,
        deviations="one dataset, so one regressor",
        build=build_stairiqa,
    ),
    Baseline(
        name="mgqa",
        title="MGQA",
        source="Wang et al. 2021, VCIP, doi 10.1109/VCIP53242.2021.9675430; 2022, IEEE ToG, doi 10.1109/TG.2022.3212201",
        inputs=STAIR_INPUTS,
        loss="mse",
        stages=(STAIR_STAGE,),
        recipe="chosen",
        weights=TV_RESNET,
        deviations="written from its two abstracts: network, way of joining, widths, input and training are ours",
        build=build_mgqa,
    ),
)

BASELINES = {baseline.name: baseline for baseline in _ALL}


def find_baseline(name: str) -> Baseline:
    """The baseline called ``name``.

    Raises:
        ConfigError: there is none; the message names those there are.
    """
    if name not in BASELINES:
        raise ConfigError(f"There is no baseline {name!r}: choose one of {', '.join(BASELINES)}.")
    return BASELINES[name]
