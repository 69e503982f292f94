"""Row functions of the downscaling kernel, written as vector expressions.

numba's own loops over several rows of one array do not vectorise (it cannot know that the rows
do not overlap). Here a row function is a Python expression over `Lanes` that becomes LLVM vector
code once, for any processor that LLVM knows; times are the lanes.

    @row_function(addresses=3, numbers=2)
    def blend(row):
        row.store(2, row.load(0) * row.number(0) + row.load(1) * row.number(1))

is called inside a numba function as `blend(steps, (first, second, target), (0.3, 0.7))`, where an
address is an integer (`array.ctypes.data` plus bytes) of a row of `steps` values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES: Final = 32
"""Values that light row functions treat at once; a row must hold at least as many."""

HEAVY_LANES: Final = 16
"""Values that row functions with long formulas treat at once: more would not fit the registers."""

_FLOAT = ir.FloatType()
_INT = ir.IntType(32)
_WORD = ir.IntType(64)
_SHORT = ir.IntType(16)
_FUSED = ("contract",)
_ROUNDER: Final = 12582912.0
"""1.5 x 2^23: added to a small float, its mantissa ends with the nearest integer."""
_FILL: Final = -32768.0
_LOG2_E: Final = 1.4426950408889634
_LN2_HIGH: Final = 0.693359375
_LN2_LOW: Final = -2.12194440e-4
_TAYLOR: Final = (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1.0, 1.0)


@dataclass(frozen=True)
class Lanes:
    """A vector of float32 values in LLVM code, with the arithmetic of numbers."""

    builder: Any
    value: Any

    def __add__(self, other: Lanes | float) -> Lanes:
        return self._with(self.builder.fadd(self.value, self._of(other), flags=_FUSED))

    def __sub__(self, other: Lanes | float) -> Lanes:
        return self._with(self.builder.fsub(self.value, self._of(other), flags=_FUSED))

    def __mul__(self, other: Lanes | float) -> Lanes:
        return self._with(self.builder.fmul(self.value, self._of(other), flags=_FUSED))

    def __truediv__(self, other: Lanes | float) -> Lanes:
        return self._with(self.builder.fdiv(self.value, self._of(other)))

    def inverse(self, *, shift: float) -> Lanes:
        """1 / (self + shift)."""
        one = ir.Constant(self.value.type, [1.0] * self.value.type.count)
        return self._with(self.builder.fdiv(one, (self + shift).value))

    def at_least(self, bound: Lanes | float) -> Lanes:
        """The larger of the two; NaN stays NaN."""
        return self.where("<", bound, yes=bound, no=self)

    def at_most(self, bound: Lanes | float) -> Lanes:
        """The smaller of the two; NaN stays NaN."""
        return self.where(">", bound, yes=bound, no=self)

    def exp(self) -> Lanes:
        """Exponential, relative error below 3e-7 for arguments of -80 to 80; NaN stays NaN.

        2^n times a Taylor polynomial of the remainder, |r| <= ln 2 / 2 (Cody & Waite 1980).
        """
        builder = self.builder
        shifted = Lanes(builder, (self * _LOG2_E).value) + _ROUNDER
        counts = self._typed(_INT)
        whole = builder.bitcast(shifted.value, counts)
        count = Lanes(builder, builder.fsub(shifted.value, self._of(_ROUNDER)))
        rest = self - count * _LN2_HIGH - count * _LN2_LOW
        series = self._with(self._of(_TAYLOR[0]))
        for coefficient in _TAYLOR[1:]:
            series = series * rest + coefficient
        exponent = builder.shl(whole, ir.Constant(counts, [23] * counts.count))
        raised = builder.add(builder.bitcast(series.value, counts), exponent)
        return self._with(builder.bitcast(raised, self.value.type))

    def where(
        self, relation: str, other: Lanes | float, *, yes: Lanes | float, no: Lanes | float
    ) -> Lanes:
        """`yes` in lanes where the relation to `other` holds, else `no` (NaN: `no`)."""
        mask = self.builder.fcmp_ordered(relation, self.value, self._of(other))
        return self._with(self.builder.select(mask, self._of(yes), self._of(no)))

    def _with(self, value: Any) -> Lanes:
        return Lanes(self.builder, value)

    def _of(self, other: Lanes | float) -> Any:
        if isinstance(other, Lanes):
            return other.value
        return ir.Constant(self.value.type, [float(other)] * self.value.type.count)

    def _typed(self, element: Any) -> Any:
        return ir.VectorType(element, self.value.type.count)


@dataclass(frozen=True)
class Row:
    """What a row function sees: addresses, numbers and the position of its lanes."""

    builder: Any
    addresses: tuple[Any, ...]
    numbers: tuple[Any, ...]
    position: Any
    lanes: int

    def load(self, index: int) -> Lanes:
        """Lanes of the float32 row at an address."""
        loaded = self.builder.load(self._pointer(index, _FLOAT))
        loaded.align = 4
        return Lanes(self.builder, loaded)

    def store(self, index: int, lanes: Lanes) -> None:
        """Write lanes to the float32 row at an address."""
        stored = self.builder.store(lanes.value, self._pointer(index, _FLOAT))
        stored.align = 4

    def number(self, index: int) -> Lanes:
        """A number in all lanes."""
        return Lanes(self.builder, self.numbers[index])

    def pack(self, index: int, lanes: Lanes, *, scale: Lanes) -> None:
        """Write `round(lanes * scale)` to the int16 row at an address; NaN as -32768.

        Rounds half to even. The product must stay within int16.
        """
        builder = self.builder
        fill = scale * 0.0 + _FILL
        fill = fill / scale
        shifted = lanes.where(">", fill, yes=lanes, no=fill) * scale + _ROUNDER
        rounded = builder.bitcast(shifted.value, ir.VectorType(_INT, self.lanes))
        counts = builder.trunc(rounded, ir.VectorType(_SHORT, self.lanes))
        stored = builder.store(counts, self._pointer(index, _SHORT))
        stored.align = 2

    def _pointer(self, index: int, element: Any) -> Any:
        vector = ir.VectorType(element, self.lanes)
        first = self.builder.inttoptr(self.addresses[index], element.as_pointer())
        return self.builder.bitcast(self.builder.gep(first, [self.position]), vector.as_pointer())


def row_function(
    *, addresses: int, numbers: int, lanes: int = HEAVY_LANES
) -> Callable[[Callable[[Row], None]], Any]:
    """Turn an expression over a `Row` into a function for numba code.

    The result is called as `f(steps, addresses, numbers)` with a tuple of `addresses` integers and
    a tuple of `numbers` float32; `steps` is at least `lanes`. The last lanes overlap those before
    them when `steps` is no multiple of `lanes`, so a row function must not read what it writes.
    """

    def decorate(body: Callable[[Row], None]) -> Any:
        def typed(_context: Any, _steps: Any, _where: Any, _factors: Any) -> Any:
            wanted = types.UniTuple(types.int64, addresses), types.UniTuple(types.float32, numbers)
            return types.void(types.int64, *wanted), _generator(body, (addresses, numbers, lanes))

        return intrinsic(typed)

    return decorate


def _generator(body: Callable[[Row], None], counts: tuple[int, int, int]) -> Callable[..., Any]:
    addresses, numbers, lanes = counts

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        steps, where, factors = args
        places = tuple(cgutils.unpack_tuple(builder, where, addresses))
        shares = tuple(
            _splat(builder, number, lanes)
            for number in cgutils.unpack_tuple(builder, factors, numbers)
        )
        last = builder.sub(steps, _WORD(lanes))
        every = cgutils.for_range_slice(builder, _WORD(0), steps, _WORD(lanes), intp=_WORD)
        with every as (position, _count):
            inside = builder.icmp_signed("<", position, last)
            body(Row(builder, places, shares, builder.select(inside, position, last), lanes))
        return context.get_dummy_value()

    return generate


def _splat(builder: Any, number: Any, lanes: int) -> Any:
    vector = ir.VectorType(_FLOAT, lanes)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, _INT(0))
    order = ir.Constant(ir.VectorType(_INT, lanes), [0] * lanes)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), order)


@intrinsic
def float_at(_context: Any, address: Any, index: Any) -> Any:
    """Read float32 number `index` behind an address."""
    return types.float32(address, index), _reader(_FLOAT)


@intrinsic
def integer_at(_context: Any, address: Any, index: Any) -> Any:
    """Read int64 number `index` behind an address."""
    return types.int64(address, index), _reader(_WORD)


def _reader(element: Any) -> Callable[..., Any]:
    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        address, index = args
        pointer = builder.inttoptr(address, element.as_pointer())
        return builder.load(builder.gep(pointer, [index]))

    return generate
