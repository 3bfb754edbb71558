"""What an explanation says, in plain words: short, level B1, in every language of the service. No rule is decided here."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.assessments.model import Outcome
from chalicelib.content.texts import Locale, Text
from chalicelib.engine.training import Preference


class Reason(StrEnum):
    """Why a challenge was asked."""

    ONLY_ONE_SUITED = "only-one-suited"
    """The rules left no other challenge."""
    EASY_START = "easy-start"
    """No answer in this competence counted yet, so an easy one."""
    TOLD_MOST = "told-most"
    """It could settle most of what was still unknown."""
    DRAWN = "drawn"
    """It was drawn among those that could settle most of what was still unknown."""
    OTHER_TOPIC = "other-topic"
    """And it is about another topic than the one before."""
    HARDER = "harder-than-usual"
    """Although it is harder than what is usually asked: so was everything left."""
    TIMED = "timed-anyway"
    """Although it has a time limit: nothing without one was left."""
    MET = "met-before"
    """Although the person met it before: nothing unmet was left."""
    SAME_TOPIC = "same-topic"
    """Although it is about the same topic as the one before: no other was left."""
    RULES_CHANGED = "rules-changed"
    """The rules of today would ask another one: why this one was asked cannot be recomputed."""


WHY: dict[Reason, Text] = {
    Reason.ONLY_ONE_SUITED: Text(
        fr="C'était le seul défi qui convenait à ce moment",
        en="It was the only challenge that suited at that moment",
    ),
    Reason.EASY_START: Text(
        fr="Nous n'avions encore aucune réponse de vous dans cette compétence, nous avons donc choisi un défi facile",
        en="We had no answer of yours in this competence to go by yet, so we chose an easy challenge",
    ),
    Reason.TOLD_MOST: Text(
        fr="C'est le défi qui pouvait nous apprendre le plus sur ce que nous ignorions encore de vous",
        en="It was the challenge that could teach us the most about what we did not know of you yet",
    ),
    Reason.DRAWN: Text(
        fr="Ce défi a été tiré au sort parmi ceux qui pouvaient nous apprendre le plus sur ce que nous ignorions encore de vous",
        en="It was drawn by lot among the challenges that could teach us the most about what we did not know of you yet",
    ),
    Reason.OTHER_TOPIC: Text(
        fr="il porte sur un autre sujet que le défi précédent",
        en="it is about another topic than the challenge before",
    ),
    Reason.HARDER: Text(
        fr="il est plus difficile que d'habitude, comme tout ce qui restait",
        en="it is harder than usual, as was everything left",
    ),
    Reason.TIMED: Text(
        fr="il a une limite de temps, car il ne restait rien qui convenait sans limite de temps",
        en="it has a time limit, because nothing that suited was left without one",
    ),
    Reason.MET: Text(
        fr="vous l'aviez déjà rencontré, car il ne restait rien de nouveau qui convenait",
        en="you had met it before, because nothing new that suited was left",
    ),
    Reason.SAME_TOPIC: Text(
        fr="il porte sur le même sujet que le défi précédent, car il ne restait rien qui convenait sur un autre sujet",
        en="it is about the same topic as the challenge before, because nothing that suited was left on another topic",
    ),
    Reason.RULES_CHANGED: Text(
        fr="Les règles ont changé depuis : nous ne pouvons plus retrouver ici pourquoi ce défi a été choisi",
        en="The rules have changed since then: we can no longer find out here why this challenge was chosen",
    ),
}
"""The first reason of a sentence begins it; the others follow."""

GIVEN_UP: dict[Preference, Reason] = {
    Preference.NO_JUMP: Reason.HARDER,
    Preference.UNTIMED: Reason.TIMED,
    Preference.NOT_MET: Reason.MET,
    Preference.ANOTHER_TOPIC: Reason.SAME_TOPIC,
}

JUDGED: dict[Outcome, Text] = {
    Outcome.CORRECT: Text(fr="Votre réponse était juste", en="Your answer was right"),
    Outcome.INCORRECT: Text(fr="Votre réponse n'était pas juste", en="Your answer was not right"),
    Outcome.SKIPPED: Text(
        fr="Vous avez passé ce défi, ce qui compte comme une réponse fausse",
        en="You skipped this challenge, which counts as a wrong answer",
    ),
    Outcome.TIMED_OUT: Text(
        fr="Le temps était dépassé, ce qui compte comme une réponse fausse",
        en="The time was over, which counts as a wrong answer",
    ),
}

WENT_UP = Text(
    fr="votre niveau estimé dans cette compétence monte de {before} à {after}, à {uncertainty} près",
    en="your estimated level in this competence goes up from {before} to {after}, give or take {uncertainty}",
)
WENT_DOWN = Text(
    fr="votre niveau estimé dans cette compétence descend de {before} à {after}, à {uncertainty} près",
    en="your estimated level in this competence goes down from {before} to {after}, give or take {uncertainty}",
)
STAYED = Text(
    fr="votre niveau estimé dans cette compétence reste à {after}, à {uncertainty} près",
    en="your estimated level in this competence stays at {after}, give or take {uncertainty}",
)

COMPUTED = Text(
    fr="Un algorithme a calculé ce résultat. Personne n'est intervenu dans ce calcul.",
    en="An algorithm computed this result. No person took part in the calculation.",
)
COUNTED = (
    Text(
        fr="vos réponses : chacune est juste, fausse, passée ou donnée trop tard",
        en="your answers: each one is right, wrong, skipped or given too late",
    ),
    Text(
        fr="ce que l'on sait de chaque défi : son niveau, sa difficulté, sa précision et la chance de trouver la réponse au hasard",
        en="what is known of each challenge: its level, its difficulty, how much it tells and the chance of guessing the answer",
    ),
    Text(
        fr="votre langue, votre appareil et vos besoins, seulement pour choisir des défis que vous pouvez faire",
        en="your language, your device and your needs, only to choose challenges that you can do",
    ),
)
COUNTED_EARLIER = Text(
    fr="ce que vous avez montré dans vos évaluations précédentes",
    en="what you showed in your earlier assessments",
)
NOT_COUNTED = (
    Text(fr="votre école", en="your school"),
    Text(fr="votre âge", en="your age"),
    Text(fr="votre sexe", en="your sex"),
    Text(fr="vos campagnes", en="your campaigns"),
    Text(
        fr="la vitesse de vos réponses : seule la limite de temps d'un défi compte, quand il en a une",
        en="how fast you answer: only the time limit of a challenge counts, when it has one",
    ),
)
HOW_TO_READ = (
    Text(
        fr="Un niveau va de 0 à 8. C'est une estimation : « à 1 près » veut dire que dans 9 cas sur 10, le vrai niveau est à moins de 1 "
        "niveau de celui qui est affiché.",
        en="A level goes from 0 to 8. It is an estimate: 'give or take 1' means that in 9 cases out of 10, the true level is less than 1 "
        "level away from the one shown.",
    ),
    Text(
        fr="Une réponse dans une compétence nous apprend aussi un peu sur les autres : un niveau peut donc changer entre deux défis de sa "
        "compétence.",
        en="An answer in one competence also tells us a little about the others: so a level can change between two challenges of its "
        "competence.",
    ),
    Text(
        fr="Vos points viennent du plus haut niveau que vous avez montré dans chaque sujet.",
        en="Your points come from the highest level that you showed in each topic.",
    ),
)
RULES = Text(
    fr="Les règles sont publiques. Pour cette évaluation, les contenus et leurs nombres ont l'identifiant {release} et les calculs ont la "
    "version {engine}. La page /docs décrit le service. Le document docs/engine.md, publié avec le code de Palier, décrit les calculs. "
    "Vous pouvez aussi demander les règles à l'organisation qui fait fonctionner ce service : donnez-lui ces deux repères.",
    en="The rules are public. For this assessment, the contents and their numbers have the id {release} and the calculations have the "
    "version {engine}. The page /docs describes the service. The document docs/engine.md, published with the code of Palier, describes "
    "the calculations. You can also ask the organisation that runs this service for the rules: give it these two references.",
)
REVIEW = Text(
    fr="Si vous pensez que ce résultat est faux, vous pouvez demander que des personnes le réexaminent. Écrivez à l'organisation qui fait "
    "fonctionner ce service et donnez le numéro de cette évaluation : {assessment}.",
    en="If you think that this result is wrong, you can ask for people to review it. Write to the organisation that runs this service and "
    "give the number of this assessment: {assessment}.",
)
_JOIN: dict[Locale, str] = {"fr": " ; ", "en": "; "}
_COLON: dict[Locale, str] = {"fr": " : ", "en": ": "}


def decimal(value: float, locale: Locale) -> str:
    """A number with one decimal, as the language writes it."""
    written = f"{value:.1f}"
    return written.replace(".", ",") if locale == "fr" else written


def why_sentence(reasons: tuple[Reason, ...], locale: Locale) -> str:
    """The reasons in one sentence, the main one first."""
    return _JOIN[locale].join(WHY[reason].in_(locale) for reason in reasons) + "."


def moved_sentence(outcome: Outcome, before: float, after: float, uncertainty: float, locale: Locale) -> str:
    """What an answer did to the estimated level, in one sentence; the numbers have one decimal."""
    moved = STAYED if before == after else WENT_UP if after > before else WENT_DOWN
    numbers = {"before": before, "after": after, "uncertainty": uncertainty}
    told = moved.in_(locale).format(**{name: decimal(number, locale) for name, number in numbers.items()})
    return f"{JUDGED[outcome].in_(locale)}{_COLON[locale]}{told}."
