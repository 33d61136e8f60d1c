"""Trainable parts on top of features, a file each."""
