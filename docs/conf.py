"""Sphinx settings: the course is the Markdown beside this file, with the code taken from the source as it is."""

project = "Unrolled"
author = "The Unrolled developers"
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
# The second is a part of the page that includes it.
exclude_patterns = ["_build", "jit/benchmark_results.md"]
html_theme = "furo"
html_title = "Unrolled"
