"""Every block of code on a page is run by the tests, taken from the source, or a command whose parts are there."""

import ast
import re
import shlex

import pytest

from parity_tests.test_examples import ROOT

DOCS = ROOT / "docs"
PAGES = [path for path in sorted(DOCS.rglob("*.md")) if "_build" not in path.parts]
BLOCK = re.compile(r"^(`{3,})(\S+)([^\n]*)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)
SETTING = re.compile(r"^(export )?[A-Z_]+=")
# What the site is made with, and is no code: tables of contents, the glossary, boxes, pictures, the text of a page.
DIRECTIVES = {"toctree", "glossary", "include", "picture", "gallery", "image", "figure", "note", "warning"}


def blocks(text):
    """Yield ``(kind, argument, body)`` of each block of a page, those inside other blocks too."""
    for _, kind, argument, body in BLOCK.findall(text):
        yield kind, argument.strip(), body
        if kind.startswith("{"):
            yield from blocks(body)


def what_is_wrong(kind, argument, body):
    """Return what is wrong with a block, or an empty string."""
    if kind == "pycon":
        return "" if body.startswith(">>> ") else "no line begins with >>>, so nothing is run"
    if kind == "sh":
        commands = re.split(r"\n| && ", body)
        return "; ".join(filter(None, map(wrong_command, commands)))
    if kind in ("text", "{literalinclude}") or kind.strip("{}") in DIRECTIVES:
        return ""
    return f"a block of {kind} is neither run nor taken from the source"


def wrong_command(line):
    """Return what is wrong with a command of a shell, or an empty string: its program and options must exist."""
    words = [word for word in shlex.split(line, comments=True) if not SETTING.match(word) and word != "export"]
    if not words:
        return ""
    program, *rest = words
    if program == "make":
        targets = re.findall(r"^([\w ]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return "" if set(rest) <= set(" ".join(targets).split()) else f"make knows no {rest}"
    if program == "pip":
        extras = re.findall(r"\[([\w,]+)\]", line)
        known = (ROOT / "setup.py").read_text(encoding="utf-8")
        return "; ".join(f"no extra {e}" for e in ",".join(extras).split(",") if e and f'"{e}": [' not in known)
    if program == "cd":
        return "" if (ROOT / rest[0]).is_dir() else f"there is no folder {rest[0]}"
    if program == "python" and rest[0] == "-c":
        ast.parse(rest[1])
        return ""
    if program == "python":
        return wrong_program(rest)
    return "" if program in ("tensorboard", "jupyter", "git") else f"{program} is no command that these pages know"


def wrong_program(words):
    """Return what is wrong with the words after ``python``: a file of the project and its options, or a module."""
    if words[0] == "-m":
        parts = words[1].split(".")
        files = [ROOT.joinpath(*parts, "__main__.py"), ROOT.joinpath(*parts).with_suffix(".py")]
    else:
        files = [ROOT / words[0]]
    file = next((path for path in files if path.is_file()), None)
    if file is None:
        return f"there is no {words[:2]}"
    # The options of a program are told in its own file or in one that it shares with others.
    sources = [file, *file.parent.rglob("*.py"), ROOT / "unrolled/program.py"]
    told = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    options = (word.split("=")[0] for word in words if word.startswith("--"))
    # Or its name is in a table, from which the options are made.
    made = 'f"--{name}"' in told
    missing = [o for o in options if f'"{o}"' not in told and not (made and f'"{o[2:]}":' in told)]
    return "; ".join(f"{file.name} has no option {option}" for option in missing)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_code_is_run_or_taken_from_the_source(page):
    found = [(body, what_is_wrong(kind, argument, body)) for kind, argument, body in blocks(page.read_text("utf-8"))]
    assert [(body, wrong) for body, wrong in found if wrong] == []


def test_what_is_neither_is_found():
    assert what_is_wrong("python", "", "x = 1\n") == "a block of python is neither run nor taken from the source"
    assert what_is_wrong("pycon", "", "x = 1\n") == "no line begins with >>>, so nothing is run"
    wrong = {
        "python examples/none.py": "there is no ['examples/none.py']",
        "python examples/echo.py --no-such-option 1": "echo.py has no option --no-such-option",
        "python -m parity_tests.none": "there is no ['-m', 'parity_tests.none']",
        "cd none": "there is no folder none",
        "make none": "make knows no ['none']",
        "pip install '.[none]'": "no extra none",
        "curl example.org": "curl is no command that these pages know",
    }
    assert {line: wrong_command(line) for line in wrong} == wrong
    right = (
        "export A=1\nOMP_NUM_THREADS=1 python examples/echo.py --part 5  # words\nmake docs\npip install '.[tf,plot]'"
    )
    assert what_is_wrong("sh", "", right) == ""
