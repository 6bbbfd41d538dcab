"""`sereno` and `python -m bot`: reads the command line and the environment, once."""

import os
import sys

from bot.cli.parser import build
from bot.cli.saying import fail, language, speaking
from bot.setting_values import BadSetting


def main(argv: list[str] | None = None) -> int:
    """Run a sub-command. Exit codes: 0 fine, 1 something is wrong with what was given, 2 cannot be used so."""
    words = sys.argv[1:] if argv is None else argv
    with speaking(language(os.environ)):
        try:
            arguments = build(words).parse_args(words)
            return int(arguments.run(arguments, os.environ))
        except BadSetting as error:
            return fail(error.said)
        except BrokenPipeError:
            return 0


if __name__ == "__main__":
    sys.exit(main())
