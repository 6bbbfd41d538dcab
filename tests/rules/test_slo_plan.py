"""A fault in what the policy says of SLOs: file, line, field, what to write instead."""

import jsonschema
import pytest
import yaml

from rules.matching import parse
from rules.policy import json_schema
from rules.policy_file import BadPolicy, load
from rules.slo_plan import BURNS, Objective, allowed

CHANNELS = """channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
"""
GOOD, TOTAL = "good: sum(rate(ok[$window]))", "total: sum(rate(all[$window]))"
HOUR, DAY = 3_600_000, 86_400_000


def slo(*rest: str, objective: str = "99.9", measured: str = f"{GOOD}\n    {TOTAL}", name: str = "shop") -> str:
    """The policy with one SLO: its name on line 4, `objective` on 6, good and total on 7 and 8, the rest after that."""
    lines = [f"{CHANNELS}slos:\n  {name}:\n    words: Answered\n    objective: {objective}", measured, *rest]
    return "\n    ".join(lines) + "\n"


def burn(fields: str, **more: str) -> str:
    return slo("burn:", f"  - {{{fields}}}", **more)


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return str(caught.value).splitlines()


def loaded(text: str, name: str = "shop") -> Objective:
    return load(text, "policy.yaml").slos[name]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("100", "100: write percent between 0 and 100, such as 99.9; 100 leaves no budget for errors"),
        ("100.5", "100.5: write percent between 0 and 100"),
        ("0", "0: write percent between 0 and 100"),
        ("-3", "-3: write percent between 0 and 100"),
        (".nan", "nan: write percent between 0 and 100"),
        (".inf", "inf: write percent between 0 and 100"),
        ("0.999", "0.999 is a share; write it in percent, such as 99.9"),
        ("99.9%", "'99.9%' is not a number; write the percent without the sign, such as 99.9"),
        ("true", "True is not a number; write the percent"),
        ("[99]", "write a number, not"),
    ],
)
def test_objectives(value: str, wanted: str) -> None:
    (found,) = complaints(slo(objective=value))
    assert found.startswith(f"policy.yaml:6: slos.shop.objective: {wanted}")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (CHANNELS + "slos: [shop]", "3: slos: write keys with their values, not"),
        (CHANNELS + "slos:\n  shop: 99.9", "4: slos.shop: write keys with their values, not"),
        (CHANNELS + "slos:\n  shop: {}", "4: slos.shop.words: is required"),
        (CHANNELS + "slos:\n  shop: {}", "4: slos.shop.objective: is required"),
        (slo("words: x"), "9: slos.shop.words: this key stands twice"),
        (slo("objectve: 99"), "9: slos.shop.objectve: unknown key; did you mean `objective`?"),
        (slo("window: 23h"), "9: slos.shop.window: '23h' is too short for a budget; write 1d or more, such as 30d"),
        (slo("window: 30"), "9: slos.shop.window: 30 has no unit; write one, such as 90s"),
        (slo("window: a month"), "9: slos.shop.window: 'a month' is not a duration; write a number and a unit"),
        (slo("approaching: 100"), "9: slos.shop.approaching: write less than 100, not"),
        (slo("approaching: 0"), "9: slos.shop.approaching: write more than 0, not"),
        (slo("approaching: 75%"), "9: slos.shop.approaching: write a number, not"),
        (slo(name="shop.web"), "3: slos: 'shop.web' cannot be the name of an SLO; use letters, digits, - and _"),
        (slo(name="the shop"), "3: slos: 'the shop' cannot be the name of an SLO; use letters"),
        (slo(name="'tienda-año'"), "3: slos: 'tienda-año' cannot be the name of an SLO; use letters"),
        (slo(name="''"), "3: slos: '' cannot be the name of an SLO; use letters"),
    ],
)
def test_fields(text: str, wanted: str) -> None:
    assert any(line.startswith(f"policy.yaml:{wanted}") for line in complaints(text)), complaints(text)


@pytest.mark.parametrize(
    ("measured", "wanted"),
    [
        ("service: x", "4: slos.shop: name either `good` and `total`, or `alerts`"),
        (f"alerts: a=b\n    {GOOD}", "4: slos.shop: name either `good` and `total`, or `alerts`"),
        (f"alerts: a=b\n    {GOOD}\n    {TOTAL}", "4: slos.shop: name either `good` and `total`, or `alerts`"),
        (GOOD, "4: slos.shop: `good` and `total` go together: of all there was, how much was good"),
        (TOTAL, "4: slos.shop: `good` and `total` go together"),
        (f"good: up\n    {TOTAL}", "7: slos.shop.good: has no $window; write it where the length of time stands"),
        (f"{GOOD}\n    total: rate(x[5m])", "8: slos.shop.total: has no $window; write it where the length of time"),
        (f"{GOOD}\n    total: rate(x[$windows])", "8: slos.shop.total: has no $window; write it"),
        (f"{GOOD}\n    total: 7", "8: slos.shop.total: write a text, not"),
        ("alerts: a", '4: slos.shop: expected name="value" (or != =~ !~) at'),
        ("alerts: 'a=~\"(\"'", "4: slos.shop: '(' is not an RE2 pattern"),
    ],
)
def test_what_it_is_measured_by(measured: str, wanted: str) -> None:
    (found,) = complaints(slo(measured=measured))
    assert found.startswith(f"policy.yaml:{wanted}")


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ("short: 1h, long: 5m, factor: 2, severity: P0", "[0]: `short` must be shorter than `long`, and longer than"),
        ("short: 1h, long: 1h, factor: 2, severity: P0", "[0]: `short` must be shorter than `long`"),
        ("short: 0s, long: 1h, factor: 2, severity: P0", "[0]: `short` must be shorter than `long`, and longer than"),
        ("short: 5, long: 1h, factor: 2, severity: P0", "[0].short: 5 has no unit; write one"),
        ("short: 5m, long: 31d, factor: 2, severity: P0", "[0].long: is longer than the `window` of the SLO, 30d"),
        ("short: 5m, long: 1h, factor: 0, severity: P0", "[0].factor: write more than 0, not"),
        ("short: 5m, long: 1h, factor: -1, severity: P0", "[0].factor: write more than 0, not"),
        ("short: 5m, long: 1h, factor: .inf, severity: P0", "[0].factor: write a number, not"),
        ("short: 5m, long: 1h, factor: 1000, severity: P0", "[0].factor: can never be exceeded with this"),
        ("short: 5m, long: 1h, factor: 2, severity: P2", "[0].severity: 'P2' is not one of the severities"),
        ("short: 5m, long: 1h, factor: 2", "[0].severity: is required"),
        ("short: 5m, log: 1h, factor: 2, severity: P0", "[0].log: unknown key; did you mean `long`?"),
    ],
)
def test_burns(fields: str, wanted: str) -> None:
    found = complaints(burn(fields))
    assert any(line.startswith(f"policy.yaml:10: slos.shop.burn{wanted}") for line in found), found


def test_two_burns_that_nobody_could_tell_apart() -> None:
    one = "  - {short: 5m, long: 1h, factor: 2, severity: P0}"
    other = "  - {short: 5m, long: 1h, factor: 3, severity: P0}"
    (found,) = complaints(slo("burn:", one, other))
    assert found == "policy.yaml:11: slos.shop.burn[1]: has the windows and the severity of an earlier one"
    assert len(loaded(slo("burn:", one, other.replace("P0", "P1"))).burn) == 2


def test_the_usual_burns_need_their_severities() -> None:
    named = slo().replace("P0: {}, P1: {}", "page: {}, P1: {}").replace("slos:", "default_severity: P1\nslos:")
    (found,) = complaints(named)
    assert found.startswith("policy.yaml:5: slos.shop: alerts of P0 when nothing else is said, which is not one of")
    assert found.endswith("the severities page, P1; write `burn` with one of them")
    assert loaded(named + "    burn: []\n").burn == []


def test_what_is_usual() -> None:
    one = loaded(slo())
    assert (one.window, one.approaching, one.alerts, one.matchers) == (30 * DAY, 75, "", ())
    assert [(burn.short, burn.long, burn.factor, burn.severity) for burn in one.burn] == [
        (HOUR // 12, HOUR, 14.4, "P0"),
        (HOUR // 2, 6 * HOUR, 6, "P0"),
        (2 * HOUR, DAY, 3, "P1"),
        (6 * HOUR, 3 * DAY, 1, "P1"),
    ]


def test_of_the_usual_burns_those_are_left_out_that_cannot_be() -> None:
    assert loaded(slo("window: 1d")).burn == list(BURNS[:3]), "3d is longer than the window"
    assert loaded(slo(objective="90")).burn == list(BURNS[1:]), "a full outage is only 10 times too fast"
    assert loaded(slo(objective="50", measured="alerts: a=b")).burn == list(BURNS[3:])


def test_leaving_out_changes_no_other_slo() -> None:
    assert (len(loaded(slo("window: 1d")).burn), len(loaded(slo()).burn), len(BURNS)) == (3, 4, 4)


def test_an_slo_by_incidents() -> None:
    one = loaded(slo(measured='alerts: \'alertname="Down", team!="x"\''))
    assert one.matchers == parse('alertname="Down", team!="x"')
    assert (one.good, one.total) == ("", "")


@pytest.mark.parametrize(
    ("objective", "share"),
    [(99.9, "0.001"), (99.95, "0.0005"), (99, "0.01"), (99.999, "0.00001"), (90, "0.1"), (50.0, "0.5")],
)
def test_what_an_objective_allows_has_no_noise(objective: float, share: str) -> None:
    assert float(allowed(objective)) == float(share)


def test_all_faults_are_said_at_once() -> None:
    text = f"{CHANNELS}slos:\n  one: {{}}\n  two:\n    words: x\n    objective: 100\n    total: x\n"
    assert [line.split(":")[1] for line in complaints(text)] == ["4", "4", "7", "8"]


def test_it_fits_the_schema_for_editors() -> None:
    text = burn("short: 5m, long: 1h, factor: 2, severity: P0")
    checked = jsonschema.Draft202012Validator(json_schema())
    checked.validate(yaml.safe_load(text))
    bad = yaml.safe_load(text.replace("objective: 99.9", "objective: 100"))
    assert [error.json_path for error in checked.iter_errors(bad)] == ["$.slos.shop.objective"]
