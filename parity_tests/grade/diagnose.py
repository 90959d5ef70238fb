"""What is wrong with a function, from its numbers alone."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from parity_tests.grade import pairs, seen
from parity_tests.grade.anatomy import Function, Solved
from parity_tests.grade.course import GATES
from parity_tests.grade.draws.sizes import FLOAT32, Call
from parity_tests.grade.edits import Edit
from parity_tests.grade.features import vector
from parity_tests.grade.library import Shelf, bench, right_numbers, shelf
from parity_tests.grade.values import Named, difference, named
from parity_tests.grade.verdict import BOTH, EXACT, LINE, ONE_OF, PART, SEEN, Finding, Quantity, Verdict

MOST = 3
LOOK = "look again at: "


def diagnose(exercise: Solved, function: Function, outcomes: list[dict[str, Any]], fatal: str) -> Verdict:
    """Return the verdict on one function; ``outcomes`` are those of its calls, ``fatal`` what ended the process."""
    runs = bench(exercise.idea, function.name)
    quantities = list(dict.fromkeys(seen.quantity_of(path) for each in runs.references for path in each.arrays))
    verdict = Verdict(function.name, "wrong", [Quantity(name, False, np.inf) for name in quantities])
    verdict.lesson = derived(exercise, function)
    status = trouble(outcomes, fatal, len(runs.calls), [call.special for call in runs.calls])
    if status:
        verdict.status = status[0]
        verdict.findings.append(Finding(SEEN, status[1], [status[1]]))
        return verdict
    results = [
        named(each["result"], function.results, runs.wanted(raw)) for each, raw in zip(outcomes, runs.raw, strict=True)
    ]
    verdict.quantities = compared(quantities, results, runs.references)
    changed = list(dict.fromkeys(path.lstrip() for each in outcomes for path in each["changed"]))
    if changed:
        says = f"you changed {', '.join(map(argument, changed[:MOST]))} in place: make a new array"
        verdict.findings.append(
            Finding(EXACT, "an array that came in is not what it was: look for +=, *= or [...] = on it", [says])
        )
    wider = widened(runs.calls, results, runs.references)
    if wider:
        says = f"{', '.join(wider)}: the dtype of the rows is lost, float32 becomes another"
        verdict.findings.append(Finding(EXACT, f"look at the dtype of {', '.join(wider)}", [says]))
        for quantity in verdict.quantities:
            quantity.right &= quantity.name not in wider
        return verdict
    if all(quantity.right for quantity in verdict.quantities):
        verdict.status = "wrong" if changed else "right"
        return verdict
    store = shelf(exercise.idea, function.name)
    verdict.findings += findings(exercise, function, store, results, verdict.quantities)
    verdict.lesson = derived(exercise, function, verdict.findings[-1].hint)
    return verdict


def derived(exercise: Solved, function: Function, hint: str = "") -> str:
    """Return the page and the line of the lesson: of the equation that a hint names, or of the function."""
    equation = hint.removeprefix(LOOK) if hint.startswith(LOOK) else ""
    return "{}:{}".format(*exercise.lesson(function.name, equation))


def widened(calls: list[Call], results: list[Named], references: list[Named]) -> list[str]:
    """Return the results that are right but in another dtype, where float32 rows must stay what they are."""
    return [
        path
        for call, result, reference in zip(calls, results, references, strict=True)
        for path, array in reference.arrays.items()
        if call.special == FLOAT32 and np.asarray(array).dtype == np.float32
        if path in result.arrays
        and result.arrays[path].dtype != np.float32
        and difference(result.arrays[path], array) < 1e-6
    ][:1]


def argument(path: str) -> str:
    """Return ``params['kernel']`` of ``['params']['kernel']``."""
    return path[2:].replace("']", "", 1) if path.startswith("['") else path


def trouble(outcomes: list[dict[str, Any]], fatal: str, calls: int, special: list[str]) -> tuple[str, str] | None:
    """Return the status and the words for a function that gave no result."""
    if len(outcomes) < calls:
        return "stopped", fatal or "was not reached"
    failed = [(each, words) for each, words in zip(outcomes, special, strict=True) if "error" in each]
    if not failed:
        return None
    each, words = failed[0]
    if each["error"] == "missing":
        return "missing", "is not defined"
    if each["error"] == "NotImplementedError":
        return "blank", "is still blank"
    if each["error"] in ("SystemExit", "KeyboardInterrupt"):
        return "stopped", f"calls exit in line {each['line']}"
    if each["error"] == "PermissionError" and "the grader refuses" in each["message"]:
        return "refused", each["message"].replace("the grader refuses this: ", "does what the grader refuses: ")
    where = f" in line {each['line']}" if each["line"] else ""
    only = f", with {words}" if words and len(failed) < calls else ""
    return "raises", f"raises {each['error']}{where}{only}: {each['message']}"


def compared(quantities: Iterable[str], results: list[Named], references: list[Named]) -> list[Quantity]:
    found = {name: Quantity(name, True, 0.0) for name in quantities}
    for result, reference in zip(results, references, strict=True):
        right = right_numbers(result, reference)
        for path, array in reference.arrays.items():
            quantity = found[seen.quantity_of(path)]
            quantity.right &= right[path]
            off = difference(result.arrays[path], array) if path in result.arrays else np.inf
            quantity.off = max(quantity.off, off)
        for path in result.arrays.keys() - reference.arrays.keys():
            found[seen.quantity_of(path)].right = False
    return list(found.values())


def findings(
    exercise: Solved, function: Function, store: Shelf, results: list[Named], quantities: list[Quantity]
) -> list[Finding]:
    """Return what is wrong with results that are not right."""
    faults = list(dict.fromkeys(fault for result in results for fault in result.faults))
    one = vector(store.layout, results)
    exact = store.matching(one)
    if exact:
        return [told(exercise, store, exact)]
    order = seen.swapped(results, store.references, function.results)
    if order:
        return [Finding(EXACT, "the right results, in another order than asked for", [order])]
    two = pairs.matching(exercise, store, one) if any(result.arrays for result in results) else None
    if two:
        return [told_pair(exercise, two)]
    if faults:
        return [Finding(SEEN, fault, [fault]) for fault in faults[:MOST]]
    wrong = sorted((each for each in quantities if not each.right), key=lambda each: function.place(each.name))
    parts, left = in_parts(exercise, store, one, wrong)
    return [*parts, *observed(exercise, function, store, results, left or wrong, bool(parts))]


def told(exercise: Solved, store: Shelf, rows: list[int]) -> Finding:
    """Return the finding for programs that have all the numbers of a submission."""
    best = [row for row in rows if store.rank(row) == store.rank(rows[0])]
    singles = [row for row in best if len(store.sentence(row)) == 1] or best
    sentences = list(dict.fromkeys(tuple(store.sentence(row)) for row in singles))[:MOST]
    hint = looked_at(exercise, store.variants[singles[0]])
    if store.rank(singles[0]) > 0:
        return Finding(LINE, hint, [says for each in sentences for says in each])
    if len(sentences) == 1:
        kind = EXACT if len(sentences[0]) == 1 else BOTH
        return Finding(kind, hint, list(sentences[0]))
    return Finding(ONE_OF, hint, ["; and ".join(each) for each in sentences])


def told_pair(exercise: Solved, two: tuple[Edit, ...]) -> Finding:
    return Finding(BOTH, looked_at(exercise, two), [edit.says for edit in two if edit.says])


def looked_at(exercise: Solved, edits: Iterable[Edit]) -> str:
    """Return the hint: the equations that the changed lines say."""
    lines = [exercise.source.count("\n", 0, edit.start) + 1 for edit in edits if edit.says]
    equations = list(dict.fromkeys(filter(None, map(exercise.equation, lines))))
    return LOOK + "   and at: ".join(equations) if equations else "look at it once more, line by line"


def in_parts(
    exercise: Solved, store: Shelf, one: np.ndarray, wrong: list[Quantity]
) -> tuple[list[Finding], list[Quantity]]:
    """Return mistakes that explain some of the wrong quantities each, and the quantities that are left."""
    found: list[Finding] = []
    left = []
    for quantity in wrong:
        paths = {path for _, path, _ in store.layout.leaves if seen.quantity_of(path) == quantity.name}
        rows = [row for row in store.matching(one, store.layout.columns(paths)) if len(store.variants[row]) == 1][:40]
        # A program that has this quantity wrong in the same way, and no quantity wrong that is right here.
        rows = [row for row in rows if pairs.breaks_no_more(store, row, one)]
        if rows:
            says = f"{quantity.name}: {' or: '.join(dict.fromkeys(store.sentence(rows[0])))}"
            found.append(Finding(PART, looked_at(exercise, store.variants[rows[0]]), [says]))
        else:
            left.append(quantity)
    return found, left


def observed(
    exercise: Solved, function: Function, store: Shelf, results: list[Named], wrong: list[Quantity], more: bool
) -> list[Finding]:
    """Return what is seen in the wrong quantities, and where the first wrong one enters."""
    found: list[Finding] = []
    for quantity in wrong:
        told: dict[str, list[int]] = {}
        count = 0
        for number, (result, reference) in enumerate(zip(results, store.references, strict=True)):
            for path, array in reference.arrays.items():
                if (
                    seen.quantity_of(path) == quantity.name
                    and path in result.arrays
                    and difference(result.arrays[path], array) > 2e-5
                ):
                    count += 1
                    for words in seen.of_array(result.arrays[path], array, store.calls[number], function.arguments):
                        told.setdefault(words, []).append(number)
                    gates = GATES.get(exercise.idea, {}).get(quantity.name.split("/")[-1], "")
                    quantity.note = quantity.note or seen.where_wrong(result.arrays[path], array, gates)
        says = [words for words, where in told.items() if len(where) == count or "shape" in words or "factor" in words]
        if says:
            found.append(
                Finding(SEEN, f"{quantity.name}: {says[0].split(':')[0]}", [f"your {quantity.name} is {says[0]}"])
            )
    bad = {
        call.special
        for call, result, reference in zip(store.calls, results, store.references, strict=True)
        if not all(right_numbers(result, reference).values())
    }
    if bad and "" not in bad and any(not call.special for call in store.calls):
        words = f"right, but not with {' nor with '.join(sorted(bad))}"
        found.insert(0, Finding(SEEN, words, [words]))
    if not found and not more:
        first = wrong[0]
        equation = exercise.equation(function.place(first.name))
        words = f"the first wrong quantity is {first.name}" + (f", made where it says: {equation}" if equation else "")
        found.append(Finding(SEEN, words, [words + (f"; {first.note}" if first.note else "")]))
    return found
