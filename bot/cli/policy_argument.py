"""The --policy argument that several sub-commands have, and how they say how many, and that something is wrong."""

import argparse
import sys
from pathlib import Path

from bot import policy_box
from bot.policy_box import DEFAULT
from bot.settings import BadSetting, Settings
from rules.policy import Policy
from rules.policy_file import BadPolicy


def add_policy(parser: argparse.ArgumentParser) -> None:
    """--policy FILE."""
    parser.add_argument("--policy", type=Path, metavar="FILE",
                        help="the policy (default: $SERENO_POLICY, or the one that comes with Sereno)")  # fmt: skip


def policy_path(given: argparse.Namespace, settings: Settings) -> Path:
    """The file to use."""
    if given.policy:
        return Path(given.policy)
    return Path(settings.sereno_policy) if settings.sereno_policy else DEFAULT


def read_policy(given: argparse.Namespace, settings: Settings) -> Policy:
    """The policy to use. Raises BadSetting, which says what is wrong with it or its file."""
    path = policy_path(given, settings)
    try:
        return policy_box.load(path)
    except BadPolicy as error:
        raise BadSetting(str(error)) from error
    except OSError as error:
        raise BadSetting(no_policy(path, error)) from error


def no_policy(path: Path, error: OSError) -> str:
    """What to say when the policy cannot be read."""
    if isinstance(error, FileNotFoundError):
        return f"there is no policy file {path}; give another as --policy or SERENO_POLICY, or none for the default one"
    return f"cannot read the policy file {path}: {error.strerror}"


def counted(number: int, what: str, more: str = "s") -> str:
    """A number and what it counts: `1 fault`, `2 faults`."""
    return f"{number} {what}{'' if number == 1 else more}"


def fail(message: str, code: int = 2) -> int:
    """Say on stderr what is wrong; the exit code."""
    print(f"sereno: {message}", file=sys.stderr)
    return code
