"""What tuned last stages give kernel ridge on image prompts that neither it nor the stages ever saw, paired with untuned ones.

    PYTHONPATH=packages/scorer python bench/scorer/tuned_stages_gain.py AGIQA-3K-FOLDER OUT [STAGES [EPOCHS]]

Needs the packages of packages/scorer/requirements.txt and requirements-weights.txt. Five folds by image prompt (seed 0); in each the
stages are tuned on the other folds' rows alone, for all of their epochs, and every image is encoded anew by them. OUT keeps
activations, features and finished folds: killed, it goes on. STAGES 1 or 2; EPOCHS are finetune's own unless they are given.
"""

import sys
from pathlib import Path

import numpy as np

from agiqa_lists import COLUMNS, tell, told_gains, write_lists
from retort_scorer.atomic_files import read_json_lines, write_json_lines
from retort_scorer.cross_validation import FOLDS, held_out_lines
from retort_scorer.encode import run_encode
from retort_scorer.encoders.registry import describe_encoder
from retort_scorer.finetune import run_finetune
from retort_scorer.fit_config import parse_config
from retort_scorer.fit_rows import FitRow, read_fit_rows
from retort_scorer.folds import Part, fold_parts, prompt_folds
from retort_scorer.study import load_features

HEAD = "kernel-ridge"


def never() -> bool:
    return False


def tune(out: Path, folder: Path, fold: int, part: Part, stages: int, epochs: int | None) -> str:
    """The encoder whose stages were tuned on the fold's train rows; ``folder`` gets what is made for it."""
    folder.mkdir(exist_ok=True)
    lines = read_json_lines(out / "rows.jsonl")
    for place in part.test:
        lines[place]["split"] = "test"
    rows = folder / f"rows.{fold}.jsonl"
    write_json_lines(rows, ({name: value for name, value in line.items() if name != "descriptions"} for line in lines))
    file = folder / f"{fold}.safetensors"
    shared = {"feature_store": str(out / "features"), "images": str(out / "images.jsonl"), "threads": 1}
    more = {"rows": str(rows), "aspects": list(COLUMNS), "work": str(folder / "work"), "out": str(file)}
    run_finetune({**shared, **more, "stages": stages, "epochs": epochs}, tell, never)
    return f"tuned:{file}"


def predict(out: Path, rows: list[FitRow], encoder: str, part: Part, folder: Path) -> dict[str, np.ndarray]:
    """By aspect, held-out predictions of the fold's test rows."""
    images = {"feature_store": str(out / "features"), "images": str(out / "images.jsonl"), "threads": 1}
    run_encode({**images, "encoder": encoder}, tell, never)
    spec = describe_encoder(encoder)
    table = load_features(out / "features", spec, rows)
    config = parse_config({"heads": [HEAD], "members": [HEAD]})
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for aspect in COLUMNS:
        lines = held_out_lines(rows, table, spec, aspect, config, [part], folder, tell, never, {})
        by_row = {line["row"]: line["predicted"][HEAD] for line in lines}
        found[aspect] = np.array([by_row[place] for place in part.test.tolist()])
    return found


def main(dataset: Path, out: Path, stages: int, epochs: int | None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_lists(dataset, out)
    rows = read_fit_rows(out / "rows.jsonl")
    prompts = [row.prompt_group for row in rows]
    plain, tuned = ({aspect: np.zeros(len(rows)) for aspect in COLUMNS} for _ in range(2))
    folder = out / f"{stages}-stages-{epochs or 'default'}-epochs"
    for fold, part in enumerate(fold_parts(prompt_folds(prompts, FOLDS, 0))):
        encoder = tune(out, folder, fold, part, stages, epochs)
        for found, name, where in ((plain, "embedded", out / "plain"), (tuned, encoder, folder)):
            for aspect, values in predict(out, rows, name, part, where / f"heads.{fold}").items():
                found[aspect][part.test] = values
    for aspect in COLUMNS:
        mos = np.array([row.mos[aspect] for row in rows])
        print(told_gains(f"{aspect}, {stages} tuned minus untuned", prompts, tuned[aspect], plain[aspect], mos))


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[3:]]
    main(Path(sys.argv[1]), Path(sys.argv[2]), given[0] if given else 1, given[1] if len(given) > 1 else None)
