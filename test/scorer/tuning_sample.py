"""A few images of the sample with their ratings, tuned on and fitted: what the tests of tuned stages share."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agiqa_sample import COLUMNS
from conftest import SAMPLE
from retort_scorer.atomic_files import read_json_lines, sha256_bytes, write_json_lines
from retort_scorer.encode import run_encode
from retort_scorer.finetune import run_finetune
from retort_scorer.fit import run_fit

ASPECTS = ["quality", "correspondence"]
IMAGES_OF_SPLITS = {"train": (5, 4), "val": (2, 2), "test": (2, 2)}  # image prompts, and images of each
FLOOR = {"heads": ["ridge"], "members": ["ridge"]}
Line = dict[str, Any]


def silent(event: str, **fields: Any) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Tuning:
    """Lists and store of a few images of the sample, and where a finetune writes."""

    folder: Path

    @property
    def rows(self) -> list[Line]:
        return read_json_lines(self.folder / "rows.jsonl")

    @property
    def file(self) -> Path:
        return self.folder / "tuned-stages.safetensors"

    @property
    def encoder(self) -> str:
        return f"tuned:{self.file}"

    def finetune(self, out: Path, stopping: Callable[[], bool] = lambda: False, **changes: Any) -> dict[str, Any]:
        command = {
            **{name: str(self.folder / f"{name}.jsonl") for name in ("rows", "images")},
            **{"feature_store": str(self.folder / "features"), "aspects": ASPECTS, "work": str(out.parent / "work")},
            **{"out": str(out), "epochs": 2, "threads": 1},
        }
        return run_finetune({**command, **changes}, silent, stopping)

    def fit(self, out: Path, rows: list[Line] | None = None) -> Path:
        """The checkpoint of a fit on the tuned encoder's features."""
        lines = self.rows if rows is None else rows
        paths = {image["image_hash"]: image["path"] for image in read_json_lines(self.folder / "images.jsonl")}
        write_json_lines(out / "rows.jsonl", lines)
        write_json_lines(out / "images.jsonl", [{**row, "path": paths[row["image_hash"]]} for row in lines if row["image_hash"] in paths])
        shared = {"feature_store": str(self.folder / "features"), "encoder": self.encoder}
        run_encode({**shared, "images": str(out / "images.jsonl"), "threads": 1}, silent, lambda: False)
        command = {**shared, "rows": str(out / "rows.jsonl"), "aspects": ASPECTS, "config": FLOOR, "out": str(out), "threads": 1}
        return Path(run_fit(command, silent, lambda: False)["checkpoint"])


def write_tuning(folder: Path) -> Tuning:
    """The lists alone: nothing is tuned yet."""
    found = Tuning(folder)
    with (SAMPLE / "data.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    prompts = iter(dict.fromkeys(line["prompt"] for line in table))
    rows, images = [], []
    for split, (count, each) in IMAGES_OF_SPLITS.items():
        for prompt in [next(prompts) for _ in range(count)]:
            for line in [line for line in table if line["prompt"] == prompt][:each]:
                path = SAMPLE / "images" / line["name"]
                row = {"sample_name": line["name"], "image_hash": sha256_bytes(path.read_bytes()), "image_prompt": prompt}
                setting = line["name"].rsplit("_", 1)[0]
                mos = {aspect: min(5.0, max(0.0, float(line[column]))) for aspect, column in COLUMNS.items()}
                rows.append({**row, "generator": setting.split("_")[0], "generator_setting": setting, "split": split, "mos": mos})
                images.append({"image_hash": row["image_hash"], "path": str(path), "image_prompt": prompt})
    write_json_lines(found.folder / "rows.jsonl", rows)
    write_json_lines(found.folder / "images.jsonl", images)
    return found
