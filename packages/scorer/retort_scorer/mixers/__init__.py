"""Sequence mixers, a file each: what lets the tokens of one image know of each other before they are pooled."""
