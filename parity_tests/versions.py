"""The tests with other versions of Python, NumPy and Numba: ``make test-versions``.

    python -m parity_tests.versions                       every Python that is found, with the oldest and the newest
    python -m parity_tests.versions --only 3.12-oldest

``setup.py`` says which versions are allowed; the oldest are read there. Each has a virtual environment of its own in
``.cache/versions``, made the first time. A Python that is not on this machine is named and left out.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETUP = (ROOT / "setup.py").read_text(encoding="utf-8")
PYTHONS = re.findall(r"Python :: (3\.\d+)\"", SETUP)
# The oldest of each, the later lines for the later Pythons.
BOUNDS = re.findall(r"\"(numpy|numba)>=([\d.]+)(?:; python_version>='([\d.]+)')?\"", SETUP)
SINCE = [since for *_, since in BOUNDS]
KINDS = ("oldest", "newest")
# What computes: the rest is the same whatever computes. Of other frameworks it needs TensorFlow alone.
TESTS = [f"parity_tests/{wing}" for wing in ("cells", "unroll", "jit", "training", "inputs")]


def asked_for(python, kind):
    """Return what is to be installed of NumPy and Numba: the oldest that this Python can have, or as it comes."""
    numbers = {version: [int(part) for part in version.split(".") if part] for version in (python, *SINCE)}
    oldest = {package: bound for package, bound, since in BOUNDS if numbers[python] >= numbers[since]}
    return [f"{package}=={bound}.*" for package, bound in oldest.items()] if kind == "oldest" else []


def find(python):
    """Return the path of a Python that can make environments, ``None`` if there is none."""
    path = shutil.which(f"python{python}")
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {tuple(map(int, python.split('.')))})"
    return path if path and not subprocess.run([path, "-c", check], capture_output=True).returncode else None


def environment_of(python, path, kind):
    """Return the Python of an environment with everything installed."""
    folder = ROOT / ".cache" / "versions" / f"{python}-{kind}"
    own, mark = folder / "bin" / "python", folder / "installed"
    if not mark.exists() or mark.stat().st_mtime < (ROOT / "setup.py").stat().st_mtime:
        subprocess.run([path, "-m", "venv", "--clear", folder], check=True)
        wanted = ["--editable", f"{ROOT}[tf,plot,test]", *asked_for(python, kind)]
        subprocess.run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True)
        mark.touch()
    return own


def main(argv=None):
    names = [f"{python}-{kind}" for python in PYTHONS for kind in KINDS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=names, help="this one alone")
    arguments = parser.parse_args(argv)
    failed, found = [], 0
    for name in [arguments.only] if arguments.only else names:
        python, kind = name.split("-")
        path = find(python)
        if path is None:
            print(f"{name}: there is no python{python} here that can make environments")
            continue
        found += 1
        own = environment_of(python, path, kind)
        code = "import numpy, numba; print('NumPy', numpy.__version__, 'Numba', numba.__version__)"
        versions = subprocess.run([own, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        print(f"{name}: {versions}", flush=True)
        if subprocess.run([own, "-m", "pytest", "-n", "auto", "-q", *TESTS], cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        return f"Tests failed with {', '.join(failed)}."
    return 0 if found else "No Python was found."


if __name__ == "__main__":
    sys.exit(main())
