"""A fault in what the policy says of people, rotations, rights and mutes: file, line, field, what to write instead."""

from datetime import UTC, datetime

import jsonschema
import pytest
import yaml

from rules.policy import json_schema
from rules.policy_file import BadPolicy, load
from rules.team import Right

CHANNELS = """channels: {fallback: "#general"}
severities: {P1: {}}
"""
BASE = CHANNELS + "people: {ana: {name: Ana Ruiz}}\n"
SPAN = "from: 2026-12-24T18:00:00+01:00, until: 2026-12-26T09:00:00+01:00"
UNTIL = "until: 2026-12-24T18:00:00Z"
A_TIME = "write one such as 2026-12-24T18:00:00+01:00"
WITH_OFFSET = "write the time with its offset, such as 2026-12-24T18:00:00+01:00"


def person(rest: str) -> str:
    return f"{CHANNELS}people:\n  ana:\n    name: Ana Ruiz\n    {rest}\n"


def rotation(rest: str, who: str = "people: [ana]") -> str:
    return f"{BASE}oncall:\n  web:\n    {who}\n    {rest}\n"


def override(fields: str) -> str:
    return rotation(f"overrides:\n      - {{{fields}}}")


def right(line: str) -> str:
    return f"{BASE}rights:\n  {line}\n"


def mute(fields: str) -> str:
    return f"{BASE}mutes:\n  - {{{fields}}}\n"


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (CHANNELS + "people:\n  ana: {}", "4: people.ana.name: is required"),
        (CHANNELS + "people:\n  ana: {name: ''}", "4: people.ana.name: may not be empty"),
        (CHANNELS + "people: [ana]", "3: people: write keys with their values, not"),
        (CHANNELS + "people: {ana: Ana Ruiz}", "3: people.ana: write keys with their values, not"),
        (person("slak: U0123ABCD"), "6: people.ana.slak: unknown key; did you mean `slack`?"),
        (
            person("slack: '@ana'"),
            "6: people.ana.slack: '@ana' is neither a Slack id such as U0123ABCD nor an e-mail address",
        ),
        (person("slack: ana.ruiz"), "6: people.ana.slack: 'ana.ruiz' is neither a Slack id"),
        (person("slack: u0123abcd"), "6: people.ana.slack: 'u0123abcd' is neither a Slack id"),
        (person("language: de"), "6: people.ana.language: write one of 'en', 'es', not"),
        (person("timezone: Madrid"), "6: people.ana.timezone: 'Madrid' is not an IANA time zone; write one such as"),
        (person("name: Ana"), "6: people.ana.name: this key stands twice"),
    ],
)
def test_people(text: str, wanted: str) -> None:
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in complaints(text)), complaints(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            rotation("handoff:"),
            '7: oncall.web.handoff: nothing stands here; write a cron line of five fields such as "0 9 * * mon"',
        ),
        (rotation("handoff: 9"), "7: oncall.web.handoff: 9 is not a cron line of five fields; write one such as"),
        (rotation("handof: x"), "7: oncall.web.handof: unknown key; did you mean `handoff`?"),
        (rotation('handoff: "0 9 * * mon"', "overrides: []"), "5: oncall.web: name either `people` or a `group`"),
        (rotation('group: "@web"'), "5: oncall.web: name either `people` or a `group`"),
        (rotation("", "group: web"), "6: oncall.web.group: 'web' is not a user group; write its handle as \"@name\""),
        (rotation("", "group: '@'"), "6: oncall.web.group: '@' is not a user group"),
        (rotation("", "people: ana"), "6: oncall.web.people: write a list, not"),
        (rotation("", "people: [ana, bob]"), "6: oncall.web.people[1]: 'bob' is not one of `people`"),
        (rotation("", "people: ['@sre']"), "6: oncall.web.people[0]: 'sre' is not one of `people`"),
        (f"{BASE}oncall: {{ana: {{people: [ana]}}}}", "4: oncall.ana: 'ana' is the name of a person too"),
        (rotation("timezone: CET+1"), "7: oncall.web.timezone: 'CET+1' is not an IANA time zone; write one such as"),
        (rotation("since: 26-01-05"), "7: oncall.web.since: '26-01-05' is not a day; write one such as 2026-01-05"),
        (rotation("since: monday"), "7: oncall.web.since: 'monday' is not a day; write one such as 2026-01-05"),
        (rotation("since: 20260105"), "7: oncall.web.since: 20260105 is not a day; write one such as 2026-01-05"),
        (
            rotation("since: 2026-01-05T09:00:00"),
            "7: oncall.web.since: write the day only, such as 2026-01-05; `handof",
        ),
        (rotation("since: 0026-01-05"), "7: oncall.web.since: write 2000-01-01 or more, not"),
        (rotation("since: 3026-01-05"), "7: oncall.web.since: write 2100-01-01 at most, not"),
    ],
)
def test_rotations(text: str, wanted: str) -> None:
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in complaints(text)), complaints(text)


@pytest.mark.parametrize(
    ("cron", "wanted"),
    [
        ("9am", 'is not a cron line of five fields; write one such as "0 9 * * mon"'),
        ("0 9 * *", "is not a cron line of five fields; write one such as"),
        ("0 9 * * * *", "is not a cron line of five fields; write one such as"),
        ("0 25 * * *", "is not a cron line of five fields; write one such as"),
        ("0 9 * * monday", "is not a cron line of five fields; write one such as"),
        ("@daily", "is not a cron line of five fields; write one such as"),
        ("0 9 31 2 *", "names a day that no month has"),
        ("R 9 * * *", ": R means a time by chance, another for each that reads it; write the time"),
        ("0 r(8-10) * * *", ": R means a time by chance"),
        ("* 9 * * mon", 'hands over more than once in an hour; name one minute, such as "0 9 * * mon"'),
        ("*/30 9 * * mon", "hands over more than once in an hour; name one minute"),
    ],
)
def test_handoffs(cron: str, wanted: str) -> None:
    (found,) = complaints(rotation(f'handoff: "{cron}"'))
    assert found.startswith(f"policy.yaml:7: oncall.web.handoff: '{cron}'")
    assert wanted in found


@pytest.mark.parametrize("cron", ["0 9 * * mon", "00 9 1,15 mar-apr *", "0 9 * * mon#1", "30 */4 * * fri", "0 9 L * *"])
def test_handoffs_that_are_good(cron: str) -> None:
    assert load(rotation(f'handoff: "{cron}"'), "policy.yaml").oncall["web"].handoff == cron


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (f"person: bob, {SPAN}", "8: oncall.web.overrides[0].person: 'bob' is not one of `people`"),
        (f"person: '@sre', {SPAN}", "8: oncall.web.overrides[0].person: 'sre' is not one of `people`"),
        (SPAN, "8: oncall.web.overrides[0].person: is required"),
        (f"person: ana, {UNTIL}", "8: oncall.web.overrides[0].from: is required"),
        (f"person: ana, start: x, {SPAN}", "8: oncall.web.overrides[0].start: unknown key; known here: person, from"),
        (
            f"person: ana, from: tomorrow, {UNTIL}",
            f"8: oncall.web.overrides[0].from: 'tomorrow' is not a time; {A_TIME}",
        ),
        (f"person: ana, from: 1700000000, {UNTIL}", "8: oncall.web.overrides[0].from: 1700000000 is not a time; write"),
        (f"person: ana, from: 2026-12-01, {UNTIL}", f"8: oncall.web.overrides[0].from: {WITH_OFFSET}"),
        (f"person: ana, from: 2026-12-01T09:00:00, {UNTIL}", f"8: oncall.web.overrides[0].from: {WITH_OFFSET}"),
        (f"person: ana, from: '2026-12-01 09:00', {UNTIL}", f"8: oncall.web.overrides[0].from: {WITH_OFFSET}"),
        (
            f"person: ana, from: 2026-12-25T18:00:00Z, {UNTIL}",
            "8: oncall.web.overrides[0]: `until` must be after `from`",
        ),
        (f"person: ana, from: 2026-12-24T19:00:00+01:00, {UNTIL}", "8: oncall.web.overrides[0]: `until` must be after"),
    ],
)
def test_overrides(fields: str, wanted: str) -> None:
    found = complaints(override(fields))
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in found), found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (right("silense: ana"), "5: rights.silense: unknown key; did you mean `silence`?"),
        (right("deploy: ana"), "5: rights.deploy: unknown key; "),
        (right("silence: bob"), "5: rights.silence: 'bob' is not one of `people`"),
        (right("silence: [ana, eveyone]"), "5: rights.silence: 'eveyone' is not one of `people`"),
        (right("silence: 3"), "5: rights.silence: write a list, not"),
        (right("silence: [3]"), "5: rights.silence[0]: write a text, not"),
        (BASE + "rights: [silence]", "4: rights: write keys with their values, not"),
    ],
)
def test_rights(text: str, wanted: str) -> None:
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in complaints(text)), complaints(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (mute(f"route: x, channel: '#y', by: ana, {UNTIL}"), "5: mutes[0]: name either a `route` or a `channel`"),
        (mute(f"by: ana, {UNTIL}"), "5: mutes[0]: name either a `route` or a `channel`"),
        (mute(f"channel: '#y', {UNTIL}"), "5: mutes[0].by: is required"),
        (mute(f"channel: '#y', by: '', {UNTIL}"), "5: mutes[0].by: may not be empty"),
        (mute("channel: '#y', by: ana"), "5: mutes[0].until: is required"),
        (mute("channel: '#y', by: ana, until: 2h"), f"5: mutes[0].until: '2h' is not a time; {A_TIME}"),
        (mute("channel: '#y', by: ana, until: 2026-12-24"), f"5: mutes[0].until: {WITH_OFFSET}"),
        (mute(f"channel: '#y', by: ana, reson: x, {UNTIL}"), "5: mutes[0].reson: unknown key; did you mean `reason`?"),
        (BASE + "mutes: {channel: x}", "4: mutes: write a list, not"),
    ],
)
def test_mutes(text: str, wanted: str) -> None:
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in complaints(text)), complaints(text)


WHOLE = """
channels: {fallback: "#general"}
severities: {P1: {}}
people:
  ana: {name: Ana Ruiz, slack: ana@example.com, github: anaruiz, role: release manager, language: es}
  bruno: {name: Bruno Costa, slack: U0000BRUNO, timezone: Europe/Lisbon}
oncall:
  platform:
    people: ["@ana", bruno]
    handoff: "0 9 * * mon"
    timezone: Europe/Madrid
    since: 2026-01-05
    overrides:
      - {person: "@bruno", from: 2026-12-24T18:00:00+01:00, until: "2026-12-26T09:00:00Z"}
  web: {group: "@web-team"}
rights:
  silence: ["@platform", "@release-managers", ana]
  mute: everyone
mutes:
  - {channel: "#general", by: ana, until: 2026-12-24T18:00:00Z, reason: a move of the data centre}
"""


def test_a_whole_team() -> None:
    policy = load(WHOLE, "policy.yaml")
    rotation = policy.oncall["platform"]
    assert rotation.people == ["ana", "bruno"], "with or without @, as everywhere"
    assert rotation.overrides[0].person == "bruno"
    assert rotation.overrides[0].start == datetime(2026, 12, 24, 17, tzinfo=UTC)
    assert rotation.overrides[0].until == datetime(2026, 12, 26, 9, tzinfo=UTC)
    assert policy.rights.of(Right.MUTE) == policy.rights.of(Right.ACKNOWLEDGE) == ["everyone"]
    assert policy.rights.of(Right.FREEZE) == []


def test_a_whole_team_fits_the_schema_for_editors() -> None:
    plain = yaml.load(WHOLE, yaml.BaseLoader)  # as an editor sees it: times are strings
    jsonschema.Draft202012Validator(json_schema()).validate(plain)


def test_all_faults_are_said_at_once() -> None:
    text = f"{CHANNELS}people: {{ana: {{}}}}\noncall: {{web: {{}}}}\nrights: {{silense: ana}}\nmutes: [{{by: ana}}]\n"
    assert [line.split(":")[1] for line in complaints(text)] == ["3", "4", "5", "6"]
