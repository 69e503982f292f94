"""Tiles of an array that never cut a storage chunk."""

from collections.abc import Iterator
from itertools import product

from grids.errors import InvalidGrid


def tiles(
    shape: tuple[int, ...], tile: tuple[int, ...], *, chunk: tuple[int, ...] | None = None
) -> Iterator[tuple[slice, ...]]:
    """Slices that cover an array once, row-major, each a whole number of chunks.

    Only the last tile of a dimension may be smaller.

    Args:
        shape: sizes of the array.
        tile: sizes of a tile.
        chunk: sizes of a storage chunk; a tile must be a whole multiple of it, or span the
            whole dimension.

    Yields:
        One slice per dimension.

    Raises:
        InvalidGrid: the numbers of dimensions differ, a size is not positive, or a tile would
            cut a chunk.
    """
    chunk = tile if chunk is None else chunk
    if not len(shape) == len(tile) == len(chunk):
        raise InvalidGrid(f"shape {shape}, tile {tile} and chunk {chunk} need equal lengths")
    for size, step, whole in zip(shape, tile, chunk, strict=True):
        if min(size, step, whole) < 1 or (step % whole and step < size):
            raise InvalidGrid(
                f"a tile of {tile} on an array of {shape} was asked; allowed are positive"
                f" multiples of the chunk {chunk}"
            )
    axes = [
        [slice(start, min(start + step, size)) for start in range(0, size, step)]
        for size, step in zip(shape, tile, strict=True)
    ]
    yield from product(*axes)
