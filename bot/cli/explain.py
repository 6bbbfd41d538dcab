"""`sereno explain`: say what would become of a payload: routes, severity, channel and card; nothing is sent."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import faces, file_words
from bot.cards.face import Pen
from bot.cards.mrkdwn import inert
from bot.cards.plain import plain
from bot.cli.policy_argument import add_policy, read_policy
from bot.cli.saying import fail, word
from bot.clock import SystemClock
from bot.settings import read
from handlers import registry
from handlers.contract import Delivery, Unparseable, Unsupported
from rules.decide import decide
from rules.incident import Incident
from rules.policy import Policy
from rules.releasing import addressed
from rules.signal import Signal
from rules.text import Text
from rules.watch import Watch

ABOUT = Text.of("say what would become of a payload: routes, severity, channel and card; nothing is sent.")
NAMES = 10  # characters for what a line tells, and a space


def arguments(parser: argparse.ArgumentParser) -> None:
    """PAYLOAD, --source, --event, --policy, --json."""
    parser.add_argument(
        "payload", metavar=word("PAYLOAD"), help=word("a file with the body of a webhook, or - for standard input")
    )
    parser.add_argument("--source", choices=sorted(registry.sources()), help=word("who sends it (default: guessed)"))
    parser.add_argument(
        "--event", metavar=word("EVENT"), help=word("X-GitHub-Event (default: the file's name up to the first __)")
    )
    parser.add_argument("--json", action="store_true", help=word("as JSON"))
    add_policy(parser)


def run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Exit 0: explained; 1: the payload is not for this source; 2: a file cannot be read."""
    policy = read_policy(given, read(environ))
    try:
        body = sys.stdin.buffer.read() if given.payload == "-" else Path(given.payload).read_bytes()
    except OSError as error:
        return fail(
            Text.of(
                "cannot read {file}: {why}; give a file with the body of a webhook, as those in tests/payloads, "
                "or - for standard input",
                file=str(given.payload), why=file_words.why(error),
            )
        )  # fmt: skip
    event = given.event or Path(given.payload).name.partition("__")[0].removesuffix(".json")
    source = given.source or ("alertmanager" if b'"alerts"' in body else "github")
    headers = {"x-github-event": event, "content-type": "application/json"}
    try:
        signals = registry.sources()[source].parse(Delivery(headers=headers, body=body))
    except (Unparseable, Unsupported) as error:
        return fail(Text.of("{source} does not send this: {why}", source=source, why=error.said), 1)
    told = [_explain(signal, policy) for signal in signals]
    print(json.dumps(told, indent=2, ensure_ascii=False) if given.json else _text(source, told))
    return 0


def _explain(signal: Signal, policy: Policy) -> dict[str, Any]:
    signal, now = addressed(signal, policy), SystemClock().now()
    decision = decide(signal, None, policy, now)
    told: dict[str, Any] = {
        "key": signal.key,
        "title": signal.title,
        "reason": decision.reason,
        "severity": decision.severity,
        "route": decision.route,
        "tried": list(decision.tried),
    }
    record = decision.record
    if isinstance(record, Watch):
        face = faces.of_card(record, Pen(policy=policy, spell=_spell), now)
        told |= {"channel": record.place, "mention": [], "slack": asdict(face)}
    if isinstance(record, Incident) and record.shown:
        face = faces.of_card(record, Pen(policy=policy, spell=_spell), now, record.mention)
        told |= {"channel": record.place, "mention": list(record.mention), "slack": asdict(face)}
    return told


def _spell(name: str) -> str:
    return f"<!{name}>" if name in ("channel", "here") else inert(name)


def _text(source: str, told: list[dict[str, Any]]) -> str:
    if not told:
        return plain(Text.of("{source}: known, and nothing to do for it", source=source))
    lines = []
    for one in told:
        lines += [
            _row(Text.of("signal"), one["title"] or one["key"]),
            _row(Text.of("tried"), ", ".join(one["tried"]) or word("no routes")),
            _row(Text.of("route"), one["route"] or word("none matched: the severity decides")),
            _row(Text.of("severity"), one["severity"] or "-"),
            _row(Text.of("reason"), one["reason"]),
            _row(Text.of("channel"), one.get("channel") or word("not shown in Slack")),
            _row(Text.of("mention"), ", ".join(one.get("mention", [])) or word("nobody")),
        ]
        if "slack" in one:
            lines.append(_row(Text.of("card"), one["slack"]["text"].replace("\n", f"\n{'':<{NAMES}}")))
        lines.append("")
    return "\n".join(lines).rstrip()


def _row(name: Text, value: str) -> str:
    return f"{plain(name) + ' ':<{NAMES}}{value}"
