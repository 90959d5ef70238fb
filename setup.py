import re
from pathlib import Path

from setuptools import find_packages, setup


def read(name):
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


setup(
    name="unrolled",
    version=re.search(r'^__version__ = "(.*)"$', read("unrolled/__init__.py"), re.MULTILINE)[1],
    description="Recurrent networks from scratch in NumPy and Numba, held to TensorFlow number for number",
    long_description=read("README.md"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    packages=find_packages(include=["scratch*", "tf_impl*", "parity_tests*", "unrolled*"]),
    # py.typed is the mark by which a type checker knows that a package is annotated (PEP 561).
    package_data={
        "scratch": ["py.typed"],
        "tf_impl": ["py.typed"],
        "unrolled": ["py.typed"],
        "parity_tests.site": ["page.js"],
    },
    python_requires=">=3.11,<3.14",
    # llvmlite is Numba's own, and of the version it asks for.
    # NumPy 2.0 was never built for Python 3.13.
    install_requires=["numpy>=2.0", "numpy>=2.1; python_version>='3.13'", "numba>=0.61", "llvmlite"],
    extras_require={
        # One minor version: tf-keras, which holds the genuine TF1 cells, follows TensorFlow's own.
        "tf": ["tensorflow==2.21.*", "tf-keras==2.21.*"],
        # SciPy: Numba compiles np.dot, a step of examples/to_the_limit.py, to the BLAS that SciPy ships. scikit-learn:
        # the digits to try where there is no MNIST. tensorboard: its writer of event files; it needs no TensorFlow.
        "plot": ["matplotlib>=3.9", "rich>=13", "scipy>=1.14", "scikit-learn>=1.5", "tensorboard>=2.18"],
        # The peers of examples/benchmark.py beside those in tf.
        "bench": [
            "torch>=2.6",
            "jax>=0.5",
            "optax>=0.2.4",
            "onnx>=1.17",
            "onnxruntime>=1.20",
            "openvino>=2025.0",
            "ai-edge-litert>=2.0",
        ],
        "test": ["pytest>=8", "pytest-xdist>=3.6", "hypothesis>=6.100", "ruff>=0.12", "mypy>=1.18", "jaxtyping>=0.3"],
        # What parity tests hold scratch to beside TensorFlow. One minor version of PyTorch: numbers are held to it.
        "witness": ["torch==2.13.*", "jax>=0.5", "onnxruntime>=1.20", "mpmath>=1.3"],
        # What the files of other frameworks are read with, by examples and tests.
        "convert": ["onnx>=1.17", "safetensors>=0.5"],
        # The engines of parity_tests/scoreboard beside those in tf.
        "scoreboard": [
            "torch==2.13.*",
            "jax>=0.5",
            "flax>=0.10",
            "equinox>=0.11",
            "dm-haiku>=0.0.13",
            "onnx>=1.17",
            "onnxruntime>=1.20",
            "openvino>=2025.0",
            "ai-edge-litert>=2.0",
            "mpmath>=1.3",
        ],
        # The graders that parity_tests/grade/adapters works behind.
        "grade": ["nbgrader>=0.9", "otter-grader>=6"],
        # math-core: equations as MathML. ziamath: the font that they are set in. matplotlib: the pictures. playwright:
        # the look at every page, and the printed course. The rest: the notebooks, made and run, and the slides.
        "docs": [
            "sphinx>=8",
            "myst-parser>=4",
            "furo>=2024.8",
            "math-core>=0.9",
            "ziamath>=0.12",
            "playwright>=1.50",
            "jupytext>=1.16",
            "nbformat>=5.10",
            "nbclient>=0.10",
            "ipykernel>=6.29",
            "beautifulsoup4>=4.12",
            "matplotlib>=3.9",
        ],
    },
    classifiers=[
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
