"""Marks one submission: which exercise it is, what came of it, and the verdict on each function."""

import ast
from collections.abc import Callable, Sequence
from pathlib import Path

from parity_tests.grade import child, sandbox
from parity_tests.grade.anatomy import solved
from parity_tests.grade.course import LESSONS
from parity_tests.grade.diagnose import diagnose
from parity_tests.grade.draws import draw_calls
from parity_tests.grade.draws.sizes import Call
from parity_tests.grade.sandbox import LIMITS, Limits, Outcome
from parity_tests.grade.verdict import Report

Run = Callable[[str, str, Sequence[Call], dict[str, list[str]], Limits], Outcome]


def idea_of(source: str, path: Path) -> str:
    """Return the exercise that a submission is of: that of its functions, or else of its name or its folder's."""
    try:
        defined = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        defined = set()
    shares = {idea: len(defined & solved(idea).functions.keys()) for idea in LESSONS}
    best = max(shares, key=lambda idea: (shares[idea], idea == path.stem, idea == path.parent.name))
    if shares[best]:
        return best
    for name in (path.stem, path.parent.name):
        if name in LESSONS:
            return name
    raise ValueError(f"{path} defines no function of an exercise; the exercises are {', '.join(LESSONS)}")


def grade_source(
    source: str, path: Path, limits: Limits = LIMITS, run: Run = sandbox.run, only: Sequence[str] = ()
) -> Report:
    """Return the report on a submission; ``only`` names the functions to look at, all of the exercise without it."""
    exercise = solved(idea_of(source, path))
    wanted = [name for name in exercise.functions if not only or name in only]
    calls = [call for call in draw_calls(exercise.idea, exercise.module()) if call.function in wanted]
    names = {name: list(exercise.functions[name].arguments) for name in wanted}
    outcome = run(source, str(path), calls, names, limits)
    report = Report(str(path), exercise.idea, printed=outcome.printed)
    report.trouble = troubles(outcome)
    stopped = False
    for name in wanted:
        places = [place for place, call in enumerate(calls) if call.function == name]
        results = [outcome.results[place] for place in places if place < len(outcome.results)]
        fatal = "was not reached: the program ended before" if stopped else outcome.ended
        verdict = diagnose(exercise, exercise.functions[name], results, fatal)
        stopped = stopped or verdict.status == "stopped"
        report.verdicts.append(verdict)
    return report


def troubles(outcome: Outcome) -> list[str]:
    """Return in words what is wrong with the program as a whole."""
    found = []
    if outcome.loaded:
        error, line = outcome.loaded["error"], outcome.loaded["line"]
        where = f" in line {line}" if line else ""
        if error == "SystemExit":
            found.append(f"the file calls exit{where}")
        elif "the grader refuses" not in outcome.loaded["message"]:
            found.append(f"the file does not run: {error}{where}: {outcome.loaded['message']}")
    found += [f"the program was refused {what}" for what in dict.fromkeys(outcome.refused)]
    if outcome.ended:
        found.append(f"the program {outcome.ended}")
    return found


def grade_file(path: Path, limits: Limits = LIMITS) -> Report:
    """Return the report on a file. Raises ``OSError`` or ``ValueError`` where it is none that can be marked."""
    return grade_source(path.read_text(encoding="utf-8", errors="replace"), path, limits)


def run_here(source: str, path: str, calls: Sequence[Call], names: dict[str, list[str]], limits: Limits) -> Outcome:
    """Run a submission in this process: quick, and for programs that are known to be harmless."""
    import types

    module = types.ModuleType("submission")
    outcome = Outcome()
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except Exception as error:
        outcome.loaded = child.told(error, path)
    for call in calls:
        function = getattr(module, call.function, None)
        packed = child.frame({"arguments": call.arguments, "again": call.arguments})
        twice = child.read_frame(__import__("io").BytesIO(packed)) | {"names": names[call.function]}
        missing = {"error": "missing", "message": "", "line": None}
        arrays: list = []
        done = missing if function is None else child.call(function, {"path": path}, twice)
        outcome.results.append(child.unpack(child.pack(done, arrays), arrays))
    return outcome
