"""Digests: short names for what is long, different wherever that differs.

BLAKE2 as Python has it built in. `hashlib` loads OpenSSL first, which takes longer than all that a command digests.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python without it
    from hashlib import blake2b

__all__ = ["blake2b"]
