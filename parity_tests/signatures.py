"""Signatures that cannot lie: while the tests run, calls of scratch and tf_impl are held to their types.

A call is checked when it has returned, arguments and results together, so that a letter in the shapes is one size
throughout. What scratch refuses, it refuses in its own words, because a call that raises is not looked at. The types of
arrays are jaxtyping's. Importing this file puts it to work: ``parity_tests/conftest.py`` does so before anything else.
"""

import functools
import importlib.abc
import importlib.machinery
import inspect
import numbers
import sys
import types
import typing

import numpy as np
from jaxtyping import AbstractArray, AnnotationError, jaxtyped

# Of each function so many first calls are looked at, and then one in so many.
FIRST, THEN = 30, 50
# Numba reads the functions of the first three, and Keras the methods of the last: they must be undecorated.
UNCHECKED = ("scratch.compiling", "scratch.jit", "scratch.inputs.wire", "tf_impl.cells")
# A NumPy scalar counts as a number, as it does to scratch.
NUMBERS = {int: numbers.Integral, float: numbers.Real, bool: bool | np.bool_}


class SignatureError(AssertionError):
    """A call that returned does not fit its signature."""


def fits(value, hint):
    """Return whether a value is of a type: an array's shape and dtype, each part of a tuple, a class; else it is."""
    if type(value).__module__.startswith("jax"):
        return True  # what stands for an array while JAX follows a function
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint is None or hint is type(None):
        return value is None
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, part) for part in parts)
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        if len(parts) == 2 and parts[1] is ...:
            return all(fits(item, parts[0]) for item in value)
        return len(value) == len(parts) and all(map(fits, value, parts))
    if origin is list:
        return isinstance(value, list) and all(fits(item, parts[0]) for item in value)
    if origin is not None:
        return not isinstance(origin, type) or isinstance(value, origin)
    if hint is typing.Any or not isinstance(hint, type) or getattr(hint, "_is_protocol", False):
        return True
    if issubclass(hint, AbstractArray):
        if hint.array_type is typing.Any:
            return True  # a tensor of TensorFlow, whose type knows no shape
        if isinstance(value, np.ndarray) and value.dtype == object:
            return True  # numbers of another arithmetic, those of parity_tests/bounds
        try:
            return isinstance(value, hint)
        except AnnotationError:
            # A size such as D + H before D and H are known: the second look knows them.
            return True
    if not isinstance(value, NUMBERS.get(hint, hint)):
        return False
    fields = typing.get_type_hints(hint) if issubclass(hint, tuple) and hasattr(hint, "_fields") else {}
    return all(fits(getattr(value, name), part) for name, part in fields.items())


def described(value):
    """Return what a value is, for a message."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {list(value.shape)}"
    if isinstance(value, tuple):
        return f"{type(value).__name__}({', '.join(map(described, value))})"
    return type(value).__name__


def checked(function):
    """Return the function with its calls held to its signature."""
    calls = 0

    @functools.cache
    def read():
        # Not before the first call: most functions of most processes are never called.
        hints = typing.get_type_hints(function)
        returned = hints.pop("return", Ellipsis)
        return inspect.signature(function), hints, Ellipsis if inspect.isgeneratorfunction(function) else returned

    @functools.wraps(function)
    def call(*arguments, **keywords):
        nonlocal calls
        result = function(*arguments, **keywords)
        calls += 1
        if calls <= FIRST or calls % THEN == 0:
            signature, hints, returned = read()
            given = signature.bind(*arguments, **keywords).arguments
            plain = {name: hint for name, hint in hints.items() if name in given and is_single(signature, name)}
            with jaxtyped("context"):
                found = [(name, given[name], hint) for name, hint in plain.items()]
                for name, value, hint in 2 * [*found, ("the result", result, returned)]:
                    if hint is not Ellipsis and not fits(value, hint):
                        where = f"{function.__module__}.{function.__qualname__}"
                        raise SignatureError(f"{where}: {name} is {described(value)}, but its type is {hint}")
        return result

    return call


def is_single(signature, name):
    """Return whether a parameter takes one value, not all that are left."""
    parameter = signature.parameters[name]
    return parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)


def check_module(module):
    """Hold all functions of a module, and the methods of its classes, to their signatures."""

    def own(value):
        # Not what was imported, and not what dataclasses write themselves.
        return inspect.isfunction(value) and value.__code__.co_filename == module.__file__ and value.__annotations__

    for name, value in list(vars(module).items()):
        if own(value):
            setattr(module, name, checked(value))
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            for method_name, method in list(vars(value).items()):
                if own(method):
                    setattr(value, method_name, checked(method))


class CheckedLoader(importlib.machinery.SourceFileLoader):
    """Loads a module as Python does, and then holds it to its signatures."""

    def exec_module(self, module):
        super().exec_module(module)
        check_module(module)


class SignatureFinder(importlib.abc.MetaPathFinder):
    """Finds the modules of scratch and tf_impl, all but those whose functions Numba or Keras reads, undecorated."""

    def find_spec(self, name, path, target=None):
        if not name.startswith(("scratch.", "tf_impl.")) or name.startswith(UNCHECKED):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = CheckedLoader(spec.loader.name, spec.loader.path)
        return spec


def install():
    """Check what is imported from now on, once."""
    if not any(type(finder).__name__ == "SignatureFinder" for finder in sys.meta_path):
        sys.meta_path.insert(0, SignatureFinder())


install()
