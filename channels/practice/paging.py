"""Long lists, page by page, by plain links: which page is asked for, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

A_PAGE = 50


@dataclass(frozen=True)
class Page:
    """Page `number` of `pages`, from 1."""

    number: int
    pages: int

    @property
    def skip(self) -> int:
        """How many lines come before it."""
        return (self.number - 1) * A_PAGE


def page_of(lines: int) -> Page:
    """The page that is asked for (`?page=`) of so many lines: the first for what is no number, the last beyond it."""
    asked = request.args.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    pages = max(1, -(-lines // A_PAGE))
    return Page(min(number, pages), pages)
