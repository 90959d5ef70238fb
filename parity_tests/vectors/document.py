"""What is written of a case: arrays under their names in one ``.npz``, and a JSON that says what they are.

The format is described in ``docs/vectors.md``; a change of it that a reader must know of is a new ``VERSION``.
"""

import dataclasses
import json

import numpy as np

from parity_tests.bounds.derived import run_bounds
from parity_tests.bounds.exact import run_rounded
from parity_tests.bounds.running import KinkError
from parity_tests.vectors.cases import HOLES, run
from scratch.archives import write_arrays
from scratch.cell import Cell
from scratch.files import write_text
from scratch.tree import map_tree, named_leaves

FORMAT, VERSION = "unrolled conformance vectors", 2
OPS = {
    "forward": "dynamic_rnn",
    "reverse": "dynamic_rnn",
    "both": "bidirectional_dynamic_rnn",
    "stack": "stack_bidirectional_dynamic_rnn",
}
# How often a case is drawn anew if one of its numbers is too near to a kink.
ATTEMPTS = 10


def solve(case):
    """Return ``(problem, expected, bounds)`` of the first draw that is clear of the kinks of relu and clipping."""
    for attempt in range(ATTEMPTS):
        problem = case.draw(attempt)
        try:
            bounds = run_bounds(run, case, problem, case.dtype)
        except KinkError:
            continue
        return problem, run_rounded(run, case, problem), bounds
    raise KinkError(f"{case.name} is near a kink in each of {ATTEMPTS} draws")


def described(value):
    """Return a cell as JSON: its class and every option, a cell in it as one more such object."""
    if isinstance(value, Cell):
        options = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.repr}
        return {"class": type(value).__name__} | {name: described(option) for name, option in options.items()}
    return [described(part) for part in value] if isinstance(value, list | tuple) else value


def given_arrays(case, problem):
    """Return ``{name: array}`` of what an engine is given."""
    trees = problem._asdict()
    if case.sequence_length is not None:
        trees["sequence_length"] = np.array(case.sequence_length)
    if case.holes:
        trees["mask"] = HOLES
    return {name: np.ascontiguousarray(leaf) for name, leaf in named_leaves(trees)}


def tolerances(case, expected, bounds):
    """Return ``{name: tolerance}``: the largest bound in each array, and the rounding of what is written to float64."""
    found = {}
    for (name, want), (_, bound) in zip(named_leaves(expected._asdict()), named_leaves(bounds._asdict()), strict=True):
        found[name] = float(bound.max() + np.spacing(np.abs(want).max()) / 2)
    return found


def document_of(case, given, expected, allowed, witnesses):
    """Return the JSON of a case."""
    sizes = {"B": case.batch_size, "T": case.num_steps, "D": case.input_size, "output": case.cell.output_size}
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": case.name,
        "op": OPS[case.direction],
        "direction": case.direction,
        "cell": described(case.cell),
        "dtype": np.dtype(case.dtype).name,
        "layout": "batch-major: inputs and outputs are [B, T, ...]",
        "sizes": sizes,
        "sequence_length": case.sequence_length,
        "mask": "given" if case.holes else None,
        "output_where_skipped": "that of the last step taken, 0 where there is none" if case.repeated else "0",
        "initial_state": "zeros" if case.zero_state else "given",
        "given": {name: {"shape": array.shape, "dtype": array.dtype.name} for name, array in given.items()},
        "expected": {
            name: {"shape": array.shape, "dtype": array.dtype.name, "tolerance": allowed[name]}
            for name, array in expected.items()
        },
        "witnesses": witnesses,
    }


def write(folder, case, problem, expected, bounds, witnesses):
    """Write ``NAME.npz`` and ``NAME.json`` of a case."""
    given, allowed = given_arrays(case, problem), tolerances(case, expected, bounds)
    # A copy, because arrays may share memory; contiguous, because the order in memory would be in the file.
    expected = dict(named_leaves(map_tree(np.ascontiguousarray, expected._asdict())))
    write_arrays(folder / f"{case.name}.npz", given | expected)
    text = json.dumps(document_of(case, given, expected, allowed, witnesses), indent=1, ensure_ascii=False)
    write_text(folder / f"{case.name}.json", text + "\n")
