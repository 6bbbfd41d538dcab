"""Mail beside Slack, and in its place: who gets what, once, whatever Slack, the mail server or the bot do."""

from collections import Counter
from pathlib import Path

import pytest

from bot.playground.faults import Fault, Kind
from rules.incident import Incident
from tests.alerts import alert, group
from tests.conftest import Stage, wait_until
from tests.mailbox import DROP, HANG, Mailbox, mailbox

POLICY = """
team: Platform
channels: {alerts: "#alerts", monitoring: "#monitoring", fallback: "#general"}
severities:
  P0: {label: [critical], channel: alerts, mention: channel%(p0)s}
  P1: {label: [warning], channel: monitoring}
people: {ana: {name: Ana Ruiz, mail: ana@example.org}}
mail: {when_slack_is_away: [ana, oncall@example.org]}
routes:
  - {name: privacy, match: 'alertname="PiiLeak"', severity: P1, mail: [privacy@example.org, ana]}
"""
TEAM = ", mail: [team@example.org]"


def written(folder: Path, p0: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(POLICY % {"p0": p0})
    return file


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return written(tmp_path, "")


@pytest.fixture
def mailing(tmp_path: Path) -> Path:
    """The worst are mailed at once."""
    return written(tmp_path, TEAM)


def subjects(box: Mailbox) -> list[str]:
    return [one.subject for one in box.mails]


async def test_slack_and_mail_at_once_and_one_mail_more_when_it_is_over(stage: Stage, mailing: Path) -> None:
    async with mailbox() as box:
        await stage.bot(mailing, **box.settings)
        await stage.send("alertmanager", group(alert("DbDown", note="<b>&")))
        await wait_until(lambda: box.mails)
        await stage.quiet()
        assert stage.slack.card("alerts", "DbDown")
        for _ in range(3):
            await stage.send("alertmanager", group(alert("DbDown", note="<b>&")))
        await stage.send("alertmanager", group(alert("DbDown", firing=False, note="<b>&")))
        await wait_until(lambda: len(box.mails) == 2)
        first, second = box.mails
        assert (first.subject, second.subject) == ("P0: DbDown", "Over: DbDown (P0)")
        assert first.to == second.to == ("team@example.org",)
        assert second.message["In-Reply-To"] == first.message["Message-ID"]
        assert first.message["Auto-Submitted"] == "auto-generated"
        assert "Nobody has taken it yet" in first.part("plain")
        assert "https://runbooks.example.org/one" in first.part("plain")
        assert "note: &lt;b&gt;&amp;" in first.part("html")
        assert "names your address for P0" in first.part("plain")


async def test_a_route_writes_to_its_own_people(stage: Stage, policy: Path) -> None:
    async with mailbox() as box:
        await stage.bot(policy, **box.settings)
        await stage.send("alertmanager", group(alert("PiiLeak", "warning")))
        await stage.send("alertmanager", group(alert("Slow", "warning")))
        await wait_until(lambda: box.mails)
        await stage.quiet()
        assert [one.to for one in box.mails] == [("privacy@example.org", "ana@example.org")]
        assert stage.slack.card("monitoring", "PiiLeak")


async def test_while_slack_is_down_each_of_the_worst_is_mailed_once_and_has_one_card_after(
    stage: Stage, policy: Path
) -> None:
    async with mailbox() as box:
        bot = await stage.bot(policy, **box.settings)
        await stage.send("alertmanager", group(alert("Before")))
        await stage.quiet()
        stage.slack.faults.add(Fault(method="*", kind=Kind.drop_before))
        worst = [f"Worst{number}" for number in range(12)]
        for number, name in enumerate(worst):
            await stage.send("alertmanager", group(alert(name)))
            for other in range(2):
                await stage.send("alertmanager", group(alert(f"Minor{number}-{other}", "warning")))
        assert box.mails == [], "Slack has a minute"
        stage.clock.turn(seconds=61)
        await wait_until(lambda: len(box.mails) >= len(worst))
        for _ in range(29):
            stage.clock.turn(minutes=1)
            await bot.timers.look()
        await bot.letters.look()
        assert sorted(subjects(box)) == sorted(f"P0: {name}" for name in worst)
        assert {one.to for one in box.mails} == {("ana@example.org", "oncall@example.org")}
        assert "Slack has not shown it" in box.mails[0].part("plain")
        stage.slack.faults.clear()
        stage.clock.turn(minutes=10)
        await stage.quiet(within=90)
        titles = Counter(name for name in worst for card in stage.slack.cards("alerts") if f"*{name}*" in card.text)
        assert titles == Counter(worst)


async def test_what_slack_shows_in_time_is_not_mailed(stage: Stage, policy: Path) -> None:
    async with mailbox() as box:
        bot = await stage.bot(policy, **box.settings)
        await stage.send("alertmanager", group(alert("DbDown")))
        await stage.quiet()
        stage.clock.turn(minutes=5)
        await bot.timers.look()
        await bot.letters.look()
        await wait_until(lambda: not bot.letters.busy)
        assert (box.mails, box.heard) == ([], [])


async def test_a_server_that_says_not_now_is_asked_again_and_one_that_says_no_is_not(
    stage: Stage, mailing: Path
) -> None:
    async with mailbox() as box:
        bot = await stage.bot(mailing, **box.settings)
        box.fails["MAIL"] = "451 greylisted"
        await stage.send("alertmanager", group(alert("DbDown")))
        await wait_until(lambda: bot.letters.word != "ok")
        assert "greylisted" in bot.letters.word
        box.fails.clear()
        stage.clock.turn(seconds=10)
        await wait_until(lambda: subjects(box) == ["P0: DbDown"])
        box.fails["team@example.org"] = "550 no such user"
        await stage.send("alertmanager", group(alert("Other")))
        await wait_until(lambda: box.heard.count("RCPT") >= 2)
        found = await wait_until(lambda: said(stage, "Other", "no such user"))
        assert found
        assert len(box.mails) == 1


async def said(stage: Stage, title: str, words: str) -> bool:
    """Whether the record of an incident says so."""
    for record in await stage.bots[0].desk.open_records():
        if getattr(record, "title", "") == title:
            return any(words in str(entry.text.values) for entry in record.timeline)  # type: ignore[union-attr]
    return False


@pytest.mark.parametrize("failing", [DROP, HANG])
async def test_after_a_lost_answer_it_goes_out_again_under_the_same_name(
    stage: Stage, mailing: Path, failing: str
) -> None:
    async with mailbox() as box:
        bot = await stage.bot(mailing, **box.settings)
        box.fails["DATA"] = failing
        await stage.send("alertmanager", group(alert("DbDown")))
        await wait_until(lambda: "DATA" in box.heard)
        if failing == HANG:
            await stage.stop(bot)
        else:
            await wait_until(lambda: bot.letters.word != "ok")
        box.fails.clear()
        bot = bot if bot in stage.bots else await stage.bot(mailing, **box.settings)
        stage.clock.turn(seconds=10)
        await wait_until(lambda: len(box.mails) == (2 if failing == DROP else 1))
        assert len({one.message["Message-ID"] for one in box.mails}) == 1
        stage.clock.turn(minutes=10)
        await bot.letters.look()
        assert len({one.message["Message-ID"] for one in box.mails}) == 1


async def test_without_a_server_nothing_waits_and_the_record_says_why(stage: Stage, mailing: Path) -> None:
    await stage.bot(mailing)
    await stage.send("alertmanager", group(alert("DbDown")))
    await wait_until(lambda: said(stage, "DbDown", "SMTP_URL is not set"))
    assert stage.slack.card("alerts", "DbDown")


async def test_who_has_it_gets_it_once_though_others_wait_and_the_bot_restarts(stage: Stage, tmp_path: Path) -> None:
    both = written(tmp_path, ", mail: [team@example.org, slow@example.org]")
    async with mailbox() as box:
        bot = await stage.bot(both, **box.settings)
        box.fails["slow@example.org"] = "451 greylisted"
        await stage.send("alertmanager", group(alert("DbDown")))
        await wait_until(lambda: box.to("team@example.org"))
        await wait_until(lambda: not bot.letters.busy)
        await stage.stop(bot)
        box.fails.clear()
        await stage.bot(both, **box.settings)
        stage.clock.turn(seconds=30)
        await wait_until(lambda: box.to("slow@example.org"))
        assert len(box.to("team@example.org")) == 1
        assert len({one.message["Message-ID"] for one in box.mails}) == 1


async def test_who_has_lost_the_lane_sends_nothing(stage: Stage, mailing: Path) -> None:
    async with mailbox() as box:
        bot = await stage.bot(mailing, **box.settings)
        box.fails["MAIL"] = "451 not now"
        await stage.send("alertmanager", group(alert("DbDown")))
        await wait_until(lambda: bot.letters.word != "ok")
        await wait_until(lambda: not bot.letters.busy)
        box.fails.clear()
        held = bot.leases.held()
        for lane in held:
            bot.leases.lost(lane)
        stage.clock.turn(minutes=5)
        [record] = await bot.desk.open_records()
        await bot.letters.advance(record.key)
        assert box.mails == []


async def test_one_mailbox_that_takes_nothing_keeps_no_other_letter_back(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        POLICY % {"p0": ", mail: [stuck@example.org]"}
        + "  - {name: other, match: 'alertname=~\"Other.*\"', severity: P1, mail: [well@example.org]}\n"
    )
    async with mailbox() as box:
        await stage.bot(file, **box.settings)
        box.fails["stuck@example.org"] = "452 full"
        for number in range(25):
            await stage.send("alertmanager", group(alert(f"Stuck{number}")))
        for number in range(10):
            await stage.send("alertmanager", group(alert(f"Other{number}", "warning")))
        await wait_until(lambda: len(box.to("well@example.org")) == 10)


async def test_a_storm_is_no_storm_of_mails(stage: Stage, policy: Path) -> None:
    async with mailbox() as box:
        bot = await stage.bot(policy, **box.settings)
        for number in range(40):
            one = alert("PiiLeak", "warning", instance=str(number))
            await stage.send("alertmanager", group(one, key=f"leak{number}"))
        await wait_until(lambda: _all_told(stage, 40))
        assert [len(box.to(one)) for one in ("privacy@example.org", "ana@example.org")] == [30, 30]
        assert bot.letters.word == "ok"


async def _all_told(stage: Stage, count: int) -> bool:
    """Whether of so many incidents each says what became of its mail."""
    found = await stage.bots[0].desk.open_records()
    words = [str(entry.text.values) for one in found if isinstance(one, Incident) for entry in one.timeline]
    return sum("privacy@example.org" in one for one in words) == count
