"""Why: what people are told when they ask why a war-room, a release or a digest is as it is, and by which names."""

import re
from pathlib import Path

import pytest

from bot.playground.actor import Actor
from bot.playground.people import ANA, BRUNO, CHLOE
from tests.alerts import alert, group
from tests.bot.shell import sereno
from tests.conftest import Stage, wait_until
from tests.e2e import releases
from tests.e2e.hands import TRANSPORTS, form, hears, told, working
from tests.e2e.rooms import asks as in_room
from tests.e2e.rooms import fires, hears_all, made, name_in, ruled
from tests.e2e.test_digest import POLICY as DIGEST
from tests.e2e.test_digest import digests, look, turn_to
from tests.e2e.test_release_hands import NOWHERE

both = pytest.mark.parametrize("transport", TRANSPORTS)
SHORT = re.compile(r"\b[2-9A-HJKMNP-Z]{6}\b")
QUIET = """
quiet_hours: {from: "00:00", to: "23:59", days: [mon, tue, wed, thu, fri, sat, sun]}
"""


async def asks(stage: Stage, actor: Actor, words: str, *, channel: str = "general", user: str = CHLOE) -> str:
    """What /sereno answers somebody: all the words, a card's too."""

    def heard() -> list[str]:
        return [releases.whole(one) for one in stage.slack.ws.ephemerals if one.visible_to == user]

    before = len(heard())
    await actor.command("/sereno", words, channel=channel, user=user)
    await wait_until(lambda: len(heard()) > before, what=words)
    return heard()[-1]


@both
async def test_a_room_that_the_policy_opened_says_by_which_line_and_what_is_next(
    stage: Stage, tmp_path: Path, transport: str
) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, transport, ruled(tmp_path, when="auto", more="commander_within: 5m"))
    await fires(stage, "DiskFull")
    room = await made(stage)
    said = await asks(stage, actor, "why", channel=room.id)
    assert "· DiskFull · since" in said
    assert "The policy opened this war-room" in said
    assert "`war_room: auto`" in said
    assert "Invited: @on-call." in said
    assert "Its thread has called nobody" in said
    assert "Nobody commands:" in said
    assert "`war_room.commander_within: 5m`" in said
    assert re.search(r"Nobody has written an update yet; .* I ask the commander for one", said)
    assert "`war_room.update_every: 30m`" in said
    assert "to #status (`war_room.announce`)" in said
    assert "chat.postMessage, ok" in said
    name = SHORT.findall(said)[0]
    for word in (name, name.lower(), f"#{room.name}", room.name, f"<#{room.id}|{room.name}>"):
        assert "The policy opened this war-room" in await asks(stage, actor, f"why {word}"), word


async def test_whom_a_room_called_and_that_nobody_is_asked_once_somebody_commands(stage: Stage, tmp_path: Path) -> None:
    stage.slack.ws.ensure_channel("status")
    _, actor = await working(stage, "http", ruled(tmp_path, when="auto", more="commander_within: 5m"))
    await fires(stage, "DiskFull")
    room = await made(stage)
    stage.clock.turn(minutes=6)
    await hears_all(stage, "Nobody commands here yet.")
    assert "I have asked 1 time;" in await asks(stage, actor, "why", channel=room.id)
    stage.clock.turn(minutes=6)
    await wait_until(lambda: [one for one in stage.slack.ws.pings() if one.channel == room.id], what="all are called")
    said = await asks(stage, actor, "why", channel=room.id)
    assert "I have asked 2 times;" in said
    assert re.search(r"It last called @on-call, .*Nobody commands here yet", said)
    await in_room(stage, actor, "role commander", channel=room.id)
    said = await asks(stage, actor, "why", channel=room.id)
    assert "ana commands since" in said
    assert re.search(r"\((role_given|room_news)\)", said), "its incident hears of her, and says so"
    await actor.command("/war-room", "close", channel=room.id)
    await actor.submit(await form(stage, ANA), user=ANA)
    await hears_all(stage, "closed this room")
    said = await asks(stage, actor, "why", channel=room.id)
    assert "· closed · DiskFull" in said
    assert "ana closed it" in said
    assert re.search(r"ana owes the postmortem by .*: the end of the working day after 5 d", said)
    assert "`war_room.postmortem_within: 5d`" in said
    assert "`war_room.archive_after: 7d`" in said
    assert "Nobody commands" not in said


async def test_an_incident_says_whom_its_card_and_then_its_thread_pinged(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await stage.send("alertmanager", group(alert("DiskFull")))
    await wait_until(lambda: stage.slack.cards("alerts"), what="its card")
    await stage.quiet()
    name = name_in(stage, "DiskFull")
    said = await asks(stage, actor, f"why {name}")
    assert "Its card pinged @channel, once, as P0." in said
    assert "It last called" not in said
    stage.clock.turn(minutes=16)
    await wait_until(lambda: len(stage.slack.ws.pings()) > 1, what="a reminder, or a step up")
    await stage.quiet()
    said = await asks(stage, actor, f"why {name}")
    assert "Its card pinged @channel, once, as P0." in said
    assert "It last called @" in said


async def test_a_declared_incident_is_explained_in_a_sentence(stage: Stage) -> None:
    _, actor = await working(stage, "http")
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    room = await made(stage)
    await wait_until(lambda: stage.slack.card("alerts", "DB down").text.count(room.id), what="the card knows its room")
    said = await asks(stage, actor, f"why {name_in(stage, 'DB down')}")
    assert "Latest: its war-room told it how things stand there (in_room)." in said
    assert "No alert told it: ana declared it with a war-room" in said
    assert f"Its war-room is #{room.name}" in said
    assert "ana opened this war-room" in await asks(stage, actor, f"why #{room.name}")


async def test_a_private_room_is_explained_to_those_in_it_only(stage: Stage, tmp_path: Path) -> None:
    _, actor = await working(stage, "http", ruled(tmp_path))
    await fires(stage, "Leak")
    await stage.quiet()
    await actor.press(stage.slack.card("alerts", "Leak"), "war_room", user=ANA)
    await actor.submit(await form(stage, ANA), {"title": "A leak", "private": ["yes"]}, user=ANA)
    room = await made(stage)
    said = await asks(stage, actor, "why", channel=room.id, user=ANA)
    assert "It is private:" in said
    name = SHORT.findall(said)[0]
    assert "It is private:" in await asks(stage, actor, f"why {name}", channel=room.id, user=ANA)
    for word in ("why", "show"):
        for asked in (name, f"#{room.name}", f"room:{name}"):
            said = await asks(stage, actor, f"{word} {asked}", user=BRUNO)
            assert "I know nothing by the name" in said
            assert "A leak" not in said
    said = await asks(stage, actor, f"why <#{room.id}|{room.name}>", user=BRUNO)
    assert f"I know nothing by the name `#{room.name}`" in said, "as it was typed, without Slack's markup"
    assert "It is private:" in await asks(stage, actor, f"why {name}", user=ANA), "who opened it may hear of it"
    assert name not in await asks(stage, actor, "why")


@both
async def test_a_release_says_which_check_by_which_line_and_what_is_missing(
    stage: Stage, tmp_path: Path, transport: str
) -> None:
    policy = releases.written(tmp_path)
    _, actor = await working(stage, transport, policy, GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    await releases.asks(stage, actor, ANA, "start v1.1.1", "v1.1.1 is watched")
    await releases.says(stage, "*T+0* of v1.1.1")
    said = await asks(stage, actor, "why v1.1.1")
    assert "v1.1.1 · Python SDK · not enough data, being watched" in said
    assert "by the plan `releases.sdk`" in said
    assert "⬜ smoke test: to be ticked" in said
    assert "⬜ NPS: nobody has entered it yet" in said
    assert re.search(r"It last called Ana Ruiz, .*\*T\+0\* of v1\.1\.1", said)
    assert re.search(r"Next: T\+24, .*`releases\.sdk\.checkpoints`", said)
    assert "`releases.sdk.window: 3d`" in said
    await releases.asks(stage, actor, ANA, "tick v1.1.1 smoke failed it does not start", "marked as failed")
    await wait_until(lambda: [one for one in stage.slack.cards("monitoring") if "v1.1.1: smoke test" in one.text])
    await stage.quiet()
    said = await asks(stage, actor, "why 1.1.1")
    assert "v1.1.1 · Python SDK · yellow" in said
    assert "By `releases.sdk.checks.smoke.failed: yellow`; that is P1." in said
    assert "`releases.sdk.yellow.follow_up: 4h`" in said
    stage.clock.turn(minutes=2)

    async def told_whom() -> bool:
        return bool(
            re.search(
                r"smoke opened the incident (\w{6}), P1: `/sereno why \1`", await asks(stage, actor, "why v1.1.1")
            )
        )

    await wait_until(told_whom, what="its incident")
    await releases.asks(stage, actor, ANA, "stop v1.1.1", "v1.1.1")
    said = await asks(stage, actor, "why v1.1.1")
    assert "Ana Ruiz ended its watch" in said
    assert "Next:" not in said


async def test_a_release_at_night_says_that_nobody_is_asked(stage: Stage, tmp_path: Path) -> None:
    policy = releases.written(tmp_path, releases.POLICY + QUIET)
    _, actor = await working(stage, "http", policy, GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    await releases.asks(stage, actor, ANA, "start v1.1.1", "v1.1.1 is watched")
    await releases.says(stage, "*T+0* of v1.1.1")
    assert "The policy has no digest" in await asks(stage, actor, "why digest")
    said = await asks(stage, actor, "why v1.1.1")
    assert "Its thread has called nobody" in said
    assert "No ping: quiet hours." in said
    assert "It may ping again from" in said


async def test_a_digest_says_when_it_came_and_when_the_next_one_is_due(stage: Stage, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(DIGEST.replace(", repositories: [acme/sdk], mail: [release@example.org]", ""))
    turn_to(stage, "mon", 10)
    bot, actor = await working(stage, "http", policy)
    await look(bot)
    said = await asks(stage, actor, "why digest")
    assert "by `digest.weekly.cron: 0 9 ∗ ∗ mon` in Europe/Madrid" in said
    assert "owe nothing for the time before" in said
    assert "The next one is due" in said
    turn_to(stage, "mon", 9, 30)
    await look(bot)
    await wait_until(lambda: digests(stage), what="the digest")
    await stage.quiet()
    said = await asks(stage, actor, "why weekly")
    assert "The latest was due" in said
    assert "It says: It comes 30 min late: I was not running when it was due." in said
    assert "Its card is in #monitoring." in said
    assert await asks(stage, actor, "why Digest Weekly") == said
    assert "Platform: the week from" in await asks(stage, actor, "show weekly")
    turn_to(stage, "wed", 10)
    turn_to(stage, "wed", 10)
    await look(bot)
    await stage.quiet()
    assert "It says: There is none for this time: I was not running" in await asks(stage, actor, "why weekly")


async def test_without_a_name_it_says_how_and_each_name_that_it_says_is_answered(stage: Stage, tmp_path: Path) -> None:
    policy = releases.written(tmp_path, releases.POLICY + "digest: {monthly: {cron: '0 9 1 * *'}}")
    _, actor = await working(stage, "http", policy, GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    said = await asks(stage, actor, "why")
    assert said.startswith("Why what? `/sereno why NAME`")
    await stage.send("alertmanager", group(alert("DiskFull")))
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    await made(stage)
    await releases.asks(stage, actor, ANA, "start v1.1.1", "v1.1.1 is watched")
    await releases.says(stage, "*T+0* of v1.1.1")
    stage.clock.turn(seconds=30)  # the incidents of a time are read anew so often
    said = await wait_until(lambda: _all_named(stage, actor), what="all kinds are named")
    names = list(dict.fromkeys(re.findall(r"`/sereno why (\S+)` –", said)))
    assert {"v1.1.1", "monthly"} < set(names)
    for name in names:
        for word in ("why", "show", "list"):
            answer = await asks(stage, actor, f"{word} {name}")
            assert "I know nothing" not in answer, (word, name)
            assert "For example" not in answer, (word, name)
    assert "*v1.1.1 · Python SDK*" in await asks(stage, actor, "show v1.1.1"), "its card"
    shown = await asks(stage, actor, "show")
    assert shown.startswith("Which one?\n")
    assert "K7F3Q2" not in shown, "no example above real names"
    (room,) = re.findall(r"`/sereno why (\S+)` – war-room DB down", said)[:1]
    assert "opened this room" in await asks(stage, actor, f"show {room}")
    assert "DB down" in await asks(stage, actor, f"list {room}")
    nothing = await asks(stage, actor, "why K7F3Q2X")
    assert nothing.startswith("I know nothing by the name `K7F3Q2X`")
    assert "`/sereno why v1.1.1`" in nothing
    assert "For example `/sereno list service=checkout`" in await asks(stage, actor, "list {")


async def _all_named(stage: Stage, actor: Actor) -> str:
    said = await asks(stage, actor, "why")
    wanted = ("incident DiskFull", "incident DB down", "war-room DB down", "release of Python SDK")
    return said if all(words in said for words in wanted) else ""


async def test_the_audit_names_rooms_releases_and_scopes_as_people_do(stage: Stage, tmp_path: Path) -> None:
    more = "rights: {watch: [ana, bruno], war_room: everyone, freeze: everyone,"
    text = releases.POLICY.replace("rights: {watch: [ana, bruno],", more) + "scopes: {staging: {channel: monitoring}}\n"
    _, actor = await working(stage, "http", releases.written(tmp_path, text), GITHUB_API_URL=NOWHERE, PYPI_URL=NOWHERE)
    await actor.command("/war-room", '"DB down" P0', user=ANA)
    room = await made(stage)
    await in_room(stage, actor, 'freeze staging "moving the database" for 2h', channel=room.id)
    assert "somebody froze it (frozen)" in await asks(stage, actor, "why staging")
    await in_room(stage, actor, 'update "we look"', channel=room.id)
    await releases.asks(stage, actor, ANA, "start v1.1.1", "v1.1.1 is watched")
    await stage.quiet()
    name = SHORT.findall(await asks(stage, actor, "why", channel=room.id))[0]
    out = (await sereno("audit", SERENO_REDIS_URL=stage.redis_url)).out
    assert "room:" not in out, out
    assert "declared:" not in out, out
    assert "watch:" not in out, out
    assert f"{name} DB down" in out
    assert re.search(rf"freeze +staging \(.*room={name}", out), out
    assert re.search(r"start +v1\.1\.1 Python SDK", out), out
    rows = (await sereno("audit", "--json", SERENO_REDIS_URL=stage.redis_url)).json
    assert {"freeze:staging", "watch:sdk:v1.1.1"} < {row["key"] for row in rows}
    assert any(row["key"].startswith("room:declared:") and row["id"] == name for row in rows)
    assert told(stage, BRUNO) == []
    await hears(stage, ANA, "v1.1.1 is watched")
