"""Faults in what holds the notebooks of the course to its pages."""

from parity_tests.faults.fault import Fault

TESTS = "parity_tests/course/test_course.py::"
TOLD = TESTS + "test_a_difference_from_the_page_is_told"
RUN = TESTS + "test_the_notebooks_are_run_and_what_is_wrong_with_one_is_told"


def fault(what, file, old, new, test):
    return Fault(what, f"parity_tests/course/{file}.py", old, new, test)


FAULTS = [
    fault("an error is no output", "running", 'if output.output_type == "error"', 'if output.output_type == "e"', TOLD),
    fault("warnings are outputs", "running", ' and output.name == "stdout"', "", TOLD),
    fault("the value of a cell is no output", "running", '== "execute_result"', '== "display_data"', TOLD),
    fault("a broken line is a difference", "running", ", doctest.NORMALIZE_WHITESPACE", ", 0", TOLD),
    fault("a cell without an output is passed over", "running", 'if before.cell_type == "code":', "if before.get('outputs'):", TOLD),
    fault("a notebook that fails is passed over", "__main__", '        yield f"{path.name}: {error}"\n', "", RUN),
    fault("what is wrong ends in success", "__main__", "if found else 0", "if not found else 0", RUN),
    fault("the outputs of a run are not kept", "__main__", "nbformat.write(done, path)", "nbformat.write(built, path)", RUN),
]
