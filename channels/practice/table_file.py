"""A table as a file that a spreadsheet opens by a double click, in France: semicolons, UTF-8 with its mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# Excel reads UTF-8 only where the file begins with this.
MARK = "\ufeff"
# What begins so is run by spreadsheets as a formula (OWASP, CSV injection). Labels are typed by people.
RUN = ("=", "+", "-", "@", "\t", "\r", "\n")


def table_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Response:
    """The download `name` of `heads` and `rows`."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    answer = Response(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _harmless(cell: str | int) -> str | int:
    """An apostrophe before what would be run: spreadsheets then show it, and do nothing."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(RUN) else cell
