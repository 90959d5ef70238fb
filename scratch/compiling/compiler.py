"""How functions are compiled: when first called, once for each dtype, and kept between processes."""

from collections.abc import Callable
from typing import Any

from numba import config, njit, types
from numba.core.ccallback import CFunc
from numba.core.codegen import get_host_cpu_features
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, make_concrete_template

from scratch.compiling import forking  # noqa: F401  It is at work from its import on.
from scratch.compiling.kept import keep
from scratch.compiling.parts import AnnouncedCompiler, KernelCompiler, register_part
from scratch.compiling.progress import announced

__all__ = ["announced", "compiled", "compiled_address", "has_feature", "inlined", "instruction", "kernel"]

OPTIONS = {
    # Other Python threads go on while compiled code runs, and so do the other threads of the same call.
    "nogil": True,
    # A division by zero gives ∞ or NaN as in NumPy; the check that Python makes would stop the vector units.
    "error_model": "numpy",
    # a · b + c may be rounded once instead of twice. No other freedom: sums keep their order, NaN stays NaN.
    "fastmath": {"contract"},
    # No second way in, from C: nobody takes it, and it would add a second to the eight of a first call.
    "no_cfunc_wrapper": True,
}


# A kernel makes no array and counts no references: two threads would have to count them in one place, by turns.
KERNEL = {**OPTIONS, "_nrt": False}


def compiled(function: Callable[..., Any]) -> Any:
    """Return ``function`` compiled by Numba; kept on disk where there is a folder that can be written to."""
    # Asked to, by NUMBA_DISABLE_JIT, Numba leaves functions as they are.
    if config.DISABLE_JIT:
        return function
    return keep(without_constants(njit(function, pipeline_class=AnnouncedCompiler, **OPTIONS)))


def kernel(function: Callable[..., Any]) -> Any:
    """Return ``function`` compiled as a kernel, and kept like those of ``compiled``; its caller holds its arrays.

    Called from compiled code it is a part of that.
    """
    if config.DISABLE_JIT:
        return function
    dispatcher = njit(function, pipeline_class=KernelCompiler, **KERNEL)
    compile_for = register_part(function, KERNEL)

    def find(arguments, keywords):
        signature = compile_for(arguments).signature
        template = make_concrete_template(function.__name__, key=function, signatures=[signature])
        return template, None, signature.args, {}

    dispatcher.get_call_template, dispatcher.get_overload = find, lambda signature: function
    return keep(dispatcher)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function``, of a few lines, to be written into the compiled code that calls it.

    Python calls it uncompiled: each call would hand over all arrays of a schedule, one number after the other.
    """
    register_part(function, {**KERNEL, "forceinline": True})
    return function


def instruction(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate ``build``, which tells Numba what ``function`` is in compiled code.

    Given the types of its arguments, ``build`` returns the signature, and what generates LLVM's code from ``(context,
    builder, signature, arguments)``. It is Numba's ``intrinsic`` for a function that means the same uncompiled.
    """

    def lower(build):
        @infer_global(function)
        class Template(AbstractTemplate):
            def generic(self, arguments, keywords):
                return build(*arguments)[0]

        @lower_builtin(function, types.VarArg(types.Any))
        def generate(context, builder, signature, arguments):
            return build(*signature.args)[1](context, builder, signature, arguments)

        return build

    return lower


def without_constants(function: Any) -> Any:
    """Return the function, not to be compiled anew for each constant that other compiled code calls it with."""

    def find(arguments, keywords):
        plain = tuple(map(types.unliteral, arguments))
        return type(function).get_call_template(function, plain, keywords)

    function.get_call_template = find
    return function


def compiled_address(function: Callable[..., Any], signature: Any) -> int:
    """Return the address of the machine code of ``function`` for one signature, which stays for good; else 0."""
    if config.DISABLE_JIT:
        return 0
    callback = keep(CFunc(function, (signature.args, signature.return_type), {}, {"_nrt": False}, KernelCompiler))
    callback.compile()
    callbacks.append(callback)
    return callback.address


callbacks: list[Any] = []


def has_feature(name: str) -> bool:
    """Return whether Numba tells LLVM that the processor has this feature of LLVM's, such as ``avx512f``."""
    # Those of NUMBA_CPU_FEATURES, none for a "generic" processor, or else this machine's. The last mention counts.
    features = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES
    return [f"+{name}"] == [feature for feature in features.split(",") if feature[1:] == name][-1:]
