"""`sereno slo`: print Prometheus' rules for the SLOs of the policy: error ratios, and alerts on the error budgets."""

import argparse
import json
from collections.abc import Mapping

import yaml

from bot.cards.plain import plain
from bot.cli.policy_argument import add_policy, policy_path, read_policy
from bot.cli.saying import fail, word
from bot.settings import read
from rules import slo_rules
from rules.text import Text

ABOUT = Text.of("print Prometheus' rules for the SLOs of the policy: error ratios, and alerts on the error budgets.")


def arguments(parser: argparse.ArgumentParser) -> None:
    """WHAT, --policy, --json."""
    parser.add_argument("what", choices=["rules"], help=word("`rules`: a rule file for Prometheus"))
    parser.add_argument("--json", action="store_true", help=word("as JSON instead of YAML"))
    add_policy(parser)


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: printed; 2: the policy cannot be read, or has no SLO to make rules of."""
    settings = read(environ)
    policy, path = read_policy(given, settings), policy_path(given, settings)
    if not policy.slos:
        return fail(
            Text.of("{path} has no SLO; write one under `slos:`, with `objective`, `good` and `total`", path=str(path))
        )
    made = slo_rules.made(policy)
    if not made["groups"]:
        return fail(
            Text.of("no SLO of {path} has `good` and `total`; one that has `alerts` needs no rules", path=str(path))
        )
    if given.json:
        print(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        note = Text.of("Made by `sereno slo rules`. Change the policy and make it anew; a change here would be lost.")
        print(f"# {plain(note)}")
        print(yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110), end="")
    return 0
