"""The command line in Spanish: also what argparse says, and what is wrong with a policy."""

import gettext
import json
from argparse import Namespace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cards.tongue import speaking
from bot.cli.policy_argument import policy_path, read_policy
from bot.cli.saying import language
from bot.policy_box import DEFAULT
from bot.settings import read

Read = pytest.CaptureFixture[str]
BAD = """channels: {fallback: "#general"}
severities:
  P0: {label: [critical], mentions_per_hour: -1, lable: x}
  P1: {}
language: fr
storm: {incidents: many}
routes:
  - {name: one, match: "a~b"}
  - {name: two, match: 'a="b"', mention: team}
"""
FAULTS = """{file}:3: severities.P0.mentions_per_hour: escribe 0 o más, no -1
{file}:3: severities.P0.lable: clave desconocida; ¿querías decir `label`?
{file}:5: language: escribe uno de estos valores: 'en', 'es'; no 'fr'
{file}:6: storm.incidents: escribe un número entero, no 'many'
{file}:8: routes[0]: se esperaba nombre="valor" (o != =~ !~) en 'a~b', dentro de 'a~b'
{file}:9: routes[1].mention[0]: 'team' no es una mención; escribe channel, here, none o el "@nombre" de un grupo de usuarios o de una persona
{file}: 6 fallos
"""  # noqa: E501 - as it is printed


@pytest.fixture(autouse=True)
def _spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def refused(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_help_is_spanish(capsys: Read) -> None:
    assert refused("--help") == 0
    shown = capsys.readouterr().out
    for words in ("uso: sereno [-h] COMANDO ...", "\nopciones:\n", "mostrar esta ayuda y salir", "\ncomandos:\n"):
        assert words in shown
    assert not {"usage", "options", "show", "exit"} & set(shown.replace(":", " ").split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "sereno: error: faltan argumentos obligatorios: COMANDO"),
        (("chek",), "argumento COMANDO: opción no válida: 'chek'"),
        (("list", "--sicne"), "sereno: error: argumentos desconocidos: --sicne"),
        (("explain",), "sereno explain: error: faltan argumentos obligatorios: PAYLOAD"),
        (("run", "--host"), "sereno run: error: argumento --host: se esperaba un valor"),
        (("run", "--port", "x"), "argumento --port: x no es un puerto: de 0 a 65535"),
        (("incidents", "--since", "x"), "argumento --since: 'x' no es una duración; escribe un número y una unidad"),
        (("run", "--d=x", "--dat=x", "--h"), "opción ambigua: --h puede ser --help, --host"),
    ],
)
def test_what_argparse_refuses_is_spanish(words: tuple[str, ...], said: str, capsys: Read) -> None:
    assert refused(*words) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.startswith("uso: sereno")


def test_argparse_speaks_the_language_of_all_others(capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    before = gettext.textdomain()
    for wanted, said in (("en", "usage: "), ("fr:es:en", "uso: "), ("en:es", "usage: "), ("fr", "usage: ")):
        monkeypatch.setenv("LANGUAGE", wanted)
        assert refused("chek") == 2
        assert capsys.readouterr().err.startswith(said), wanted
        assert language({"LANGUAGE": wanted}) == ("es" if said == "uso: " else "en")
    assert gettext.textdomain() == before


def test_the_faults_of_a_policy_are_spanish(tmp_path: Path, capsys: Read) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(BAD, encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().out == FAULTS.format(file=file)
    assert main(["check", "--json", str(file)]) == 1
    assert json.loads(capsys.readouterr().out)["faults"][0] == {
        "file": str(file), "line": 3, "field": "severities.P0.mentions_per_hour", "message": "escribe 0 o más, no -1",
    }  # fmt: skip
    assert main(["explain", "--policy", str(file), "x"]) == 2
    assert "escribe uno de estos valores: 'en', 'es'; no 'fr'" in capsys.readouterr().err
    file.write_bytes(b"team: \xff")
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"sereno: no se puede leer {file}: no es texto UTF-8: ")


def test_without_a_policy_the_default_one_speaks_the_language_of_the_terminal() -> None:
    none, named = Namespace(policy=None), Namespace(policy=DEFAULT)
    with speaking("es"):
        assert read_policy(none, read({})).language == "es"
        assert policy_path(named, read({})) == policy_path(none, read({"SERENO_POLICY": str(DEFAULT)})) == DEFAULT
    assert read_policy(none, read({})).language == "en"
