"""The --policy argument that several sub-commands have, and the policy that it names."""

import argparse
from pathlib import Path

from bot import file_words, policy_box
from bot.cards.tongue import spoken
from bot.cli.saying import word
from bot.policy_box import DEFAULT, DEFAULT_IN
from bot.setting_values import BadSetting
from bot.settings import Settings
from rules.policy import Policy
from rules.policy_file import BadPolicy
from rules.text import Text


def add_policy(parser: argparse.ArgumentParser) -> None:
    """--policy FILE."""
    about = word("the policy (default: $SERENO_POLICY, or the one that comes with Sereno)")
    parser.add_argument("--policy", type=Path, metavar=word("FILE"), help=about)


def policy_path(given: argparse.Namespace, settings: Settings) -> Path:
    """The file to use; without one the default policy in the language of the terminal."""
    named = given.policy or settings.sereno_policy
    return Path(named) if named else DEFAULT_IN.get(spoken().code, DEFAULT)


def read_policy(given: argparse.Namespace, settings: Settings) -> Policy:
    """The policy to use. Raises BadSetting, which says what is wrong with it or its file."""
    path = policy_path(given, settings)
    try:
        return policy_box.load(path)
    except BadPolicy as error:
        raise BadSetting(error.text) from error
    except OSError as error:
        raise BadSetting(no_policy(path, error)) from error


def no_policy(path: Path, error: OSError) -> Text:
    """What to say when the policy cannot be read."""
    if isinstance(error, FileNotFoundError):
        return Text.of(
            "there is no policy file {path}; give another as --policy or SERENO_POLICY, or none for the default one",
            path=str(path),
        )
    return Text.of("cannot read the policy file {path}: {why}", path=str(path), why=file_words.why(error))
