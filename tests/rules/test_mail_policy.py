"""A fault in `digest:` or `mail:` says file, line, field, and what to write instead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.policy_fields import is_address
from rules.policy_file import BadPolicy, load

BASE = """channels: {fallback: "#general"}
severities:
  P0: {label: [critical]}
  P1: {}
people: {ana: {name: Ana}, bob: {name: Bob, mail: bob@example.org}, eve: {name: Eve, slack: U0123ABCD}}
oncall:
  ops: {group: "@ops"}
  rota: {people: [bob]}
  holidays:
    people: [bob]
    overrides: [{person: ana, from: "2026-12-24T18:00:00+01:00", until: "2026-12-25T18:00:00+01:00"}]
releases:
  sdk:
    words: SDK
    match: a="b"
    window: 1h
    owner: "@bob"
    checks: {errors: {words: E, prometheus: e, red: "> 1"}, smoke: {words: S, tick: Run it.}}
    checkpoints: [{name: x, at: 1h}]
    yellow: {severity: P0}
    red: {severity: P0}
"""
NEXT = BASE.count("\n") + 1


def weekly(rest: str) -> str:
    return f"{BASE}digest:\n  weekly:\n    {rest}\n"


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return [
        str(fault).replace(f"policy.yaml:{fault.line}: ", f"+{fault.line - NEXT} ") for fault in caught.value.faults
    ]


CRON = "digest.weekly.cron: "
OFTEN = 'comes more than once a day; name one minute and one hour, such as "0 9 * * mon"'
NOT_CRON = 'is not a cron line of five fields; write one such as "0 9 * * mon"'
DIGESTS = [
    ('cron: "0 9"', f"+2 {CRON}'0 9' {NOT_CRON}"),
    ('cron: "0 9 * * mon *"', f"+2 {CRON}'0 9 * * mon *' {NOT_CRON}"),
    ('cron: "@weekly"', f"+2 {CRON}'@weekly' {NOT_CRON}"),
    ('cron: "0 25 * * *"', f"+2 {CRON}'0 25 * * *' {NOT_CRON}"),
    ('cron: ""', f"+2 {CRON}'' {NOT_CRON}"),
    ('cron: "0 9 31 2 *"', "names a day that no month has"),
    ('cron: "r 9 * * *"', f"+2 {CRON}'r 9 * * *': R means a time by chance"),
    *((f'cron: "{line} * * *"', f"+2 {CRON}'{line} * * *' {OFTEN}") for line in
      ("* *", "0 *", "* 9", "*/5 9", "0 */2", "0,30 9", "0 9,17", "0 9-17", "0-59 9")),
    ("cron: 9", f'+2 {CRON}9 is not a cron line of five fields; write one such as "0 9 * * mon"'),
    ("cron:", f'+2 {CRON}nothing stands here; write a cron line of five fields such as "0 9 * * mon"'),
    ("timezone: Europe/Madird", "+2 digest.weekly.timezone: 'Europe/Madird' is not an IANA time zone; write one"),
    ("language: de", "+2 digest.weekly.language: write one of 'en', 'es', not"),
    ("channel: alrts", "+2 digest.weekly.channel: 'alrts' is neither a #channel nor one of the roles fallback"),
    ("mail: nobody", "+2 digest.weekly.mail: 'nobody' is not an address such as team@example.org, nor one"),
    ("mail: ops", "+2 digest.weekly.mail: 'ops' is a user group of Slack, and nobody can write a mail to that"),
    ('mail: ["x@example.org", "@ops"]', "'@ops' is a user group of Slack"),
    ("mail: ana", "+2 digest.weekly.mail: 'ana' reaches people.ana, who has no `mail:`; write it there"),
    ("mail: [bob, '@eve']", "'@eve' reaches people.eve, who has no `mail:`; write it there"),
    ("mail: holidays", "+2 digest.weekly.mail: 'holidays' reaches people.ana, who has no `mail:`"),
    ("sections: []", "+2 digest.weekly.sections: may not be empty"),
    ("sections: [helth]", "+2 digest.weekly.sections[0]: write one of 'health', 'users', 'community', 'release', "),
    ("sections: [noise, health, noise]", "+2 digest.weekly.sections: 'noise' stands twice; name each section once"),
    ("match: team~db", '+2 digest.weekly.match: expected name="value" (or != =~ !~) at \'team~db\''),
    ('match: team=~"(db"', "+2 digest.weekly.match: '(db' is not an RE2 pattern: missing )"),
    ("repositories: [acme/sdk, acme]", "+2 digest.weekly.repositories[1]: 'acme' is not owner/name; write one"),
    ("repositories: [https://github.com/acme/sdk]", "repositories[0]: 'https://github.com/acme/sdk' is not"),
    ("repositories: [acme/]", "'acme/' is not owner/name"),
    ("repositories: ['acme/sdk?x']", "'acme/sdk?x' is not owner/name"),
    ("plan: skd", "+2 digest.weekly.plan: 'skd' is not one of `releases`; did you mean 'sdk'?"),
    ("{plan: sdk, health: [errors, errs]}", "+2 digest.weekly.health[1]: 'errs' is not one of the checks of releases"),
    ("{plan: sdk, users: [nps]}", "users[0]: 'nps' is not one of the checks of releases.sdk (errors, smoke)"),
    ("{plan: sdk, community: [x]}", "digest.weekly.community[0]: 'x' is not one of the checks of releases.sdk"),
    ("users: [errors]", "+2 digest.weekly.users[0]: name the `plan` whose check 'errors' is"),
    ("chanel: x", "+2 digest.weekly.chanel: unknown key; did you mean `channel`?"),
    ("when: monday", "unknown key; known here: cron, timezone, language, channel, mail, sections, match, repositories"),
]  # fmt: skip


@pytest.mark.parametrize(("rest", "wanted"), DIGESTS)
def test_a_fault_of_a_digest(rest: str, wanted: str) -> None:
    found = complaints(weekly(rest))
    assert any(wanted in line for line in found), found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("digest: weekly", "+0 digest: write keys with their values, not"),
        ("digest: {weekly: }", "+0 digest.weekly: write keys with their values, not"),
        ("digest:\n  Weekly!: {}", "'Weekly!': a name has small letters, digits, - and _, such as weekly"),
        ("mail: ana@example.org", "+0 mail: write keys with their values, not"),
        ("mail:\n  after: 60", "+1 mail.after: 60 has no unit; write one, such as 90s"),
        ("mail:\n  after: soon", "+1 mail.after: 'soon' is not a duration; write"),
        ("mail:\n  after: 5s", "+1 mail.after: give Slack more time: 10s or more"),
        (
            "mail:\n  when_slack_is_away: [ana]",
            "+1 mail.when_slack_is_away: 'ana' reaches people.ana, who has no `mail:`",
        ),
        ("mail:\n  when_slack_is_away: ops", "+1 mail.when_slack_is_away: 'ops' is a user group of Slack"),
        ("mail:\n  when_slack_is_away: {a: b}", "+1 mail.when_slack_is_away: write a list, not"),
        ("mail:\n  when_slack_is_awy: x", "+1 mail.when_slack_is_awy: unknown key; did you mean `when_slack_is_away`?"),
        ("routes:\n  - {name: r, match: a=b, mail: zoe}", "+1 routes[0].mail: 'zoe' is not an address such as"),
    ],
)
def test_a_fault_of_digests_or_of_mail(rest: str, wanted: str) -> None:
    found = complaints(f"{BASE}{rest}\n")
    assert any(wanted in line for line in found), found


def test_a_fault_of_a_severity() -> None:
    found = complaints(BASE.replace("[critical]", "[critical], mail: [bob, ana]"))
    assert found == [f"+{3 - NEXT} severities.P0.mail: 'ana' reaches people.ana, who has no `mail:`; write it there"]


def test_what_is_only_counted_is_not_mailed() -> None:
    [found] = complaints(BASE.replace("P1: {}", "P1: {card: counted, mail: bob}"))
    assert "severities.P1.mail: P1 is only counted, nobody is told; `card: shown` tells" in found


def test_what_is_right_is_taken() -> None:
    policy = load(
        f"{BASE}mail: {{after: 10s, when_slack_is_away: ['@bob', rota, team+sre@example.org]}}\n"
        "digest:\n  weekly: {mail: bob, plan: sdk, health: [errors], users: [smoke], repositories: [a.b/c-d_e]}\n"
        '  nightly: {cron: "30 2 * * *", sections: [noise], match: [team="db", "env!=dev"], channel: "#ops"}\n'
        '  monthly: {cron: "0 9 1 * *"}\n  last: {cron: "5 17 l * *"}\n  first: {cron: "0 9 * * mon#1"}\n',
        "policy.yaml",
    )
    assert list(policy.digest) == ["weekly", "nightly", "monthly", "last", "first"]
    assert [str(one) for one in policy.digest["nightly"].matchers] == ['team="db"', 'env!="dev"']
    assert policy.digest["weekly"].mail == ["bob"]
    assert policy.mail.after == 10_000


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "team@example.org",
        "a.b+c_d-e@sub.example.org",
        "o'neil@example.org",
        "x@xn--e1afmkfd.org",
        "root@localhost",
    ],
)
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "@", "a@", "@b", "a@b@c", "a b@c", "a@b c", "ñ@example.org", "a@ñandú.org", "Ana <ana@example.org>",
     "a,b@c", "a@b,c",     "a@b\n", "a@b\r\nRCPT TO:<x@y>", "a\x00@b", "a@b.", "a@.b", "a@b..c", "<a@b>", '"a b"@c',
     "a@\u00a0b",
     "\u202ea@b", "@zoe"],
)  # fmt: skip
def test_no_addresses(text: str) -> None:
    assert not is_address(text)
    assert any("is not an address" in line for line in complaints(f"{BASE}mail: {{when_slack_is_away: [{text!r}]}}\n"))


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=20), st.text(max_size=20))
def test_an_address_is_one_word_of_plain_letters(name: str, domain: str) -> None:
    if is_address(text := f"{name}@{domain}"):
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set(' <>,;:"()[]\\')
