"""Frozen values: what a catalogue, a condition, an environment and a result are."""
