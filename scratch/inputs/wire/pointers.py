"""Arrays without what they are made of, for functions that read two bytes and hand them on.

Compiled code counts how many hold an array, up and down at every call, and that would be most of the work here. A
pointer is only where the array begins, and indexing is all it can do; whoever asked for it keeps the array alive.
Uncompiled, it is the array.
"""

from scratch.inputs.wire.compiling import lesson


def pointer(array):
    """Return where a contiguous array begins. To read and write through it checks nothing."""
    return array


@lesson
def teach_pointer():
    """Tell Numba what ``pointer`` is: of an array of one axis that has no gaps, the address of its numbers."""
    from numba import types
    from numba.extending import intrinsic, overload

    @intrinsic
    def compiled_pointer(typing, array):
        def build(context, builder, signature, arguments):
            return context.make_array(array)(context, builder, arguments[0]).data

        return types.CPointer(array.dtype)(array), build

    @overload(pointer)
    def pointer_when_compiled(array):
        if isinstance(array, types.Array) and array.layout == "C" and array.ndim == 1:
            return lambda array: compiled_pointer(array)
        return None
