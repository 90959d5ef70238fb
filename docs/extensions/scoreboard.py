"""The scoreboard of the site: its marks stand for what ``python -m parity_tests.scoreboard`` has found."""

import json
import re
from pathlib import Path

MARK = re.compile(r"^% scoreboard of (results|gradients|reasons)$", re.MULTILINE)
SHORT = {"refuses": "refuses", "differs": "**differs**", "cannot say": "–"}


def cell_of(verdicts):
    """Return a table's cell: float32, then float64; a number is the error as a part of its bound."""
    words = [verdict["detail"] if verdict["word"] == "meets" else SHORT[verdict["word"]] for verdict in verdicts]
    return words[0] if len(set(words)) == 1 else " · ".join(words)


def answers_of(engine):
    """Return ``{(cell, way, part): [verdict of float32, of float64]}``."""
    found = {}
    for cell, way, _, part, word, detail in engine["answers"]:
        found.setdefault((cell, way, part), []).append({"word": word, "detail": detail})
    return found


def as_table(engines, part):
    """Return one table: a row for each question, a column for each engine that has an answer to one."""
    answers = {engine["name"]: answers_of(engine) for engine in engines}
    silent = {
        name
        for name, found in answers.items()
        if all(v["word"] in ("cannot say", "refuses") for key, pair in found.items() if key[2] == part for v in pair)
    }
    names = [name for name in answers if name not in silent]
    rows = ["| " + " | ".join(["", *names]) + " |", "| --- " * (len(names) + 1) + "|"]
    for cell, way, asked in answers[names[0]]:
        if asked == part:
            cells = [cell_of(answers[name][cell, way, part]) for name in names]
            rows.append("| " + " | ".join([f"{cell}: {way}", *cells]) + " |")
    return "\n".join(rows)


def as_reasons(engines):
    """Return, for each engine, its versions, what it refuses and where it differs, and the programs that show it."""
    text = []
    for engine in engines:
        text.append(f"### {engine['name']}\n\n{engine['versions']}; [its documentation]({engine['documented']}).\n")
        told = {}
        for cell, way, dtype, part, word, detail in engine["answers"]:
            if word != "meets" and part == "results":
                told.setdefault((word, plain(detail)), []).append((cell, way, dtype))
        text += [f"- {word}: {detail} ({counted(where)})" for (word, detail), where in told.items()]
        text.append("")
        for name, printed in engine["reproductions"].items():
            path = f"../../parity_tests/scoreboard/reproductions/{name}"
            text += [f"```{{literalinclude}} {path}\n:language: python\n```\n", f"```text\n{printed}\n```\n"]
    return "\n".join(text)


def plain(detail):
    """Return a reason without what Markdown would take for its own; how far off is in the number of the worst."""
    detail = re.sub(r"^.* by (\S+) of its scale$", lambda found: f"by {magnitude(found[1])} of the scale", detail)
    return detail.replace("[", "(").replace("]", ")").replace("<", "").replace("|", "/").replace("*", "")


def magnitude(number):
    number = float(number)
    return "up to 1e-5" if number < 1e-5 else "more than 1e-5"


def counted(where):
    dtypes = ", ".join(dict.fromkeys(dtype for _, _, dtype in where))
    return f"{len(where)} {'question' if len(where) == 1 else 'questions'}, {dtypes}"


def fill(app, docname, source):
    if MARK.search(source[0]):
        measured = Path(app.srcdir) / "reference" / "scoreboard.json"
        engines = json.loads(measured.read_text(encoding="utf-8"))
        told = {part: as_table(engines, part) for part in ("results", "gradients")} | {"reasons": as_reasons(engines)}
        source[0] = MARK.sub(lambda mark: told[mark[1]], source[0])


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
