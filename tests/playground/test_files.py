"""Files: the two methods and the upload between them, what a message may show, and the picture on the page."""

import json
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import expect

from bot.charts import Chart, png
from bot.playground.faults import Fault
from bot.playground.files import LENGTH_MAX
from bot.playground.limits import check_message
from bot.playground.refusal import Refused
from bot.playground.state import FILES_KEPT
from bot.playground.workspace import Workspace
from tests.playground.test_api import refused

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


async def ask(slack, *, body: bytes = PNG, name: str = "chart.png", **more) -> tuple[str, str]:
    answer = await slack.files_getUploadURLExternal(filename=name, length=len(body), **more)
    return answer["upload_url"], answer["file_id"]


async def uploaded(slack, session, body: bytes = PNG) -> str:
    url, file = await ask(slack, body=body)
    async with session.post(url, data=body) as answer:
        assert (answer.status, await answer.text()) == (200, f"OK - {len(body)}")
    await slack.files_completeUploadExternal(files=[{"id": file, "title": "A chart"}])
    return file


def image(**more) -> dict:
    return {"type": "image", "alt_text": "A chart.", **more}


# --- uploading ---


async def test_the_three_steps(slack, session, ws):
    url, file = await ask(slack, alt_txt="words")
    assert file.startswith("F")
    assert len(file) > 8
    async with session.post(url, data=PNG) as answer:
        assert answer.status == 200
    done = await slack.files_completeUploadExternal(files=[{"id": file, "title": "A chart"}])
    [one] = done["files"]
    assert (one["id"], one["title"], one["size"], one["mimetype"], one["channels"]) == (file, "A chart", 108, "", [])
    [kept] = ws.files.all()
    assert (kept.body, kept.alt, kept.picture) == (PNG, "words", "image/png")
    assert ws.messages("alerts") == []


async def test_a_form_is_taken_too(slack, session, ws, playground):
    url, _ = await ask(slack)
    form = aiohttp.FormData()
    form.add_field("filename", BytesIO(PNG), filename="chart.png")
    async with session.post(url, data=form) as answer:
        assert answer.status == 200
    assert ws.files.all()[0].body == PNG
    url, _ = await ask(slack)
    empty = {"Content-Type": "multipart/form-data; boundary=x"}
    async with session.post(url, data=b"--x--\r\n", headers=empty) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "a.png"}, "missing_argument"),
        ({"filename": "", "length": 5}, "invalid_arguments"),
        ({"filename": "a.png", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.png", "length": 5, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
        ({"filename": "a.png", "length": LENGTH_MAX + 1}, "file_upload_size_restricted"),
    ],
)
async def test_what_cannot_be_announced(slack, given, word):
    assert await refused(slack.api_call("files.getUploadURLExternal", params=given)) == word


async def test_what_cannot_be_completed(slack, session):
    _, empty = await ask(slack)
    for files, word in (([{"id": "F0000NOSUCH"}], "file_not_found"), ([{"id": empty}], "file_not_found")):
        assert await refused(slack.files_completeUploadExternal(files=files)) == word
    for files in ("", "[]", "{", '["F1"]'):
        assert await refused(slack.api_call("files.completeUploadExternal", params={"files": files})) == (
            "invalid_arguments"
        )
    file = [{"id": await uploaded(slack, session)}]
    assert await refused(slack.files_completeUploadExternal(files=file, channel_id="C1")) == "channel_not_found"
    assert await refused(slack.files_completeUploadExternal(files=file, channels="C1,C2")) == "invalid_arguments"
    assert (await slack.files_completeUploadExternal(files=file))["ok"], "a second time is the same"


async def test_bytes_that_were_not_announced_are_not_taken(slack, session, ws):
    url, _ = await ask(slack)
    for body in (PNG[:-1], PNG + b"x", b"", b"x" * (LENGTH_MAX + 1)):
        async with session.post(url, data=BytesIO(body)) as answer:
            assert answer.status == 400
    async with session.post(f"{ws.url}/playground/upload/U1", data=PNG) as answer:
        assert answer.status == 400
    done = await uploaded(slack, session)
    key = next(one.key for one in ws.files.all() if one.id == done)
    async with session.post(f"{ws.url}/playground/upload/{key}", data=PNG) as answer:
        assert answer.status == 400, "what is complete stays as it is"


async def test_both_methods_need_the_scope(slack, ws):
    ws.scopes.discard("files:write")
    for call in (
        slack.files_getUploadURLExternal(filename="a.png", length=1),
        slack.files_completeUploadExternal(files=[]),
    ):
        assert await refused(call) == "missing_scope"


async def test_faults_strike_the_upload(slack, session, ws, faults):
    faults.add(Fault(method="files.put", kind="ratelimited", times=1, retry_after=3))
    faults.add(Fault(method="files.put", kind="server_error_after", times=1))
    faults.add(Fault(method="files.put", kind="delay", times=1, seconds=0.001))
    url, _ = await ask(slack)
    async with session.post(url, data=PNG) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert ws.files.all()[0].body is None
    async with session.post(url, data=PNG) as answer:
        assert answer.status == 500
    assert ws.files.all()[0].body == PNG
    async with session.post(url, data=PNG) as answer:
        assert answer.status == 200


async def test_files_outlive_a_restart(tmp_path: Path):
    saved = tmp_path / "playground.jsonl"
    ws = Workspace(clock=lambda: 1.7e9, saved=saved)
    file = ws.files.announce("a.png", len(PNG), "words")
    assert ws.files.fill(file.key, PNG)
    ws.files.complete([(file.id, "A")])
    ws.files.announce("empty.png", 3, "")
    ws.close()
    for _ in range(2):
        again = Workspace(clock=lambda: 1.7e9, saved=saved)
        shown = again.files.shown(file.id)
        assert shown is not None
        assert (shown.body, shown.title, shown.alt, len(again.files.all())) == (PNG, "A", "words", 2)
        again.close()


def test_only_the_latest_files_are_kept(ws):
    for number in range(FILES_KEPT + 5):
        ws.files.announce(f"{number}.png", 1, "")
    assert [one.name for one in ws.files.all()][:: FILES_KEPT - 1] == ["5.png", f"{FILES_KEPT + 4}.png"]


# --- showing ---


async def test_a_message_shows_a_file(slack, session, ws):
    file = await uploaded(slack, session)
    block = image(slack_file={"id": file}, title={"type": "plain_text", "text": "Errors"})
    posted = await slack.chat_postMessage(channel="alerts", text="x", blocks=[block])
    assert posted["message"]["blocks"][0]["slack_file"] == {"id": file}
    url = f"{ws.url}/playground/files/{file}"
    await slack.chat_update(
        channel=posted["channel"], ts=posted["ts"], text="y", blocks=[image(slack_file={"url": url})]
    )


async def test_a_file_that_cannot_be_shown(slack, session, ws, clock):
    _, empty = await ask(slack)
    text = await uploaded(slack, session, b"no picture")
    for file in ("F0000NOSUCH", empty, text):
        await _not_shown(slack, image(slack_file={"id": file}), "/blocks/0/slack_file")
    await _not_shown(slack, image(slack_file={"url": "https://example.com/x.png"}), "/blocks/0/slack_file")
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": image(slack_file={"id": text})}
    await _not_shown(slack, section, "/blocks/0/accessory/slack_file")
    context = {"type": "context", "elements": [image(slack_file={"id": text})]}
    await _not_shown(slack, context, "/blocks/0/elements/0/slack_file")
    ws.files.settles = 2
    late = await uploaded(slack, session)
    await _not_shown(slack, image(slack_file={"id": late}), "/blocks/0/slack_file")
    clock.now += 2
    await slack.chat_postMessage(channel="alerts", text="x", blocks=[image(slack_file={"id": late})])
    assert len(ws.messages("alerts")) == 1


async def _not_shown(slack, block: dict, at: str) -> None:
    given = {"channel": "alerts", "text": "x", "blocks": json.dumps([block])}
    with pytest.raises(Exception, match="invalid slack file") as caught:
        await slack.api_call("chat.postMessage", params=given)
    body = caught.value.response.data
    assert (body["error"], body["errors"]) == ("invalid_blocks", [f"invalid slack file [json-pointer:{at}]"])


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (image(), "missing required field: image_url [json-pointer:/blocks/0]"),
        (image(image_url="https://x", slack_file={"id": "F012345678"}), "must define either `image_url` or"),
        (image(slack_file={"id": "F012345678", "url": "https://x"}), "must define either `id` or `url`"),
        (image(slack_file={"name": "x"}), "must define either `id` or `url`"),
        (image(slack_file="F012345678"), "must define either `id` or `url`"),
        (image(slack_file={"id": "https://x"}), "input must match regex pattern: ^[F][A-Z0-9]{8,}$"),
        ({"type": "image", "slack_file": {"id": "F012345678"}}, "missing required field: alt_text"),
        (image(slack_file={"id": "F012345678"}) | {"alt_text": "x" * 2001}, "less than 2001 characters"),
    ],
)
def test_an_image_block_is_complete_and_unambiguous(block, words):
    with pytest.raises(Refused) as caught:
        check_message("", [block], [])
    assert caught.value.word == "invalid_blocks"
    assert words in caught.value.messages[0]
    check_message("", [image(slack_file={"id": "F012345678"}) | {"alt_text": "x" * 2000}], [])


async def test_a_picture_is_served_as_itself_and_nothing_else(slack, session, ws):
    file = await uploaded(slack, session)
    async with session.get(f"{ws.url}/playground/files/{file}") as answer:
        assert (answer.status, await answer.read()) == (200, PNG)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    script = await uploaded(slack, session, b"<script>1</script>")
    for name in (script, "F0000NOSUCH", "..%2f"):
        async with session.get(f"{ws.url}/playground/files/{name}") as answer:
            assert answer.status == 404


async def test_a_file_in_a_channel(slack, session, ws):
    url, file = await ask(slack, name="notes.md", body=b"# Notes")
    async with session.post(url, data=b"# Notes") as answer:
        assert answer.status == 200
    where = {"channel_id": ws.channel("alerts").id, "initial_comment": "Read *this*."}
    await slack.files_completeUploadExternal(files=[{"id": file, "title": "notes.md"}], **where)
    [said] = (await slack.conversations_history(channel=where["channel_id"]))["messages"]
    assert (said["text"], said["files"][0]["name"]) == ("Read *this*.", "notes.md")
    async with session.get(f"{ws.url}/playground/files/{file}") as answer:
        assert (answer.status, await answer.read()) == (200, b"# Notes")
        assert answer.headers["Content-Disposition"] == "attachment"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_page_shows_it_with_its_words(page, served, ws):
    picture = png(Chart(title="payments-api", subtitle="", start=0, end=3_600_000, now=0, panels=()))
    file = ws.files.announce("chart.png", len(picture), "")
    assert ws.files.fill(file.key, picture)
    ws.files.complete([(file.id, "")])
    await page.goto(f"{served}/playground/?channel=alerts")
    words = 'Error rate <b>"high"</b>, above red'
    ws.post("alerts", text="x", blocks=[image(slack_file={"id": file.id}) | {"alt_text": words}])
    shown = page.get_by_role("img", name=words)
    await expect(shown).to_be_visible()
    await expect(shown).to_have_js_property("naturalWidth", 1200)
