"""Write the conformance vectors: ``python -m parity_tests.vectors out/vectors``.

For each case one ``.npz`` of arrays and one JSON that says what they are, and for those that ONNX can say a folder with
``model.onnx`` and ``test_data_set_0``. Each case is first held to every witness. The format is in ``docs/vectors.md``.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import os
import shutil
from pathlib import Path

READER = Path(__file__).with_name("check_vectors.py")


def main(argv=None):
    parser = Parser(prog="python -m parity_tests.vectors", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write; it is made if it is not there")
    parser.add_argument("--only", default="", help="only the cases whose name contains this")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many cases at a time")
    arguments = parser.parse_args(argv)
    if arguments.processes < 1:
        parser.error(f"--processes must be at least 1, but is {arguments.processes}")
    if arguments.folder.exists() and not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} cannot be written to: it is no folder")

    # After the arguments: this imports TensorFlow, which takes seconds.
    from rich.progress import track

    from parity_tests.vectors.cases import all_cases
    from parity_tests.vectors.writing import write_all

    chosen = [case for case in all_cases() if arguments.only in case.name]
    if not chosen:
        parser.error(f"--only {arguments.only!r} names no case")
    (arguments.folder / "onnx").mkdir(parents=True, exist_ok=True)
    written = write_all(arguments.folder, chosen, arguments.processes)
    folders = sum(track(written, "cases", total=len(chosen)))
    shutil.copyfile(READER, arguments.folder / READER.name)
    print(f"{len(chosen)} cases, {folders} of them as ONNX folders: {arguments.folder}")
    return 0


if __name__ == "__main__":
    end(main)
