"""Predictions of stored runs beside a method's: paired differences on the rows that both have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import metrics
from .atomic_files import read_json_lines
from .errors import ScorerError
from .fit_rows import FitRow
from .image_prompt import normalise_image_prompt
from .paired import SAME_MOS, Run, compare_runs

MIN_SHARED = 0.5  # of the stored run's test rows; on fewer the difference would be of other images than its figures
MIN_SHARED_PROMPTS = 5  # what an interval needs
RESAMPLING_SEED = 0


@dataclass(frozen=True)
class StoredRun:
    """A stored run's predictions of its test rows for one aspect and head: (MOS, prediction) by sample name."""

    run: str
    head: str
    aspect: str
    protocol: str
    rows: Mapping[str, tuple[float, float]]

    def is_of(self, rows: Sequence[FitRow]) -> bool:
        """False when a sample of that name has another MOS: the run's dataset is another."""
        mos = {row.sample_name: row.mos.get(self.aspect) for row in rows if row.sample_name in self.rows}
        return all(value is not None and abs(value - self.rows[name][0]) <= SAME_MOS for name, value in mos.items())

    def to_json(self, rows: Sequence[FitRow]) -> dict[str, Any]:
        """The run's own figures, on its own test rows."""
        known = {row.sample_name for row in rows}
        mos, predicted = np.array([pair for name, pair in self.rows.items() if name in known]).reshape(-1, 2).T
        return {
            "run": self.run,
            "head": self.head,
            "aspect": self.aspect,
            "protocol": self.protocol,
            "n": len(mos),
            "srcc": metrics.srcc(predicted, mos).value,
            "plcc_raw": metrics.plcc(predicted, mos).value,
            "krcc": metrics.krcc(predicted, mos).value,
            "rmse_raw": metrics.rmse(predicted, mos).value,
        }


def read_stored_runs(path: Path) -> list[StoredRun]:
    """Read ``run``, ``head``, ``aspect``, ``protocol``, ``sample_name``, ``mos`` and ``predicted_mos`` a line, test rows alone."""
    found: dict[tuple[str, str, str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    for line in read_json_lines(path):
        key = (str(line["run"]), str(line["head"]), str(line["aspect"]), str(line["protocol"]))
        found[key][str(line["sample_name"])] = (float(line["mos"]), float(line["predicted_mos"]))
    return [StoredRun(*key, rows) for key, rows in found.items()]


def compare_with_stored(
    stored: StoredRun, rows: Sequence[FitRow], predicted: Sequence[float], protocol: str
) -> dict[str, Any]:
    """The method minus the stored run, as ``compare_runs`` has it; or a sentence in ``refused`` why not."""
    about = {"run": stored.run, "head": stored.head, "protocol": stored.protocol, "same_protocol": protocol == stored.protocol}
    places = [place for place, row in enumerate(rows) if row.sample_name in stored.rows]
    shared = [rows[place] for place in places]
    prompts = {normalise_image_prompt(row.prompt_group) for row in shared}
    if len(shared) < MIN_SHARED * len(stored.rows) or len(prompts) < MIN_SHARED_PROMPTS:
        return _refused(
            about,
            len(shared),
            f"{len(shared)} of the run's {len(stored.rows)} test rows, of {len(prompts)} image prompts, are judged here too: "
            f"a comparison needs {MIN_SHARED:.0%} of them and {MIN_SHARED_PROMPTS} prompts.",
        )
    names, groups = [row.sample_name for row in shared], [row.prompt_group for row in shared]
    ours = np.array([row.mos[stored.aspect] for row in shared])
    theirs, values = np.array([stored.rows[name] for name in names]).T
    first = Run(names, groups, ours, np.array([predicted[place] for place in places]))
    try:
        found = compare_runs(first, Run(names, groups, theirs, values), RESAMPLING_SEED)
    except ScorerError as error:
        return _refused(about, len(shared), str(error))
    return {**about, "n": len(shared), "refused": None, **{name: asdict(value) for name, value in found.items()}}


def _refused(about: Mapping[str, Any], n: int, sentence: str) -> dict[str, Any]:
    return {**about, "n": n, "refused": sentence, "srcc": None, "plcc_raw": None}
