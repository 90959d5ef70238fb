"""``a[i, j]``, ``a[i:j, k:l]`` and ``a[i, j] = x`` of a borrowed array, to the compiler."""

import operator

from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature

from scratch.jit.matrix import Borrowed, Fields, build, check_index


def as_tuple(index):
    """Return the types of an index's parts."""
    return tuple(index) if isinstance(index, types.BaseTuple) else (index,)


def split(builder, kind, index):
    """Return an index's parts."""
    return cgutils.unpack_tuple(builder, index) if isinstance(kind, types.BaseTuple) else [index]


def exact(index):
    """Return the type that an index is brought to: whole numbers of 64 bits, and slices that leave nothing out."""
    whole = [types.intp if isinstance(part, types.Integer) else types.slice2_type for part in as_tuple(index)]
    return types.Tuple(whole) if isinstance(index, types.BaseTuple) else whole[0]


@infer_global(operator.getitem)
class GetItem(AbstractTemplate):
    def generic(self, arguments, keywords):
        array, index = arguments
        if isinstance(array, Borrowed):
            ndim = array.ndim - sum(isinstance(part, types.Integer) for part in as_tuple(index))
            item = Borrowed(array.dtype, ndim, array.turned) if ndim else array.dtype
            return signature(item, array, exact(index))


@infer_global(operator.setitem)
class SetItem(AbstractTemplate):
    def generic(self, arguments, keywords):
        array, index, _ = arguments
        if isinstance(array, Borrowed):
            return signature(types.none, array, exact(index), array.dtype)


@lower_builtin(operator.getitem, Borrowed, types.Any)
def build_item(context, builder, signature, arguments):
    (kind, index_kind), new_kind = signature.args, signature.return_type
    array, indices = Fields(context, builder, kind, arguments[0]), split(builder, index_kind, arguments[1])
    firsts, shape, strides = [], [], []
    for axis, (part_kind, part) in enumerate(zip(as_tuple(index_kind), indices, strict=True)):
        if isinstance(part_kind, types.SliceType):
            part, last, size = builder.extract_value(part, 0), builder.extract_value(part, 1), array.shape(axis)
            last = builder.select(builder.icmp_signed("<", last, size), last, size)
            shape.append(builder.sub(last, part))
            strides.append(array.stride(axis))
            check_index(context, builder, part, builder.add(size, size.type(1)))
        else:
            check_index(context, builder, part, array.shape(axis))
        firsts.append(part)
    address = array.place(*firsts)
    if not isinstance(new_kind, Borrowed):
        return builder.load(builder.bitcast(address, context.get_value_type(new_kind).as_pointer()))
    others = range(len(indices), kind.ndim)
    shape, strides = [*shape, *map(array.shape, others)], [*strides, *map(array.stride, others)]
    return build(context, builder, new_kind, address, shape, strides)


@lower_builtin(operator.setitem, Borrowed, types.Any, types.Any)
def build_set_item(context, builder, signature, arguments):
    array, index, number = arguments
    array, indices = Fields(context, builder, signature.args[0], array), split(builder, signature.args[1], index)
    for axis, part in enumerate(indices):
        check_index(context, builder, part, array.shape(axis))
    builder.store(number, builder.bitcast(array.place(*indices), number.type.as_pointer()))
    return context.get_dummy_value()
