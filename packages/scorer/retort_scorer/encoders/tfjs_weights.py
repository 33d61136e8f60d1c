"""Weights of a TensorFlow.js layers model as the npm package ``nsfwjs`` ships them: JavaScript files that hold base64.

``model.min.js`` has the manifest (name, shape and quantisation of each tensor, in the order of the bytes);
``group1-shard<i>of<n>.min.js`` have the bytes. Nothing is executed: both are read as text.
"""

import base64
import math
import re
from pathlib import Path

import torch
from torch import Tensor

from ..errors import ScorerError

_TENSOR = re.compile(
    r'\{name:"(?P<name>[^"]+)",shape:\[(?P<shape>[\d,]*)\],dtype:"float32",'
    r'quantization:\{min:(?P<min>-?[\d.e-]+),scale:(?P<scale>[\d.e-]+),dtype:"uint8"\}\}'
)
_PATHS = re.compile(r"weightsManifest:\[\{paths:\[(?P<paths>[^\]]*)\]")
_BASE64 = re.compile(r'"([A-Za-z0-9+/]{1000,}={0,2})"')


def read_tfjs_weights(folder: Path) -> dict[str, Tensor]:
    """Read every tensor of the model in ``folder``, uint8 made fp32 (``min + scale * q``), in TensorFlow's layout.

    Raises:
        ScorerError: a file is missing, or the bytes are not those that the manifest describes.
    """
    try:
        manifest = (folder / "model.min.js").read_text(encoding="utf-8")
        paths = _PATHS.search(manifest)
        if paths is None:
            raise ScorerError(f"{folder} has a model.min.js without a weights manifest: it should be nsfwjs 4.4.0.")
        names = [name.strip().strip('"') for name in paths["paths"].split(",")]
        content = b"".join(_shard(folder / f"{name}.min.js") for name in names)
    except OSError as error:
        raise ScorerError(f"{error.filename} can't be read ({error.strerror}): install nsfwjs 4.4.0 again.") from error
    return _tensors(folder, manifest[paths.start() :], content)


def _shard(path: Path) -> bytes:
    found = _BASE64.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise ScorerError(f"{path} holds no weights: install nsfwjs 4.4.0 again.")
    return base64.b64decode(found[1])


def _tensors(folder: Path, manifest: str, content: bytes) -> dict[str, Tensor]:
    quantised = torch.frombuffer(bytearray(content), dtype=torch.uint8)
    tensors, start = {}, 0
    for entry in _TENSOR.finditer(manifest):
        shape = [int(size) for size in entry["shape"].split(",") if size]
        size = math.prod(shape)
        values = quantised[start : start + size].float() * float(entry["scale"]) + float(entry["min"])
        tensors[entry["name"]] = values.reshape(shape) if len(values) == size else values
        start += size
    if start != len(content):
        raise ScorerError(f"{folder} describes {start} bytes of weights and has {len(content)}: install nsfwjs 4.4.0 again.")
    return tensors
