"""Poolings, a file each: one vector from the real tokens of a sequence."""
