"""How large a request may be: for whoever collects it, and for whoever answers it."""

from __future__ import annotations

# A message is 1,600 characters; a form around it is small. Anything larger is no message (HTTP 413).
LARGEST_REQUEST = 128 * 1024
