"""Compiling: rulebooks to straight Python, once, and an index from each fact to the articles it bears on."""
