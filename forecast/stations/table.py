"""Tables of text from anywhere: encodings, separators, decimal commas, missing values.

A cell stays text until it is asked for as a number, so that `08` may be a station and an hour.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecast.errors import InvalidRequest, UnreadableFile

LARGEST_BYTES: Final = 512 << 20
_SEPARATORS: Final = (",", ";", "\t", "，", "|")
_MISREAD_DEGREE: Final = "癈"
"""What the bytes of a Latin `°C` look like when they are read as Chinese."""
_MISSING: Final = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "---", "/", "//", "///", "////"}
    | {"m", "缺测", "缺", "无", "×", "*"}
)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
_HEADING: Final = re.compile(r"\s*(.*?)\s*(?:[\[(（【]\s*([^\])）】]*?)\s*[\])）】])?\s*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading, taken apart.

    Attributes:
        column: as the file has it.
        name: without the unit, lower case.
        unit: what stands in brackets after it, or None.
    """

    column: str
    name: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class StationTable:
    """A table of text.

    Attributes:
        path: the file.
        rows: one text column per heading.
        headings: by column.
        encoding: how its bytes were read.
    """

    path: Path
    rows: pd.DataFrame
    headings: Mapping[str, Heading]
    encoding: str

    def find(self, spellings: Iterable[str]) -> Heading | None:
        """The column of one of these names (lower case), the first spelling first."""
        by_name = {heading.name: heading for heading in self.headings.values()}
        return next((by_name[name] for name in spellings if name in by_name), None)

    def numbers(self, column: str) -> tuple[pd.Series, int]:
        """A column as float64, NaN where nothing stands, and how many cells were no numbers.

        Raises:
            InvalidRequest: it mixes decimal commas and points, or its commas may part thousands.
        """
        return read_numbers(self.rows[column], where=f"{self.path.name}, column {column!r}")


def read_table(path: Path) -> StationTable:
    """Read a table of text: UTF-8, UTF-16 or GB18030; comma, semicolon or tab between cells.

    Raises:
        InvalidRequest: there is no such file, or two columns have one name.
        UnreadableFile: it is no table of text.
    """
    text, encoding = _decode(path)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = pd.read_csv(
            io.StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            skipinitialspace=True,
            index_col=False,
            quoting=csv.QUOTE_MINIMAL,
        )
    except (ValueError, OverflowError) as error:
        words = str(error).strip().replace("\n", " ")
        raise UnreadableFile(f"{path.name} cannot be read as a table ({words})") from error
    rows.columns = [str(column).strip() for column in rows.columns]
    headings = {column: _heading(column) for column in rows.columns}
    _require_single(path, first, separator)
    return StationTable(path=path, rows=rows, headings=headings, encoding=encoding)


def read_numbers(cells: pd.Series, *, where: str) -> tuple[pd.Series, int]:
    """Cells of text as float64, NaN where nothing stands, and how many were no numbers.

    Args:
        cells: text.
        where: file and column, for the sentence of a refusal.

    Raises:
        InvalidRequest: decimal commas and points are mixed, or the commas may part thousands.
    """
    text = cells.fillna("").astype(object).str.strip()
    numbers = pd.to_numeric(text, errors="coerce").astype(float)
    odd = text[numbers.isna()]
    odd = odd[~odd.str.lower().isin(_MISSING)]
    commas = odd[odd.str.fullmatch(_DECIMAL_COMMA).astype(bool)]
    if len(commas):
        _require_decimal(commas, plain=text[numbers.notna()], where=where)
        numbers[commas.index] = commas.str.replace(",", ".", regex=False).astype(float)
    numbers = numbers.where(np.isfinite(numbers))
    return numbers, len(odd) - len(commas)


def _require_decimal(commas: pd.Series, *, plain: pd.Series, where: str) -> None:
    if plain.str.contains(".", regex=False).any():
        raise InvalidRequest(
            f"{where}: both {commas.iloc[0]} and decimal points stand there; allowed is one"
            " decimal sign"
        )
    if commas.str.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}").astype(bool).all():
        raise InvalidRequest(
            f"{where}: {commas.iloc[0]} may be a decimal or a thousand; write a decimal point"
        )


def _decode(path: Path) -> tuple[str, str]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidRequest(
                f"{path.name} has {path.stat().st_size / 2**20:,.0f} MiB; allowed are"
                f" {LARGEST_BYTES / 2**20:,.0f} MiB: part it"
            )
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"station file {path}: {error.strerror}") from error
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and _MISREAD_DEGREE in text:
            return content.decode("cp1252", errors="replace"), "cp1252"
        if "\0" in text or not text.strip():
            break
        return text, encoding
    raise UnreadableFile(f"{path.name} is no table of text; allowed are UTF-8, UTF-16 and GB18030")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030")


def _heading(column: str) -> Heading:
    found = _HEADING.fullmatch(column)
    name, unit = (found[1], found[2]) if found is not None else (column, None)
    return Heading(column=column, name=name.lower(), unit=unit)


def _require_single(path: Path, first: str, separator: str) -> None:
    names = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=separator), [])]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InvalidRequest(f"{path.name} has the column {twice[0]!r} twice; allowed is once")
