"""What is in the extras of ``setup.py``, and how to get one: in a checkout it is another command than elsewhere."""

from pathlib import Path

# The packages of each extra, by the names under which they are imported.
EXTRAS = {
    "tf": ("tensorflow", "tf_keras"),
    "plot": ("matplotlib", "rich", "scipy", "sklearn", "tensorboard"),
    "test": ("pytest", "xdist", "hypothesis", "ruff", "mypy", "jaxtyping"),
    "witness": ("torch", "jax", "onnxruntime", "mpmath"),
    "convert": ("onnx", "safetensors"),
    "scoreboard": (
        "torch",
        "jax",
        "flax",
        "equinox",
        "haiku",
        "onnx",
        "onnxruntime",
        "openvino",
        "ai_edge_litert",
        "mpmath",
    ),
    "bench": ("torch", "jax", "optax", "onnx", "onnxruntime", "openvino", "ai_edge_litert"),
    "grade": ("nbgrader", "otter"),
    "docs": (
        "sphinx",
        "myst_parser",
        "furo",
        "math_core",
        "ziamath",
        "playwright",
        "jupytext",
        "nbformat",
        "nbclient",
        "ipykernel",
        "bs4",
        "matplotlib",
    ),
}
# TensorFlow brings it along.
BROUGHT_ALONG = {"keras": "tf"}
# Where a package is not imported by its own name.
PACKAGES = {
    "ai_edge_litert": "ai-edge-litert",
    "haiku": "dm-haiku",
    "otter": "otter-grader",
    "sklearn": "scikit-learn",
    "tf_keras": "tf-keras",
    "xdist": "pytest-xdist",
    "myst_parser": "myst-parser",
    "math_core": "math-core",
    "bs4": "beautifulsoup4",
}
FOLDER = Path(__file__).resolve().parent.parent


def lacking(who_needs: str, module: str) -> str:
    """Return the words for a module that cannot be imported: ``lacking("SummaryWriter needs", "tensorboard")``."""
    extra = BROUGHT_ALONG.get(module) or next((name for name, modules in EXTRAS.items() if module in modules), None)
    package = PACKAGES.get(module, module)
    if extra is None:
        return f"{who_needs} {package}: pip install {package}"
    return f"{who_needs} {package}, which is in the extra '{extra}': {how_to_install(extra)}"


def how_to_install(extra: str, folder: Path = FOLDER) -> str:
    """Return the command that installs an extra into the Python that runs: of a checkout, from its folder."""
    if not (folder / "setup.py").exists():
        return f'pip install "unrolled[{extra}]"'
    return f'pip install -e "{"." if folder == Path.cwd() else folder}[{extra}]"'
