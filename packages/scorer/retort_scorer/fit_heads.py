"""Fits every head of a config on the same inputs of the same rows: the part that a fit, a cross-validation and a refit share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .descriptions import Descriptions, description_targets
from .fit_config import ASPECTS_OF_PROMPT, FitConfig
from .fit_rows import FitRow
from .heads.ensemble import Ensemble
from .heads.head import Head
from .heads.head_inputs import HeadInputs
from .heads.kernel_ridge import fit_kernel_ridge
from .heads.ridge import fit_ridge
from .losses import group_numbers
from .training import TrainingData, best_epoch, train_head

Places = NDArray[np.int64]
Values = NDArray[np.float64]

SCORER = "scorer"  # the average of the config's members: what predicts
FLOOR_FITS = {"kernel-ridge": fit_kernel_ridge, "ridge": fit_ridge}


@dataclass(frozen=True)
class Study:
    """Rated rows with what heads read of them. ``mos``: [n, aspects] on the 0–5 scale, NaN where an aspect isn't rated."""

    aspects: tuple[str, ...]
    rows: Sequence[FitRow]
    inputs: HeadInputs
    mos: Values
    descriptions: Descriptions = field(default_factory=dict)  # empty where no network is to tell them

    def rated(self, aspect: str, places: Places) -> Places:
        """Those of ``places`` that are rated in ``aspect``."""
        return places[~np.isnan(self.mos[places, self.aspects.index(aspect)])]


@dataclass(frozen=True)
class NetworkEpochs:
    """How long a network was trained: epochs that its learning rate was planned over, and the one whose weights were kept."""

    planned: int
    best: int


@dataclass(frozen=True)
class AspectHeads:
    """What was fitted for one aspect: heads by name, the scorer among them; what was chosen on the way."""

    heads: Mapping[str, Head]
    chosen: Mapping[str, Mapping[str, float]]  # by floor: its gamma and alpha
    best_epoch: int | None  # of the first network
    epochs: Mapping[str, NetworkEpochs]  # by network: its aspects, mixer and seed


@dataclass(frozen=True)
class Progress:
    """Who hears of a fit. ``on_epoch``: a history line with aspect, mixer, seed; epochs done and in all. ``stopping`` ends it."""

    on_epoch: Callable[[dict[str, Any], int, int], None]
    stopping: Callable[[], bool]


def fit_heads(
    study: Study,
    config: FitConfig,
    train: Places,
    val: Places,
    folder: Path,
    progress: Progress,
    frozen: Mapping[str, AspectHeads] | None = None,
) -> tuple[dict[str, AspectHeads], list[dict[str, Any]]]:
    """Fit the heads of ``config`` on the rows at ``train``; ``val`` chooses the epoch, and may be empty.

    Args:
        folder: where each network keeps what it needs to go on after a kill.
        frozen: heads of an earlier fit of ``config``: its best epochs and its floors' gamma and alpha are taken over.
    Returns:
        the heads by aspect, and the history lines of each aspect's first network.
    """
    networks: dict[str, list[Head]] = {}
    history: list[dict[str, Any]] = []
    epochs: dict[str, dict[str, NetworkEpochs]] = {aspect: {} for aspect in study.aspects}
    mixers = [name for name in config.heads if name not in FLOOR_FITS]
    groups = [study.aspects] if config.joint else [(aspect,) for aspect in study.aspects]
    counter = _Counter(progress, len(groups) * len(mixers) * config.num_seeds)
    for mixer in mixers:
        for group in groups:
            for seed in range(config.num_seeds):
                name = f"{'-'.join(group)}.{mixer}.{seed}"
                known = None if frozen is None else frozen[group[0]].epochs[name]
                head, lines, trained = _train(study, config, group, mixer, seed, (train, val), folder / name, counter, known)
                for place, aspect in enumerate(group):
                    networks.setdefault(f"{aspect} {mixer}", []).append(head.for_output(place))
                    epochs[aspect][name] = trained
                    if seed == 0 and mixer == mixers[0]:
                        history += [{"aspect": aspect, **line} for line in lines]
    fitted = {}
    for aspect in study.aspects:
        heads: dict[str, Head] = {}
        chosen = {}
        for name in config.heads:
            if name in FLOOR_FITS:
                known_choice = None if frozen is None else frozen[aspect].chosen[name]
                heads[name], chosen[name] = _fit_floor(study, name, aspect, train, known_choice)
            else:
                members = networks[f"{aspect} {name}"]
                heads[name] = Ensemble(members, [1.0] * len(members))
        heads[SCORER] = Ensemble([heads[name] for name in config.members], [1.0] * len(config.members))
        first = next((trained.best for trained in epochs[aspect].values()), None)
        fitted[aspect] = AspectHeads(heads, chosen, first, epochs[aspect])
    return fitted, history


class _Counter:
    """Sums the epochs of all networks, each of which knows its own alone."""

    def __init__(self, progress: Progress, networks: int) -> None:
        self.progress, self._networks, self._before = progress, networks, 0

    def listener(self, **marks: Any) -> Callable[[dict[str, Any], int], None]:
        def on_epoch(line: dict[str, Any], epochs: int) -> None:
            self.progress.on_epoch({**marks, **line}, self._before + line["epoch"], epochs * self._networks)

        return on_epoch

    def network_done(self, epochs: int) -> None:
        self._before += epochs


def _train(
    study: Study,
    config: FitConfig,
    group: Sequence[str],
    mixer: str,
    seed: int,
    splits: tuple[Places, Places],
    state: Path,
    counter: _Counter,
    known: NetworkEpochs | None,
) -> tuple[Any, list[dict[str, Any]], NetworkEpochs]:
    """One network for the aspects of ``group``; its seed is the config's plus its own. ``known``: how long it is trained."""
    columns = [study.aspects.index(aspect) for aspect in group]
    train, val = (places[~np.isnan(study.mos[places][:, columns]).all(axis=1)] for places in splits)
    data = TrainingData(
        study.inputs,
        torch.from_numpy(train),
        torch.from_numpy(study.mos[train][:, columns]).float(),
        torch.from_numpy(val),
        torch.from_numpy(study.mos[val][:, columns]).float(),
        _groups(study, config, train),
        description_targets(study.descriptions, group, torch.from_numpy(train)),
    )
    shape = config.neural_shape(mixer, any(aspect in ASPECTS_OF_PROMPT for aspect in group), len(group))
    planned = config.epochs_for(len(train)) if known is None else known.planned
    listener = counter.listener(aspect=group[0], mixer=mixer, seed=seed)
    stopping = counter.progress.stopping
    path = state.with_name(f"{state.name}.resume.pt")
    last = None if known is None else known.best
    planned_config = replace(config, epochs=planned)
    head, lines = train_head(data, shape, planned_config, config.seed + seed, path, listener, stopping, last)
    counter.network_done(len(lines))
    return head, lines, NetworkEpochs(planned, best_epoch(lines))


def _groups(study: Study, config: FitConfig, train: Places) -> torch.Tensor | None:
    if config.rank_weight == 0 or config.rank_within == "batch":
        return None
    rows = [study.rows[place] for place in train]
    names = [row.prompt_group if config.rank_within == "image-prompt" else row.setting for row in rows]
    return group_numbers(names)


def _fit_floor(
    study: Study, name: str, aspect: str, train: Places, chosen: Mapping[str, float] | None
) -> tuple[Head, dict[str, float]]:
    places = study.rated(aspect, train)
    mos = torch.from_numpy(study.mos[places, study.aspects.index(aspect)])
    prompts = [study.rows[place].prompt_group for place in places]
    fit = FLOOR_FITS[name]
    return fit(study.inputs, torch.from_numpy(places), mos, prompts, aspect in ASPECTS_OF_PROMPT, chosen)
