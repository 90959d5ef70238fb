"""Sphinx settings: the course is the Markdown beside this file, with the code taken from the source as it is."""

import sys
from importlib.resources import files
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent / folder) for folder in ("extensions", ".", "..")]

project = "Unrolled"
author = "The Unrolled developers"
# The last ones are in the folder extensions beside this file.
extensions = ["myst_parser", "sphinx.ext.autodoc", "mathml", "lines", "tables", "api", "parity", "terms"]
extensions += ["meetings", "pictures", "unroller", "gates", "bounds", "scoreboard", "robustness"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
# The last is a part of the page that includes it.
exclude_patterns = ["_build", "extensions", "jit/benchmark_results.md"]
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "Unrolled"
# The font of the equations is local too: STIX Two Math, as the package ziamath ships it.
html_static_path = ["_static", str(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf")]
html_css_files = ["site.css"]
# The reference and the search have every name.
html_use_index = False
# A class of scratch and its namesake of tf_impl are both what a type may mean.
suppress_warnings = ["ref.python"]
autodoc_mock_imports = ["tensorflow", "keras", "tf_keras"]
autodoc_member_order = "bysource"
toc_object_entries = False
