"""The pages for people, `/` and `/status`: in the team's language, or in the one that the address asks for."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from bot import pages
from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.policy_box import DEFAULT
from rules.text import Text
from tests.conftest import Stage

OTHER = {"en": "es", "es": "en"}
SENTENCES = {
    "/": (pages.WHAT, pages.WORKSPACE, pages.SEND, pages.HOW, pages.STATUS, pages.READY, pages.METRICS),
    "/status": (pages.TITLE, pages.WELL, pages.SLACK, pages.QUEUE, pages.IDLE, pages.POLICY, pages.BACK),
}


async def get(stage: Stage, path: str) -> str:
    async with stage.http.get(f"{stage.bots[0].url}{path}") as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return unescape(await answer.text())


def spoken_in(language: str, texts: tuple[Text, ...]) -> Iterator[str]:
    with speaking(language):
        yield from [plain(text) for text in texts]


def policy_in(folder: Path, language: str) -> Path:
    path = folder / "policy.yaml"
    kept = re.sub(r"^language:.*\n", "", DEFAULT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(f"{kept}\nlanguage: {language}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("team", ["en", "es"])
async def test_the_team_decides_on_the_language_and_the_address_on_another(
    stage: Stage, tmp_path: Path, team: str
) -> None:
    await stage.bot(policy_in(tmp_path, team))
    for path, sentences in SENTENCES.items():
        for asked, language in (("", team), ("?lang=xx", team), (f"?lang={OTHER[team]}", OTHER[team])):
            page = await get(stage, path + asked)
            assert f'<html lang="{language}">' in page
            for sentence in spoken_in(language, sentences):
                assert sentence in page
            assert f'href="?lang={OTHER[language]}" lang="{OTHER[language]}"' in page


async def test_the_pages_keep_the_language_that_was_asked_for(stage: Stage) -> None:
    await stage.bot()
    assert 'href="/status"' in await get(stage, "/")
    assert 'href="/status?lang=es"' in await get(stage, "/?lang=es")
    assert 'href="/?lang=es"' in await get(stage, "/status?lang=es")


async def test_what_the_policy_says_is_text(stage: Stage, tmp_path: Path) -> None:
    path = policy_in(tmp_path, "en")
    path.write_text(re.sub(r"^team:.*$", 'team: "<b>Night</b>"', path.read_text(), flags=re.MULTILINE))
    bot = await stage.bot(path)
    async with stage.http.get(f"{bot.url}/status") as answer:
        page = await answer.text()
    assert "&lt;b&gt;Night&lt;/b&gt;" in page
    assert "<b>" not in page
