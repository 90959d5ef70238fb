"""Does the suite notice? ``python -m parity_tests.mutations`` plants the faults of ``parity_tests/faults`` one by one.

Each fault is planted in a copy of the project, in a process of its own, and the tests that should notice it are run
there until the first fails. A fault that all of them pass is a survivor: a test is missing. The command ends non-zero
if there is one. It presupposes that the tests pass without a fault.

The test that noticed a fault last time is asked first, alone; ``faults/noticed_by.json`` names it. Only where it passes
or is no more do all the fault's tests run. So the file saves time and decides nothing; ``--record`` writes it anew.

``--random N`` plants N changes that it draws, instead: ``parity_tests/random_mutants.py`` says which, and
``parity_tests/random_run.py`` which tests they meet.
"""

import argparse
import gc
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from parity_tests import random_run
from parity_tests.faults import FAULTS
from parity_tests.planting import ROOT, Copies, apart, examine
from scratch.files import written_whole

NOTICED_BY = ROOT / "parity_tests" / "faults" / "noticed_by.json"


def examine_fault(copies, fault, known):
    """Examine a fault, first by the test known to notice it, ``None`` if unknown."""
    stages = [[tests] for tests in (known, fault.tests) if tests]
    try:
        with copies.with_fault(fault) as folder:
            result = apart(lambda: examine(fault, stages, folder))
    except ValueError as error:
        return "broken", str(error), 0.0
    return ("broken", f"the process ended with {result}", 0.0) if isinstance(result, int) else result


def title(fault):
    """Return what names a fault to a reader, and in ``NOTICED_BY``."""
    return f"{fault.path}: {fault.what}"


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="plant only faults whose file or description contains this")
    parser.add_argument("--record", action="store_true", help=f"write {NOTICED_BY.name} anew, after all that is known")
    parser.add_argument("--random", type=int, metavar="N", help="draw N changes of scratch, outside jit if no --only")
    parser.add_argument("--seed", type=int, default=0, help="draws the same again")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at a time")
    arguments = parser.parse_args(argv)
    if arguments.random:
        return random_run.main(arguments.random, arguments.seed, arguments.only, arguments.processes)
    chosen = [fault for fault in FAULTS if arguments.only in title(fault)]
    if not chosen:
        parser.error(f"--only {arguments.only!r} names no fault")
    known = json.loads(NOTICED_BY.read_text(encoding="utf-8"))
    counts, missed = dict.fromkeys(("noticed", "survived", "broken"), 0), []
    # What TensorFlow is made of will not be garbage: to look through it again in every process takes half a second.
    gc.freeze()
    copies = Copies()
    with ThreadPoolExecutor(arguments.processes) as pool:
        results = pool.map(lambda fault: examine_fault(copies, fault, known.get(title(fault))), chosen)
        for fault, (verdict, detail, seconds) in zip(chosen, results, strict=True):
            counts[verdict] += 1
            name = title(fault)
            said = f"{verdict:8}  {name}  ({seconds:.0f} s)\n{'':10}{detail}"
            print(said, flush=True)
            if verdict == "noticed":
                known[name] = detail
            else:
                missed.append(said)
    if arguments.record:
        kept = {name: known[name] for name in map(title, FAULTS) if name in known}
        with written_whole(NOTICED_BY) as path:
            path.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    # Once more, where the last lines of a long log are all that one sees.
    for said in missed:
        print(said)
    print(f"{len(chosen)} faults: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 0 if counts["noticed"] == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
