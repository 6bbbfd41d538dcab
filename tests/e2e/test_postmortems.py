"""Postmortems as people get them: a file in the room, an issue or a pull request at GitHub, reminders, the digest."""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.app import Bot
from bot.clients.asking import unix_ms
from bot.playground.actor import Actor
from bot.playground.faults import Fault
from bot.playground.message import Channel, Message
from bot.playground.people import ANA, BRUNO, CHLOE
from rules.room import Room
from tests.conftest import Stage, wait_until
from tests.e2e.hands import buttons, form, hears, told, working
from tests.e2e.releases import whole
from tests.e2e.shelf import HANGS, GitHub, github

POLICY = """
channels: {fallback: "#general", alerts: "#alerts", digest: "#general"}
people: {ana: {slack: U000000ANA, name: Ana Ruiz}, bruno: {slack: U0000BRUNO, name: Bruno Costa}}
severities: {P0: {channel: alerts, label: [critical]}, P1: {channel: alerts, label: [warning]}}
digest: {weekly: {channel: digest, cron: "0 9 * * mon"}}
war_room: {PUBLISH}
timezone: Europe/Madrid
"""
ISSUE = "publish: {repository: acme/ops, labels: [postmortem]}"
PULL = "publish: {repository: acme/ops, as: pull_request, folder: docs/postmortems}"


async def ready(stage: Stage, tmp_path: Path, hub: GitHub | None = None, publish: str = "") -> tuple[Bot, Actor]:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY.replace("PUBLISH", publish))
    return await working(stage, "http", policy, **(hub.environ if hub else {}))


def channel(stage: Stage) -> Channel:
    [found] = [one for one in stage.slack.ws.channels if one.name.startswith("inc-")]
    return found


def card(stage: Stage) -> Message:
    return next(one for one in stage.slack.cards(channel(stage).id) if "War-room" in one.text)


async def closed(stage: Stage, actor: Actor, severity: str = "P0") -> None:
    """A room that Ana opened, commanded and closed."""
    await actor.command("/war-room", f'"Database down" {severity}', user=ANA)
    await wait_until(lambda: [one for one in stage.slack.ws.channels if one.name.startswith("inc-")])
    await stage.quiet()
    await actor.press(card(stage), "room_command", user=ANA)
    await says(stage, actor, 'note "restarted db-2"', BRUNO)
    for words in ("impact no <@U000000ANA> orders", "cause Bruno should have checked the disk", "fix a larger disk"):
        await says(stage, actor, words)
    stage.clock.turn(minutes=20)
    await says(stage, actor, "close")
    await stage.quiet()


async def says(stage: Stage, actor: Actor, words: str, user: str = ANA) -> str:
    before = len(told(stage, user))
    where = channel(stage).id
    await actor.command("/war-room", words, user=user, channel=where)
    await wait_until(lambda: len(told(stage, user)) > before, what=words)
    return told(stage, user)[-1]


def files(stage: Stage) -> list[Message]:
    return [one for one in stage.slack.all_cards() if one.files]


def body(stage: Stage, message: Message) -> str:
    [file] = [one for one in stage.slack.ws.files.all() if one.id == message.files[0]["id"]]
    assert file.body is not None
    return file.body.decode()


async def filed(stage: Stage, number: int = 1) -> Message:
    await wait_until(lambda: len(files(stage)) >= number, what="a file")
    await stage.quiet()
    assert len(files(stage)) == number
    return files(stage)[-1]


async def shows(stage: Stage, words: str) -> None:
    try:
        await wait_until(lambda: words in card(stage).text, what=words)
    except AssertionError as error:
        raise AssertionError(f"the card does not say {words!r}: {card(stage).text}") from error


async def until(stage: Stage, seen: Callable[[], bool | Awaitable[bool]], *, turning: float) -> None:
    """Wait while the clock is turned again and again (seconds)."""

    async def turned() -> bool:
        stage.clock.turn(seconds=turning)
        found = seen()
        return found if isinstance(found, bool) else await found

    await wait_until(turned, within=60)


async def digest(stage: Stage, actor: Actor) -> str:
    """What Chloe sees of the next one, with its sections."""
    before = len(told(stage, CHLOE))
    await actor.command("/sereno", "digest", user=CHLOE)
    await wait_until(lambda: len(told(stage, CHLOE)) > before)
    return whole([one for one in stage.slack.ws.ephemerals if one.visible_to == CHLOE][-1])


async def room(stage: Stage) -> Room:
    [found] = await stage.bots[0].desk.rooms()
    return found


async def test_a_file_in_the_room_with_what_to_look_at(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor)
    assert "postmortem owed by Ana Ruiz, by " in card(stage).text
    assert buttons(card(stage)) == ["room_write", "room_postmortem"]
    await actor.press(card(stage), "room_postmortem", user=BRUNO)
    await hears(stage, BRUNO, "I write a draft")
    message = await filed(stage)
    document = body(stage, message)
    assert message.channel == channel(stage).id
    assert message.files[0]["name"] == f"{channel(stage).name}-postmortem-1.md"
    assert document.startswith("# Postmortem: Database down, ")
    assert "an engineer: restarted db-2" in document
    assert not {"Ana", "Bruno", "U000000ANA"} & set(re.findall(r"\w+", document))
    lines = document.splitlines()
    number = next(index for index, line in enumerate(lines, 1) if "should have checked" in line)
    assert f"• line {number}, “engineer should have checked”: Say what happened" in message.text
    assert "Missing: corrective actions." in message.text
    assert "Ana Ruiz sees to it" in message.text
    assert buttons(card(stage)) == ["room_write", "room_postmortem", "room_reviewed"]
    await says(stage, actor, 'action "Alert at 80 %" @ana 7d')
    assert "I write a draft" in await says(stage, actor, "postmortem")
    second = await filed(stage, 2)
    assert "⬜ Alert at 80 % (owner: Ana Ruiz; due " in body(stage, second)
    await actor.press(card(stage), "room_reviewed", user=BRUNO)
    await shows(stage, "postmortem done, says Bruno Costa")
    assert buttons(card(stage)) == ["room_write", "room_postmortem"]
    assert "That is so already." in await says(stage, actor, "postmortem done")


async def test_an_issue_that_later_drafts_change(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        _, actor = await ready(stage, tmp_path, hub, ISSUE)
        await closed(stage, actor)
        await says(stage, actor, 'note "@bruno looked at #17 <!channel>"')
        await says(stage, actor, "postmortem")
        await shows(stage, "https://github.com/acme/ops/issues/1")
        [issue] = hub.issues
        assert issue["title"].startswith("Postmortem: Database down, ")
        assert issue["labels"] == ["postmortem"]
        assert issue["body"].startswith(f"<!-- sereno: {(await room(stage)).id}/1 -->\n- Draft of ")
        assert "@bruno" not in issue["body"]
        assert "#17" not in issue["body"]
        await says(stage, actor, "cause a full disk")
        await says(stage, actor, "postmortem")
        await wait_until(lambda: "a full disk" in hub.issues[0]["body"])
        await filed(stage, 2)
        assert len(hub.issues) == 1


@pytest.mark.parametrize("lost", [HANGS, -502])
async def test_a_lost_answer_makes_no_second_issue(stage: Stage, tmp_path: Path, lost: int) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {("POST", "/issues"): [lost]}
        bot, actor = await ready(stage, tmp_path, hub, ISSUE)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await wait_until(lambda: hub.issues)
        if lost == HANGS:
            await stage.stop(bot)
            await stage.bot(tmp_path / "policy.yaml", **hub.environ)
        await until(stage, lambda: "https://github.com/acme/ops/issues/1" in card(stage).text, turning=1)
        await stage.quiet()
        assert len(hub.issues) == 1
        assert (await room(stage)).postmortem is not None


async def test_what_never_arrived_is_made_after_a_while(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {("POST", "/issues"): [503]}
        _, actor = await ready(stage, tmp_path, hub, ISSUE)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await shows(stage, "GitHub does not have the postmortem yet (http_503); I go on trying.")
        assert files(stage), "Slack does not wait for GitHub"
        await until(stage, lambda: "https://github.com/acme/ops/issues/1" in card(stage).text, turning=2)
        assert "I go on trying" not in card(stage).text
        assert len(hub.issues) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Resource not accessible by personal access token: GITHUB_TOKEN needs issues: write there"),
        (404, "no: there is no such repository, or GITHUB_TOKEN may not see it"),
        (410, "GitHub does not take the postmortem: Issues are disabled for this repo"),
        (422, "GitHub does not take the postmortem: no"),
    ],
)
async def test_githubs_no_is_on_the_card_and_tried_again_by_a_person(
    stage: Stage, tmp_path: Path, status: int, words: str
) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {("POST", "/issues"): [status]}
        _, actor = await ready(stage, tmp_path, hub, ISSUE)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await filed(stage)
        await shows(stage, words)
        stage.clock.turn(minutes=40)
        await stage.quiet()
        assert hub.issues == []
        await actor.press(card(stage), "room_retry", user=ANA)
        await until(stage, lambda: "https://github.com/acme/ops/issues/1" in card(stage).text, turning=1)


async def test_without_a_token_there_is_the_file(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        bot, actor = await ready(stage, tmp_path, None, ISSUE)
        await stage.stop(bot)
        bot = await stage.bot(tmp_path / "policy.yaml", GITHUB_API_URL=hub.url)
        actor = Actor(stage.slack.ws, bot.url, stage.http)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await filed(stage)
        await shows(stage, "Requires authentication: GITHUB_TOKEN is not set, or not valid")


async def test_an_issue_that_was_deleted_is_made_anew(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {("PATCH", "/issues/1"): [410]}
        _, actor = await ready(stage, tmp_path, hub, ISSUE)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await shows(stage, "https://github.com/acme/ops/issues/1")
        await stage.quiet()
        await says(stage, actor, "postmortem")
        await shows(stage, "https://github.com/acme/ops/issues/2")


async def test_a_pull_request_with_one_file(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        _, actor = await ready(stage, tmp_path, hub, PULL)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await shows(stage, "https://github.com/acme/ops/pull/1")
        name = (await room(stage)).id.lower()
        branch, path = f"sereno/postmortem-{name}", f"docs/postmortems/{channel(stage).name}-{name}.md"
        assert hub.commits == [(branch, path)]
        assert hub.file(branch) == body(stage, await filed(stage)), "the same in both places"
        assert (hub.pulls[0]["head"], hub.pulls[0]["base"]) == (branch, "main")
        await says(stage, actor, "cause a full disk")
        await says(stage, actor, "postmortem")
        await wait_until(lambda: "a full disk" in hub.file(branch))
        await filed(stage, 2)
        assert (len(hub.commits), len(hub.pulls)) == (2, 1)
        assert hub.branches["main"] == {}
        hub.branches["main"], hub.pulls[0]["state"] = dict(hub.branches[branch]), "closed"
        del hub.branches[branch]
        await says(stage, actor, "fix two disks")
        await says(stage, actor, "postmortem")
        await shows(stage, "https://github.com/acme/ops/pull/2")


@pytest.mark.parametrize("call", [("POST", "/git/refs"), ("PUT", "/contents"), ("POST", "/pulls")])
@pytest.mark.parametrize("lost", [HANGS, -502, 502])
async def test_a_lost_answer_makes_no_second_pull_request(
    stage: Stage, tmp_path: Path, call: tuple[str, str], lost: int
) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {call: [lost]}
        bot, actor = await ready(stage, tmp_path, hub, PULL)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await wait_until(lambda: any(one[0] == call[0] and call[1] in one[1] for one in hub.asked))
        if lost == HANGS:
            await stage.stop(bot)
            await stage.bot(tmp_path / "policy.yaml", **hub.environ)
        await until(stage, lambda: "https://github.com/acme/ops/pull/1" in card(stage).text, turning=2)
        assert (len(hub.pulls), len(hub.commits), len(hub.branches)) == (1, 1, 2)


async def test_a_branch_that_somebody_changes_at_the_same_time(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        hub.faults = {("PUT", "/contents"): [409]}
        _, actor = await ready(stage, tmp_path, hub, PULL)
        await closed(stage, actor)
        await says(stage, actor, "postmortem")
        await shows(stage, "GitHub does not have the postmortem yet (conflict); I go on trying.")
        await until(stage, lambda: "https://github.com/acme/ops/pull/1" in card(stage).text, turning=2)
        assert len(hub.commits) == 1


async def test_a_room_without_a_channel_has_it_below_its_card(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    stage.slack.faults.add(Fault(method="conversations.create", kind="error", error="restricted_action"))
    await actor.command("/war-room", '"Database down" P0', user=ANA)
    above = await wait_until(
        lambda: next((one for one in stage.slack.cards("general") if "War-room" in one.text), None)
    )
    await actor.command("/war-room", f"postmortem {(await room(stage)).id}", user=ANA)
    await hears(stage, ANA, "I write a draft")
    await wait_until(lambda: [one for one in stage.slack.replies(above) if one.files])


async def test_a_private_room_is_for_its_people_only(stage: Stage, tmp_path: Path) -> None:
    async with github(stage.clock) as hub:
        _, actor = await ready(stage, tmp_path, hub, ISSUE)
        await actor.command("/war-room", "", user=ANA)
        view = await form(stage, ANA, "Who sees it")
        await actor.submit(view, {"title": "Wages seen by all", "severity": "P0", "private": ["yes"]}, user=ANA)
        await wait_until(lambda: [one for one in stage.slack.ws.channels if one.name.startswith("inc-")])
        await stage.quiet()
        assert channel(stage).private
        await says(stage, actor, "cause wages in a log")
        await says(stage, actor, "postmortem")
        assert "wages in a log" in body(stage, await filed(stage))
        assert hub.asked == []
        name = (await room(stage)).id
        assert f"Ana Ruiz owes the postmortem of {name}, a private war-room, by " in await digest(stage, actor)
        await actor.command("/war-room", "table", user=CHLOE)
        assert "wages" not in await hears(stage, CHLOE, "Incidents of the last 30 d")


@pytest.mark.parametrize("kind", ["server_error_after", "drop_after", "drop_before", "ratelimited"])
async def test_a_file_whose_answer_was_lost_stands_there_once(stage: Stage, tmp_path: Path, kind: str) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor)
    stage.slack.faults.add(Fault(method="files.completeUploadExternal", kind=kind, times=1))
    await says(stage, actor, "postmortem")
    await until(stage, lambda: "room_reviewed" in buttons(card(stage)), turning=2)
    await filed(stage)


async def test_a_workspace_that_takes_no_files_is_named_and_tried_again(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor)
    stage.slack.faults.add(
        Fault(method="files.getUploadURLExternal", kind="error", error="file_uploads_disabled", times=1)
    )
    await says(stage, actor, "postmortem")
    await shows(stage, "Slack refuses: putting the postmortem here as a file (file_uploads_disabled)")
    await actor.press(card(stage), "room_retry", user=ANA)
    await filed(stage)


async def test_its_owner_is_reminded_and_the_channel_waits(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor)
    assert "Done; the room knows." in await says(stage, actor, f"postmortem <@{BRUNO}|bruno>")
    await shows(stage, "postmortem owed by Bruno Costa")
    stage.clock.turn(hours=6 * 24)
    lines = await wait_until(lambda: [one for one in stage.slack.replies(card(stage)) if "was due" in one.text])
    assert f"<@{BRUNO}>" in lines[0].text
    assert {ping.channel for ping in stage.slack.ws.pings() if ping.ts == lines[0].ts} == {channel(stage).id}
    stage.clock.turn(hours=4 * 24)
    await wait_until(lambda: len([one for one in stage.slack.replies(card(stage)) if "was due" in one.text]) == 2)
    await stage.quiet()
    assert not channel(stage).archived, "seven days are over, and it is not done"
    await says(stage, actor, "postmortem done", BRUNO)
    await wait_until(lambda: channel(stage).archived)


async def test_what_is_never_written_is_in_the_digest_for_good(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor)
    name = (await room(stage)).id
    assert f"Ana Ruiz owes the postmortem of {name} Database down, by " in await digest(stage, actor)
    stage.clock.turn(hours=13 * 24)
    await wait_until(lambda: channel(stage).archived)
    late = await digest(stage, actor)
    assert f"Ana Ruiz owes the postmortem of {name} Database down, since " in late
    assert "overdue" in late
    assert f"Next: Write the postmortem of {name} Database down: Ana Ruiz owes it." in late
    await actor.command("/war-room", f"postmortem {name} done", user=ANA)
    await hears(stage, ANA, "Good. Nobody is reminded of it any more.")
    assert "the postmortem" not in await digest(stage, actor)


async def test_three_days_across_the_change_of_the_clocks(stage: Stage, tmp_path: Path) -> None:
    stage.clock.step(minutes=int((unix_ms("2027-03-26T11:00:00Z") - stage.clock.now()) / 60_000))
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", '"Database down" P0', user=ANA)
    await wait_until(lambda: [one for one in stage.slack.ws.channels if one.name.startswith("inc-")])
    await stage.quiet()
    for words in ("impact no orders", "cause a full disk", "fix a larger disk"):
        await says(stage, actor, words)
    stage.clock.turn(hours=71)
    await says(stage, actor, "close")
    await says(stage, actor, "postmortem")
    document = body(stage, await filed(stage))
    assert "CET and was over 2027-03-29 " in document
    assert "CEST, after 2 d 23 h." in document
    assert "# Timeline from 2027-03-26 to 2027-03-29" in document


async def test_the_table_in_two_languages(stage: Stage, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    _, actor = await ready(stage, tmp_path)
    await actor.command("/war-room", "table", user=ANA)
    await hears(stage, ANA, "Incidents of the last 30 d, by the time in UTC:\nNo incidents")
    policy.write_text(policy.read_text() + "language: es\n")
    await stage.stop(stage.bots[0])
    again = await stage.bot(policy)
    actor = Actor(stage.slack.ws, again.url, stage.http)
    await actor.command("/war-room", "table", user=ANA)
    await hears(stage, ANA, "Sin incidentes")


async def test_the_table_has_what_the_rooms_have(stage: Stage, tmp_path: Path) -> None:
    _, actor = await ready(stage, tmp_path)
    await closed(stage, actor, "P1")
    assert "postmortem" not in card(stage).text, "only the worst owe one by themselves"
    await actor.command("/war-room", "table 7d", user=CHLOE)
    said = await hears(stage, CHLOE, "P1 Database down: no the incident commander orders · Closed")
    assert "Root cause: an engineer should have checked the disk · fix: a larger disk" in said
    await actor.command("/war-room", "table 99d", user=CHLOE)
    await hears(stage, CHLOE, "`99d` is not between a second and 30 days.")
    run = [sys.executable, "-m", "bot", "incidents", "--policy", str(tmp_path / "policy.yaml")]
    environ = {**os.environ, "SERENO_REDIS_URL": stage.redis_url}
    done = await asyncio.create_subprocess_exec(*run, env=environ, stdout=asyncio.subprocess.PIPE)
    printed = (await done.communicate())[0].decode()
    assert printed.startswith("| Date (UTC) | Impact | Root cause | Fix applied | State |\n|---|")
    assert "| a larger disk | Closed |" in printed
