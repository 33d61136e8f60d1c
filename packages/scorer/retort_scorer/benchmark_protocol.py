"""Under what protocol predictions were made, as far as their file lets one see, and which test rows leaked into training.

A file says what was held out by a ``fold`` (the row was predicted by a model that was trained on the other folds' rows) or by a
``split`` (predicted by a model that was trained on the train rows and chosen on the val rows). The names of protocols are
derived from image prompts and generators of those rows; a protocol that is only stated stays marked as stated.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .benchmark_predictions import Prediction
from .fit_rows import FitRow
from .folds import prompt_folds
from .image_prompt import normalise_image_prompt

FIXED_FOLDS = 5
FIXED_SEED = 0
UNSTATED = "unstated"


@dataclass(frozen=True)
class HeldOut:
    """The protocol's name; the names that are judged; and of those the ones whose image prompt, or generator, was trained on.

    ``leaked`` is None where the file doesn't say which rows were trained on.
    """

    protocol: str
    judged: Sequence[str]
    leaked: Sequence[str] | None
    seen_generator: Sequence[str] | None


def fixed_folds(rows: Sequence[FitRow]) -> list[int]:
    """The benchmark's five folds by image prompt, 1 to 5, of all rows of a dataset.

    Raises:
        ScorerError: fewer prompts than folds.
    """
    return [int(fold) + 1 for fold in prompt_folds([row.prompt_group for row in rows], FIXED_FOLDS, FIXED_SEED)]


def held_out(
    predictions: Mapping[str, Prediction],
    rows: Mapping[str, FitRow],
    folds: Mapping[str, int],
    stated: str | None,
    published: bool,
) -> HeldOut:
    """What the file lets one see of one run.

    Args:
        predictions: by sample name.
        rows: the dataset's, by sample name; other names take no part.
        folds: of ``fixed_folds``, by sample name.
        stated: the protocol that the file names, used where it has neither folds nor splits.
        published: True when the rows' own ``split`` is the dataset's published one.
    """
    known = [predictions[name] for name in sorted(predictions) if name in rows]
    if known and all(row.fold is not None for row in known):
        return _of_folds(known, rows, folds)
    if known and all(row.split is not None for row in known):
        return _of_split(known, rows, published)
    judged = [row.sample_name for row in known if row.split in (None, "test")]
    if any(row.fold is not None or row.split is not None for row in known):
        return HeldOut(f"{UNSTATED} for some rows", judged, None, None)
    return HeldOut(UNSTATED if stated is None else f"{stated} (as stated)", judged, None, None)


def _of_folds(known: Sequence[Prediction], rows: Mapping[str, FitRow], folds: Mapping[str, int]) -> HeldOut:
    names = [row.sample_name for row in known]
    count = len({row.fold for row in known})
    if count < 2:
        return HeldOut("one fold (train rows not listed)", names, None, None)
    by_prompt, by_generator = defaultdict(set), defaultdict(set)
    for row in known:
        by_prompt[_group(rows[row.sample_name])].add(row.fold)
        by_generator[rows[row.sample_name].generator].add(row.fold)
    leaked = [name for name in names if len(by_prompt[_group(rows[name])]) > 1]
    seen = [name for name in names if rows[name].generator is None or len(by_generator[rows[name].generator]) > 1]
    if leaked or not seen:
        return HeldOut(protocol_name(leaked, seen, f"{count} folds"), names, leaked, seen)
    pairs = {(row.fold, folds[row.sample_name]) for row in known}
    fixed = len(pairs) == count == len({place for _, place in pairs}) == FIXED_FOLDS
    return HeldOut(f"prompt-disjoint, {count} folds{'' if fixed else ' of its own'}", names, leaked, seen)


def _of_split(known: Sequence[Prediction], rows: Mapping[str, FitRow], published: bool) -> HeldOut:
    judged = [row.sample_name for row in known if row.split == "test"]
    trained = [row.sample_name for row in known if row.split != "test"]
    if not trained:
        return HeldOut("one split (train rows not listed)", judged, None, None)
    prompts = {_group(rows[name]) for name in trained}
    generators = {rows[name].generator for name in trained}
    leaked = [name for name in judged if _group(rows[name]) in prompts]
    seen = [name for name in judged if rows[name].generator is None or rows[name].generator in generators]
    of_authors = {name for name, row in rows.items() if row.split == "test"}
    if published and set(judged) == of_authors:
        return HeldOut(f"published split{' (prompts shared)' if leaked else ''}", judged, leaked, seen)
    return HeldOut(protocol_name(leaked, seen, "one split"), judged, leaked, seen)


def protocol_name(leaked: Sequence[str], seen: Sequence[str], turns: str) -> str:
    """The protocol of judged rows of which ``leaked`` had their image prompt, and ``seen`` their generator, trained on."""
    if not leaked:
        return f"prompt-disjoint, {turns}" if seen else f"prompt- and model-disjoint, {turns}"
    return f"{turns} (prompts shared)" if seen else f"model-disjoint, {turns} (prompts shared)"


def _group(row: FitRow) -> str:
    return normalise_image_prompt(row.prompt_group)
