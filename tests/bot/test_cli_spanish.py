"""The command line in Spanish: also what argparse says, and what is wrong with a policy."""

import fcntl
import gettext
import json
import re
from argparse import Namespace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cards.plain import plain
from bot.cards.tongue import speaking
from bot.cli.parser import COMMANDS
from bot.cli.policy_argument import policy_path, read_policy
from bot.cli.saying import language
from bot.doctor.mails import looked
from bot.embedded import Embedded, NoValkey
from bot.policy_box import DEFAULT
from bot.settings import read
from handlers.contract import Delivery, Unparseable
from handlers.registry import sources
from tests.system.processes import free_port

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
    file.write_text("team: [a\nlanguage: es", encoding="utf-8")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:2: no es YAML válido: falta una coma o `]`\n")
    file.write_bytes(b"team: \xff")
    assert main(["check", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"sereno: no se puede leer {file}: no es texto UTF-8: ")


def test_a_file_that_cannot_be_read_is_said_in_spanish(tmp_path: Path, capsys: Read) -> None:
    within = DEFAULT / "x.yaml"
    for file, said in (("nope.yaml", "no existe"), (tmp_path, "es una carpeta"), (within, "no es una carpeta")):
        assert main(["check", str(file)]) == 2
        shown = capsys.readouterr().err
        assert shown.startswith(f"sereno: no se puede leer {file}: ")
        assert said in shown
        assert main(["explain", str(file)]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_to_be_given_is_spanish(command: str, capsys: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(command, "--help") == 0
    shown = re.findall(r"\b[A-ZÁÉÍÓÚ]{2,}\b", capsys.readouterr().out.partition("\n\n")[0])
    monkeypatch.setenv("LC_ALL", "C")
    assert refused(command, "--help") == 0
    english = re.findall(r"\b[A-Z]{2,}\b", capsys.readouterr().out.partition("\n\n")[0])
    assert len(shown) == len(english)
    assert set(shown) & set(english) <= {"URL", "HOST", "PLAN", "PAYLOAD"}


def test_without_a_policy_the_default_one_speaks_the_language_of_the_terminal() -> None:
    none, named = Namespace(policy=None), Namespace(policy=DEFAULT)
    with speaking("es"):
        assert read_policy(none, read({})).language == "es"
        assert policy_path(named, read({})) == policy_path(none, read({"SERENO_POLICY": str(DEFAULT)})) == DEFAULT
    assert read_policy(none, read({})).language == "en"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SERENO_LOG", "xml", "escribe uno de estos valores: 'console', 'json'"),
        ("SERENO_REDIS_URL", "s3cret", "no es una dirección (redis://..., rediss://..., unix://...)"),
        (
            "PYPI_URL",
            "https://me:s3cret@pypi.org",
            "ahí no se pueden enviar usuario y contraseña; escribe",
        ),
        ("GITHUB_TOKEN", "Bearer s3cret", "escribe solo el token, sin espacios, saltos de línea ni la palabra Bearer"),
        (
            "GITHUB_TOKEN_FILE",
            "/no/such",
            "no se puede leer /no/such: no existe el archivo o la carpeta; monta",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_spanish(
    name: str, value: str, said: str, capsys: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["list"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"sereno: {name}: {said}")
    assert "s3cret" not in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "body", "said", "english"),
    [
        ("alertmanager", "{}", "no es un grupo de Alertmanager: alerts: es obligatorio", "alerts: is required"),
        ("github", "[]", "body: se esperaba un objeto, no list", "body: an object is expected, not a list"),
        ("github", "{", "body: no es JSON: EOF", "body: not JSON: EOF"),
        ("github", '{"action": 5}', "no es un issues de GitHub: action: tiene que ser un texto", "has to be a text"),
    ],
)
def test_what_a_source_does_not_send_is_said_in_spanish_and_answered_in_english(
    source: str, body: str, said: str, english: str, tmp_path: Path, capsys: Read
) -> None:
    file = tmp_path / "issues__odd.json"
    file.write_text(body)
    assert main(["explain", "--source", source, str(file)]) == 1
    assert f"sereno: {source} no envía esto: {said}" in capsys.readouterr().err
    delivery = Delivery(headers={"x-github-event": "issues"}, body=body.encode())
    with speaking("es"), pytest.raises(Unparseable, match=re.escape(english)):
        sources()[source].parse(delivery)


async def test_what_the_embedded_valkey_and_the_doctor_say_is_spanish(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(NoValkey) as caught:
            await Embedded(tmp_path).start()
    address = read({"SMTP_URL": f"smtp://127.0.0.1:{free_port()}", "SMTP_FROM": "sereno@example.org"}).smtp
    with speaking("es"):
        assert plain(caught.value.said) == f"otro Sereno está usando {tmp_path}; páralo o elige otro --data"
        [found] = await looked(address, wanted_by="")
    assert found.found.endswith("no acepta correo: sin conexión: Connection refused")
