"""A mail that a record wants sent, beside what it wants shown in Slack."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is in it is drawn from the record when it goes out.

    `name`: its own among the letters of the record, part of its Message-ID. `to`: addresses. `at`: since when it is
    wanted (unix milliseconds). `follows`: the letter that it answers, "" for none. `instead`: Slack did not take it.
    `left`: who still has to get it, once some have it.
    """

    name: str
    to: tuple[str, ...]
    at: int
    follows: str = ""
    instead: bool = False
    left: tuple[str, ...] = ()
