"""``scorer.onnx``: the scorer's aspects that need no image prompt, from pixels to MOS, kept only where it equals PyTorch.

    pixels [1, 3, 512, 512], fp32, RGB, 0–255  ->  an output an aspect, named after it, [1], fp32: MOS on 0–5
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .checkpoint import Checkpoint
from .encoders.embedded import IMAGE_SIDE, EmbeddedEncoder
from .encoders.registry import load_encoder
from .errors import ScorerError
from .feature_store import Features
from .onnx_graph import ScorerGraph, reads_text
from .scoring import score_rows
from .source_image import read_source_image
from .stored_encoder import as_stored

OPSET = 17
TOLERANCE = 1e-4  # MOS
CHECK_IMAGES = 20
LEFT_OUT = "its image prompt goes through a tokeniser and a text network that are not in the graph"


@dataclass(frozen=True)
class OnnxCheck:
    """How far ONNX is from PyTorch, in MOS, on how many images; the aspects that are in the file, and those that aren't."""

    aspects: tuple[str, ...]
    left_out: tuple[str, ...]
    images: int
    largest_difference: float


def export_onnx(checkpoint: Checkpoint, file: Path, images: Sequence[Path]) -> OnnxCheck:
    """Write ``file`` and hold it against the scorer on 20 of ``images`` (1 or more), evenly spaced.

    Raises:
        ScorerError: onnx or onnxruntime is missing, every aspect needs the image prompt, a head has no plain form, or a
            prediction differs by more than ``TOLERANCE``; nothing is kept then.
    """
    runtime = _require_packages()
    scorers = {aspect: scorer for aspect, scorer in checkpoint.aspects.items() if not reads_text(scorer.head)}
    left_out = tuple(aspect for aspect in checkpoint.aspects if aspect not in scorers)
    if not scorers:
        raise ScorerError(f"{' and '.join(left_out)} can't be exported to ONNX: {LEFT_OUT}.")
    if not images:
        raise ScorerError("The ONNX graph is checked on images, and there are none: pass a folder that holds some.")
    encoder = load_encoder(checkpoint.encoder)
    assert isinstance(encoder, EmbeddedEncoder)  # what can be packed is
    graph = ScorerGraph(encoder.networks, scorers).eval()
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # of the tracer: every size here is a constant on purpose
            example = torch.full((1, 3, IMAGE_SIDE, IMAGE_SIDE), 127.0)
            torch.onnx.export(
                graph, (example,), file, dynamo=False, opset_version=OPSET, input_names=["pixels"], output_names=list(scorers)
            )
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = runtime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        count = min(CHECK_IMAGES, len(images))
        checked = [images[place * len(images) // count] for place in range(count)]
        difference = max(_difference(session, checkpoint, encoder, path, list(scorers)) for path in checked)
        if not difference <= TOLERANCE:
            raise ScorerError(f"scorer.onnx differs by {difference:.2g} MOS from PyTorch, at most {TOLERANCE} is accepted.")
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return OnnxCheck(tuple(scorers), left_out, len(checked), difference)


def _difference(
    session: Any, checkpoint: Checkpoint, encoder: EmbeddedEncoder, path: Path, aspects: Sequence[str]
) -> float:
    """The largest over ``aspects`` for one image, between the graph and what ``predict`` says."""
    pixels = read_source_image(path, IMAGE_SIDE)
    features: Features = as_stored(encoder.encode_image(pixels))
    (expected,) = score_rows(checkpoint, [(features, None)])
    found = session.run(list(aspects), {"pixels": pixels.numpy()})
    pairs = zip(aspects, found, strict=True)
    return max(float(np.abs(mos - expected[aspect].predicted_mos).max()) for aspect, mos in pairs)


def _require_packages() -> Any:
    try:
        import onnx  # noqa: F401  (torch's exporter asks for it)
        import onnxruntime
    except ImportError as error:
        raise ScorerError(
            f"ONNX export needs packages that aren't installed ({error}): pip install --no-deps -r requirements-onnx.txt."
        ) from error
    return onnxruntime
