"""The baselines by name. A new one is a file of its own and one entry here."""

from functools import partial

from ..errors import ScorerError
from .baseline import Baseline, InputRecipe, TrainingStage, Weights
from .dbcnn import build_dbcnn
from .hyperiqa import build_hyperiqa
from .mgqa import build_mgqa
from .pooled_mlp import build_timm_mlp, build_vil_mlp
from .stairiqa import build_stairiqa

M3_AGIQA = "M3-AGIQA, arXiv 2502.15167, section 4"
MLP_DEVIATIONS = "the paper gives neither the MLP's width nor the training of its baselines: 128, and its own scorer's settings"
TORCHVISION_RESNET = Weights("ImageNet-1k, torchvision's first, as timm/resnet50.tv_in1k on huggingface.co", "BSD-3-Clause")
TORCHVISION_VGG = Weights("ImageNet-1k, torchvision's, as timm/vgg16.tv_in1k on huggingface.co", "BSD-3-Clause")

SQUARE_224 = InputRecipe(resize=224, crop=224, train_crop="whole", test_crops=1)
# The training of M3-AGIQA's own scorer on AGIQA-3K, which is all the paper says of training.
M3_STAGE = TrainingStage("adamw", 1e-5, 1e-5, weight_decay=1e-5, batch_size=16, epochs=20)
STAIR_INPUTS = InputRecipe(resize=384, crop=320, train_crop="random", test_crops=5)
STAIR_STAGE = TrainingStage(
    "adam", 5e-5, 5e-5, weight_decay=1e-7, batch_size=30, epochs=100, decay_epochs=10, decay_factor=0.9
)

_ALL = (
    Baseline(
        *("vgg16", "VGG16 + MLP", f"{M3_AGIQA}; Simonyan & Zisserman 2015, arXiv 1409.1556"),
        *(SQUARE_224, "mse", (M3_STAGE,), "chosen", TORCHVISION_VGG, MLP_DEVIATIONS),
        partial(build_timm_mlp, "vgg16.tv_in1k"),
    ),
    Baseline(
        *("resnet50", "ResNet50 + MLP", f"{M3_AGIQA}; He et al. 2016, arXiv 1512.03385"),
        *(SQUARE_224, "mse", (M3_STAGE,), "chosen", TORCHVISION_RESNET, MLP_DEVIATIONS),
        partial(build_timm_mlp, "resnet50.tv_in1k"),
    ),
    Baseline(
        *("vit-b16", "ViT-B/16 + MLP", f"{M3_AGIQA}; Dosovitskiy et al. 2021, arXiv 2010.11929"),
        InputRecipe(224, 224, "whole", 1, mean=(0.5, 0.5, 0.5), sd=(0.5, 0.5, 0.5)),
        *("mse", (M3_STAGE,), "chosen"),
        Weights("ImageNet-1k, Google's augreg, as timm/vit_base_patch16_224.augreg_in1k on huggingface.co", "Apache-2.0"),
        MLP_DEVIATIONS,
        partial(build_timm_mlp, "vit_base_patch16_224.augreg_in1k"),
    ),
    Baseline(
        *("vil", "ViL + MLP", f"{M3_AGIQA}; Alkin et al. 2024, arXiv 2406.04303"),
        *(SQUARE_224, "mse", (M3_STAGE,), "chosen"),
        Weights("ImageNet-1k, its authors' vil2_small16_e400_in1k on ml.jku.at", "none stated; its repository is MIT and AGPL-3.0"),
        f"{MLP_DEVIATIONS}; it doesn't say which ViL: ViL-S, second version",
        build_vil_mlp,
    ),
    Baseline(
        *("dbcnn", "DBCNN", "Zhang et al. 2020, arXiv 1907.02665"),
        InputRecipe(resize=None, crop=448, train_crop="random", test_crops=1),
        "mse",
        (
            TrainingStage("sgd", 1e-3, None, weight_decay=5e-4, batch_size=8, epochs=50, momentum=0.9),
            TrainingStage("adam", 1e-5, 1e-5, weight_decay=5e-4, batch_size=8, epochs=50),
        ),
        "published",
        Weights(f"{TORCHVISION_VGG.origin}; S-CNN: its authors' scnn.pkl on raw.githubusercontent.com", "BSD-3-Clause; MIT"),
        "crop of 448 for every dataset; S-CNN as published, not trained here; no mirrored copies in training",
        build_dbcnn,
    ),
    Baseline(
        *("hyperiqa", "HyperIQA", "Su et al. 2020, CVPR"),
        InputRecipe(resize=None, crop=224, train_crop="random", test_crops=25),
        "l1",
        (
            TrainingStage(
                *("adam", 2e-4, 2e-5),
                **{"weight_decay": 5e-4, "batch_size": 96, "epochs": 16, "decay_epochs": 6, "decay_factor": 0.1},
            ),
        ),
        "published",
        TORCHVISION_RESNET,
        "the hyper network trains in every epoch (theirs only in the first); both rates fall; no mirrored copies in training",
        build_hyperiqa,
    ),
    Baseline(
        *("stairiqa", "StairIQA", "Sun et al. 2023, arXiv 2105.14550"),
        *(STAIR_INPUTS, "mse", (STAIR_STAGE,), "published", TORCHVISION_RESNET),
        "one dataset, so one regressor",
        build_stairiqa,
    ),
    Baseline(
        *("mgqa", "MGQA", "Wang et al. 2021, doi 10.1109/VCIP53242.2021.9675430, and 2022, doi 10.1109/TG.2022.3212201"),
        *(STAIR_INPUTS, "mse", (STAIR_STAGE,), "chosen", TORCHVISION_RESNET),
        "written from its two abstracts: network, way of joining, widths and training are ours",
        build_mgqa,
    ),
)

BASELINES = {baseline.name: baseline for baseline in _ALL}


def find_baseline(name: str) -> Baseline:
    """The baseline called ``name``.

    Raises:
        ScorerError: there is none; the message names those there are.
    """
    if name not in BASELINES:
        raise ScorerError(f"There is no baseline {name!r}: choose one of {', '.join(BASELINES)}.")
    return BASELINES[name]
