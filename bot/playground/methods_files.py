"""files.getUploadURLExternal and files.completeUploadExternal: a picture for a message, or a file in a channel."""

from bot.playground.arguments import Arguments
from bot.playground.conversation import conversation
from bot.playground.file import File
from bot.playground.message import Json
from bot.playground.people import BOT_USER
from bot.playground.refusal import Refused
from bot.playground.workspace import Workspace

_UNKNOWN = ("channels", "blocks")


def get_upload_url(ws: Workspace, args: Arguments) -> Json:
    """files.getUploadURLExternal; a length of 0 is `missing_argument`, so Slack documents it."""
    name, length = args.need("filename"), args.text("length") or "0"
    if not length.isascii() or not length.isdigit():
        raise Refused("invalid_arguments", ("must be an integer [json-pointer:/length]",))
    if int(length) == 0:
        raise Refused("missing_argument")
    file = ws.files.announce(name, int(length), args.text("alt_txt") or "")
    return {"upload_url": f"{ws.url}/playground/upload/{file.key}", "file_id": file.id}


def complete_upload(ws: Workspace, args: Arguments) -> Json:
    """files.completeUploadExternal; without a channel the file is private until a message shows it."""
    if any(name in args for name in _UNKNOWN):
        raise Refused("invalid_arguments", ("the playground shares files in one `channel_id`, below plain words",))
    channel = conversation(ws, args, "channel_id") if "channel_id" in args else None
    files = args.objects("files", "invalid_arguments")
    if not files:
        raise Refused("invalid_arguments", ("missing required field: files",))
    wanted = [(str(one.get("id", "")), str(one.get("title") or "")) for one in files]
    done = [_file_json(ws, one) for one in ws.files.complete(wanted)]
    if channel:
        ws.post(channel.id, text=args.text("initial_comment") or "", thread_ts=args.text("thread_ts"), files=done)
    return {"files": done}


def _file_json(ws: Workspace, file: File) -> Json:
    """A file as Slack answers at once: its kind is not known yet, it is looked at later."""
    return {
        "id": file.id, "created": file.created, "timestamp": file.created, "name": file.name, "title": file.title,
        "mimetype": "", "filetype": "", "pretty_type": "", "user": BOT_USER, "size": file.length, "mode": "hosted",
        "is_external": False, "is_public": False, "alt_txt": file.alt, "channels": [], "groups": [], "ims": [],
        "shares": {}, "url_private": f"{ws.url}/playground/files/{file.id}",
        "permalink": f"{ws.url}/playground/files/{file.id}",
    }  # fmt: skip


METHODS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
