"""Strings that want to be more than text."""

import json
import re
from pathlib import Path

_BLNS = Path(__file__).parents[3] / "shared" / "corpus" / "security" / "blns.json"
LITERAL = [
    "", " ", "\n\n\n", "\t", "\x00", "\x07\x1b[31mred", "<!channel>", "<!here>", "<!everyone>", "<@U123ABC>",
    "<#C123ABC>", "<!subteam^S123|ops>", "<!date^1^{time}|x>", "<https://evil.example|click>",
    "<mailto:a@b.example|x>", "@channel", "@here", "#general", "https://evil.example/?a=1&b=2", "&lt;!channel&gt;",
    "&amp;lt;!here&amp;gt;", "&", "<", ">", "<<>>", "*bold*", "_italic_", "~strike~", "`code`", "```block```",
    "*a* *b*", "__init__", "snake_case_name", "_a_ _b_ (_c_)", "> quote", "&gt; quote", ">>> all of it",
    "\n> quote after a line", "- list\n- list", "1. one", ":smile:", ":+1:", "::tada::", ":a:b:c:", "x:fire:",
    ":fire", "fire:", "a:b", "10.0.0.1:9090", "12:30:45", ":skin-tone-2:", "|", "||", "a|b", "{title}", "{0}", "{}",
    "{a.b}", "%s", "%(x)s", "\\", "\\n", "\u202eevil\u202c", "\u2066x\u2069", "\u200b", "\ufeff", "a\u2028b\u2029c",
    "a\x85b", "👩‍👩‍👧‍👦", "e\u0301", "日本語", "﷽" * 50, "A" * 10_000, "&" * 10_000, "<" * 5_000, "*" * 3_000,
    ":a:" * 2_000, "_ " * 2_000, "x " * 5_000, "\n" * 5_000, "<!channel> " * 500, "&amp" * 800, "<!chan\x00nel>",
    "<\u202e!here>", "<!channel", "!channel>", "<!chan nel>", "http://a b|c>d", "* *", "*_~`*_~`", "``", "a*b*c",
    "a~b~c", "ˋ", "∗",
]  # fmt: skip
STRINGS = LITERAL + (json.loads(_BLNS.read_text()) if _BLNS.exists() else [])

# Slack's markup begins and ends a format at the edge of a word; a marker inside of a word is only a letter.
_FORMAT = [re.compile(rf"(?:^|(?<=[\W_])){mark}(?=\S)(?:.*?\S)?{mark}(?=[\W_]|$)") for mark in (r"\*", "~")]
_FORMAT += [re.compile(r"(?:^|(?<=\W))_(?=[^\s_])(?:.*?\S)?_(?=\W|$)"), re.compile("`[^`]+`")]
_EMOJI = re.compile(r":[\w+'-]+:")
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)|[<>]")


def faults(drawn: str) -> list[str]:
    """What in a drawn value would be more than text."""
    found = [pattern.pattern for pattern in (*_FORMAT, _EMOJI, _BARE) if pattern.search(drawn)]
    found += [mark for mark in ("<!", "<@", "<#", "<http") if mark in drawn]
    if "\n" in drawn or "\x00" in drawn or "\u202e" in drawn:
        found.append("a control character")
    return found
