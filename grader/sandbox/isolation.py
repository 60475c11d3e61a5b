"""How well student code is walled off: which layers stood up to real attacks, and which attacks did not fail.

Grading starts only where every attack fails (grade A), or where the operator has typed that less will do;
the line that says so is kept with every result.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.faults import Fault

OVERRIDE = "--isolation=process"


@dataclass(frozen=True)
class Isolation:
    """Layers that stand, by name, and the names of attacks that succeed in spite of them."""

    layers: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Grade A: there are layers, and every attack on them failed."""
        return bool(self.layers) and not self.open

    @property
    def line(self) -> str:
        """`uid+landlock7+seccomp+rlimits`; where attacks succeed, `rlimits (open: reads a file)`."""
        wall = "+".join(self.layers) or "process-only"
        return f"{wall} (open: {', '.join(self.open)})".replace("_", " ") if self.open else wall


NO_WALL = Isolation(open=("everything: a plain subprocess has no wall",))


class TooWeak(Fault):
    """The wall has holes or the secrets lie on its other side, and nobody has said that grading may go on."""


def accepted(isolation: Isolation, *, weaker: bool) -> str:
    """The line to record; `weaker` says whether the operator has typed the override.

    Raises:
        TooWeak: the isolation is not sound, and the override was not typed.
    """
    if isolation.sound:
        return isolation.line
    if weaker:
        return f"{isolation.line}; accepted with {OVERRIDE}"
    raise TooWeak(
        f"nothing was graded: student code is not walled off here, isolation is {isolation.line}; use a "
        f"machine that has what docs/security.md lists, or type {OVERRIDE} for hand-ins that you trust"
    )
