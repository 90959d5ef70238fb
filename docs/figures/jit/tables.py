"""The numbers of measured tables, read from the pages that hold them."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2]


def rows_of(page, first_header):
    """Return the rows, lists of texts, of the first Markdown table of a page whose first column is called so."""
    lines = iter((DOCS / page).read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {first_header} |"):
            next(lines)
            break
    else:
        raise ValueError(f"{page} has no table that begins with {first_header}")
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
