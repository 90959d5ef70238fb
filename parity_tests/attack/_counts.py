"""What an attack counts: how many cases were tried, and what came of each."""

from collections import Counter

# The right result; a refusal by name. What must not be: a wrong result, or one with a warning, or a refusal that does
# not say what is wrong; a crash; a wait without end; something lost that was there before.
GOOD = ("right", "refused")
BAD = ("wrong", "crashed", "hung", "lost")
VERDICTS = GOOD + BAD


class Counts:
    """The verdicts on cases of one sort. What went wrong is printed, the first few of each verdict."""

    shown_at_most = 20

    def __init__(self, kind, what):
        self.kind, self.what, self.verdicts = kind, what, Counter()

    def add(self, verdict, case="", cases=1):
        """Count a case, or several that ended alike; ``case`` says which it was, enough to try it again."""
        assert verdict in VERDICTS, verdict
        self.verdicts[verdict] += cases
        if verdict in BAD and self.verdicts[verdict] <= self.shown_at_most:
            print(f"{verdict} {self.kind}, {self.what}: {case}", flush=True)

    def record(self):
        """Return the record; ``__main__`` adds the seed, the seconds and the date."""
        tried = sum(self.verdicts.values())
        return {"kind": self.kind, "what": self.what, "tried": tried} | {name: self.verdicts[name] for name in VERDICTS}
