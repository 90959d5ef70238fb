"""How Numba compiles a kernel: one module of code with all that it calls, optimised once, as a whole.

Left to itself, Numba compiles each function that another one calls as if it stood alone: it is optimised and made
machine code of, which nobody calls, and then all of it once more as a part of its caller. Here a function that is
called is a *part*: it is kept as LLVM's code, as it was written, and only what Python calls is optimised.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import binding
from numba import types
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, CompilerBase, Flags, compile_extra
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.imputils import lower_builtin
from numba.core.lowering import Lower
from numba.core.registry import cpu_target
from numba.core.typed_passes import (
    BaseNativeLowering,
    IRLegalization,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.typing.templates import AbstractTemplate, infer_global
from numba.core.untyped_passes import FixupArgs, GenericRewrites, IRProcessing, ReconstructSSA, TranslateByteCode

from scratch.compiling.progress import compiling


class Library(JITCodeLibrary):
    """The code of a kernel and all its parts."""

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        options = binding.create_pipeline_tuning_options(speed_level=2)
        # Vectors are written as such, and what is worth unrolling is written out. Else LLVM would do so with every
        # loop that copies a row, and be busy with it for half of its time.
        options.loop_unrolling = options.loop_vectorization = options.slp_vectorization = False
        builder = binding.create_pass_builder(self._codegen._tm, options)
        builder.getModulePassManager().run(self._final_module, builder)


class PartLibrary(Library):
    """The code of a part, never run by itself."""

    _shared_module: Any

    def _ensure_finalized(self) -> None:
        pass

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            for library in dict.fromkeys(self._linking_libraries):
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
            for function in self._final_module.functions:
                if not function.is_declaration and function.linkage == binding.Linkage.external:
                    # Of two that are the same LLVM keeps one, and none that is no longer called.
                    function.linkage = "linkonce_odr"
            self._shared_module = self._final_module
        return self._shared_module


class KernelLower(Lower):
    """Nothing is done where a variable ends: it owns no memory; and no debugger is told where it is."""

    def alloca_lltype(self, name: str, lltype: Any, datamodel: Any = None) -> Any:
        return cgutils.alloca_once(self.builder, lltype, name=name)

    def storevar(self, value: Any, name: str, argidx: Any = None) -> None:
        super().storevar(value, name)

    def delvar(self, name: str) -> None:
        pass


@register_pass(mutates_CFG=True, analysis_only=False)
class KernelLowering(BaseNativeLowering):
    _name = "kernel_lowering"
    lowering_class = KernelLower


class PartCompiler(CompilerBase):
    """Numba's steps from Python to LLVM, without those for what kernels do not have: closures, exceptions, lists …"""

    def define_pipelines(self) -> list[PassManager]:
        steps = PassManager("kernel")
        for step in (
            TranslateByteCode, FixupArgs, IRProcessing, GenericRewrites, ReconstructSSA,
            NopythonTypeInference, PreLowerStripPhis, IRLegalization, KernelLowering, NoPythonBackend,
        ):  # fmt: skip
            steps.add_pass(step, step.__name__)
        steps.finalize()
        return [steps]


class KernelCompiler(PartCompiler):
    """The same for what Python calls."""

    def __init__(
        self, typing: Any, target: Any, library: Any, arguments: Any, result: Any, flags: Any, variables: Any
    ) -> None:
        library = Library(target.codegen(), "kernel")
        library.enable_object_caching()
        super().__init__(typing, target, library, arguments, result, flags, variables)

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        with compiling(function.__name__), without_collection():
            return super().compile_extra(function)


class AnnouncedCompiler(Compiler):
    """All of Numba's own steps."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        with compiling(function.__name__):
            return super().compile_extra(function)


@contextmanager
def without_collection() -> Iterator[None]:
    """Python looks for garbage again and again while many objects are made, and a compiler makes nothing else."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def register_part(function: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
    """Let compiled code that calls ``function`` have it as a part; return what compiles it for some types."""
    known = {}

    def compile_for(arguments):
        # A constant is an argument like others: no function is compiled anew for each.
        arguments = tuple(map(types.unliteral, arguments))
        if arguments not in known:
            known[arguments] = compile_part(function, arguments, options)
        return known[arguments]

    class Template(AbstractTemplate):
        def generic(self, arguments, keywords):
            return compile_for(arguments).signature

    Template.key = function
    infer_global(function, types.Function(Template))

    @lower_builtin(function, types.VarArg(types.Any))
    def generate(context, builder, signature, arguments):
        part = compile_for(signature.args)
        context.add_linking_libs([part.library])
        return context.call_internal(builder, part.fndesc, part.signature, arguments)

    return compile_for


def compile_part(function: Callable[..., Any], arguments: Any, options: dict[str, Any]) -> Any:
    flags = Flags()
    cpu_target.options.parse_as_flags(flags, {"nopython": True, **options})
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    typing, target = cpu_target.typing_context, cpu_target.target_context
    library = PartLibrary(target.codegen(), function.__name__)
    return compile_extra(typing, target, function, arguments, None, flags, {}, library, PartCompiler)
