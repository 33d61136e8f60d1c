"""The README of a pack: a model card with Hugging Face's fields, filled from the checkpoint and the metrics of its fit."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .checkpoint import Checkpoint
from .fit_config import ASPECTS_OF_PROMPT
from .fit_heads import SCORER
from .tuned_stages import MEMBER

FIGURES = {"srcc": "SRCC", "plcc_raw": "PLCC, raw", "plcc_logistic5": "PLCC, logistic 5", "krcc": "KRCC", "rmse_raw": "RMSE"}

USE = """\
## Use

    pip install -r requirements.txt

```python
import sys

sys.path.insert(0, "{name}")  # this folder
from retort_scorer import Scorer

scorer = Scorer.load("{name}")
scorer.score(["image.png"], ["a red fox"])
```

Images are paths, PIL images or RGB arrays [H, W, 3] of uint8. Each aspect comes with `predicted_mos` on 0–5 and a 90 % interval,
`low` to `high`. Nothing is downloaded: the encoder's weights are in `encoder/`. `sha256sum -c SHA256SUMS` checks the files.
"""

LIMITS = """\
## Intended use and limits

Predicts how people rate an AI-generated image, from its pixels and its image prompt alone: for research, and for comparing or
sorting generated images. Not for judging people's work or photographs, and not as the only ground for a decision.

- Nothing is promised for images of generators that the scorer was not trained on, neither scores nor intervals.
- The ratings are those of one study's raters; another public may see it differently.
- Within one generator all such scores are weak: they tell generators apart better than images of one generator.
- Images are stretched to {side} x {side} pixels; what shows only at full resolution is not seen.
"""

LICENCES = """\
## Licences

The code and the heads are Apache-2.0. The weights in `encoder/` are those of others, unchanged: EfficientNet-Lite (Apache-2.0) and
all-MiniLM-L6-v2 (Apache-2.0 by its authors, packaged under MIT); see NOTICE. The images and ratings that the heads were fitted on
have licences of their own.
"""


def model_card(checkpoint: Checkpoint, metrics: Mapping[str, Any] | None, name: str, side: int, onnx: str | None) -> str:
    """The card as Markdown with a YAML head.

    Args:
        metrics: of ``metrics.json`` beside the checkpoint; None where there is none, which the card says.
        name: of the pack's folder. ``side``: of the encoder's pixels. ``onnx``: what there is to say of scorer.onnx.
    """
    parts = [
        _front_matter(metrics, name),
        f"# {name}\n\nPredicts {', '.join(checkpoint.aspects)} of AI-generated images as a mean opinion score (MOS) on 0–5.\n"
        f"Encoder `{checkpoint.header['encoder']}` ({checkpoint.revisions.name}).{_tuned(checkpoint)}\n",
        USE.format(name=name),
        *([f"## ONNX\n\n{onnx}\n"] if onnx is not None else []),
        _figures(metrics),
        _intervals(checkpoint),
        LIMITS.format(side=side),
        LICENCES,
    ]
    return "\n".join(parts)


def _tuned(checkpoint: Checkpoint) -> str:
    stages = checkpoint.header.get(MEMBER)
    if stages is None:
        return ""
    which = "last stage" if stages["stages"] == 1 else f"last {stages['stages']} stages"
    return f" `scorer.safetensors` has EfficientNet-Lite2's {which} once more, with weights tuned on ratings."


def _front_matter(metrics: Mapping[str, Any] | None, name: str) -> str:
    lines = ["---", "license: apache-2.0", "library_name: pytorch", "pipeline_tag: image-classification", "tags:"]
    lines += ["- image-quality-assessment", "- ai-generated-images"]
    datasets = [str(dataset) for dataset in (metrics or {}).get("datasets", [])]
    if datasets:
        lines += ["datasets:", *(f"- {_yaml(dataset)}" for dataset in datasets)]
    lines += ["metrics:", *(f"- {figure}" for figure in FIGURES)]
    if metrics is not None:
        lines += ["model-index:", f"- name: {_yaml(name)}", "  results:"]
        for aspect, entry in metrics["aspects"].items():
            lines += [
                "  - task:",
                "      type: image-quality-assessment",
                f"      name: {aspect}",
                "    dataset:",
                f"      name: {_yaml(', '.join(datasets) or 'the rows of the fit')}",
                f"      type: {_yaml(datasets[0] if datasets else 'unknown')}",
                "      split: test",
                "    metrics:",
            ]
            for figure, value in _values(entry["heads"][SCORER]).items():
                lines += [f"    - type: {figure}", f"      value: {value:.4f}"]
    return "\n".join([*lines, "---", ""])


def _figures(metrics: Mapping[str, Any] | None) -> str:
    if metrics is None:
        return "## Figures\n\nNone are known: there was no metrics.json beside the checkpoint.\n"
    columns = ["aspect", "predicted by", "n (test)", *FIGURES.values()]
    rows = [_table_row(columns), _table_row(["---"] * len(columns))]
    for aspect, entry in metrics["aspects"].items():
        named = {"**this scorer**" if head == SCORER else f"{head} alone": values for head, values in entry["heads"].items()}
        for what, values in {**named, "floor: metadata, no pixels": entry["floor"]}.items():
            known = _values(values)
            cells = [f"{known[figure]:.3f}" if figure in known else "" for figure in FIGURES]
            rows.append(_table_row([aspect, what, str(entry["n"]["test"]), *cells]))
    leaks = [f"The split leaks: {leak}" for leak in metrics.get("leakage", [])]
    notes = [f"Split: test. Protocol: {metrics.get('protocol', 'unknown')}.", *leaks]
    counts = "; ".join(f"{aspect}: {json.dumps(entry['n'])}" for aspect, entry in metrics["aspects"].items())
    return "## Figures\n\n" + "\n".join([*notes, f"Rows a split: {counts}.", "", *rows, ""])


def _table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _values(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(figures[name]) for name in FIGURES if isinstance(figures.get(name), int | float)}


def _intervals(checkpoint: Checkpoint) -> str:
    rows = []
    for aspect, entry in checkpoint.header["aspects"].items():
        width, note = entry["conformal"]["half_width"], entry["conformal"].get("note", "")
        rows.append(f"- {aspect}: " + (f"± {width:.3f}. {note}" if width is not None else f"none. {note}"))
        if aspect in ASPECTS_OF_PROMPT:
            rows[-1] += " Needs the image prompt."
    return "## Intervals\n\n" + "\n".join(line.rstrip() for line in rows) + "\n"


def _yaml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
