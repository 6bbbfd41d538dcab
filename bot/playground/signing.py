"""Signs what goes to the bot as Slack does: v0, HMAC-SHA256 over "v0:timestamp:body"."""

import hashlib
import hmac


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of X-Slack-Signature."""
    digest = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return f"v0={digest}"


def signed(secret: str, at: int, body: bytes) -> dict[str, str]:
    """The two headers that Slack adds to every request."""
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature(secret, at, body)}
