"""No test is about time: however slow or busy the machine, only ``STUCK`` ends what does not end."""

import ast

from parity_tests.test_examples import ROOT

# What waits, or gives up, after the seconds it is given, and what takes the time.
WAITS = {"join", "wait", "communicate", "result", "acquire", "Timer", "select", "alarm"}
CLOCKS = {"sleep", "perf_counter", "monotonic", "process_time"}
# No tests: they plant faults, say how long each took, and end mutants that go on for ever, by their processor time.
PLANTING = {"planting.py", "random_run.py", "reached.py"}
# Nor these: an attack goes on for the seconds that it is given.
ATTACKS = ROOT / "parity_tests" / "attack"


def called(call):
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def of_time(tree):
    """Return ``(line, what)`` of each call that depends on the time it takes."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = called(call)
        seconds = [word.value for word in call.keywords if word.arg in ("timeout", "deadline")]
        if name in WAITS:
            seconds += call.args
        if name in CLOCKS or any(isinstance(getattr(value, "value", None), int | float) for value in seconds):
            yield call.lineno, name
        # Hypothesis gives up examples that take long to draw, too.
        words = {word.arg for word in call.keywords}
        if name == "settings" and not {"deadline", "suppress_health_check"} <= words:
            yield call.lineno, name


def test_what_depends_on_time_is_found():
    lines = ["time.sleep(1)", "thread.join(0.2)", "run(a, timeout=300)", "perf_counter()", "settings(deadline=None)"]
    names = ["sleep", "join", "run", "perf_counter", "settings"]
    assert sorted(of_time(ast.parse("\n".join(lines)))) == list(enumerate(names, start=1))
    sound = "thread.join(STUCK); thread.join(); ''.join(a); run(a, timeout=STUCK)"
    assert list(of_time(ast.parse(sound))) == []


def test_no_test_depends_on_time():
    paths = sorted((ROOT / "parity_tests").rglob("*.py"))
    paths = [path for path in paths if path.name not in PLANTING and ATTACKS not in path.parents]
    assert [(path.name, *what) for path in paths for what in of_time(ast.parse(path.read_text(encoding="utf-8")))] == []
