"""What the grader has to say about one function, and about a whole file."""

from dataclasses import asdict, dataclass, field
from typing import Any

# How sure a finding is: the numbers of exactly one known mistake; of one of several; of two together; of a program that
# differs in one line; of a part of the results; or what is seen in the numbers, whatever the cause.
EXACT, ONE_OF, BOTH, LINE, PART, SEEN = "this is", "one of", "both", "line", "part", "seen"


@dataclass
class Finding:
    """One thing that is wrong: ``hint`` says where to look, ``says`` what it is."""

    kind: str
    hint: str
    says: list[str]


@dataclass
class Quantity:
    """One result: how far it is off, as a part of its largest entry, at the worst call."""

    name: str
    right: bool
    off: float
    note: str = ""


@dataclass
class Verdict:
    """One function: its quantities, what is wrong, and where its lesson is."""

    function: str
    status: str
    quantities: list[Quantity]
    findings: list[Finding] = field(default_factory=list)
    lesson: str = ""

    @property
    def right(self) -> bool:
        return self.status == "right"

    @property
    def points(self) -> int:
        return sum(quantity.right for quantity in self.quantities)

    @property
    def spoken(self) -> bool:
        """Whether a mistake is named, and not only where it shows."""
        return any(finding.kind not in (PART, SEEN) for finding in self.findings)


@dataclass
class Report:
    """One submission."""

    file: str
    idea: str
    verdicts: list[Verdict] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    printed: str = ""

    @property
    def right(self) -> bool:
        return bool(self.verdicts) and not self.trouble and all(verdict.right for verdict in self.verdicts)

    @property
    def points(self) -> int:
        return 0 if self.trouble else sum(verdict.points for verdict in self.verdicts)

    @property
    def possible(self) -> int:
        return sum(len(verdict.quantities) for verdict in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        verdicts = [
            asdict(verdict) | {"right": verdict.right, "points": verdict.points, "possible": len(verdict.quantities)}
            for verdict in self.verdicts
        ]
        for verdict in verdicts:
            for quantity in verdict["quantities"]:
                quantity["off"] = min(quantity["off"], 1e300)
        told = {"file": self.file, "idea": self.idea, "right": self.right, "points": self.points}
        return told | {"possible": self.possible, "trouble": self.trouble, "functions": verdicts}
