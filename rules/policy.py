"""The shape of the policy file: everything a team decides."""

from collections.abc import Iterator
from datetime import time
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, model_validator

from rules import matching
from rules.digest_plan import Digest, check_digests
from rules.freeze_plan import Scope, check_scopes
from rules.heartbeat_plan import CanaryOrOff, Heartbeat, SilentSources, Sources, check_heartbeats
from rules.mail_plan import Mail, check_mail
from rules.matching import Matcher
from rules.plan import NAME, Plan, misnamed
from rules.policy_fields import Clock, Duration, Language, Link, Match, Mentions, Names, Shape, Weekday, Zone
from rules.policy_names import among, check_invited, check_names
from rules.room_plan import WarRoom
from rules.severity_plan import Severity
from rules.slo_plan import Objective, check_slos
from rules.team import Member, Mute, Rights, Rotation
from rules.text import Text
from rules.unfit import Unfit


class WorkingHours(Shape):
    """The team's working day; `respond_within: end_of_day` is measured by it."""

    start: Clock = Field(time(9), alias="from")
    end: Clock = Field(time(18), alias="to")
    days: list[Weekday] = Field(["mon", "tue", "wed", "thu", "fri"], min_length=1)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise Unfit(Text.of("`to` must be after `from`"))
        return self


class Expectation(Shape):
    """What an example must come out as; what is not named is not compared."""

    severity: str | None = None
    channel: str | None = None
    mention: Mentions | None = None
    card: Literal["shown", "counted", "ignored"] | None = None


class Example(Shape):
    """Labels of a signal that this route must take; `sereno check` runs it."""

    labels: dict[str, str]
    expect: Expectation = Expectation()


class Route(Shape):
    """One `match:` and what it sets. The first route that matches decides, unless it says `continue`."""

    name: str = Field(min_length=1)
    match: Match
    severity: str | None = None
    channel: str | None = None
    mention: Mentions | None = None
    owner: str | None = None
    mail: Names = Field([], description="who gets a mail as well, beside those of the severity")
    runbook: Link | None = None
    ignore: bool = Field(default=False, description="journalled and counted, never shown: bots, dependency updates")
    goes_on: bool = Field(default=False, alias="continue", description="later routes fill in what this one leaves open")
    examples: list[Example] = Field([])
    _matchers: tuple[Matcher, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _compile(self) -> Self:
        self._matchers = matching.parse(self.match)
        return self

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The compiled comparisons of `match`."""
        return self._matchers


class QuietHours(Shape):
    """When only severities with `interrupts_quiet_hours` may ping or broadcast. `from` after `to` spans midnight."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    days: list[Weekday] = Field([], description="the days on which it starts; empty means all")
    whole_days: list[Weekday] = Field([], description="days that are quiet from midnight to midnight")


class Flapping(Shape):
    """When an incident that opens and closes again and again stops speaking aloud."""

    flips: int = Field(4, ge=2, description="this many re-fires")
    within: Duration = 3_600_000
    hold: Duration = Field(600_000, description="a resolve counts once it has lasted this long")


class Storm(Shape):
    """When many new incidents of one channel become one board."""

    incidents: int = Field(60, ge=2, description="more new incidents than this")
    within: Duration = 300_000
    quiet_for: Duration = Field(180_000, description="the storm has passed after this long without a new one")


class Policy(Shape):
    """The whole file. Source of every decision; `sereno check` verifies it, `POST /-/reload` loads it anew."""

    team: str = "Team"
    timezone: Zone = "UTC"
    language: Language = "en"
    channel_languages: dict[str, Language] = Field({}, description="by channel or role, where it is not `language`")
    channels: dict[str, str] = Field(description="channel roles, such as alerts: '#alerts'; `fallback` is required")
    severities: dict[str, Severity] = Field(min_length=1, description="worst first")
    default_severity: str = "P1"
    routes: list[Route] = Field([])
    people: dict[str, Member] = Field({}, description="by the name that the rest of the policy uses")
    oncall: dict[str, Rotation] = Field({}, description="rotations by name")
    rights: Rights = Rights()
    working_hours: WorkingHours = WorkingHours()
    slos: dict[str, Objective] = Field({}, description="what is promised, by name; each has an error budget")
    releases: dict[str, Plan] = Field({}, description="how releases are watched, by the name of the plan")
    scopes: dict[str, Scope] = Field({}, description="what can be frozen, by name")
    mutes: list[Mute] = Field([], description="what pings nobody for a while; /sereno mute adds to it")
    mail: Mail = Mail()
    war_room: WarRoom = WarRoom()
    digest: dict[str, Digest] = Field({}, description="what is told at regular times, by name")
    heartbeats: dict[str, Heartbeat] = Field({}, description="alerts that must always arrive, by name")
    silent_sources: SilentSources = Field(Sources(), description="`off`: a silent source is not reported")
    canary: CanaryOrOff = Field(None, description="measures Slack by a message of its own")
    quiet_hours: QuietHours | None = None
    flapping: Flapping = Flapping()
    storm: Storm = Storm()
    reopen_within: Duration = Field(
        7_200_000, description="a re-fire this soon after the resolve reopens the same card"
    )
    _by_label: dict[str, str] = PrivateAttr(default_factory=dict)
    _memory: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if "fallback" not in self.channels:
            raise Unfit(Text.of("name a `fallback`, the channel for what the others refuse"), "channels")
        for where, name in self._severities_named():
            self._check_severity(where, name)
        for where, name in self._channels_named():
            self._check_channel(where, name)
        self._learn_labels()
        check_names(self.people, self.oncall, self.rights, self._told())
        check_invited("war_room.invite", self.war_room.invite, self.people, self.oncall)
        check_mail(self.mailed(), self.people, self.oncall)
        self._check_counted()
        check_slos(self.slos, self.severities)
        check_heartbeats(self.heartbeats)
        check_digests(self.digest, self.releases)
        check_scopes(self.scopes)
        self._check_releases()
        for index, mute in enumerate(self.mutes):
            if mute.route:
                among(f"mutes.{index}.route", mute.route, [route.name for route in self.routes], Text.of("the routes"))
        names = [route.name for route in self.routes]
        for index, name in enumerate(names):
            if name in names[:index]:
                twice = Text.of("{name} is the name of an earlier route; names are unique", name=repr(name))
                raise Unfit(twice, f"routes.{index}.name")
        return self

    def _check_counted(self) -> None:
        """Of what is only counted nobody is told, and nobody is called together for it."""
        for name, severity in self.severities.items():
            if severity.war_room == "auto" and severity.card == "counted":
                room = Text.of("{severity} is only counted; `card: shown` opens a room", severity=name)
                raise Unfit(room, f"severities.{name}.war_room")
            if severity.mail and severity.card == "counted":
                mail = Text.of("{severity} is only counted, nobody is told; `card: shown` tells", severity=name)
                raise Unfit(mail, f"severities.{name}.mail")

    def _learn_labels(self) -> None:
        for name, severity in self.severities.items():
            for value in {word.lower() for word in (*severity.label, name)}:
                if value in self._by_label:
                    known = self._by_label[value]
                    raise Unfit(
                        Text.of(
                            "{value} means {severity} already; a value has one severity",
                            value=repr(value),
                            severity=known,
                        ),
                        f"severities.{name}.label",
                    )
                self._by_label[value] = name

    def _check_releases(self) -> None:
        for name, plan in self.releases.items():
            if plan.scope:
                among(f"releases.{name}.scope", plan.scope, self.scopes, Text.of("`scopes`"))
            if not NAME.fullmatch(name):
                raise misnamed("releases", name, "sdk")
            for one, check in plan.checks.items():
                if check.slo is not None:
                    among(f"releases.{name}.checks.{one}.slo", check.slo, self.slos, Text.of("`slos`"))

    def _severities_named(self) -> Iterator[tuple[str, str | None]]:
        yield "default_severity", self.default_severity
        yield from ((f"routes.{index}.severity", route.severity) for index, route in enumerate(self.routes))
        for name, plan in self.releases.items():
            yield f"releases.{name}.yellow.severity", plan.yellow.severity
            yield f"releases.{name}.red.severity", plan.red.severity
        yield from ((f"heartbeats.{name}.severity", one.severity) for name, one in self.heartbeats.items())
        yield "silent_sources.severity", self.silent_sources.severity if self.silent_sources else None

    def _channels_named(self) -> Iterator[tuple[str, str | None]]:
        yield from ((f"severities.{name}.channel", one.channel) for name, one in self.severities.items())
        yield from ((f"routes.{index}.channel", route.channel) for index, route in enumerate(self.routes))
        yield from ((f"releases.{name}.channel", plan.channel) for name, plan in self.releases.items())
        yield from ((f"mutes.{index}.channel", mute.channel or None) for index, mute in enumerate(self.mutes))
        yield from ((f"channel_languages.{name}", name) for name in self.channel_languages)
        yield from ((f"scopes.{name}.channel", one.channel) for name, one in self.scopes.items())
        yield from ((f"digest.{name}.channel", one.channel) for name, one in self.digest.items())
        yield "war_room.announce", self.war_room.announce or None
        yield "canary.channel", self.canary.channel if self.canary else None

    def _check_severity(self, where: str, name: str | None) -> None:
        if name is not None and name not in self.severities:
            known = ", ".join(self.severities)
            raise Unfit(Text.of("{name} is not one of the severities {known}", name=repr(name), known=known), where)

    def _check_channel(self, where: str, name: str | None) -> None:
        if name is not None and not name.startswith("#") and name not in self.channels:
            raise Unfit(
                Text.of(
                    "{name} is neither a #channel nor one of the roles {known}",
                    name=repr(name),
                    known=", ".join(self.channels),
                ),
                where,
            )

    def _told(self) -> Iterator[tuple[str, str]]:
        for name, severity in self.severities.items():
            for index, step in enumerate(severity.escalate):
                yield from ((f"severities.{name}.escalate.{index}.dm", one) for one in step.dm)

    def mailed(self) -> Iterator[tuple[str, str]]:
        """Who gets mail: where it stands, and the name."""
        yield from (("mail.when_slack_is_away", name) for name in self.mail.when_slack_is_away)
        for severity, rules in self.severities.items():
            yield from ((f"severities.{severity}.mail", name) for name in rules.mail)
        for index, route in enumerate(self.routes):
            yield from ((f"routes.{index}.mail", name) for name in route.mail)
        for digest, one in self.digest.items():
            yield from ((f"digest.{digest}.mail", name) for name in one.mail)

    def channel(self, role: str) -> str:
        """The #channel that a role stands for; a #channel stands for itself."""
        return role if role.startswith("#") else self.channels[role]

    def severity_of(self, label: str) -> str | None:
        """The severity that a value of the label `severity` means; None when the policy does not know the value."""
        return self._by_label.get(label.lower())

    def rank(self, severity: str) -> int:
        """0 for the worst. A severity that a newer policy has dropped ranks as the default one."""
        names = list(self.severities)
        return names.index(severity if severity in self.severities else self.default_severity)

    def rule(self, severity: str) -> Severity:
        """The rules of a severity; of the default one when a newer policy has dropped it."""
        return self.severities.get(severity) or self.severities[self.default_severity]

    @property
    def memory(self) -> dict[str, Any]:
        """What is made of this policy once and kept with it (rules/routing.py)."""
        return self._memory

    @property
    def zone(self) -> ZoneInfo:
        """The team's own time zone."""
        return ZoneInfo(self.timezone)


def json_schema() -> dict[str, Any]:
    """JSON Schema of the policy file, for editors."""
    return Policy.model_json_schema(by_alias=True, mode="validation")
