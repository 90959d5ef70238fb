"""What the runners of ONNX make of the vectors: ``python -m parity_tests.vectors.onnx_runners out/vectors``.

Each folder is run by ONNX's reference evaluator and by ONNX Runtime. Where one is known to differ, or to refuse,
``KNOWN`` says in which cases and why. The command ends non-zero for any other difference.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator

from parity_tests.harness import LIMITS
from parity_tests.vectors.onnx_folders import read_arrays

# (runner, what the case has): what the runner makes of it.
KNOWN = {
    ("reference", "lengths"): "does not read sequence_lens",
    ("reference", "activations"): "does not read activations of LSTM and GRU, and knows few of RNN",
    ("reference", "input_forget"): "does not read input_forget",
    ("onnxruntime", "float64"): "has no kernels in double",
    ("onnxruntime", "row of length 0"): "its final state is 0, not the initial state",
}


def reference(path):
    return ReferenceEvaluator(onnx.load(path)).run


def runtime(path):
    options = onnxruntime.SessionOptions()
    # What it refuses, it also prints; the exception says the same.
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path, options).run


RUNNERS = {"reference": reference, "onnxruntime": runtime}


def traits(path):
    """Return what a case has that a runner may not have."""
    given = read_arrays(path / "test_data_set_0", "input")
    (node,) = onnx.load(path / "model.onnx").graph.node
    options = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    lengths = given.get("sequence_lens", np.ones(1))
    read = {b"Sigmoid", b"Tanh"} | ({b"Affine"} if node.op_type == "RNN" else set())
    starts = any(name.startswith("initial") and array.any() for name, array in given.items())
    has = {
        "lengths": "sequence_lens" in given,
        "activations": not {*options["activations"]} <= read,
        "input_forget": bool(options.get("input_forget")),
        "float64": given["X"].dtype == np.float64,
        "row of length 0": bool((lengths == 0).any()) and starts,
    }
    return [trait for trait, there in has.items() if there]


def verdict(runner, path):
    """Return ``"agrees"``, ``"differs"`` or ``"refuses"``."""
    given, wanted = (read_arrays(path / "test_data_set_0", kind) for kind in ("input", "output"))
    try:
        found = RUNNERS[runner](path / "model.onnx")(list(wanted), given)
    except Exception:
        # Each runner has exceptions of its own for what it cannot do.
        return "refuses"
    pairs = zip(found, wanted.values(), strict=True)
    near = all(np.abs(have - want).max() <= LIMITS[want.dtype] * np.abs(want).max() for have, want in pairs)
    return "agrees" if near else "differs"


def table(folder):
    """Return ``{(runner, verdict, known traits): number of cases}``, and the names of what nobody knew of."""
    counts, unknown = {}, []
    for path in sorted((folder / "onnx").iterdir()):
        has = traits(path)
        for runner in RUNNERS:
            found, known = verdict(runner, path), tuple(trait for trait in has if (runner, trait) in KNOWN)
            counts[runner, found, known] = counts.get((runner, found, known), 0) + 1
            if (found != "agrees") != bool(known):
                unknown.append(f"{runner} {found}: {path.name}")
    return counts, unknown


def main(folder):
    counts, unknown = table(folder)
    for (runner, found, known), count in sorted(counts.items()):
        why = "; ".join(f"{trait}: {KNOWN[runner, trait]}" for trait in known)
        print(f"{count:4} cases  {runner} {found}  {why}".rstrip())
    print(*unknown, sep="\n")
    return bool(unknown)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
