"""Evaluation: what rules say of one environment. `judge` is the definition; other engines are held to it."""
