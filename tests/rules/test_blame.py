"""Phrases that blame are pointed at, in both languages, and ordinary prose of incidents is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.blame import PHRASES, phrases

ENGLISH = """
[They should have checked] the replica first.
The change [should have been] reviewed by two people.
[We should've known] about the quota.
[You shouldn't have deployed] on a Friday.
[She should never have merged] that.
The [engineer should have failed] the node over by hand.
Whoever was on call [should have noticed] the graph.
[He ought to have asked] first.
It was not tested as it [should have].
An experienced person [should have known better].
Somebody [forgot] to renew the certificate.
The shift [had simply forgotten] the step during the handover.
The team [neglected] the backlog of updates.
It was a [careless] change.
The flag was flipped [carelessly].
[Carelessness] led to this.
A [reckless] rollout took it down.
This is plain [negligence].
[Incompetence] is the root cause.
The [sloppy] review missed it.
It was a [stupid mistake].
Two [rookie mistakes] in one day.
[Human error]: the wrong host was restarted.
The root cause is [operator error].
It was the [fault of] the DBA.
In the end it was [his fault].
The platform team [is to blame] — see below.
Do not [blame the] intern.
The commander [failed to follow] the runbook.
On call [failed to notice] the page.
[Nobody bothered] to read the alert.
They [didn’t bother] with a canary.
Ops [never bothered] to update it.
The shift [did not follow the runbook].
The author [ignored the warnings] of the linter.
Two of us [were not paying attention].
A [lack of attention] on both sides.
Nobody was [guilty] but him.
Infra [screwed up] again.
The [guilty] commit was reverted.
"""
SPANISH = """
Se [debería haber comprobado] la réplica antes.
[Deberían haber avisado] al equipo.
ALGUIEN [DEBERIA HABER REVISADO] EL CAMBIO.
Operaciones [debería haberse dado] cuenta.
La persona de guardia [debería haberlo visto].
[Tendríamos que haber probado] la copia.
Quien desplegó [debió haber hecho] una copia.
[Debían haber leído] el runbook.
[Tenía que haber escrito] una prueba.
A Marta se le pasó: [se olvidó] de renovar el certificado.
[Se les olvidó] reiniciar el servicio.
En infraestructura [olvidaron] la copia de seguridad.
Yo [me olvidé] de avisar.
Alguien [había olvidado] la contraseña maestra en el repositorio.
Pasó por [descuido].
Fue un cambio [descuidado].
Se cambió [descuidadamente] la regla.
Fue pura [negligencia].
Una actuación [negligente].
Desplegar el viernes fue [irresponsable].
Es [incompetencia], sin más.
El despliegue fue una [imprudencia].
Se borró la tabla por [torpeza].
El parche era una [chapuza].
Un fallo [estúpido].
Todo empezó por un [despiste].
[Falta de atención] del turno.
El equipo [no prestó atención] al gráfico.
Nadie lo revisó y el autor [no se molestó] en probarlo.
[Nadie se molestó] en leer la alerta.
Causa raíz: [error humano].
Hubo dos [errores humanos].
Fue un [fallo del operador].
Sistemas [metió la pata].
Fue [culpa] de la DBA.
La [culpa] la tuvo el turno de noche.
Los [culpables] ya lo saben.
El turno [no siguió el procedimiento].
Quien desplegó [se saltó los pasos] del runbook.
[Ignoraron los avisos] del linter durante semanas.
"""
FINE_ENGLISH = """
The primary ran out of disk at 02:14 UTC.
Each node should have two replicas.
Users should have access to the status page within a minute.
The alert should have fired at 02:00; its rule had a typo.
The replica should have failed over and did not.
The job should have run at 02:00 and was skipped.
Pods should have limited permissions.
The forgot-password page answered with 500.
Requests to /forgot password timed out.
The probe failed to respond within five seconds.
The job failed to read its configuration.
curl failed to follow redirects to the new host.
The follower failed to follow the leader after the election.
A fault of the power supply took down rack 7.
The cluster spans three fault domains; the network's fault domain was wrong.
The service is fault tolerant, so no request was lost.
A page fault of this kind is harmless.
We run a blameless postmortem for each P0.
git blame shows the line from 2019.
The module is imported lazily; lazy loading hid the error.
Cassandra uses a sloppy quorum for hinted handoff.
The error rate rose to 12 % because the cache was cold.
An engineer restarted the deployment and the errors stopped.
The team decided to roll back after eight minutes.
The certificate expired; no reminder existed for it.
The follower was not promoted because the quorum was lost.
Alertmanager ignored the alert, since its matcher did not fit.
Customers could have retried, and most of them did.
The dashboard has no panel for queue depth.
A human confirmed each step; errors were counted by hand.
The runbook was followed, and step 4 needed a host that no longer exists.
We have not neglected backups: the last restore was tested on Monday.
Everybody who was on call had been paged by 02:20.
The default limit is shared by all tenants, and one of them used it up.
Old silences are easily forgotten, so each has an end.
The bot did not follow up on its own message.
"""
FINE_SPANISH = """
El primario se quedó sin disco a las 02:14 UTC.
En cada zona debería haber dos réplicas.
Debería haber un panel para la cola.
La alerta debería haber saltado a las 02:00; la regla tenía una errata.
El job debería haberse ejecutado a las 02:00.
No debería haber demasiado retraso entre réplicas.
Hacemos un postmortem sin culpables después de cada P0.
Es un postmortem sin culpa: describe condiciones.
No buscamos culpables, buscamos causas.
El derecho al olvido se aplica con un job nocturno.
La página «¿Olvidaste tu contraseña?» devolvía 500.
La pantalla de quien olvidó la contraseña no cargaba.
Disculpa las molestias: el servicio ya responde.
De noche no se molesta a nadie por una P2.
No se molestó a nadie: la alerta era P2.
El proceso no respondió en cinco segundos.
El servicio incumplió el SLO durante dos horas.
El certificado caducó y no había recordatorio.
La tasa de error subió al 12 % porque la caché estaba fría.
Una persona de ingeniería reinició el despliegue y los errores cesaron.
El equipo decidió revertir a los ocho minutos.
El límite por defecto es común a todos los clientes.
Alertmanager ignoró la alerta porque su filtro no coincidía.
El error se repitió en los tres nodos.
El fallo del disco dejó el nodo en solo lectura.
Se siguió el runbook; el paso 4 pedía un host que ya no existe.
El operador de Kubernetes reinició los pods.
La carga perezosa ocultó el error.
La copia de seguridad se probó el lunes.
Nadie recibió el aviso: el canal no existía.
El enlace de la alerta llevaba a un panel borrado.
Se añadió memoria y la cola se vació.
El cliente no siguió la redirección.
Deberían tener dos réplicas por zona.
Se resolvió tras 40 minutos y no volvió a ocurrir.
"""
BLAMING = [*ENGLISH.strip().splitlines(), *SPANISH.strip().splitlines()]  # with the phrase in brackets
FINE = [line for table in (FINE_ENGLISH, FINE_SPANISH) for line in table.strip().splitlines()]
SENTENCES = st.sampled_from([line.replace("[", "").replace("]", "") for line in BLAMING])


@pytest.mark.parametrize("marked", BLAMING)
def test_a_phrase_that_blames_is_found_with_its_place(marked: str) -> None:
    before, _, rest = marked.partition("[")
    phrase, _, after = rest.partition("]")
    (found,) = phrases(before + phrase + after)
    assert (found.phrase, found.start, found.end) == (phrase, len(before), len(before) + len(phrase))


@pytest.mark.parametrize("sentence", FINE)
def test_ordinary_prose_is_left_alone(sentence: str) -> None:
    assert phrases(sentence) == []


def test_each_table_has_more_than_thirty_sentences() -> None:
    assert min(len(table.strip().splitlines()) for table in (ENGLISH, SPANISH, FINE_ENGLISH, FINE_SPANISH)) > 30


def test_several_phrases_come_in_their_order() -> None:
    found = phrases("It was careless.\nSe olvidó por descuido; they should have tested it.")
    assert [one.phrase for one in found] == ["careless", "Se olvidó", "descuido", "they should have tested"]


def test_a_phrase_may_go_on_in_the_next_line() -> None:
    assert [one.phrase for one in phrases("It was human\n   error.")] == ["human\n   error"]


@given(SENTENCES)
def test_case_and_accents_make_no_difference(sentence: str) -> None:
    bare = "".join(one for one in unicodedata.normalize("NFD", sentence) if not unicodedata.combining(one))
    wanted = [one.instead for one in phrases(sentence)]
    for other in (sentence.upper(), sentence.lower(), bare, unicodedata.normalize("NFD", sentence)):
        assert [one.instead for one in phrases(other)] == wanted
        assert all(other[one.start : one.end] == one.phrase for one in phrases(other))


@given(
    st.sampled_from(["careless", "forgot", "negligence", "negligencia", "descuido", "culpa"]), st.sampled_from("abcñé7")
)
def test_a_phrase_within_a_longer_word_is_none(phrase: str, letter: str) -> None:
    assert phrases(f"{letter}{phrase}") == phrases(f"{phrase}{letter}{letter}") == []
    assert len(phrases(f"({phrase})")) == len(phrases(f"_{phrase}_")) == 1


@given(st.text() | st.lists(SENTENCES | st.text(max_size=5)).map(" ".join))
def test_any_text_has_its_phrases_in_order_and_apart(text: str) -> None:
    until = 0
    for found in phrases(text):
        assert until <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.phrase
        until = found.end


def test_a_long_text_is_read_in_reasonable_work() -> None:
    assert len(phrases("should have " * 20_000 + "tested")) == 1


def test_every_phrase_says_what_to_write_instead() -> None:
    assert all(instead.template.endswith(".") and not phrases(instead.template) for _, instead in PHRASES)
