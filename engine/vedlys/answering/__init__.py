"""Answering: one article in one locale applied to environments, with what was worked out before."""
