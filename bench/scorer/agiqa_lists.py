"""What the measurements in this folder share: AGIQA-3K's folder as the scorer's lists, progress, a gain in words."""

import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retort_scorer.atomic_files import read_json_lines, sha256_text, write_json_lines
from retort_scorer.paired import compare_predictions

COLUMNS = {"correspondence": "mos_align", "quality": "mos_quality"}
RECORDINGS = "recordings/gemini-1.5-pro.jsonl"


def write_lists(folder: Path, out: Path) -> None:
    """images.jsonl and rows.jsonl, every row train: folds decide who learns from whom."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for line in read_json_lines(folder / RECORDINGS):
        texts[line["image"]][line["aspect"]] = line["response"]
    with (folder / "data.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    images, rows = [], []
    for line in lines:
        name, path = line["name"], folder / "images" / line["name"]
        shared = {"image_hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}", "image_prompt": line["prompt"]}
        images.append({**shared, "path": str(path.resolve()), "descriptions": texts[name]})
        rows.append(
            {
                "sample_name": name,
                **shared,
                "generator": name.split("_")[0],
                "generator_setting": name.rsplit("_", 1)[0],
                "split": "train",
                "mos": {aspect: min(5.0, max(0.0, float(line[column]))) for aspect, column in COLUMNS.items()},
                "descriptions": {aspect: sha256_text(text) for aspect, text in texts[name].items()},
            }
        )
    write_json_lines(out / "images.jsonl", images)
    write_json_lines(out / "rows.jsonl", rows)


def tell(event: str, **fields: Any) -> None:
    if event == "progress" and (fields["unit"] != "image" or fields["done"] % 100 == 0):
        print(f"  {fields['done']} of {fields['total']} {fields['unit']}s {fields.get('note', '')}", file=sys.stderr)


def told_gains(what: str, prompts: Sequence[str], ours: np.ndarray, reference: np.ndarray, mos: np.ndarray) -> str:
    """A line a measure: our difference from the reference, both [n] held-out predictions, paired over image prompts."""
    lines = []
    for name, gain in compare_predictions(prompts, ours, reference, mos, seed=0).items():
        if gain.value is None or gain.interval is None:
            raise SystemExit(f"{what}: no interval of the difference in {name}: {gain.reason}")
        low, high = gain.interval
        lines.append(f"{what}: {name} {gain.value:+.4f} (95 % {low:+.4f} to {high:+.4f}, p {gain.p:.3f})")
    return "\n".join(lines)
