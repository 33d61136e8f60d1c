"""Failures that a person can mend, with the ``code`` that crosses to TypeScript (ERROR_CODES in packages/schema)."""


class ScorerError(Exception):
    """What was expected, what came, what to do: one message for people, one code for programs."""

    code = "scorer-failed"


class ConfigError(ScorerError):
    """Hyper-parameters that nobody can mean: an unknown name, or a value of the wrong kind or out of range."""

    code = "usage"


class NothingToEvaluateError(ScorerError):
    """A checkpoint and a dataset that have nothing in common, or too few rows for what was asked: other arguments mend it."""

    code = "usage"


class CheckpointUnreadableError(ScorerError):
    """A file that should be a scorer checkpoint isn't one, or one of another format version."""

    code = "checkpoint-unreadable"


class LeakError(ScorerError):
    """Figures that would be too good: what is judged on was learnt from."""

    code = "split-leaks"


class ImageUnreadableError(ScorerError):
    """An image file is missing, broken, too large or not the one that its hash promises."""

    code = "image-unreadable"


class StopRequested(Exception):
    """SIGTERM came: everything worth keeping is on disk, leave with exit code 0."""
