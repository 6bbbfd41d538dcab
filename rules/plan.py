"""The shape of a release plan in the policy: what is read, when it is looked at, what counts as good, what is done."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from rules import durations, matching, points, thresholds
from rules.matching import Matcher
from rules.policy_fields import Duration, Match, Mentions, Shape
from rules.rollback_plan import Dispatch, Running
from rules.team import Cron
from rules.text import Text
from rules.threshold_fields import Criterion, Limit, Range, Target
from rules.thresholds import Threshold
from rules.unfit import Unfit

MINUTE, HOUR = 60_000, 3_600_000
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SOURCES = ("prometheus", "registry", "github", "json", "http", "incidents", "slo", "enter", "tick")


def misnamed(where: str, name: str, such_as: str) -> Unfit:
    """What is wrong with a name that NAME does not fit."""
    return Unfit(
        Text.of(
            "{name}: a name has small letters, digits, - and _, such as {example}", name=repr(name), example=such_as
        ),
        where,
    )


def _pause(value: int) -> int:
    if value < MINUTE:
        raise Unfit(Text.of("a minute or more; people are asked this often"))
    return value


def _package(value: str) -> str:
    if not re.fullmatch(r"(pypi|crates|npm)/\S+", value):
        raise Unfit(
            Text.of(
                "{value}: write the registry and the package, such as pypi/requests, crates/serde, npm/left",
                value=repr(value),
            )
        )
    return value


def _probed(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/\S*)?", value):
        raise Unfit(
            Text.of(
                "{value}: write an http(s) address without user and password, such as https://shop.example.com/health",
                value=repr(value),
            )
        )
    return value


Pause = Annotated[Duration, AfterValidator(_pause)]
Package = Annotated[str, AfterValidator(_package)]
Probed = Annotated[str, AfterValidator(_probed)]
Level = Literal["yellow", "red"]


class Check(Shape):
    """One thing that is read, and what is good enough. It has one source, named by one of SOURCES.

    In `prometheus`, `baseline_prometheus`, `json` and `http`, `$version` is the release as it was named (v1.1.0),
    `$number` the same without its v, `$window` the length of `within`.
    """

    words: str = Field(min_length=1, description="what it is, for people")
    unit: str = Field("", description="%, ms, s, or any other; `yes/no` shows 1 and 0 as such")
    prometheus: str | None = Field(None, description="PromQL that gives one number")
    registry: Package | None = Field(None, description="pypi/NAME, crates/NAME or npm/NAME; `value` says what of it")
    github: Literal["pass-rate", "flaky", "issues", "open-issues", "first-response", "resolution", "asset"] | None = (
        None
    )
    json_url: str | None = Field(
        None, alias="json", pattern=r"^https?://", description="any JSON; `path` says what of it"
    )
    http: Probed | None = Field(None, description="an address that is asked whether it answers with 2xx")
    incidents: Literal["opened", "open", "mttr"] | None = Field(None, description="of those that `match` fits")
    slo: str | None = Field(None, description="an objective of `slos`: percent of its error budget left")
    enter: str | None = Field(None, description="a number that a person enters, and where to find it")
    tick: str | None = Field(None, description="something that a person confirms, and how to see it")
    value: Literal["present", "yanked", "sdist", "wheel", "files", "downloads"] = Field(
        "present", description="what is read of a registry"
    )
    path: str = Field("", description="JMESPath of a number in the JSON")
    workflow: str | None = Field(None, description="at GitHub: only this one, by file name or name")
    branch: str = ""
    labels: list[str] = Field([], description="at GitHub: issues with all of these")
    asset: str = Field("", description="at GitHub: the end of a file's name in the release")
    match: Match = Field("", description="which incidents count; those of the plan, when empty")
    before_too: bool = Field(default=False, description="incidents that opened before the release count too")
    within: Duration = Field(24 * HOUR, description="the length of time that a value is about")
    every: Duration | None = Field(None, description="how often it is read; as the source allows, when not named")
    sample: str | None = Field(None, description="PromQL: how many cases the value is about")
    minimum: float = Field(0, ge=0, description="with fewer cases there is not enough data")
    baseline: float | None = Field(None, description="a known number to compare with, instead of the earlier release's")
    baseline_prometheus: str | None = Field(None, description="PromQL of the earlier release; the same, when not named")
    target: Target | None = Field(None, description="what is wanted")
    yellow: Limit | None = None
    red: Limit | None = None
    failed: Level = Field("yellow", description="what it is when somebody ticks it as failed")
    bands: dict[str, Range] = Field({}, description="a word for each range, the first that holds")
    who: Mentions = Field([], description="who looks at it when it is beyond a threshold; the plan's owner, when empty")
    do: str = Field("", description="what to do then")
    chart: bool = Field(default=False, description="it is drawn in the chart")
    _matchers: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        named = [name for name in SOURCES if getattr(self, "json_url" if name == "json" else name) is not None]
        if len(named) != 1:
            known, given = ", ".join(SOURCES), ", ".join(named)
            one = Text.of("name one source, of {known}", known=known)
            raise Unfit(Text.of("name one source, of {known}; not {given}", known=known, given=given) if named else one)
        if self.json_url and not self.path:
            raise Unfit(Text.of("a `json` needs a `path`, the JMESPath of the number"))
        if self.github == "asset" and not self.asset:
            raise Unfit(Text.of("name the `asset`, the end of its file name such as .whl"))
        if self.minimum and not (self.sample or self.github):
            raise Unfit(Text.of("a `minimum` needs a `sample`, the PromQL of how many cases there are"))
        self._matchers = matching.parse(self.match) if self.match else ()
        return self

    @property
    def source(self) -> str:
        """Which of SOURCES it is."""
        return next(name for name in SOURCES if getattr(self, "json_url" if name == "json" else name) is not None)

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `match`."""
        return self._matchers

    def threshold(self, level: Level | Literal["target"]) -> Threshold | None:
        """The parsed threshold of a level, None when the plan has none."""
        text: str | None = getattr(self, level)
        return thresholds.parse(text) if text else None


class Gate(Shape):
    """A checkpoint that has to be passed: by all its checks. What comes of it, in words."""

    passed: str = Field("Go on.", min_length=1)
    failed: str = Field("Mend it and try again.", min_length=1)


class Checkpoint(Shape):
    """A time at which somebody looks: once `at`, again and again `every`, or by a `cron` line in the team's zone."""

    name: str = Field(min_length=1, max_length=60)
    at: Duration | None = Field(None, description="after the release")
    every: Duration | None = Field(None, description="again and again, first this long after the release")
    cron: Cron | None = Field(None, description="again and again, by the clock on the wall")
    since: Duration = Field(0, description="with `every` or `cron`: not before this long after the release")
    until: Duration | None = Field(
        None, description="with `every` or `cron`: not after this; the window, when not named"
    )
    checks: list[str] = Field([], description="names of `checks`; all of them, when empty")
    who: Mentions = Field([])
    text: str = Field("", description="what to look at, in words")
    asks: list[str] = Field([], description="questions that people answer")
    minutes: int | None = Field(None, gt=0, description="how long it should take")
    gate: Gate | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if sum(time is not None for time in (self.at, self.every, self.cron)) != 1:
            raise Unfit(Text.of("name one of `at`, `every` and `cron`"))
        if self.every is not None and self.every < MINUTE:
            raise Unfit(Text.of("`every` is a minute or more"))
        return self


class Criteria(Shape):
    """What has to be so at the end; each is the name of a check, or a check with a threshold: "success >= 80"."""

    must: list[Criterion] = Field([], description="keep is refused while one of these is not so")
    should: list[Criterion] = Field([])
    nice: list[Criterion] = Field([])


class Action(Shape):
    """What a level means: the severity of its incident, what people do, and how often they are asked how it goes."""

    severity: str
    do: list[str] = Field([], description="in words; $version and $baseline stand for the releases")
    follow_up: Pause | None = Field(None, description="as long as a check is beyond its threshold")


class Plan(Shape):
    """One way to watch a release."""

    words: str = Field(min_length=1, description="what is released, for people")
    match: Match | None = Field(None, description="which releases start it by themselves; only by hand, when not named")
    repository: str = Field("", pattern=r"^([\w.-]+/[\w.-]+)?$", description="owner/name at GitHub")
    channel: str = Field("fallback", description="a role from `channels`, or a #channel")
    owner: Mentions = Field([], description="who decides, and is asked to")
    scope: str = Field("", description="one of `scopes`: its card says when that is frozen")
    roles: dict[str, str] = Field({}, description="who is for what, in words")
    window: Duration = Field(72 * HOUR)
    baseline: str = Field("previous", description="a version, `previous` (the one watched before), or `none`")
    checks: dict[str, Check] = Field(min_length=1)
    checkpoints: list[Checkpoint] = Field(min_length=1)
    criteria: Criteria = Criteria()
    yellow: Action
    red: Action
    incidents: Match = Field("", description="which incidents may be this release's")
    rollback: list[str] = Field([], description="its steps, in words")
    rollback_dispatch: Dispatch | None = Field(None, description="what GitHub starts; takes a second person")
    running: Running | None = Field(None, description="how one sees which version runs")
    remind_every: Pause = Field(4 * HOUR, description="after the window, until it is decided")
    retrospective: list[str] = Field([], description="questions for afterwards")
    documents: list[str] = Field([], description="what is to be written")
    _matchers: tuple[Matcher, ...] | None = PrivateAttr(None)
    _related: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if wrong := [name for name in self.checks if not NAME.fullmatch(name)]:
            raise misnamed("checks", wrong[0], "init-failures")
        if self.window < HOUR:
            raise Unfit(Text.of("an hour or more"), "window")
        for index, point in enumerate(self.checkpoints):
            for name in point.checks:
                self._known(f"checkpoints.{index}.checks", name)
            self._within(f"checkpoints.{index}", point)
        names = [point.name for point in self.checkpoints]
        if twice := [name for index, name in enumerate(names) if name in names[:index]]:
            raise Unfit(
                Text.of("{name} is the name of two of them; names are unique", name=repr(twice[0])), "checkpoints"
            )
        for kind in ("must", "should", "nice"):
            for text in getattr(self.criteria, kind):
                self._known(f"criteria.{kind}", text.split()[0])
        for where, name, text in self._held():
            self._told(where, self.checks[name], text)
        if self.rollback_dispatch and not (self.rollback_dispatch.repository or self.repository):
            raise Unfit(Text.of("name its `repository`, or one for the plan, as owner/name"), "rollback_dispatch")
        self._matchers = matching.parse(self.match) if self.match is not None else None
        self._related = matching.parse(self.incidents) if self.incidents else ()
        return self

    def _known(self, where: str, name: str) -> None:
        if name not in self.checks:
            known = ", ".join(self.checks)
            raise Unfit(Text.of("{name} is not one of the checks {known}", name=repr(name), known=known), where)

    def _held(self) -> Iterator[tuple[str, str, str]]:
        """Each threshold: where it stands, of which check it is, and its text."""
        for name, check in self.checks.items():
            limits = (("target", check.target), ("yellow", check.yellow), ("red", check.red))
            yield from ((f"checks.{name}.{level}", name, limit) for level, limit in limits if limit)
        for kind in ("must", "should", "nice"):
            parts = (text.partition(" ") for text in getattr(self.criteria, kind))
            yield from ((f"criteria.{kind}", name, limit) for name, _, limit in parts if limit)

    def _told(self, where: str, check: Check, limit: str) -> None:
        """A change of which too little is kept could never be told."""
        span = thresholds.parse(limit).span
        if span and (why := points.untold(span, window=self.window, every=check.every or 0)):
            raise Unfit(Text.of("{limit}: {why}", limit=repr(limit), why=why), where)

    def _within(self, where: str, point: Checkpoint) -> None:
        """What comes after the window would never be taken, and a gate there never be asked for."""
        for name, first in (("at", point.at), ("every", point.every), ("since", point.since)):
            if first is not None and first > self.window:
                window = durations.show(self.window)
                raise Unfit(Text.of("it is after the window of {window}", window=window), f"{where}.{name}")

    @property
    def matchers(self) -> tuple[Matcher, ...] | None:
        """The compiled comparisons of `match`; None when releases do not start it by themselves."""
        return self._matchers

    @property
    def related(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `incidents`; none when every incident may be this release's."""
        return self._related

    def action(self, level: str) -> Action:
        """What a level means."""
        return self.red if level == "red" else self.yellow

    def looked_at(self, point: Checkpoint) -> list[str]:
        """The names of the checks of a checkpoint."""
        return point.checks or list(self.checks)
