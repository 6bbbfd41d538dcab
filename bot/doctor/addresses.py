"""Addresses and errors as they may be shown: without user, password and what stands after a question mark."""

import os
from urllib.parse import urlsplit

from rules.text import Text


def shown(url: str) -> str | Text:
    """Where something is; that it has an address when that cannot be told apart from a secret."""
    try:
        parts = urlsplit(url)
        torn = "@" in parts.path or parts.port == 0
    except ValueError:  # what stands where the port should be is not a number: perhaps a password
        torn = True
    if torn:
        return Text.of("its address")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def cause(error: BaseException | None) -> str:
    """Why there is no connection, in the system's own words; of other errors only the kind, for they may tell more."""
    found = error
    while found is not None:
        if isinstance(found, OSError) and found.errno:
            return os.strerror(found.errno) if found.errno > 0 else found.strerror or type(found).__name__
        found = found.__cause__ or found.__context__
    return type(error).__name__
