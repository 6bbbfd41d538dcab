"""Every sentence is in every language: whole, up to date, and with the same values."""

import argparse
import ast
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from bot.cards.form import TITLE_MAX
from bot.cards.tongue import agree, catalogue, fields
from tests.house.catalogue import (
    Sentence,
    catalogues,
    forms,
    messages,
    read,
    renewed,
    sentences,
    unreadable,
    written,
)
from tests.house.tree import named, parsed, python

CATALOGUES = catalogues()
LANGUAGES = pytest.mark.parametrize("path", CATALOGUES, ids=[path.parents[1].name for path in CATALOGUES])


def test_there_is_spanish() -> None:
    assert [path.parents[1].name for path in CATALOGUES] == ["es"]


def test_every_template_is_a_literal() -> None:
    assert unreadable() == [], "write the template where Text.of or Text.counted is called: translators find it there"


def test_a_sentence_is_counted_everywhere_or_nowhere() -> None:
    known: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for sentence in sentences():
        known[sentence.forms[0]].add(sentence.forms)
    assert [found for found in known.values() if len(found) > 1] == [], "one singular has one plural"


def test_one_form_and_the_other_take_the_same_values() -> None:
    count = fields("{count}")
    counted = [one for one in sentences() if len(one.forms) > 1]
    assert [one for one in counted if fields(one.forms[0]) | count != fields(one.forms[1]) | count] == []


@LANGUAGES
def test_the_catalogue_is_up_to_date(path: object) -> None:
    catalog = read(path)  # type: ignore[arg-type]
    wanted = {one.forms for one in sentences() if one.has_words}
    there = {forms(message.id) for message in messages(catalog)}
    assert sorted(wanted - there) == [], "run `make catalogue`, then translate what is new"
    assert sorted(there - wanted) == [], "run `make catalogue`: no code says these any more"
    assert not catalog.obsolete


@LANGUAGES
def test_everything_is_translated(path: object) -> None:
    found = messages(read(path))  # type: ignore[arg-type]
    assert [forms(one.id)[0] for one in found if not all(forms(one.string))] == []
    assert [forms(one.id)[0] for one in found if one.fuzzy] == [], "look at these, and take the mark `fuzzy` away"


@LANGUAGES
def test_every_translation_takes_the_values_of_its_sentence(path: object) -> None:
    found = messages(read(path))  # type: ignore[arg-type]
    pairs = [(forms(one.id), forms(one.string)) for one in found if all(forms(one.string))]
    assert [ours for ours, theirs in pairs if not agree(ours, theirs)] == []


@LANGUAGES
def test_translations_keep_what_is_typed_and_what_is_markup(path: object) -> None:
    found = messages(read(path))  # type: ignore[arg-type]
    pairs = [(ours, theirs) for one in found for ours, theirs in zip(forms(one.id), forms(one.string), strict=True)]
    for mark in ("`", "*", "\n", "<", ">", "_", "%"):
        assert [ours for ours, theirs in pairs if theirs and ours.count(mark) != theirs.count(mark)] == [], mark


@LANGUAGES
def test_titles_and_buttons_of_forms_are_short_enough_for_slack(path: object) -> None:
    said = {forms(one.id)[0]: forms(one.string)[0] for one in messages(read(path))}  # type: ignore[arg-type]
    given = [one for file in python("handlers/forms") for one in ast.walk(parsed(file)) if isinstance(one, ast.keyword)]
    texts = [one.value for one in given if one.arg in ("title", "send") and isinstance(one.value, ast.Call)]
    titles = [one.args[0].value for one in texts if one.args and isinstance(one.args[0], ast.Constant)]
    assert {"Silence", "Watch a release", "Tick"} <= set(titles)
    assert [title for title in titles if len(said.get(str(title), "")) > TITLE_MAX] == []


@LANGUAGES
def test_the_bot_says_all_of_it(path: object) -> None:
    code = path.parents[1].name  # type: ignore[attr-defined]
    assert len(catalogue(code)) == len(messages(read(path)))  # type: ignore[arg-type]


def test_no_fault_of_a_policy_or_a_payload_is_said_without_a_template() -> None:
    plain = [
        f"{named(path)}:{node.lineno}"
        for path in python("rules", "handlers")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) == "ValueError"
    ]
    assert plain == [], "raise rules.unfit.Unfit with a Text"


def test_every_sentence_of_argparse_is_translated_and_compiled() -> None:
    for compiled in [path.with_name("argparse.mo") for path in CATALOGUES]:
        with compiled.open("rb") as there, compiled.with_suffix(".po").open("rb") as source:
            ready = {forms(one.id): forms(one.string) for one in messages(read_mo(there))}
            written_down = {forms(one.id): forms(one.string) for one in messages(read_po(source))}
        assert ready == written_down, "run `make catalogue`: gettext reads the compiled one"
        assert all(all(said) for said in ready.values())
        assert sorted(said_by_argparse() - ready.keys()) == []


def said_by_argparse() -> set[tuple[str, ...]]:
    """The literals that this Python's argparse gives to gettext."""
    tree = ast.parse(Path(argparse.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    taken = {"_": 1, "ngettext": 2}
    given = [call.args[: taken[call.func.id]] for call in calls if call.func.id in taken]  # type: ignore[attr-defined] # names only, see above
    return {tuple(one.value for one in args) for args in given if all(isinstance(one, ast.Constant) for one in args)}


@LANGUAGES
def test_bringing_it_up_to_date_again_changes_nothing(path: object) -> None:
    once = renewed(read(path))  # type: ignore[arg-type]
    assert written(renewed(once)) == written(once)


@pytest.mark.parametrize(
    ("template", "has_words"), [("{a} · {b}", False), ("T+{a}", True), ("{words}: {stands}", False), ("{n} h", True)]
)
def test_what_has_no_words_needs_no_translation(template: str, has_words: bool) -> None:
    assert Sentence(forms=(template,), place="x.py:1").has_words is has_words
