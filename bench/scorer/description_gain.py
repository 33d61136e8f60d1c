"""What the teacher's descriptions as a second target give the xLSTM head on image prompts that it never saw, paired with none.

    PYTHONPATH=packages/scorer python bench/scorer/description_gain.py AGIQA-3K-FOLDER OUT [NETWORKS [WEIGHT ...]]

Needs the packages of packages/scorer/requirements.txt and requirements-weights.txt. Five folds by image prompt (seed 0); a fold
learns from descriptions of the other folds' images alone, and predicts without any. OUT keeps features and finished folds: killed,
it goes on, and further weights cost their own folds only. NETWORKS are averaged (2), weights are 0.3 unless they are given.
"""

import csv
import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from retort_scorer.atomic_files import read_json_lines, sha256_text, write_json_lines
from retort_scorer.cross_validation import FOLDS, fold_file, run_cross_validate
from retort_scorer.encode import run_encode
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
            gains = compare_predictions(prompts, predictions(out, aspect, networks, weight), plain, mos, seed=0)
            for name, gain in gains.items():
                if gain.value is None or gain.interval is None:
                    raise SystemExit(f"{aspect}: no interval of the difference in {name}: {gain.reason}")
                low, high = gain.interval
                print(f"{aspect}, weight {weight} minus 0: {name} {gain.value:+.4f} (95 % {low:+.4f} to {high:+.4f}, p {gain.p:.3f})")


if __name__ == "__main__":
    given = sys.argv[3:]
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(given[0]) if given else 2, [float(weight) for weight in given[1:]] or [0.3])
