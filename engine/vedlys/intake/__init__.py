"""Posted facts in, an `Environment` out, or every fault of them at once.

`Intake.read` is one walk for valid facts and another, careful one for all others: the careful walk is the
definition, and what the fast one accepts is what the careful one accepts.
"""

from __future__ import annotations

from vedlys.intake.intake import Intake, Reading
from vedlys.intake.schema import request_schema

__all__ = ["Intake", "Reading", "request_schema"]
