"""Makes the shared fixtures known to the tests of the consumers."""

from sample_fixtures import broken_copy, export, own_cache

__all__ = ["broken_copy", "export", "own_cache"]
