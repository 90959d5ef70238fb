"""Faults in the grader: what it lets in, what it says too surely, and what it counts."""

from parity_tests.faults.fault import Fault

HOSTILE, GRADING = "parity_tests/grade/test_hostile.py", "parity_tests/grade/test_grading.py"
DEED = f"{HOSTILE}::test_a_deed_is_named_and_nothing_is_touched"


def in_grade(name, tests, *faults):
    return [Fault(what, f"parity_tests/grade/{name}.py", old, new, tests) for what, old, new in faults]


FAULTS = [
    *in_grade("child", f"{DEED}[scratch]", ("the answers may be imported", "if top in ANSWERS:", "if top in ():")),
    *in_grade("child", f"{DEED}[writing a file]", ("files may be written", "flags & WRITES", "flags & 0")),
    *in_grade(
        "child",
        f"{GRADING}::test_what_can_be_seen_is_said",
        ("changed arguments not noticed", "return [] if same else [path]", "return []"),
    ),
    *in_grade("verdict", f"{DEED}[exit]", ("points for a program in trouble", "0 if self.trouble else sum(", "sum(")),
    *in_grade(
        "diagnose",
        f"{GRADING}::test_several_mistakes_with_the_same_numbers_are_called_one_of",
        ("one of several called this is", "if len(sentences) == 1:", "if sentences:"),
    ),
    *in_grade(
        "pairs",
        f"{GRADING}::test_the_words_for_one_mistake_and_for_two",
        ("pairs not run before they are named", "return numbers is not None and bool(", "return numbers is not None or bool("),
    ),
    *in_grade(
        "values",
        "parity_tests/grade/test_styles.py::test_a_right_solution_is_right_in_every_style[lstm]",
        ("float32 called wrong", "TOLERANCE = 2e-5", "TOLERANCE = 1e-9"),
    ),
    *in_grade("anatomy", f"{GRADING}::test_the_program", ("the line above the lesson's", "return page, first + 1", "return page, first")),
]
