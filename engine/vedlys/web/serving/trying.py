"""Whether content may be put to use: it loads, holds together, and passes its own examples and cases.

It is found out in a process of its own, so that neither its time nor its memory, nor whatever goes wrong with it, is
that of those who answer: `python -m vedlys.web.serving.trying ROOT` prints the verdict as JSON.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from vedlys.diagnostics import Diagnostic

PATIENCE = 900.0  # seconds; thousands of articles take one or two minutes


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying content. Without a digest it cannot be used, and `diagnostics` say why."""

    digest: str | None
    diagnostics: tuple[Diagnostic, ...] = ()
    failure: str = ""  # where it could not even be tried: why


class Trial:
    """One try, which may be called off."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this very Python, and a path of ours
            [sys.executable, "-m", __name__, str(root)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def verdict(self, patience: float = PATIENCE) -> Verdict:
        """Wait for the verdict; a trial that fails or does not end is a verdict too."""
        try:
            output, errors = self._process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            self.call_off()
            self._process.communicate()
            return Verdict(digest=None, failure=f"checking it took more than {patience:.0f} s")
        if self._process.returncode:
            told = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
            reason = told or f"it ended with {self._process.returncode}"
            return Verdict(digest=None, failure=f"checking it failed: {reason}")
        try:
            return msgspec.json.decode(output, type=Verdict)
        except msgspec.DecodeError as error:
            return Verdict(digest=None, failure=f"checking it failed: {error}")

    def call_off(self) -> None:
        """End it; `verdict` then says that it failed."""
        self._process.kill()


def try_content(root: Path) -> Verdict:
    """Load the content, check what would show in answers, and run each example and case on the engines in use."""
    from vedlys.checking import OF_ANSWERS  # noqa: PLC0415
    from vedlys.checking.examples_hold import check_examples  # noqa: PLC0415
    from vedlys.opening import load_checked  # noqa: PLC0415 - lazy, as below: only the process that tries needs it
    from vedlys.trials import run_trials  # noqa: PLC0415

    content, diagnostics = load_checked(root, (*OF_ANSWERS, check_examples))
    if content is None or diagnostics.has_errors:
        return Verdict(digest=None, diagnostics=tuple(one for one in diagnostics.sorted() if one.level == "error"))
    # the judge has passed: what is left is that the engine which answers agrees with it
    differing = [wrong for article in run_trials(content, mutants=False).articles for wrong in article.differences]
    if differing:
        for wrong in differing:
            diagnostics.add("example-contradicts", wrong.span, rule=wrong.rule, wanted=wrong.judge, got=wrong.got)
        return Verdict(digest=None, diagnostics=tuple(diagnostics.sorted()))
    return Verdict(digest=content.digest)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(try_content(Path(sys.argv[1]))))
