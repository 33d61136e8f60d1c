"""The scorer: encodes images and prompts, fits heads that predict MOS, and predicts; driven by JSON lines, see ``serve``."""
