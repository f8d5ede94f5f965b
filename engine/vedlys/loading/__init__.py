"""From the files of a content root to values, or to every fault of every file at once.

The only home of PyYAML and of jsonschema.
"""

from __future__ import annotations

from vedlys.loading.content import load, load_phrases

__all__ = ["load", "load_phrases"]
