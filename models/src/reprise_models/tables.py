"""FMA's tables: CSV files with several header lines, as pandas writes columns of several levels.

They are read with the standard library: only a few columns are needed, and pandas would load the whole file
(`features.csv` is about 1 GB of text).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ID_COLUMN = "track_id"
_FIX = "download it again with `reprise-fetch fma-metadata`"
# The default limit of 128 KiB guards against unclosed quotes; an artist's biography may be longer.
csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Row:
    """A row of a table: `fields` are those after the id; `line` is its last line, for messages."""

    line: int
    track_id: int
    fields: list[str]


class Table:
    """A CSV file of `levels` header lines, one that begins with `track_id`, and a line for each track.

    `columns` are the names of the fields after the id, one part for each level. An invalid file raises a
    ValueError that names file, line and column.
    """

    def __init__(self, path: Path, levels: int) -> None:
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; {_FIX}, or unpack fma_metadata.zip there")
        self.path = path
        self._header_lines = levels + 1
        lines = self._lines()
        header = [fields for _, fields in (next(lines, (0, [])) for _ in range(self._header_lines))]
        if header[levels][:1] != [_ID_COLUMN] or len({len(fields) for fields in header}) != 1:
            raise ValueError(
                f"{path}: expected {levels} header lines of equal length and a line that begins with"
                f" {_ID_COLUMN}; this is not FMA's file, {_FIX}"
            )
        self.columns: tuple[tuple[str, ...], ...] = tuple(zip(*(f[1:] for f in header[:levels]), strict=True))

    def index(self, *name: str) -> int:
        """Return the index in `Row.fields` of the column with this name."""
        if name not in self.columns:
            raise ValueError(f"{self.path} has no column {'/'.join(name)}; {_FIX}")
        return self.columns.index(name)

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the file, which is read from its beginning at each call."""
        seen: set[int] = set()
        for line, fields in self._lines():
            if line <= self._header_lines:
                continue
            if len(fields) != len(self.columns) + 1:
                raise ValueError(
                    f"{self.path}, line {line}: {len(fields)} fields instead of {len(self.columns) + 1},"
                    f" the file may be truncated; {_FIX}"
                )
            try:
                track_id = int(fields[0])
            except ValueError as e:
                raise ValueError(f"{self.path}, line {line}: {fields[0]!r} is not a track id; {_FIX}") from e
            if track_id in seen:
                raise ValueError(f"{self.path}, line {line}: track {track_id} occurs twice; {_FIX}")
            seen.add(track_id)
            yield Row(line, track_id, fields[1:])

    def number(self, row: Row, column: int) -> float:
        """Return the value of a field; NaN if it is empty."""
        text = row.fields[column]
        try:
            return float(text) if text else float("nan")
        except ValueError as e:
            raise self.error(row, column, "a number") from e

    def error(self, row: Row, column: int, expected: str) -> ValueError:
        """Return the error for a field with an invalid value."""
        name = "/".join(self.columns[column])
        return ValueError(
            f"{self.path}, line {row.line}: column {name} of track {row.track_id} is {row.fields[column]!r},"
            f" expected {expected}; {_FIX}"
        )

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        with self.path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file, strict=True)
            try:
                for fields in reader:
                    yield reader.line_num, fields
            except (csv.Error, UnicodeDecodeError) as e:
                raise ValueError(f"{self.path}, after line {reader.line_num}: {e}; {_FIX}") from e
