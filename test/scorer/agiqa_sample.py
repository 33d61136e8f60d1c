"""The committed sample of AGIQA-3K as columns and as rows of a fit: real ratings, no pixels."""

import csv

import numpy as np

from conftest import SAMPLE
from retort_scorer.fit_rows import FitRow

COLUMNS = {"quality": "mos_quality", "correspondence": "mos_align"}


def read_sample(aspect: str = "quality") -> tuple[list[FitRow], np.ndarray]:
    """297 rows in the order of data.csv, all of them test, and their MOS."""
    with (SAMPLE / "data.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    mos = np.clip([float(line[COLUMNS[aspect]]) for line in lines], 0, 5)
    rows = [
        FitRow(
            sample_name=line["name"],
            image_hash=f"sha256:{line['name']}",
            image_prompt=line["prompt"],
            generator=line["name"].split("_")[0],
            generator_setting=line["name"].rsplit("_", 1)[0],
            split="test",
            mos={aspect: float(value)},
        )
        for line, value in zip(lines, mos, strict=True)
    ]
    return rows, mos
