"""What arrays are to the compiler within a kernel: borrowed, that is, an address, a shape and strides.

To Numba an array is seven fields or more, two of which count references: the count stands in one place, and two threads
that count the same array take that place from each other, again and again. A slice of it looks for indices below 0 and
counts once more. Kernels are loops over slices, and most of what LLVM had to read was of that kind. Whoever calls a
kernel holds on to its arrays, so a ``Borrowed`` array has no owner, and a slice of it is an addition. Likewise a named
tuple is ``Pinned``: handed on as one address, not number by number.

What is left of NumPy: ``shape``, ``len``, ``T`` of a matrix; indices and slices whose bounds are not below 0, of which
the upper one may be too large. The numbers of a row lie side by side.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import lower_builtin, lower_cast, lower_getattr_generic
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import register_model

BYTES = ir.IntType(8).as_pointer()
INTEGER = ir.IntType(64)


def borrowed_kind(kind):
    """Return the type of what is borrowed of a value of some type."""
    if isinstance(kind, types.Array):
        return Borrowed(kind.dtype, kind.ndim)
    return Pinned(kind) if isinstance(kind, types.BaseNamedTuple) else kind


class Borrowed(types.Type):
    """Numba's type of a borrowed array, or if ``turned`` of a transposed matrix."""

    def __init__(self, dtype, ndim, turned=False):
        self.dtype, self.ndim, self.turned = dtype, ndim, turned
        self.itemsize = dtype.bitwidth // 8
        # Short, because it becomes a part of the names of functions.
        super().__init__(f"{'t' if turned else 'b'}{ndim}{dtype.name[0]}{self.itemsize}")

    def can_convert_from(self, context, other):
        return Conversion.safe if borrowed_kind(other) == self else None


class Pinned(types.Type):
    """Numba's type of a named tuple that lies on the stack, its arrays borrowed."""

    def __init__(self, kind):
        self.given, self.parts = kind, types.Tuple([*map(borrowed_kind, kind.types)])
        super().__init__(f"p{kind.instance_class.__name__}{''.join(map(str, self.parts))}")

    def can_convert_from(self, context, other):
        return Conversion.safe if borrowed_kind(other) == self else None


@register_model(Borrowed)
class BorrowedModel(models.StructModel):
    """The address, the shape, and the strides in bytes but one, which is the size of a number."""

    def __init__(self, manager, kind):
        numbers = [(f"shape_{n}", types.intp) for n in range(kind.ndim)]
        numbers += [(f"stride_{n}", types.intp) for n in range(kind.ndim - 1)]
        super().__init__(manager, kind, [("address", types.voidptr), *numbers])


@register_model(Pinned)
class PinnedModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, manager[kind.parts].get_value_type().as_pointer())


class Fields:
    """The fields of an array, borrowed or Numba's own; each is read only where it is used."""

    def __init__(self, context, builder, kind, array):
        self.builder, self.kind = builder, kind
        self.itemsize = INTEGER(kind.dtype.bitwidth // 8)
        self.array = array if isinstance(kind, Borrowed) else context.make_array(kind)(context, builder, array)

    @property
    def address(self):
        if isinstance(self.kind, Borrowed):
            return self.builder.extract_value(self.array, 0)
        return self.builder.bitcast(self.array.data, BYTES)

    def shape(self, axis):
        if isinstance(self.kind, Borrowed):
            return self.builder.extract_value(self.array, 1 + axis)
        return self.builder.extract_value(self.array.shape, axis)

    def stride(self, axis):
        kind = self.kind
        if not isinstance(kind, Borrowed):
            return self.builder.extract_value(self.array.strides, axis)
        if axis == (0 if kind.turned else kind.ndim - 1):
            return INTEGER(kind.itemsize)
        return self.builder.extract_value(self.array, 1 + kind.ndim + axis - kind.turned)

    def place(self, *indices):
        """Return the address of what has these indices."""
        address = self.address
        for axis, index in enumerate(indices):
            address = self.builder.gep(address, [self.builder.mul(index, self.stride(axis))])
        return address


def check_index(context, builder, index, size):
    """With ``NUMBA_BOUNDSCHECK=1``, as Numba does where it indexes an array: ``IndexError`` unless 0 ≤ index < size."""
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, index, size)


def build(context, builder, kind, address, shape, strides):
    """Return the borrowed array of these fields."""
    kept = strides[1:] if kind.turned else strides[:-1]
    array = ir.Constant(context.get_value_type(kind), ir.Undefined)
    for number, field in enumerate([address, *shape, *kept]):
        array = builder.insert_value(array, field, number)
    return array


@lower_cast(types.Array, Borrowed)
def borrow_array(context, builder, kind, new_kind, array):
    array, axes = Fields(context, builder, kind, array), range(kind.ndim)
    shape, strides = [array.shape(axis) for axis in axes], [array.stride(axis) for axis in axes]
    return build(context, builder, new_kind, array.address, shape, strides)


@lower_cast(types.BaseNamedTuple, Pinned)
def pin(context, builder, kind, new_kind, values):
    values = cgutils.unpack_tuple(builder, values)
    parts = map(context.cast, [builder] * len(values), values, kind.types, new_kind.parts.types)
    return cgutils.alloca_once_value(builder, context.make_tuple(builder, new_kind.parts, parts))


@infer_getattr
class FieldsOfPinned(AttributeTemplate):
    key = Pinned

    def generic_resolve(self, pinned, name):
        return pinned.parts[pinned.given.fields.index(name)]


@lower_getattr_generic(Pinned)
def build_field(context, builder, kind, pointer, name):
    return builder.load(cgutils.gep_inbounds(builder, pointer, 0, kind.given.fields.index(name)))


@infer_getattr
class Attributes(AttributeTemplate):
    key = Borrowed

    def resolve_shape(self, array):
        return types.UniTuple(types.intp, array.ndim)

    def resolve_T(self, array):
        return Borrowed(array.dtype, 2, not array.turned)


@lower_getattr_generic(Borrowed)
def build_attribute(context, builder, kind, array, name):
    array, axes = Fields(context, builder, kind, array), range(kind.ndim)
    if name == "shape":
        return cgutils.pack_array(builder, [array.shape(axis) for axis in axes])
    turned = Borrowed(kind.dtype, 2, not kind.turned)
    shape, strides = [array.shape(1), array.shape(0)], [array.stride(1), array.stride(0)]
    return build(context, builder, turned, array.address, shape, strides)


@infer_global(len)
class Len(AbstractTemplate):
    def generic(self, arguments, keywords):
        if isinstance(arguments[0], Borrowed):
            return signature(types.intp, *arguments)


@lower_builtin(len, Borrowed)
def build_len(context, builder, signature, arguments):
    return builder.extract_value(arguments[0], 1)
