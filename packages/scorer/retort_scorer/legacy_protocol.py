"""``--protocol legacy``: the protocol of the paper's code, for comparison with its table only.

There is no validation set: what isn't test is trained on, and the epoch is chosen on the test rows that are then evaluated
(source: M3-AGIQA's training code, splits train:test:validation of 4:1:0 and 3:1:0). Everything made so is marked.
"""

from .errors import ConfigError

LEGACY = "legacy"
LEGACY_NOTE = (
    "legacy: val = test. The epoch was chosen and intervals were calibrated on the test rows themselves, val rows were trained "
    "on: figures are too good and compare with the paper's table only"
)


def parse_protocol(value: object) -> dict[str, str]:
    """What marks the protocol in header, metrics and fingerprint; empty for ours.

    Raises:
        ConfigError: another value than "legacy".
    """
    if value is None:
        return {}
    if value != LEGACY:
        raise ConfigError(f"protocol is {value!r}, expected {LEGACY!r}.")
    return {"protocol": LEGACY, "protocol_note": LEGACY_NOTE}
