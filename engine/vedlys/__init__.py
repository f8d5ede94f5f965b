"""vedlys: facts of one environment in, the part of the support article that applies out.

from vedlys import Catalogue

catalogue = Catalogue.load()
assessment = catalogue.assess({"sspr.scope": "none"}, article="password-writeback", locale="lt")
print(assessment.markdown)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vedlys.assessment import Catalogue
    from vedlys.diagnostics import Diagnostic
    from vedlys.errors import CatalogueError, FactsError, Fault, RequestError, VedlysError
    from vedlys.model.result import Assessment, Evidence, Finding, Question, Undecided

__all__ = [
    "Assessment",
    "Catalogue",
    "CatalogueError",
    "Diagnostic",
    "Evidence",
    "FactsError",
    "Fault",
    "Finding",
    "Question",
    "RequestError",
    "Undecided",
    "VedlysError",
]

_HOMES = {
    "vedlys.assessment": ("Catalogue",),
    "vedlys.diagnostics": ("Diagnostic",),
    "vedlys.errors": ("CatalogueError", "FactsError", "Fault", "RequestError", "VedlysError"),
    "vedlys.model.result": ("Assessment", "Evidence", "Finding", "Question", "Undecided"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line starts without what it does not use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
