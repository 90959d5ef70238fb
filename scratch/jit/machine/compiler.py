"""How functions are compiled: when first called, once for each dtype, and kept between processes."""

import hashlib
import sys
import threading
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path

from numba import config, njit, types
from numba.core.ccallback import CFunc
from numba.core.codegen import get_host_cpu_features
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.imputils import lower_builtin
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.extending import register_jitable

ENGINE = Path(__file__).parents[1]
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


def compiled(function):
    """Return ``function`` compiled by Numba; kept on disk where there is a folder that can be written to."""
    # Asked to, by NUMBA_DISABLE_JIT, Numba leaves functions as they are.
    return function if config.DISABLE_JIT else kept(without_constants(njit(function, **OPTIONS)))


class CompactLower(Lower):
    """Lowering without copies of loops: those of kernels are written in registers, so a compiler can gain nothing."""

    def setup_function(self, fndesc):
        super().setup_function(fndesc)
        self.function.attributes.add("minsize")


@register_pass(mutates_CFG=True, analysis_only=False)
class CompactLowering(NativeLowering):
    _name = "compact_lowering"

    @property
    def lowering_class(self):
        return CompactLower


class CompactCompiler(CompilerBase):
    def define_pipelines(self):
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(CompactLowering, NativeLowering)
        pipeline.passes = [step for step in pipeline.passes if step[0] is not NativeLowering]
        pipeline.finalize()
        return [pipeline]


# No references to arrays are counted, which two threads would have to do in one place, by turns.
KERNEL = {"_nrt": False, "pipeline_class": CompactCompiler}


def kernel(function):
    """Return ``function`` compiled; it makes no array and counts no references: the caller holds those it gets."""
    return function if config.DISABLE_JIT else kept(without_constants(njit(function, **KERNEL, **OPTIONS)))


# Decorates a function of a few lines that is compiled into what calls it, and is called by Python uncompiled. Else each
# call would hand over all arrays of a schedule, one number after the other.
inlined = register_jitable(forceinline=True, **KERNEL, **OPTIONS)


def instruction(function):
    """Decorate ``build``, which tells Numba what ``function`` is in compiled code.

    Given the types of its arguments, ``build`` returns the signature, and what generates LLVM's code from ``(context,
    builder, signature, arguments)``. It is Numba's ``intrinsic`` for a function that means the same uncompiled.
    """

    def teach(build):
        @infer_global(function)
        class Template(AbstractTemplate):
            def generic(self, arguments, keywords):
                return build(*arguments)[0]

        @lower_builtin(function, types.VarArg(types.Any))
        def generate(context, builder, signature, arguments):
            return build(*signature.args)[1](context, builder, signature, arguments)

        return build

    return teach


def without_constants(function):
    """Return the function, not to be compiled anew for each constant that other compiled code calls it with."""

    def find(arguments, keywords):
        plain = tuple(map(types.unliteral, arguments))
        return type(function).get_call_template(function, plain, keywords)

    function.get_call_template = find
    return function


def compiled_address(function, signature):
    """Return the address of the machine code of ``function`` for one signature, which stays for good; else 0."""
    if config.DISABLE_JIT:
        return 0
    callback = kept(CFunc(function, (signature.args, signature.return_type), {}, {"_nrt": False}))
    callback.compile()
    callbacks.append(callback)
    return callback.address


callbacks = []


def kept(function):
    """Return the function, which has not been compiled yet; what it will be compiled to is kept, if that can be."""
    try:
        function.enable_caching()
    except RuntimeError:
        # Neither the folder of the source nor that of the user can be written to: compile anew in each process.
        return function
    # Numba trusts what it kept while the function's own file is unchanged; but what is compiled has other files of its
    # folder and of the engine's in it, and code that disagrees with them on the size of a tile writes outside it.
    index = function._cache._cache_file
    # The version is compared before the rest is read, which names classes of ours that may be gone by then.
    folders = Path(function.__wrapped__.__code__.co_filename).parent, ENGINE
    # Nor does it tell apart what was compiled with bounds checked, by NUMBA_BOUNDSCHECK, and without.
    index._version = index._version, config.BOUNDSCHECK, *map(sources, folders)
    return function


def has_feature(name):
    """Return whether Numba tells LLVM that the processor has this feature of LLVM's, such as ``avx512f``."""
    # Those of NUMBA_CPU_FEATURES, none for a "generic" processor, or else this machine's. The last mention counts.
    features = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES
    return [f"+{name}"] == [feature for feature in features.split(",") if feature[1:] == name][-1:]


@cache
def sources(folder):
    """Return a fingerprint of all that is written in a folder and in those within it."""
    files = sorted(folder.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


known = set()


def announced(*what):
    """Say on the standard error what takes so long, if what is first done inside takes more than a second."""
    return nullcontext() if what in known else announcing(what)


@contextmanager
def announcing(what):
    line = f"unrolled: compiling {' '.join(map(str, what))}, unless it was kept from before"
    timer = threading.Timer(1.0, lambda: print(line, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    known.add(what)
