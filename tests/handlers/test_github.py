"""Each recorded GitHub payload, and what it must come out as."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from handlers.contract import MIB, Auth, Delivery, Unparseable, Unsupported
from handlers.github.protection import EVENT
from handlers.webhooks.github import READERS, SOURCE, parse
from rules.signal import Kind, Signal

PAYLOADS = Path("tests/payloads/github")
CORPUS = Path("../shared/corpus/github/webhooks-examples.json")
HELLO, OCTO = "Codertocat/Hello-World", "octo-org/octo-repo"
TEST_RUNS = f"github:workflow_run:{OCTO}:2823525:master"

# payload -> key, firing, labels that it must have
REPORTS: dict[str, tuple[str, bool, dict[str, str]]] = {
    "issues__opened": (
        f"github:issues:{HELLO}#1",
        True,
        {"labels": ",bug,", "author": "Codertocat", "author_type": "User", "state": "open", "number": "1"},
    ),
    "issues__labeled": (f"github:issues:{HELLO}#1", True, {"action": "labeled", "repository": HELLO}),
    "issues__labeled_p0": (f"github:issues:{HELLO}#1", True, {"labels": ",bug,P0,"}),
    "issues__labeled_when_closed": (f"github:issues:{HELLO}#1", False, {"state": "closed"}),
    "issues__edited_title": (f"github:issues:{HELLO}#1", True, {"action": "edited"}),
    "issues__closed": (f"github:issues:{HELLO}#1", False, {"action": "closed"}),
    "issues__reopened": (f"github:issues:{HELLO}#1", True, {"action": "reopened"}),
    "issues__deleted": (f"github:issues:{HELLO}#1", False, {"action": "deleted"}),
    "issues__transferred": (f"github:issues:{OCTO}#1", False, {"action": "transferred", "labels": ""}),
    "issues__opened_by_bot": (f"github:issues:{HELLO}#7", True, {"author_type": "Bot", "labels": ""}),
    "workflow_run__failure": (
        TEST_RUNS,
        True,
        {
            "severity": "error",
            "default_branch": "true",
            "branch": "master",
            "workflow": "test",
            "conclusion": "failure",
            "trigger": "push",
            "attempt": "1",
            "actor": "Codertocat",
        },
    ),
    "workflow_run__failure_again": (TEST_RUNS, True, {"conclusion": "timed_out"}),
    "workflow_run__success": (TEST_RUNS, False, {"conclusion": "success"}),
    "workflow_run__success_later": (TEST_RUNS, False, {"conclusion": "success"}),
    "workflow_run__success_of_the_rerun": (TEST_RUNS, False, {"attempt": "2"}),
    "workflow_run__failure_of_a_fork": (
        f"github:workflow_run:{OCTO}:2823525:hubot:master",
        True,
        {"default_branch": "false", "branch": "hubot:master", "actor": "hubot"},
    ),
    "check_suite__success": (
        f"github:check_suite:{HELLO}:octocoders-linter:changes",
        False,
        {"default_branch": "false"},
    ),
    "check_suite__failure": (
        f"github:check_suite:{HELLO}:octocoders-linter:master",
        True,
        {"default_branch": "true", "severity": "error", "app": "octocoders-linter"},
    ),
    "deployment_status__success": (f"github:deployment_status:{HELLO}:production", False, {"state": "success"}),
    "deployment_status__failure": (
        f"github:deployment_status:{HELLO}:production",
        True,
        {"environment": "production", "task": "deploy", "severity": "error"},
    ),
    "dependabot_alert__created": (
        "github:dependabot_alert:wolfy1339/pika-pack#20",
        True,
        {"package": "semver", "ecosystem": "npm", "ghsa": "GHSA-c2qf-rxjj-qqgw", "severity": "warning", "number": "20"},
    ),
    "dependabot_alert__fixed": ("github:dependabot_alert:octocat/hello-world#1", False, {"package": "ansible"}),
    "repository_vulnerability_alert__create": (
        f"github:repository_vulnerability_alert:{HELLO}#91095730",
        True,
        {"package": "rack", "severity": "warning"},
    ),
    "repository_vulnerability_alert__dismiss": (
        f"github:dependabot_alert:{HELLO}#2",
        False,
        {"event": "repository_vulnerability_alert"},
    ),
    "code_scanning_alert__created": (
        f"github:code_scanning_alert:{HELLO}#10",
        True,
        {"rule": "java/sql-injection", "tool": "CodeQL", "severity": "error"},
    ),
    "code_scanning_alert__appeared_in_branch": (
        f"github:code_scanning_alert:{HELLO}#10",
        True,
        {"severity": "critical"},
    ),
    "code_scanning_alert__closed_by_user": (f"github:code_scanning_alert:{HELLO}#10", False, {}),
    "secret_scanning_alert__created": (
        f"github:secret_scanning_alert:{HELLO}#42",
        True,
        {"secret_type": "mailchimp_api_key", "severity": "critical"},
    ),
    "secret_scanning_alert__resolved": (f"github:secret_scanning_alert:{HELLO}#42", False, {}),
    "security_advisory__published": (
        "github:security_advisory:GHSA-rf4j-j272-fj86",
        True,
        {"package": "django", "ecosystem": "pip", "severity": "warning"},
    ),
    "security_advisory__withdrawn": ("github:security_advisory:GHSA-8v27-2fg9-7h62", False, {"severity": "critical"}),
}
TALLIES: dict[str, tuple[str, dict[str, str]]] = {
    "release__published": (f"github:release:{HELLO}:0.0.1", {"tag": "0.0.1", "prerelease": "false", "draft": "false"}),
    "release__prereleased": (f"github:release:{HELLO}:0.0.1", {"prerelease": "true", "author": "Codertocat"}),
    "star__created": (f"github:star:{HELLO}", {"action": "created", "author": "Codertocat"}),
    "fork__forked": (f"github:fork:{HELLO}", {"author": "Octocoders"}),
    "watch__started": (f"github:watch:{HELLO}", {"action": "started"}),
    "issue_comment__created": (f"github:issue_comment:{HELLO}#1", {"number": "1", "author_type": "User"}),
    "pull_request__opened": (f"github:pull_request:{HELLO}#2", {"action": "opened"}),
    "pull_request__merged": (f"github:pull_request:{HELLO}#2", {"action": "closed", "merged": "true"}),
    "pull_request_review__submitted": (f"github:pull_request_review:{HELLO}#2", {"number": "2"}),
    "discussion__created": (f"github:discussion:{OCTO}#90", {"number": "90"}),
}
HELD = {
    "deployment_protection_rule__requested": (
        f"github:deployment_protection_rule:{HELLO}:production:290000101",
        {
            "repository": HELLO,
            "environment": "production",
            "callback": f"https://api.github.com/repos/{HELLO}/actions/runs/290000101/deployment_protection_rule",
            "author": "Codertocat",
        },
    ),
}
IGNORED = {
    "check_suite__of_actions",
    "deployment_status__pending",
    "issues__assigned",
    "issues__edited_without_change",
    "ping__repository",
    "pull_request__labeled",
    "release__created",
    "workflow_run__cancelled",
    "workflow_run__requested",
}
UNSUPPORTED = {"push__branch"}


def deliver(event: str, body: object, delivery: str = "7c2d-1") -> list[Signal]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-github-event": event, "x-github-delivery": delivery, "content-type": "application/json"}
    return parse(Delivery(headers=headers, body=raw))


def play(name: str) -> list[Signal]:
    return deliver(name.partition("__")[0], (PAYLOADS / f"{name}.json").read_bytes())


def test_every_payload_stands_in_the_tables() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {*REPORTS, *TALLIES, *HELD, *IGNORED, *UNSUPPORTED}


@pytest.mark.parametrize("name", REPORTS)
def test_reports(name: str) -> None:
    key, firing, labels = REPORTS[name]
    signal = play(name)[0]
    assert (signal.source, signal.kind, signal.key, signal.id) == ("github", Kind.REPORT, key, "7c2d-1/0")
    assert signal.title
    assert [member.firing for member in signal.members] == [firing]
    assert dict(signal.members[0].labels) == dict(signal.labels)
    assert labels.items() <= {**signal.labels}.items()
    assert signal.event == signal.labels["event"] == name.partition("__")[0]


@pytest.mark.parametrize("name", TALLIES)
def test_tallies(name: str) -> None:
    key, labels = TALLIES[name]
    [signal] = play(name)
    assert (signal.source, signal.kind, signal.key, signal.members) == ("github", Kind.TALLY, key, ())
    assert labels.items() <= {**signal.labels}.items()


@pytest.mark.parametrize("name", HELD)
def test_deployments_that_wait_for_us(name: str) -> None:
    key, labels = HELD[name]
    [signal] = play(name)
    assert (signal.kind, signal.key, signal.id, signal.event) == (Kind.DEPLOYMENT, key, "7c2d-1/0", EVENT)
    assert labels.items() <= {**signal.labels}.items()
    body = json.loads((PAYLOADS / f"{name}.json").read_text())
    assert deliver(signal.event, {**body, "action": "forgotten"}) == []
    for missing in ("environment", "deployment_callback_url", "repository"):
        with pytest.raises(Unparseable, match=missing):
            deliver(signal.event, {**body, missing: None})
    with pytest.raises(Unparseable, match="deployment_callback_url"):
        deliver(signal.event, {**body, "deployment_callback_url": "file:///etc/passwd"})


@pytest.mark.parametrize("name", sorted(IGNORED))
def test_known_and_ignored(name: str) -> None:
    assert play(name) == []


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_unsupported(name: str) -> None:
    with pytest.raises(Unsupported, match=f"'{name.partition('__')[0]}'"):
        play(name)


def test_what_an_issue_says() -> None:
    [edited] = play("issues__edited_title")
    assert edited.title == "Spelling error in the README"
    assert edited.summary == 'The first line says "Helo".'
    assert [(link.name, link.url) for link in edited.links] == [("issue", f"https://github.com/{HELLO}/issues/1")]
    assert edited.people == ("Codertocat",)
    assert play("issues__opened_by_bot")[0].people == ()
    assert "severity" not in edited.labels


def test_a_run_is_reported_and_counted() -> None:
    report, count = play("workflow_run__failure")
    assert (count.kind, count.key, count.id) == (Kind.TALLY, f"github:runs:{OCTO}", "7c2d-1/1")
    assert {"conclusion": "failure", "attempt": "1", "workflow": "test"}.items() <= {**count.labels}.items()
    assert count.labels["head_sha"] == "3484a3fb816e0859fd6e1cea078d76385ff50625"
    assert report.links[0].url == f"https://github.com/{OCTO}/actions/runs/290000101"
    assert play("workflow_run__success")[0].links == ()  # the card keeps the link to the run that failed


def test_a_secret_is_never_repeated() -> None:
    assert "not-a-real-secret" not in repr(play("secret_scanning_alert__created"))
    broken = json.loads((PAYLOADS / "secret_scanning_alert__created.json").read_text())
    broken["alert"]["number"] = broken["alert"]["secret"]
    with pytest.raises(Unparseable, match=r"alert\.number") as raised:
        deliver("secret_scanning_alert", broken)
    assert "not-a-real-secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_form_says_the_same_as_json() -> None:
    raw = (PAYLOADS / "issues__edited_title.json").read_bytes()
    headers = {
        "x-github-event": "issues",
        "x-github-delivery": "7c2d-1",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    }
    form = urlencode({"payload": raw.decode()}).encode()
    assert parse(Delivery(headers=headers, body=form)) == play("issues__edited_title")
    for body in (b"", b"other=1", b"payload=%ff", "payload=ñ".encode(), b"&".join([b"payload={}"] * 50)):
        with pytest.raises(Unparseable, match="body"):
            parse(Delivery(headers=headers, body=body))


@pytest.mark.parametrize("delivery", ["", "x" * 200, "a b", "\udcff"])
def test_without_a_usable_delivery_there_is_no_id(delivery: str) -> None:
    signals = deliver("workflow_run", (PAYLOADS / "workflow_run__failure.json").read_bytes(), delivery)
    assert [signal.id for signal in signals] == ["", ""]


def test_a_redelivery_says_the_same() -> None:
    for name in {*REPORTS, *TALLIES}:
        assert play(name) == play(name)


@pytest.mark.parametrize(
    ("event", "body", "says"),
    [
        ("", {}, "X-GitHub-Event"),
        (" ", {}, "X-GitHub-Event"),
        ("issues", b"", "body"),
        ("issues", b"{", "body"),
        ("issues", b"\xff\xfe", "body"),
        ("issues", b'{"action": "opened", "issue": NaN}', "body"),
        ("issues", b"[" * 100_000, "body"),
        ("issues", b'{"action": "\\ud800"}', "body"),
        ("issues", [], "object"),
        ("push", b"[]", "object"),
        ("ping", b"null", "object"),
        ("issues", {}, "action"),
        ("issues", {"action": "opened"}, "repository"),
        ("issues", {"action": "opened", "repository": {"full_name": " "}, "issue": {"number": 1}}, r"full_name"),
        (
            "issues",
            {"action": "opened", "repository": {"full_name": "a/b"}, "issue": {"number": "x"}},
            r"issue\.number",
        ),
        ("release", {"action": "published", "repository": {"full_name": "a/b"}, "release": {}}, r"release\.tag_name"),
        ("dependabot_alert", {"action": "created", "repository": {"full_name": "a/b"}, "alert": {}}, "number"),
        ("security_advisory", {"action": "published", "security_advisory": {}}, "ghsa_id"),
        ("star", {"action": 5}, "action"),
    ],
)
def test_unparseable_says_which_field(event: str, body: object, says: str) -> None:
    with pytest.raises(Unparseable, match=says):
        deliver(event, body)


def test_without_an_event_header() -> None:
    with pytest.raises(Unparseable, match="X-GitHub-Event"):
        parse(Delivery(headers={}, body=b"{}"))


def test_gone_accounts_and_missing_parts_are_tolerated() -> None:
    bare = {"action": "opened", "repository": {"full_name": "a/b"}, "issue": {"number": 5, "user": None}}
    [signal] = deliver("issues", {**bare, "sender": None})
    assert (signal.key, signal.people, signal.at) == ("github:issues:a/b#5", (), 0)
    assert [tally.key for tally in deliver("star", {"action": "created"})] == ["github:star:"]


def test_the_source() -> None:
    assert (SOURCE.auth, SOURCE.max_bytes, SOURCE.patience, SOURCE.parse) == (Auth.GITHUB, 25 * MIB, 5.0, parse)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside this checkout")
def test_all_examples_of_the_corpus_are_readable() -> None:
    read, unsupported = 0, []
    for entry in json.loads(CORPUS.read_text()):
        for example in entry["examples"]:
            try:
                deliver(entry["name"], example)
                read += 1
            except Unsupported:
                unsupported.append(entry["name"])
    assert (read, len(unsupported)) == (147, 182)
    assert not READERS.keys() & set(unsupported)
