"""Points at phrases of a postmortem that blame somebody, in English and Spanish, and at what to write instead."""

import re
import unicodedata
from dataclasses import dataclass

from rules.text import Text

HINDSIGHT = Text.of("Say what happened and what was known then; what is to be different is a corrective action.")
MEMORY = Text.of("Say which step was left out, and what could have reminded people of it.")
CHARACTER = Text.of("Describe what was done and what could be seen, not what somebody is like.")
SLIP = Text.of("Say what made the slip possible: names that look alike, a step without a check, too many alerts.")
GUILT = Text.of("Name the conditions that had to come together, not whose it was.")
RULES = Text.of("Say what was done instead, and why that made sense at the time.")

# What machines should have done is ordinary prose; what people should have done is hindsight.
_MACHINE = (
    r"fired|failed|restarted|started|stopped|reconnected|returned|expired|retried|rejected|scaled|triggered|timed"
    r"|completed|finished|paged|happened|loaded|synced|remained|stayed|matched|propagated|arrived|limited|dedicated"
    r"|shared|restricted|reduced|encrypted|replicated|redundant|elevated|isolated|unlimited|dropped|recovered"
)
_DONE = (
    r"been|known|seen|done|caught|read|told|thought|written|taken|given|gone|run|put|set|kept|made|sent|said|found|felt"
    r"|chosen|held|left|understood|spoken|rolled|begun|brought|built|got|gotten|had|paid|shut|spent|come|\w+ed"
)
_PERSON = (
    r"(?:i|you|he|she|we|they|who|nobody|somebody|someone|anyone|everyone|no one|engineers?|operators?|developers?"
    r"|dbas?|admins?|team|on-call|commander|reviewers?)"
)
_SHOULD = r"(?:should(?:n't)?(?: (?:not|never|also|at least|\w+ly))?(?: have|'ve)|ought (?:not )?to have)"
_HOW = r"(?:(?:\w+ly|never|also|at least|just|first|already|then|not|long|better) ){0,2}"
_END = r"(?=[\W_]*$|[.,;!?])"
_MACHINE_ES = (
    r"saltado|disparado|ejecutado|terminado|reiniciado|arrancado|fallado|expirado|caducado|reconectado|respondido"
    r"|llegado|empezado|sonado|ocurrido|pasado|recuperado|demasiado|cuidado|contenido|ruido|sentido|grado|lado|estado"
)
_DONE_ES = (
    r"(?:hecho|dicho|visto|previsto|escrito|descrito|puesto|abierto|cubierto|vuelto|roto|resuelto"
    rf"|(?!(?:{_MACHINE_ES})\b)\w+(?:ado|ido))"
)
_HABER = r"haber(?:me|te|se|nos|lo|la|los|las|le|les|selo|sela)?"
_HOW_ES = r"(?:(?:\w+mente|ya|antes|nunca|siempre|al menos|tambien) ){0,2}"
_PROCEDURES = r"(?:procedures?|process|runbooks?|rules?|checklists?|guidelines?|instructions|steps)"
_PROCEDURES_ES = (
    r"(?:procedimientos?|protocolos?|runbooks?|proceso|guias?|normas?|instrucciones|pasos|reglas?|checklist"
    r"|avisos?|advertencias?)"
)
# What is tried on text in small letters, without accents, with single spaces and straight apostrophes.
PHRASES: tuple[tuple[str, Text], ...] = (
    (rf"{_SHOULD} {_HOW}(?!(?:{_MACHINE}|run)\b)(?:{_DONE})", HINDSIGHT),
    (rf"{_PERSON} {_SHOULD} {_HOW}(?:{_DONE})", HINDSIGHT),
    (rf"{_SHOULD}{_END}", HINDSIGHT),
    (r"should (?:have known|know) better", HINDSIGHT),
    (r"forgot(?![ -](?:\w+ )?passwords?\b)|ha(?:s|d|ve) (?:\w+ )?forgotten", MEMORY),
    (r"(?<!not )neglected", MEMORY),
    (r"careless(?:ly|ness)?", CHARACTER),
    (r"reckless(?:ly|ness)?", CHARACTER),
    (r"negligen(?:t|tly|ce)", CHARACTER),
    (r"incompeten(?:t|tly|ce)", CHARACTER),
    (r"irresponsib(?:le|ly|ility)", CHARACTER),
    (r"slopp(?:y(?! quorum| counter)|ily|iness)", CHARACTER),
    (r"stupid(?:ly|ity)?", CHARACTER),
    (r"idiot(?:s|ic)?", CHARACTER),
    (r"laziness", CHARACTER),
    (r"(?:he|she|they|we|you|i|everyone|everybody|somebody|someone) (?:is|are|was|were|am) (?:\w+ )?lazy", CHARACTER),
    (r"lack of (?:attention|care|discipline|diligence|professionalism)", CHARACTER),
    (r"(?:(?:was|were)(?: not|n't)|nobody was|no one was) paying attention", CHARACTER),
    (r"(?:no one|nobody|none|did not|didn't|never|not even|couldn't be|could not be) bother(?:ed)?", CHARACTER),
    (r"(?:human|operator|pilot) errors?", SLIP),
    (r"(?:rookie|stupid|silly|dumb|beginner's|careless) mistakes?", SLIP),
    (r"screwed (?:\w+ )?up", SLIP),
    (r"(?<!\ba )(?<!hardware )(?<!page )(?<!memory )(?<!electrical )fault of", GUILT),
    (r"(?:his|her|their|your|my|our|whose|nobody's|somebody's) (?:own )?fault(?! toleran| domain| inject)", GUILT),
    (r"(?:is|are|was|were|be) to blame", GUILT),
    (r"blam(?:e|ed|es|ing) (?:the|him|her|them|us|it on|on)", GUILT),
    (r"guilty", GUILT),
    (r"failed to follow(?! (?:the |a )?(?:redirect|link|symlink|leader))", RULES),
    (r"failed to (?:notice|reali[sz]e|double-check|consider|inform|understand|anticipate|think|pay attention)", RULES),
    (rf"(?:did not|didn't|never) follow(?:ed)? (?:the |our |any )?{_PROCEDURES}", RULES),
    (r"ignored (?:the|a|all|our|every|several) (?:\w+ )?(?:warnings?|runbooks?|procedures?)", RULES),
    (rf"(?:deberi|debi|tendri|teni)a(?:s|n|mos|is)? (?:que |de )?{_HABER} {_HOW_ES}{_DONE_ES}", HINDSIGHT),
    (rf"deb(?:io|ieron|iste|imos) (?:de )?{_HABER} {_HOW_ES}{_DONE_ES}", HINDSIGHT),
    (rf"deberia(?:s|n|mos|is)? {_HABER}{_END}", HINDSIGHT),
    (r"(?:hubiera|hubiese|habria)(?:s|n|mos)? (?:debido|tenido que)", HINDSIGHT),
    (r"se (?:(?:me|te|le|les|nos|os) )?olvid(?:o|aron|a|an|aba|aban|e)(?! (?:\w+ )?contrasena)", MEMORY),
    (r"(?:(?<!el )(?<!al )(?<!del )(?<!un ))olvid(?:o|aron|amos|aste)(?! (?:\w+ )?contrasena)", MEMORY),
    (r"(?:me|te|nos) olvid(?:e|amos|aste)", MEMORY),
    (r"hab(?:ia|ian|iamos|ria|rian)(?:se)? olvidado", MEMORY),
    (r"descuid(?:o|os|aron|ado|ada|ados|adas|adamente)", CHARACTER),
    (r"negligen(?:cia|cias|te|tes|temente)", CHARACTER),
    (r"irresponsab(?:le|les|ilidad|lemente)", CHARACTER),
    (r"incompeten(?:cia|te|tes)", CHARACTER),
    (r"imprud(?:encia|encias|ente|entes|entemente)", CHARACTER),
    (r"torpe(?:s|za|zas|mente)?", CHARACTER),
    (r"chapu(?:za|zas|cero|cera|ceros|ceras)", CHARACTER),
    (r"estupid(?:o|a|os|as|ez|eces|amente)", CHARACTER),
    (r"idiotas?|pereza|dejadez|desidia", CHARACTER),
    (r"despist(?:e|es|o|aron|ado|ada|ados|adas)", CHARACTER),
    (r"falta de (?:atencion|cuidado|diligencia|disciplina|profesionalidad|profesionalismo|interes)", CHARACTER),
    (r"(?:no|nadie) (?:se )?prest(?:o|aron|aba|aban) (?:\w+ )?atencion", CHARACTER),
    (r"(?:no|nadie|ni siquiera|ni|tampoco|nunca) (?:se|nos|te|me) molest(?:o|aron|amos|aste|e)(?! a\b)", CHARACTER),
    (r"(?:error|errores|fallo|fallos) humanos?", SLIP),
    (r"(?:error|errores|fallo|fallos) (?:del|de la|de) (?:operador|operadora|operadores)", SLIP),
    (r"met(?:io|ieron|imos|iste|i) la pata", SLIP),
    (r"(?:(?<!sin )(?<!ni ))(?:culpa|culpas)(?! y error)", GUILT),
    (r"(?:(?<!sin )(?<!buscar )(?<!buscar a )(?<!buscamos )(?<!busca )(?<!hay )(?<!ni ))culpables?", GUILT),
    (r"culp(?:o|aron|amos|ando|ar)", GUILT),
    (rf"(?:incumpl(?:io|ieron)|se salt(?:o|aron)|ignor(?:o|aron)) (?:el|la|los|las) {_PROCEDURES_ES}", RULES),
    (rf"no (?:sigui(?:o|eron)|respet(?:o|aron)) (?:el|la|los|las) {_PROCEDURES_ES}", RULES),
)  # fmt: skip
_TRIED = tuple((re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])"), instead) for pattern, instead in PHRASES)
_LIKE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "´": "'"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """A phrase as it stands in the text, from the character `start` up to `end`, and what to write `instead`."""

    phrase: str
    start: int
    end: int
    instead: Text


def phrases(text: str) -> list[Blame]:
    """Those of a text in their order; none overlaps another. Whole words, in any case, with or without accents."""
    plain, places = _folded(text)
    tried = ((found.span(), instead) for pattern, instead in _TRIED for found in pattern.finditer(plain))
    blames: list[Blame] = []
    until = 0
    for (start, end), instead in sorted(tried, key=lambda one: (one[0][0], -one[0][1])):
        if start >= until:
            blames.append(_blame(text, places[start], places[end - 1] + 1, instead))
            until = end
    return blames


def _blame(text: str, start: int, end: int, instead: Text) -> Blame:
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return Blame(phrase=text[start:end], start=start, end=end, instead=instead)


def _folded(text: str) -> tuple[str, list[int]]:
    """Small letters without accents and with single spaces; for each of them its place in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for plain in unicodedata.normalize("NFKD", letter.translate(_LIKE)).casefold():
            if unicodedata.combining(plain):
                continue
            space = plain.isspace()
            if space and (not letters or letters[-1] == " "):
                continue
            letters.append(" " if space else plain)
            places.append(place)
    return "".join(letters), places
