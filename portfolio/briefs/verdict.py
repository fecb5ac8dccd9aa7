"""What a brief says of the gate, and the words that its first page leads with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocker:
    """One unmet condition of the gate, and who can meet it."""

    code: str
    sentence: str
    owner: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the three things the gate asks for."""

    name: str
    is_defined: bool
    sentence: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class GateState:
    """Where the project stands at the scoping gate on the day of the brief.

    A brief is called ready by `is_ready` alone, and that is computed: no caller can set it.
    """

    stage: str
    has_left_concept: bool
    is_over: bool
    hold_reason: str
    stopped_reason: str
    panels: tuple[Panel, ...]
    others: tuple[Blocker, ...]

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Everything that is missing, in the order it is mended."""
        return (*(item for panel in self.panels for item in panel.blockers), *self.others)

    @property
    def missing(self) -> int:
        """How many of problem, budget and priority are not defined."""
        return sum(not panel.is_defined for panel in self.panels)

    @property
    def is_blocked(self) -> bool:
        """True while the project may not be scoped, or may not go on."""
        if self.is_over:
            return False
        # Free slots matter before scoping only.
        waits = bool(self.blockers) and not self.has_left_concept
        return waits or bool(self.missing or self.hold_reason)

    @property
    def is_ready(self) -> bool:
        """True for a concept with nothing missing."""
        return not (self.is_over or self.has_left_concept or self.is_blocked)

    @property
    def reason(self) -> str:
        """Why it is stopped or on hold, in the words of the person who did it."""
        return self.stopped_reason if self.is_over else self.hold_reason

    @property
    def headline(self) -> str:
        """The sentence that the first page leads with."""
        if self.is_over:
            return f"This project is {self.stage.lower()}."
        if self.hold_reason:
            return "This project is on hold."
        if self.is_ready:
            return "This project may be scoped: problem, budget and priority are all defined."
        if not self.is_blocked:
            return f"This project is in {self.stage.lower()}. Its gate is open."
        if self.missing:
            verb = "is" if self.missing == 1 else "are"
            return (
                f"This project may not be scoped yet: {self.missing} of {len(self.panels)} "
                f"{verb} missing."
            )
        return "This project may not be scoped yet."
