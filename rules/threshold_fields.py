"""Thresholds as fields of a release plan: what each of them may be, read and written back in one form."""

import re
from typing import Annotated

from pydantic import AfterValidator

from rules import thresholds
from rules.text import Text
from rules.unfit import Unfit

_CRITERION = re.compile(r"(?P<check>\S+)(?:\s+(?P<threshold>\S.*))?")


def _threshold(value: str) -> str:
    return str(thresholds.parse(value))


def _moment(value: str) -> str:
    if thresholds.parse(value).lasting:
        raise Unfit(
            Text.of("{value}: only `yellow` and `red` have a `for`; this is looked at in one moment", value=repr(value))
        )
    return _threshold(value)


def _range(value: str) -> str:
    threshold = thresholds.parse(value)
    if threshold.trend or threshold.relative or threshold.span:
        raise Unfit(Text.of("{value}: a band is a range of values, such as '<= 10'", value=repr(value)))
    return _moment(value)


def _criterion(value: str) -> str:
    found = _CRITERION.fullmatch(value.strip())
    if found is None:
        raise Unfit(
            Text.of('{value} is not a criterion; write the name of a check, or "crash-rate < 0.1"', value=repr(value))
        )
    return f"{found['check']} {_moment(found['threshold'])}" if found["threshold"] else found["check"]


Limit = Annotated[str, AfterValidator(_threshold)]
Target = Annotated[str, AfterValidator(_moment)]
Range = Annotated[str, AfterValidator(_range)]
Criterion = Annotated[str, AfterValidator(_criterion)]
