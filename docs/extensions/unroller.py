"""The unroller, the page in docs/unroller, becomes a part of the site as it is."""

import shutil
from pathlib import Path


def copy(app, error):
    """Copy the page beside the others; its pictures are where the text shows them."""
    if error is None and app.builder.format == "html":
        page, left_out = Path(app.srcdir) / "unroller", shutil.ignore_patterns("pictures")
        shutil.copytree(page, Path(app.outdir) / "unroller", ignore=left_out, dirs_exist_ok=True)


def setup(app):
    app.connect("build-finished", copy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
