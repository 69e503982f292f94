"""How a cycle is cut into tiles and files; arithmetic only, nothing is read or written."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple, Self

from forecast.errors import DataError
from grids.errors import OutsideGrid

DEFAULT_TILE: Final = 128


class Tile(NamedTuple):
    """A tile by its place in the tiling: `row` northward, `column` eastward, from 0."""

    row: int
    column: int


class Window(NamedTuple):
    """Cells of the region's grid: a slice of rows and a slice of columns."""

    rows: slice
    columns: slice

    @property
    def shape(self) -> tuple[int, int]:
        """(number of rows, number of columns)."""
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLayout:
    """The tiling of one cycle.

    Attributes:
        rows: rows of the region's grid.
        columns: columns of the region's grid.
        tile: cells along the edge of a tile.
        variables: names, in the order of the packed record.
        decimals: decimals of each variable's int16 counts, in the same order.
        times: number of valid times.

    Raises:
        DataError: a count is not positive, or names and decimals do not match.
    """

    rows: int
    columns: int
    tile: int
    variables: tuple[str, ...]
    decimals: tuple[int, ...]
    times: int

    def __post_init__(self) -> None:
        """Check the counts."""
        counts = (self.rows, self.columns, self.tile, self.times, len(self.variables))
        if min(counts) < 1:
            raise DataError(
                f"a layout of {self.rows} x {self.columns} cells in tiles of {self.tile}, with"
                f" {len(self.variables)} variables and {self.times} times was asked; each must"
                " be 1 or more"
            )
        unique = len(set(self.variables)) == len(self.variables)
        if not unique or len(self.decimals) != len(self.variables):
            raise DataError(
                f"the variables {list(self.variables)} with decimals {list(self.decimals)} were"
                " asked; each name must stand once, with one number of decimals"
            )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        values = dict(values)
        values["variables"] = tuple(values["variables"])
        values["decimals"] = tuple(values["decimals"])
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Write the layout as plain values for JSON."""
        return asdict(self)

    @property
    def record_bytes(self) -> int:
        """Bytes of one cell: all variables and times as int16, without the checksum."""
        return 2 * len(self.variables) * self.times

    @property
    def tile_rows(self) -> int:
        """Number of tiles from south to north."""
        return -(-self.rows // self.tile)

    @property
    def tile_columns(self) -> int:
        """Number of tiles from west to east."""
        return -(-self.columns // self.tile)

    def tiles(self) -> Iterator[Tile]:
        """All tiles, row by row from the south-west."""
        for row in range(self.tile_rows):
            for column in range(self.tile_columns):
                yield Tile(row, column)

    def window(self, tile: Tile) -> Window:
        """Cells of the grid that a tile holds; tiles at the edge are smaller.

        Raises:
            DataError: the layout has no such tile.
        """
        if not (0 <= tile.row < self.tile_rows and 0 <= tile.column < self.tile_columns):
            raise DataError(
                f"tile {tuple(tile)} was asked; the layout has {self.tile_rows} x"
                f" {self.tile_columns} tiles, counted from 0"
            )
        top, left = tile.row * self.tile, tile.column * self.tile
        return Window(
            slice(top, min(top + self.tile, self.rows)),
            slice(left, min(left + self.tile, self.columns)),
        )

    def block_shape(self, tile: Tile) -> tuple[int, int, int, int]:
        """Shape of a tile's packed block: (rows, columns, variables, times)."""
        height, width = self.window(tile).shape
        return height, width, len(self.variables), self.times

    def touched(self, window: Window) -> Iterator[tuple[Tile, Window, Window]]:
        """Tiles that a window touches: (tile, cells inside the tile, cells inside the window)."""
        size = self.tile
        for row in range(window.rows.start // size, -(-window.rows.stop // size)):
            for column in range(window.columns.start // size, -(-window.columns.stop // size)):
                inner_rows, outer_rows = _overlap(window.rows, row * size, size)
                inner_columns, outer_columns = _overlap(window.columns, column * size, size)
                yield (
                    Tile(row, column),
                    Window(inner_rows, inner_columns),
                    Window(outer_rows, outer_columns),
                )

    def checked_window(self, rows: slice, columns: slice) -> Window:
        """Turn slices of cells into a window with explicit ends.

        Raises:
            OutsideGrid: a step other than 1, or nothing left inside the grid.
        """
        top, bottom, row_step = rows.indices(self.rows)
        left, right, column_step = columns.indices(self.columns)
        if row_step != 1 or column_step != 1 or bottom <= top or right <= left:
            raise OutsideGrid(
                f"rows {rows.start}:{rows.stop}:{rows.step} and columns"
                f" {columns.start}:{columns.stop}:{columns.step} were asked; allowed are"
                f" windows of step 1 inside {self.rows} x {self.columns} cells"
            )
        return Window(slice(top, bottom), slice(left, right))

    def series_file(self, tile: Tile) -> str:
        """Path of a tile's series shard inside the cycle."""
        return f"series/values/c/{tile.row}/{tile.column}/0/0"

    def map_file(self, variable: str, tile: Tile) -> str:
        """Path of a tile's map shard of one variable inside the cycle."""
        return f"maps/{variable}/c/0/{tile.row}/{tile.column}"

    def tile_files(self, tile: Tile) -> tuple[str, ...]:
        """Every file that a tile consists of."""
        maps = (self.map_file(name, tile) for name in self.variables)
        return (self.series_file(tile), *maps)

    def shard_files(self) -> Iterator[str]:
        """Every shard file that a complete cycle must have."""
        for tile in self.tiles():
            yield from self.tile_files(tile)


def _overlap(wanted: slice, first: int, size: int) -> tuple[slice, slice]:
    """The part of `wanted` in [first, first + size): inside that interval, inside `wanted`."""
    start, stop = max(wanted.start, first), min(wanted.stop, first + size)
    inner = slice(start - first, stop - first)
    return inner, slice(start - wanted.start, stop - wanted.start)
