"""What every head promises."""

from typing import Any

from torch import Tensor, nn

from .head_inputs import HeadInputs


class Head(nn.Module):
    """A fitted predictor of one aspect's MOS. Everything it needs is in its description and its state dict."""

    kind: str

    def predict(self, inputs: HeadInputs, places: Tensor | None = None) -> Tensor:
        """[n] predicted MOS of the rows at ``places`` (all), unclipped, fp32; a row's never depends on other rows."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """JSON with ``kind`` from which ``build_head`` makes an empty head that takes the state dict."""
        raise NotImplementedError
