"""Stable names: the same thing gets the same key, whoever sent it, and no two things share one."""

import hashlib
from collections.abc import Iterable, Mapping
from zlib import crc32

LANES = 16


def digest(*parts: str) -> str:
    """16 hex digits of what the parts say; the parts are length-prefixed so that ("a", "bc") is not ("ab", "c")."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def of_labels(labels: Mapping[str, str]) -> str:
    """The identity of a label set, as Prometheus defines it: all names and values, in any order."""
    said = repr(sorted(labels.items())).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(said, digest_size=8).hexdigest()


def common(label_sets: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The labels that all the sets have with the same value."""
    sets = iter(label_sets)
    first = next(sets, {})
    shared = set(first.items())
    for labels in sets:
        shared &= labels.items()
    return {name: value for name, value in first.items() if (name, value) in shared}


def lane(key: str) -> int:
    """Which of the shards of the keyspace a record lives in."""
    return crc32(key.encode("utf-8", "surrogatepass")) % LANES


def short(key: str, opened_at: int) -> str:
    """The name that people use for an incident: six characters, different each time the key opens anew."""
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    number = int(digest(key, str(opened_at)), 16)
    letters = []
    for _ in range(6):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "".join(letters)
