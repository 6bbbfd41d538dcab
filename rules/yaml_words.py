"""What is wrong with a text that is no YAML, in our own sentences; what is seldom met is said in the reader's own."""

import re
from dataclasses import replace

from rules.text import Text

TAB = Text.of("a line begins with a tab; write spaces")
INDENT = Text.of("its indentation does not fit the lines above")
COLON = Text.of("a colon in the wrong place; put a value with `: ` in quotes, and indent a key like its neighbours")
WORDS: tuple[tuple[re.Pattern[str], Text], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"found character '\\t' that cannot start any token", TAB),
        (r"found character (?P<what>.+) that cannot start any token",
         Text.of("{what} cannot begin a value; put the value in quotes")),
        (r"expected <block end>, but found .+", INDENT),
        (r"mapping values are not allowed here", COLON),
        (r"could not find expected ':'", Text.of("a key without its colon, or a quote that is not closed")),
        (r"expected '?,'? or '(?P<end>[\]}])', but got .+", Text.of("a comma or `{end}` is missing")),
        (r"expected the node content, but found .+", Text.of("a value is missing, or a bracket is not closed")),
        (r"found unexpected end of stream", Text.of("a quote or a bracket is not closed")),
        (r"expected alphabetic or numeric character, but found .+",
         Text.of("`*` and `&` begin a name in YAML; put a value such as `0 9 * * mon` in quotes")),
        (r"found unknown escape character (?P<what>.+)",
         Text.of("a backslash before {what} means nothing within double quotes; use single ones")),
        (r"found undefined alias (?P<what>.+)", Text.of("nothing is named {what} (an anchor, `&name`)")),
        (r"could not determine a constructor for the tag (?P<what>.+)",
         Text.of("the tag {what} is not known; put a value that begins with ! in quotes")),
        (r"sequence entries are not allowed here", Text.of("a list begins on a line of its own")),
    )
)  # fmt: skip


def not_yaml(why: str) -> Text:
    """What PyYAML says of it, in words that can be translated."""
    for pattern, text in WORDS:
        if found := pattern.fullmatch(why):
            return Text.of("not YAML: {why}", why=replace(text, values=found.groupdict()))
    return Text.of("not YAML: {why}", why=why)
