"""Print the parity table: ``python -m parity_tests``.

For every cell and option, engine and witness: the largest difference of the outputs, the final state and each gradient,
in absolute terms, as a part of the quantity's scale, and in units in the last place of that scale. Ends non-zero where
a limit is passed.
"""

from unrolled.program import Parser, begin, end

begin()

import argparse
import html
import json
from pathlib import Path

import numpy as np

from scratch.files import written_whole

HEADINGS = ("verdict", "cell", "engine", "witness", "dtype", "quantity")
HEADINGS += ("difference", "of its scale", "ulps", "limit")


def lines(row):
    """Yield the table's cells for each quantity of a ``Row``."""
    for found in row.differences:
        verdict = "ok" if found.agrees else "DIFFERS"
        numbers = f"{found.absolute:.1e}", f"{found.relative:.1e}", f"{found.ulps:.1f}", f"{found.limit:.0e}"
        yield verdict, row.cell, row.engine, row.witness, row.dtype, found.name.lstrip("."), *numbers


def as_markdown(table):
    rows = [HEADINGS, ["---"] * len(HEADINGS), *table]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def as_html(table):
    def row(cells, tag):
        colour = ' style="background:#f6c9c5"' if cells[0] == "DIFFERS" else ""
        return f"<tr{colour}>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "\n".join([row(HEADINGS, "th"), *(row(cells, "td") for cells in table)])
    # A screen of 1,280 pixels shows all columns: long descriptions and names of quantities are broken, numbers not.
    style = (
        "body{font-family:sans-serif;font-size:14px} table{border-collapse:collapse}"
        "td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #ddd;white-space:nowrap}"
        "td:nth-child(2),td:nth-child(6){white-space:normal;overflow-wrap:anywhere}"
        "th{position:sticky;top:0;background:#fff}"
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Unrolled: parity</title>'
        f"<style>{style}</style><h1>Parity with TensorFlow</h1><table>\n{body}\n</table></html>\n"
    )


def summary(row):
    """Return what the site's table tells of a ``Row``: how many quantities, and the one that is furthest off."""
    worst = worst_of(row)
    told = {"cell": row.cell, "engine": row.engine, "witness": row.witness, "dtype": row.dtype}
    told |= {"quantities": len(row.differences), "worst": worst.name.lstrip(".")}
    return told | {"of its scale": f"{worst.relative:.1e}", "ulps": f"{worst.ulps:.1f}", "limit": f"{worst.limit:.0e}"}


def worst_of(row):
    return max(row.differences, key=lambda found: found.relative / found.limit)


def as_json(summaries):
    return "[\n" + ",\n".join(json.dumps(told, ensure_ascii=False) for told in summaries) + "\n]\n"


def write(path, text):
    with written_whole(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    print(f"table: {path}")


def main(argv=None):
    parser = Parser(
        prog="python -m parity_tests", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    named = "only the cell of this name, such as GRUCell; or all whose description contains this"
    parser.add_argument("--cell", default="", help=named)
    parser.add_argument("--dtype", choices=("float64", "float32"), help="only this dtype (both unless given)")
    parser.add_argument("--html", type=Path, help="write the table, quantity by quantity, to this HTML file")
    parser.add_argument("--markdown", type=Path, help="write the table, quantity by quantity, to this Markdown file")
    parser.add_argument("--json", type=Path, help="write a line for each row printed: docs/reference/parity.json")
    arguments = parser.parse_args(argv)
    for path in filter(None, (arguments.html, arguments.markdown, arguments.json)):
        if not path.parent.is_dir():
            parser.error(f"{path} cannot be written: there is no folder {path.parent}")
        if path.is_dir():
            parser.error(f"{path} cannot be written: it is a folder")

    # After the arguments: this imports TensorFlow, which takes seconds.
    from parity_tests.report import BOTH, rows

    dtypes = BOTH if arguments.dtype is None else (np.dtype(arguments.dtype).type,)
    table, summaries, differing = [], [], 0
    print(f"{'largest':>8} {'ulps':>7}  quantity, of its scale")
    for row in rows(arguments.cell, dtypes):
        worst = worst_of(row)
        differing += not row.agrees
        verdict = "ok     " if row.agrees else "DIFFERS"
        print(
            f"{worst.relative:8.1e} {worst.ulps:7.1f}  {verdict}  {row.dtype} {row.engine:5} {row.witness}: {row.cell}"
        )
        table += lines(row)
        summaries.append(summary(row))
    if not table:
        parser.error(f"--cell {arguments.cell!r} names no cell")
    print(f"{len(table)} quantities; {differing} of the rows above differ")
    if arguments.markdown:
        write(arguments.markdown, as_markdown(table))
    if arguments.html:
        write(arguments.html, as_html(table))
    if arguments.json:
        write(arguments.json, as_json(summaries))
    return 1 if differing else 0


if __name__ == "__main__":
    end(main)
