"""A fault of a release plan in a policy file says line, field, and what to write instead; what a plan leaves out."""

from typing import Any

import pytest

from rules.plan import Check, Checkpoint
from rules.policy_file import BadPolicy, load
from rules.thresholds import Threshold
from tests.rules.situations import HOUR

PLAN = """channels: {fallback: "#general"}
severities: {P0: {}, P1: {}}
slos: {up: {words: Up, objective: 99, good: 'g[$window]', total: 't[$window]'}}
releases:
  sdk:
    words: SDK
    checks:
      errors:
        words: Errors
        prometheus: e
      smoke:
        words: Smoke
        tick: Run it.
    checkpoints:
      - name: T+0
        at: 0h
      - name: T+24
        at: 24h
    yellow: {severity: P1}
    red: {severity: P0}
"""


def changed(old: str, new: str) -> str:
    assert old in PLAN, old
    return PLAN.replace(old, new, 1)


def check(more: str, source: str = "prometheus: e") -> str:
    return changed("        prometheus: e\n", f"        {source}\n        {more}\n")


def point(more: str, time: str = "at: 24h") -> str:
    return changed("        at: 24h\n", f"        {time}\n        {more}\n")


def plan(more: str) -> str:
    return changed("    words: SDK\n", f"    words: SDK\n    {more}\n")


def complaints(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as caught:
        load(text, "policy.yaml")
    return str(caught.value).splitlines()


ERRORS, SECOND = "releases.sdk.checks.errors", "releases.sdk.checkpoints[1]"
SOURCES = "name one source, of prometheus, registry, github, json, http, incidents, slo, enter, tick"
CHECKS = [
    (changed("        prometheus: e\n", ""), f"policy.yaml:8: {ERRORS}: {SOURCES}"),
    (check("tick: Look."), f"policy.yaml:8: {ERRORS}: {SOURCES}; not prometheus, tick"),
    (check("yelow: '> 1'"), f"policy.yaml:11: {ERRORS}.yelow: unknown key; did you mean `yellow`?"),
    (check("yellow: 1"), f"policy.yaml:11: {ERRORS}.yellow: write a text, not"),
    (
        check("yellow: more than 1"),
        f"policy.yaml:11: {ERRORS}.yellow: 'more than 1' is not a threshold; write one such",
    ),
    (check("red: '> 30%'"), f"policy.yaml:11: {ERRORS}.red: '> 30%': write > 30 for a value, > +30% for the base"),
    (check("target: '> 1 for 2h'"), f"policy.yaml:11: {ERRORS}.target: '> 1 for 2h': only `yellow` and `red` have a"),
    (check("bands: {fine: '< 1 for 2h'}"), f"policy.yaml:11: {ERRORS}.bands.fine: '< 1 for 2h': only `yellow` and"),
    (check("bands: {fine: rising}"), f"policy.yaml:11: {ERRORS}.bands.fine: 'rising': a band is a range of values"),
    (check("bands: {fine: '< +10%'}"), f"policy.yaml:11: {ERRORS}.bands.fine: '< +10%': a band is a range of values"),
    (check("minimum: 10"), f"policy.yaml:8: {ERRORS}: a `minimum` needs a `sample`, the PromQL of how many cases"),
    (check("minimum: -1"), f"policy.yaml:11: {ERRORS}.minimum: write 0 or more, not"),
    (check("within: 24"), f"policy.yaml:11: {ERRORS}.within: 24 has no unit; write one, such as 90s, 5m"),
    (check("failed: bad"), f"policy.yaml:11: {ERRORS}.failed: write one of 'yellow', 'red', not"),
    (check("who: ana"), f"policy.yaml:11: {ERRORS}.who[0]: 'ana' is not a mention; write channel, here, none, or"),
    (check("match: a~b"), f"policy.yaml:8: {ERRORS}: expected name="),
    (check("value: sdist", "registry: acme/sdk"), f"policy.yaml:10: {ERRORS}.registry: 'acme/sdk': write the registry"),
    (check("value: size", "registry: npm/x"), f"policy.yaml:11: {ERRORS}.value: write one of 'present', 'yanked'"),
    (check("path: a", "json: ftp://x"), f"policy.yaml:10: {ERRORS}.json: write what fits the pattern"),
    (check("unit: s", "json: https://x"), f"policy.yaml:8: {ERRORS}: a `json` needs a `path`, the JMESPath"),
    (check("unit: s", "http: example.com"), f"policy.yaml:10: {ERRORS}.http: 'example.com': write an http(s) address"),
    (check("unit: s", "http: https://me:secret@x/"), f"{ERRORS}.http: 'https://***@x/': write an http(s)"),
    (check("unit: s", "http: https://x/a b"), f"{ERRORS}.http: 'https://x/a b': write an http(s) address without user"),
    (check("unit: s", "http: ''"), f"{ERRORS}.http: '': write an http(s) address without user and password, such as"),
    (check("unit: s", "github: asset"), f"policy.yaml:8: {ERRORS}: name the `asset`, the end of its file name"),
    (check("unit: s", "github: stars"), f"policy.yaml:10: {ERRORS}.github: write one of 'pass-rate'"),
    (check("unit: s", "slo: upp"), f"policy.yaml:10: {ERRORS}.slo: 'upp' is not one of `slos`; did you mean 'up'?"),
    (check("unit: s", 'slo: ""'), f"policy.yaml:10: {ERRORS}.slo: '' is not one of `slos`"),
    (changed("      errors:", "      Errors:"), "policy.yaml:7: releases.sdk.checks: 'Errors': a name has"),
    (changed("        words: Errors\n", ""), f"policy.yaml:8: {ERRORS}.words: is required"),
]
POINTS = [
    (point("every: 24h"), f"policy.yaml:17: {SECOND}: name one of `at`, `every` and `cron`"),
    (changed("        at: 24h\n", ""), f"policy.yaml:17: {SECOND}: name one of `at`, `every` and `cron`"),
    (point("text: x", "every: 30s"), f"policy.yaml:17: {SECOND}: `every` is a minute or more"),
    (point("text: x", 'cron: "9 * *"'), f"policy.yaml:18: {SECOND}.cron: '9 * *' is not a cron line of five fields"),
    (point("text: x", 'cron: "0 9 31 feb *"'), f"policy.yaml:18: {SECOND}.cron: '0 9 31 feb *' names a day that no"),
    (point("text: x", "at: 73h"), f"policy.yaml:18: {SECOND}.at: it is after the window of 3d"),
    (point("text: x", "every: 4d"), f"policy.yaml:18: {SECOND}.every: it is after the window of 3d"),
    (point("since: 4d", "every: 1h"), f"policy.yaml:19: {SECOND}.since: it is after the window of 3d"),
    (
        point("checks: [errors, eror]"),
        f"policy.yaml:19: {SECOND}.checks: 'eror' is not one of the checks errors, smoke",
    ),
    (point("checks: errors"), f"policy.yaml:19: {SECOND}.checks: write a list, not"),
    (point("minutes: 0"), f"policy.yaml:19: {SECOND}.minutes: write more than 0, not"),
    (point("gate: {pased: x}"), f"policy.yaml:19: {SECOND}.gate.pased: unknown key; did you mean `passed`?"),
    (point("gate: {passed: ''}"), f"policy.yaml:19: {SECOND}.gate.passed: may not be empty"),
    (
        changed("- name: T+24", "- name: T+0"),
        "policy.yaml:14: releases.sdk.checkpoints: 'T+0' is the name of two of them",
    ),
]
DISPATCH, RUNNING = "releases.sdk.rollback_dispatch", "releases.sdk.running"
ROLLBACKS = [
    (plan("rollback_dispatch: {event: x}"), f"policy.yaml:7: {DISPATCH}: name its `repository`, or one for the plan"),
    (plan("rollback_dispatch: {repository: a/b}"), f"policy.yaml:7: {DISPATCH}: name one of `event` (a repository_dis"),
    (plan("rollback_dispatch: {event: x, workflow: y}"), f"policy.yaml:7: {DISPATCH}: name one of `event`"),
    (plan("rollback_dispatch: {workflow: y}"), f"policy.yaml:7: {DISPATCH}: a `workflow` needs a `ref`, the branch"),
    (plan("rollback_dispatch: {event: x, ref: y}"), f"policy.yaml:7: {DISPATCH}: a `ref` is for a `workflow`"),
    (plan("rollback_dispatch: {workflow: a/b, ref: y}"), f"policy.yaml:7: {DISPATCH}.workflow: write what fits"),
    (plan(f"rollback_dispatch: {{event: {'x' * 101}}}"), f"policy.yaml:7: {DISPATCH}.event: is too long; 100"),
    (plan(f"rollback_dispatch: {{event: x, inputs: {{{', '.join(f'a{n}: b' for n in range(11))}}}}}"),
     f"policy.yaml:7: {DISPATCH}.inputs: has too many entries; 10 at most"),
    (plan("rollback_dispatch: {evnt: x}"), f"policy.yaml:7: {DISPATCH}.evnt: unknown key; did you mean `event`?"),
    (plan("running: {}"), f"policy.yaml:7: {RUNNING}: name one of `json` and `prometheus`"),
    (plan("running: {json: https://x}"), f"policy.yaml:7: {RUNNING}: a `json` needs a `path`"),
    (plan("running: {prometheus: x}"), f"policy.yaml:7: {RUNNING}: a `prometheus` needs a `label`"),
    (plan("running: {prometheus: x, json: https://x, path: y}"), f"policy.yaml:7: {RUNNING}: name one of `json`"),
]  # fmt: skip
PLANS = [
    (changed("  sdk:", "  My SDK:"), "policy.yaml:4: releases: 'My SDK': a name has small letters, digits, - and _"),
    (changed("    words: SDK\n", ""), "policy.yaml:5: releases.sdk.words: is required"),
    (plan("window: 30m"), "policy.yaml:7: releases.sdk.window: an hour or more"),
    (plan("channel: relases"), "policy.yaml:7: releases.sdk.channel: 'relases' is neither a #channel nor one of the"),
    (plan("owner: ana"), "policy.yaml:7: releases.sdk.owner[0]: 'ana' is not a mention"),
    (plan("repository: sdk"), "policy.yaml:7: releases.sdk.repository: write what fits the pattern"),
    (plan("match: source=~("), "policy.yaml:5: releases.sdk: '(' is not an RE2 pattern"),
    (
        plan("remind_every: 0s"),
        "policy.yaml:7: releases.sdk.remind_every: a minute or more; people are asked this often",
    ),
    (plan("criteria: {must: [eror]}"), "policy.yaml:7: releases.sdk.criteria.must: 'eror' is not one of the checks"),
    (plan("criteria: {nice: [errors many]}"), "releases.sdk.criteria.nice[0]: 'many' is not a threshold; write one"),
    (plan("criteria: {must: [errors < 1 for 2h]}"), "criteria.must[0]: '< 1 for 2h': only `yellow` and `red` have a"),
    (
        plan("criteria: {mist: [errors]}"),
        "policy.yaml:7: releases.sdk.criteria.mist: unknown key; did you mean `must`?",
    ),
    (changed("{severity: P1}", "{severity: P9}"), "policy.yaml:19: releases.sdk.yellow.severity: 'P9' is not one of"),
    (changed("{severity: P0}", "{severity: P9}"), "policy.yaml:20: releases.sdk.red.severity: 'P9' is not one of"),
    (changed("{severity: P0}", "{}"), "policy.yaml:20: releases.sdk.red.severity: is required"),
    (changed("{severity: P0}", "{severity: P0, follow_up: 1s}"), "releases.sdk.red.follow_up: a minute or more"),
    (changed("    red: {severity: P0}\n", ""), "policy.yaml:5: releases.sdk.red: is required"),
]


@pytest.mark.parametrize(("text", "wanted"), [*CHECKS, *POINTS, *PLANS, *ROLLBACKS])
def test_a_fault_says_where_and_what(text: str, wanted: str) -> None:
    found = complaints(text)
    assert any(wanted in line for line in found), found
    assert all(line.startswith("policy.yaml:") for line in found)


def test_what_a_plan_leaves_out() -> None:
    found = load(PLAN, "policy.yaml").releases["sdk"]
    assert found.matchers is None, "it starts by hand only"
    assert found.related == ()
    assert (found.window, found.baseline, found.remind_every) == (72 * HOUR, "previous", 4 * HOUR)
    assert found.looked_at(found.checkpoints[0]) == ["errors", "smoke"], "no checks named are all checks"
    assert found.action("red").severity == "P0"
    assert found.action("yellow").severity == "P1"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"prometheus": "x"}, "prometheus"),
        ({"registry": "pypi/x"}, "registry"),
        ({"github": "issues"}, "github"),
        ({"json": "https://x", "path": "a"}, "json"),
        ({"http": "http://x:8001/health"}, "http"),
        ({"incidents": "open"}, "incidents"),
        ({"slo": "up"}, "slo"),
        ({"enter": "where"}, "enter"),
        ({"tick": "how"}, "tick"),
    ],
)
def test_the_source_of_a_check(given: dict[str, Any], wanted: str) -> None:
    assert Check.model_validate({"words": "w", **given}).source == wanted


def test_the_thresholds_of_a_check() -> None:
    one = Check.model_validate({"words": "w", "tick": "t", "yellow": ">1000000", "target": "rising"})
    assert one.yellow == "> 1000000", "as it is shown, and as it is read again"
    assert one.threshold("yellow") == Threshold(sign=">", number=1_000_000)
    assert str(one.threshold("target")) == "rising"
    assert one.threshold("red") is None


def test_a_checkpoint_says_when() -> None:
    assert Checkpoint.model_validate({"name": "x", "cron": "0 9 * * mon"}).at is None
