"""Mark exercises: ``python -m parity_tests.grade FILE`` or ``--batch FOLDER``.

For each function: which results agree, how far off the others are, and a hint; with ``--explain`` what the mistake is.
Ends with 0 where all is right, and with 1 where it is not.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from parity_tests.grade.batch import graded, submissions, table
from parity_tests.grade.grading import grade_file
from parity_tests.grade.sandbox import LIMITS, Limits
from parity_tests.grade.words import lines


def main(argv: Sequence[str] | None = None) -> int:
    parser = Parser(
        prog="python -m parity_tests.grade", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="*", type=Path, help="a file with the functions of one exercise")
    parser.add_argument(
        "--batch", type=Path, metavar="FOLDER", help="mark all files of a folder: a table for the teacher"
    )
    parser.add_argument("--explain", action="store_true", help="say what the mistake is, and not only where to look")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")
    parser.add_argument(
        "--seconds", type=int, default=LIMITS.seconds, help="processor time a file may take (%(default)s)"
    )
    arguments = parser.parse_args(argv)
    if bool(arguments.file) == bool(arguments.batch):
        parser.error("name a file, or a folder with --batch")
    if arguments.seconds < 1:
        parser.error(f"--seconds must be at least 1, but is {arguments.seconds}")
    limits = Limits(seconds=arguments.seconds)
    if arguments.batch:
        if not arguments.batch.is_dir():
            parser.error(f"{arguments.batch} is no folder")
        reports = graded(submissions(arguments.batch), limits)
        if not reports:
            parser.error(f"{arguments.batch} holds no Python file")
    else:
        try:
            reports = [grade_file(path, limits) for path in arguments.file]
        except ValueError as error:
            parser.error(str(error))
    if arguments.json:
        print(json.dumps([report.as_json() for report in reports], indent=1, ensure_ascii=False))
    elif arguments.batch:
        print("\n".join(table(reports, arguments.batch)))
    else:
        print("\n\n".join("\n".join(lines(report, arguments.explain)) for report in reports))
    return 0 if all(report.right for report in reports) else 1


if __name__ == "__main__":
    end(main)
