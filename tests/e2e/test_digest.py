"""Monday morning: what the digest tells in Slack and by mail, and that there is exactly one whatever happens."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import Bot
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.e2e.github import HANGS, Project, project
from tests.mailbox import mailbox

ZONE = ZoneInfo("Europe/Madrid")
POLICY = """
team: Platform
timezone: Europe/Madrid
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel}
  P1: {label: [warning], channel: monitoring}
  P2: {label: [info], card: counted}
digest:
  weekly: {cron: "0 9 * * mon", channel: monitoring, repositories: [acme/sdk], mail: [release@example.org]}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return file


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """Without a repository."""
    file = tmp_path / "alone.yaml"
    file.write_text(POLICY.replace(", repositories: [acme/sdk]", ""))
    return file


def turn_to(stage: Stage, day: str, hour: int = 9, minute: int = 0) -> datetime:
    """Turn the clock on to the next such moment."""
    now = datetime.fromtimestamp(stage.clock.now() / 1000, ZONE)
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    while f"{at:%a}".lower() != day or at <= now:
        at += timedelta(days=1)
        at = at.replace(hour=hour, minute=minute)
    stage.clock.turn(seconds=(at - now).total_seconds())
    return at


async def look(*bots: Bot) -> None:
    """What the loop does every few seconds."""
    for bot in bots:
        await bot.leases.renew()
    for bot in bots:
        await bot.digests.look()


def digests(stage: Stage) -> list[str]:
    return [one.text for one in stage.slack.cards("monitoring") if "the week from" in one.text]


async def test_a_digest_comes_on_monday_with_its_sections_in_the_thread_and_by_mail(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github, mailbox() as box:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ, **box.settings)
        await look(bot)
        turn_to(stage, "tue", 11)
        await stage.send("alertmanager", group(alert("DiskFull")))
        await stage.send("alertmanager", group(alert("Slow", "warning")))
        await stage.send("alertmanager", group(alert("Note", "info")))
        await stage.quiet()
        stage.clock.turn(minutes=3)
        await stage.send("alertmanager", group(alert("DiskFull", firing=False)))
        await stage.quiet()
        turn_to(stage, "mon", 9, 1)
        await look(bot, bot)
        await stage.quiet()
        [text] = digests(stage)
        root = stage.slack.card("monitoring", "the week from")
        assert text.startswith("*Platform: the week from 2026-")
        assert "1 P0, 1 P1 opened, 1 open now; 4 signals, 1 ping" in text
        said = [reply.text for reply in stage.slack.replies(root)]
        assert [one.split("\n")[0] for one in said] == [
            "*System health*", "*Community*", "*Incidents*", "*Noise*", "*Action items*",
        ]  # fmt: skip
        assert "P0: *1* opened, *1* over, 0 open now" in said[0], "nothing is known of the week before"
        assert "Stars: *1234*" in said[1]
        assert "*DiskFull*" in said[3]
        assert "Close or hand over" in said[4]
        image = next(block for block in stage.slack.replies(root)[0].blocks if block["type"] == "image")
        assert "2026-11-" in image["alt_text"] or "2026-12-" in image["alt_text"]
        [letter] = box.mails
        assert letter.to == ("release@example.org",)
        assert letter.subject.startswith("Platform: the week from 2026-")
        for part in ("System health", "Community", "Incidents", "Noise", "Action items"):
            assert part in letter.part("plain")
            assert part in letter.part("html")
        assert [one.get_content_type() for one in letter.message.walk()].count("image/png") == 1


async def test_there_is_one_whatever_runs_when(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bots = [await stage.bot(policy, **github.environ) for _ in range(2)]
        await look(*bots)
        turn_to(stage, "mon", 9)
        for _ in range(3):
            await look(*bots)
        await stage.quiet()
        await stage.stop(bots[0])
        await stage.stop(bots[1])
        again = await stage.bot(policy, **github.environ)
        await look(again)
        await stage.quiet()
        assert len(digests(stage)) == 1


async def test_clocks_that_are_ten_minutes_apart_tell_it_once(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        turn_to(stage, "mon", 9, 5)
        await look(bot)
        stage.clock.turn(minutes=-10)
        await stage.stop(bot)
        behind = await stage.bot(policy, **github.environ)
        await look(behind)
        stage.clock.turn(minutes=10)
        await look(behind)
        await stage.quiet()
        assert len(digests(stage)) == 1


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [("mon", 10, "It comes 1 h 30 min late"), ("wed", 12, "There is none for this time: I was not running")],
)
async def test_down_on_monday_morning(stage: Stage, policy: Path, day: str, hour: int, words: str) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "thu", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        await stage.stop(bot)
        turn_to(stage, day, hour, 30)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        await stage.quiet()
        [text] = digests(stage)
        assert words in text
        turn_to(stage, "mon", 9)
        await look(bot)
        await stage.quiet()
        assert len(digests(stage)) == 2, "the next one is on time"
        assert "late" not in digests(stage)[-1]


async def test_who_begins_on_wednesday_is_owed_none_of_last_monday(stage: Stage, policy: Path) -> None:
    turn_to(stage, "wed", 10)
    bot = await stage.bot(policy)
    await look(bot)
    await stage.quiet()
    assert digests(stage) == []


def a_week(github: Project) -> None:
    """1,234 stars, 3 open bugs over two pages, and 2 of 20 runs failed, all in the days before now."""
    at = github.clock.now() - 3 * 86_400_000
    github.size = 2
    for number in range(3):
        github.opened(at + number, "marta", "bug", title=f"Bug {number}")
    github.opened(at, "marta", "enhancement", up=7, title="Dark *mode* <!channel>")
    for number in range(20):
        github.ran(at + number, "failure" if number < 2 else "success")


async def test_the_numbers_of_github_are_exactly_its_numbers(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        turn_to(stage, "mon", 9)
        a_week(github)
        await look(bot)
        await stage.quiet()
        said = "\n".join(reply.text for reply in stage.slack.replies(stage.slack.card("monitoring", "the week from")))
        assert "Stars: *1234*" in said
        assert "Open bugs in acme/sdk: *3*" in said
        assert "Failed workflow runs: *2*" in said
        assert "Dark ∗mode∗ &lt;!channel&gt;, 7 votes" in said
        assert stage.slack.ws.pings() == []


@pytest.mark.parametrize(("status", "why"), [(403, "rate limited"), (404, ""), (502, "502"), (HANGS, "timeout")])
async def test_without_github_it_is_incomplete_and_the_rest_is_there(
    stage: Stage, policy: Path, status: int, why: str
) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        await stage.send("alertmanager", group(alert("DiskFull")))
        await stage.quiet()
        turn_to(stage, "mon", 9)
        a_week(github)
        github.fails["/repos/"] = status
        await look(bot)
        await stage.quiet()
        root = stage.slack.card("monitoring", "the week from")
        said = "\n".join(reply.text for reply in stage.slack.replies(root))
        assert "⚠️ Incomplete: GitHub (acme/sdk): " in root.text
        assert why in root.text
        assert "⚠️ Stars: incomplete" in said
        assert "⚠️ Open bugs in acme/sdk: incomplete" in said
        assert "*DiskFull*" in said


async def test_a_quiet_week_gets_a_short_one(stage: Stage, alone: Path) -> None:
    turn_to(stage, "mon", 10)
    bot = await stage.bot(alone)
    await look(bot)
    turn_to(stage, "mon", 9)
    await look(bot)
    await stage.quiet()
    root = stage.slack.card("monitoring", "the week from")
    assert "A quiet time: no incident, no ping, no release." in root.text
    assert stage.slack.replies(root) == []


async def test_the_next_one_compares(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        await stage.send("alertmanager", group(alert("DiskFull")))
        await stage.quiet()
        turn_to(stage, "mon", 9)
        await look(bot)
        await stage.quiet()
        github.stars = 1300
        stage.clock.turn(hours=24)
        await stage.send("alertmanager", group(alert("DiskFull", firing=False)))
        turn_to(stage, "mon", 9)
        await look(bot)
        await stage.quiet()
        root = [one for one in stage.slack.cards("monitoring") if "the week from" in one.text][-1]
        said = "\n".join(reply.text for reply in stage.slack.replies(root))
        assert "P0: *0* opened (before: 1), *1* over (before: 0), 0 open now" in said
        assert "Stars: *1300* (+66)" in said


async def test_another_cron_line_owes_nothing_for_the_past(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.replace(", repositories: [acme/sdk], mail: [release@example.org]", ""))
    turn_to(stage, "mon", 10)
    bot = await stage.bot(file)
    await look(bot)
    turn_to(stage, "fri", 12)
    file.write_text(file.read_text().replace("0 9 * * mon", "0 9 * * *"))
    bot.policy.reload()
    await bot.orders.refresh()
    await look(bot)
    await stage.quiet()
    assert stage.slack.cards("monitoring") == []


async def test_a_digest_that_was_gone_for_weeks_owes_nothing(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    text = POLICY.replace(", repositories: [acme/sdk], mail: [release@example.org]", "")
    file.write_text(text)
    turn_to(stage, "mon", 10)
    bot = await stage.bot(file)
    await look(bot)
    for kept in (text[: text.index("digest:")], text):
        file.write_text(kept)
        bot.policy.reload()
        await bot.orders.refresh()
        await look(bot)
        stage.clock.turn(hours=24 * 7 * 12 if kept != text else 0)
    await look(bot)
    await stage.quiet()
    assert stage.slack.cards("monitoring") == []


async def test_slack_and_mail_speak_one_language(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.replace(", repositories: [acme/sdk]", "") + "channel_languages: {monitoring: es}\n")
    async with mailbox() as box:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(file, **box.settings)
        await look(bot)
        turn_to(stage, "mon", 9)
        await look(bot)
        await wait_until(lambda: box.mails)
        await stage.quiet()
        assert box.mails[0].subject.startswith("Platform: la semana del")
        assert stage.slack.card("monitoring", "Platform: la semana del")


async def test_what_is_told_is_not_gathered_again(stage: Stage, policy: Path) -> None:
    async with project(stage.clock) as github:
        turn_to(stage, "mon", 10)
        bot = await stage.bot(policy, **github.environ)
        await look(bot)
        turn_to(stage, "mon", 9)
        await look(bot)
        await stage.quiet()
        asked = len(github.asked)
        assert asked
        stage.clock.turn(minutes=10)
        await look(bot)
        assert len(github.asked) == asked
