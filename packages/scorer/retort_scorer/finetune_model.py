"""The last stages of a network with a small linear output on their pooled maps: what is trained when stages are tuned.

The output begins as ridge regression on what the stages say before they are tuned, so that the first gradients already say what
people see. Batch norms are folded into the convolutions: their statistics are those of ImageNet and stay.
"""

import torch
from torch import Tensor, nn

from .encoders.efficientnet_lite import run_stages

VARIANCE_FLOOR = 1e-6  # below the root of a channel that is constant over an image
SCALE_FLOOR = 1e-4
RIDGE_PENALTY = 1.0  # a train row: 700 to 1,100 figures of some 1,500 rows


class StagesModel(nn.Module):
    """[B, C, H, W], what the first of ``stages`` reads -> [B, aspects], standardised MOS."""

    mean: Tensor  # [F], of the pooled figures of train rows
    scale: Tensor  # [F]

    def __init__(self, stages: nn.ModuleList, pooled: int, aspects: int) -> None:
        """``pooled``: F, how many figures ``pool`` gives."""
        super().__init__()
        self.stages = stages.requires_grad_(True)
        self.output = nn.Linear(pooled, aspects)
        self.register_buffer("mean", torch.zeros(pooled))
        self.register_buffer("scale", torch.ones(pooled))

    def pool(self, maps: Tensor) -> Tensor:
        """Mean and SD of each channel of each stage, [B, F]."""
        parts = []
        for stage in run_stages(self.stages, maps):
            variances = stage.var(dim=(2, 3), correction=0)
            parts += [stage.mean(dim=(2, 3)), (variances + VARIANCE_FLOOR).sqrt()]
        return torch.cat(parts, dim=1)

    def forward(self, maps: Tensor) -> Tensor:
        return self.output((self.pool(maps) - self.mean) / self.scale)

    @torch.no_grad()
    def start(self, pooled: Tensor, target: Tensor) -> None:
        """Take ridge regression of ``target`` [n, aspects], NaN where unrated, on train rows' ``pooled`` [n, F] for the output."""
        self.mean.copy_(pooled.mean(dim=0))
        self.scale.copy_(pooled.std(dim=0, correction=0).clamp_min(SCALE_FLOOR))
        figures = ((pooled - self.mean) / self.scale).double()
        for place, column in enumerate(target.double().T):
            rated = ~column.isnan()
            rows, mos = figures[rated], column[rated]
            gram = rows @ rows.T + RIDGE_PENALTY * len(rows) * torch.eye(len(rows), dtype=rows.dtype)
            offset = mos.mean()
            self.output.weight[place].copy_(rows.T @ torch.linalg.solve(gram, mos - offset))
            self.output.bias[place].copy_(offset)


def pooled_width(stages: nn.ModuleList) -> int:
    """How many figures ``pool`` gives: two a channel of each stage."""
    return sum(2 * stage[-1].project.weight.shape[0] for stage in stages)
