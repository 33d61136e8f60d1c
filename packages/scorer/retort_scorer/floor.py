"""The metadata-only floor: what one reaches knowing how an image was made, without looking at it."""

from collections import defaultdict
from collections.abc import Sequence

DEFINITION = (
    "metadata only, no pixels, no text: an image's prediction is the mean MOS of its generator setting over the images of all "
    "other image prompts, whatever their split (leave the image's prompt out)"
)


def predict_floor(
    generator_settings: Sequence[str | None], image_prompts: Sequence[str], mos: Sequence[float]
) -> tuple[list[float | None], str | None]:
    """Predict each row's MOS from the other image prompts' rows of the same generator setting.

    Returns:
        a prediction a row, None where its setting occurs under no other image prompt; and the reason if there is no floor at
        all (no generator setting is known).
    """
    if all(setting is None for setting in generator_settings):
        return [None] * len(mos), "no generator setting is known for any image"
    totals: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
    own: dict[tuple[str | None, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for setting, prompt, value in zip(generator_settings, image_prompts, mos, strict=True):
        for sums in (totals[setting], own[setting, prompt]):
            sums[0] += value
            sums[1] += 1
    predicted: list[float | None] = []
    for setting, prompt in zip(generator_settings, image_prompts, strict=True):
        total, count = (all_sum - own_sum for all_sum, own_sum in zip(totals[setting], own[setting, prompt], strict=True))
        predicted.append(total / count if count > 0 else None)
    return predicted, None
