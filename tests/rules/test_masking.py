"""What opens an address is never repeated, wherever it is wrong."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy_box import differences
from rules import policy_file
from rules.examples import faults
from rules.masking import masked
from rules.text import Joined, Text
from rules.unfit import Unfit, english
from tests.rules.test_fault_words import MORE, places

BASE = yaml.safe_load(Path("rules/policies/default.yaml").read_text(encoding="utf-8")) | yaml.safe_load(MORE)
PLACES = sorted(places(BASE), key=str)
SECRETS = st.text("abcXYZ0189!$%&*+,;=:@/?#~._-", min_size=1).map(lambda one: f"s3cret{one}s3cret")
HOSTS = st.sampled_from(("127.0.0.1:8000/health", "example.org", "[::1]:9", "x.example.org/" + "long/" * 80))
SCHEMES = st.sampled_from(("http://", "https://", "redis://", "", "http:/"))
SEVERAL = settings(max_examples=300, deadline=None, derandomize=True)


@SEVERAL
@given(SCHEMES, st.sampled_from(("u", "", "ana.ruiz")), SECRETS, HOSTS)
def test_no_error_repeats_a_password(scheme: str, user: str, password: str, host: str) -> None:
    address = f"{scheme}{user or 'u'}:{password}@{host}"
    inner = Text.of("{value}: no", value=repr(address))
    error = Unfit(Text.of("{why}", why=Joined((inner, Text.of("{where} failed", where=address)))))
    assert "s3cret" not in str(error)
    assert "s3cret" not in english(error.said)
    assert host in str(error)


@settings(SEVERAL, max_examples=80)
@given(st.sampled_from(PLACES), SECRETS, HOSTS)
def test_no_fault_of_a_policy_repeats_a_password_wherever_it_stands(
    path: tuple[str | int, ...], password: str, host: str
) -> None:
    tree = yaml.safe_load(yaml.safe_dump(BASE))
    part = tree
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = f"http://u:{password}@{host}"
    text = yaml.safe_dump(tree)
    assert "s3cret" not in complaints(text)


def complaints(text: str) -> str:
    """All that is wrong with a policy."""
    try:
        found = faults(policy_file.load(text, "policy.yaml"), text, "policy.yaml")
    except policy_file.BadPolicy as error:
        return str(error)
    return "\n".join(str(one) for one in found)


@pytest.mark.parametrize("key", ["http", "json"])
def test_an_address_to_be_asked_is_refused_without_its_password(key: str) -> None:
    check = f'{{words: up, {key}: "http://u:s3cret@127.0.0.1/{"x" * 80}"}}'
    text = 'channels: {fallback: "#general"}\nseverities: {P0: {}}'
    with pytest.raises(policy_file.BadPolicy) as caught:
        policy_file.load(f"{text}\nreleases: {{sdk: {{words: SDK, checks: {{up: {check}}}}}}}\n", "p.yaml")
    assert "releases.sdk.checks.up" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_no_key_of_a_policy_is_repeated_with_a_password() -> None:
    text = 'channels: {fallback: "#general"}\n"http://u:s3cret@h": 1\nhttp://u:s3cret@h: 2\n'
    for policy in (text, text.replace("http://u:s3cret@h: 2\n", "")):
        with pytest.raises(policy_file.BadPolicy) as caught:
            policy_file.load(policy, "p.yaml")
        assert "s3cret" not in str(caught.value)
        assert "http://***@h" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://u:p@127.0.0.1:80/x", "http://***@127.0.0.1:80/x"),
        ("http://token@h/x", "http://***@h/x"),
        ("http://u:p w@h", "http://***@h"),
        ("u:p@h", "***@h"),
        ("https://h/x?a=1&access_token=abc&b=2", "https://h/x?a=1&access_token=***&b=2"),
        ("https://h/x?api-key=abc#top", "https://h/x?api-key=***#top"),
        ("https://npm.example.org/@scope/left", "https://npm.example.org/@scope/left"),
        ("ask ana@example.org, see https://h:80/x", "ask ana@example.org, see https://h:80/x"),
        ('team="a", env=~"b:c"', 'team="a", env=~"b:c"'),
        ("http://prom:9090: ask ana@example.org", "http://prom:9090: ask ana@example.org"),
        ("user:U0123ABCD", "user:U0123ABCD"),
    ],
)
def test_what_opens_it_is_masked_and_the_rest_stays(text: str, shown: str) -> None:
    assert masked(text) == shown


@SEVERAL
@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_a_reload_says_what_changed_without_the_password() -> None:
    said = differences({"json": "http://u:s3cret@old"}, {"json": "http://u:s3cret@new"})
    assert said == ["json: http://***@old -> http://***@new"]
    assert not re.search("s3cret", "".join(differences({"routes": ["http://u:s3cret@a"]}, {"routes": []})))
