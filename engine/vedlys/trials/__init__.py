"""Trials: what `vedlys test` runs. Examples and cases on every engine, what they cover, and the mutants they miss."""

from __future__ import annotations

from vedlys.trials.results import ArticleReport, TrialReport
from vedlys.trials.run import ALL_ENGINES, run_trials

__all__ = ["ALL_ENGINES", "ArticleReport", "TrialReport", "run_trials"]
