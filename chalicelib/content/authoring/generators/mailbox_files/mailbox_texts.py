"""What people write to each other in a mailbox, in each language. Subjects are ASCII: a header shows them as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.content.texts import Locale

Said = Mapping[Locale, str]

NAMES = (
    "Clara Varlot",
    "Karim Sodel",
    "Maud Terrin",
    "Hugo Brelan",
    "Nadia Ostrac",
    "Tomas Quibert",
    "Alma Dubrel",
    "Simon Falguin",
    "Rosa Mintel",
    "Yann Corvel",
    "Paula Sibran",
    "Emil Vandor",
)
PLACES = ("Roche Grise", "Pont des Aulnes", "Moulin Bas", "Col du Geai", "Bois Clair", "Source Froide", "Pierre Ronde")


class Written(NamedTuple):
    """A subject and a text; braces hold a place, a number, a count."""

    subject: Said
    text: Said
    attached: Said | None = None
    """What an attached file lists, when there is one."""


def _written(fr: tuple[str, str], en: tuple[str, str], attached: tuple[str, str] | None = None) -> Written:
    listed: Said | None = {"fr": attached[0], "en": attached[1]} if attached else None
    return Written({"fr": fr[0], "en": en[0]}, {"fr": fr[1], "en": en[1]}, listed)


ORDINARY = (
    _written(
        ("Balises du sentier {number}", "Il manque {count} balises sur le sentier {number}, après {place}.\nQui peut venir ?"),
        ("Markers on trail {number}", "{count} markers are missing on trail {number}, past {place}.\nWho can come along?"),
    ),
    _written(
        (
            "Peinture pour le sentier {number}",
            "Il reste {count} pots de peinture jaune.\nJ'en commande d'autres cette semaine.",
        ),
        ("Paint for trail {number}", "We have {count} tins of yellow paint left.\nI am ordering more this week."),
    ),
    _written(
        ("Photos : {place}", "J'ai fait {count} photos à {place}.\nJe les apporte sur une clé à la prochaine réunion."),
        ("Photos: {place}", "I took {count} photos at {place}.\nI will bring them on a stick to the next meeting."),
    ),
    _written(
        ("Fuite au refuge {place}", "Le toit du refuge {place} fuit, côté nord.\nJ'ai posé {count} seaux en attendant mieux."),
        (
            "Leak in the {place} hut",
            "The roof of the {place} hut leaks on the north side.\nI have put down {count} buckets for now.",
        ),
    ),
    _written(
        ("Repas au refuge {place}", "Nous serons {count} à table.\nIl manque du pain, du fromage et quelqu'un pour la soupe."),
        ("Meal at the {place} hut", "There will be {count} of us.\nWe still need bread, cheese and somebody for the soup."),
    ),
    _written(
        ("Facture {number}", "Voici la facture {number}, pour les planches de {place}.\nLe détail est en pièce jointe."),
        ("Invoice {number}", "Here is invoice {number}, for the planks at {place}.\nThe details are attached."),
        ("Facture {number}\nPlanches : {count}\nVis : 400\n", "Invoice {number}\nPlanks: {count}\nScrews: 400\n"),
    ),
    _written(
        ("Covoiturage pour {place}", "Je pars de la gare avec trois places libres.\nRendez-vous devant le panneau {number}."),
        ("Car sharing for {place}", "I leave from the station with three free seats.\nLet us meet in front of sign {number}."),
    ),
    _written(
        ("Compte rendu : {place}", "Le compte rendu du chantier est en pièce jointe.\nDites-moi s'il y manque quelque chose."),
        ("Minutes: {place}", "The minutes of the work day are attached.\nTell me if anything is missing."),
        (
            "Chantier de {place}\nPersonnes : {count}\nSentier : {number}\n",
            "Work at {place}\nPeople: {count}\nTrail: {number}\n",
        ),
    ),
    _written(
        ("Clef perdue : {place}", "Quelqu'un a-t-il vu la clef de la cabane ?\nElle porte une étiquette bleue, {number}."),
        ("Lost key: {place}", "Has anybody seen the key of the shelter?\nIt has a blue tag, {number}."),
    ),
    _written(
        (
            "Panneau neuf : {place}",
            "Le nouveau panneau est posé. Il a fallu {count} vis.\nLe texte est bien lisible du chemin.",
        ),
        ("New sign: {place}", "The new sign is up. It took {count} screws.\nThe text can be read from the path."),
    ),
    _written(
        (
            "Visite de la classe {number}",
            "Une classe de {count} enfants vient voir les nichoirs.\nIl faudrait deux personnes de plus.",
        ),
        ("Visit of class {number}", "A class of {count} children is coming to see the nest boxes.\nWe need two more people."),
    ),
    _written(
        ("Arbre en travers : {place}", "Un frêne est tombé en travers du chemin, borne {number}.\nJe passe avec la scie."),
        ("Fallen tree: {place}", "An ash tree fell across the path, milestone {number}.\nI will come with the saw."),
    ),
    _written(
        ("Lots de la tombola {number}", "Nous avons déjà {count} lots.\nQui connaît le boulanger de {place} ?"),
        ("Prizes for raffle {number}", "We already have {count} prizes.\nWho knows the baker at {place}?"),
    ),
    _written(
        ("Carte du sentier {number}", "La carte du sentier {number} est à refaire : {place} n'y est pas.\nQui a le fichier ?"),
        ("Map of trail {number}", "The map of trail {number} needs redoing: {place} is not on it.\nWho has the file?"),
    ),
)

REPLIES: tuple[Said, ...] = (
    {"fr": "Merci, c'est noté.", "en": "Thanks, noted."},
    {"fr": "Je m'en occupe demain.", "en": "I will see to it tomorrow."},
    {"fr": "Je peux venir, mais seulement l'après-midi.", "en": "I can come, but only in the afternoon."},
    {"fr": "Bonne idée. Qui a la clef de la remise ?", "en": "Good idea. Who has the key to the shed?"},
    {"fr": "Je préviens les autres.", "en": "I will tell the others."},
    {"fr": "Cette fois, il faudra faire sans moi.", "en": "You will have to manage without me this time."},
    {"fr": "On en reparle à la prochaine réunion.", "en": "Let us talk about it at the next meeting."},
    {"fr": "J'ai ce qu'il faut dans ma camionnette.", "en": "I have what it takes in my van."},
)
ATTRIBUTION: Said = {"fr": "Le {day}, {name} a écrit :", "en": "On {day}, {name} wrote:"}

WORKSHOPS: tuple[Said, ...] = (
    {"fr": "Atelier pain", "en": "Bread workshop"},
    {"fr": "Atelier compost", "en": "Compost workshop"},
    {"fr": "Atelier vannerie", "en": "Basket workshop"},
    {"fr": "Atelier tricot", "en": "Knitting workshop"},
    {"fr": "Atelier boussole", "en": "Compass workshop"},
    {"fr": "Atelier nichoirs", "en": "Nest box workshop"},
)
WORKSHOP_PLACE: Said = {
    "fr": "Bonjour,\nVotre place est retenue. Rendez-vous : {place}.\nCode d'inscription : {code}\nIl vous sera demandé à l'entrée.",
    "en": "Hello,\nYour place is booked. We meet at {place}.\nBooking code: {code}\nYou will be asked for it at the door.",
}

EVENTS: tuple[Said, ...] = (
    {"fr": "Sortie au phare", "en": "Trip to the lighthouse"},
    {"fr": "Grand nettoyage", "en": "Big clean-up"},
    {"fr": "Marche de nuit", "en": "Night walk"},
    {"fr": "Chantier du pont", "en": "Bridge work day"},
    {"fr": "Visite du barrage", "en": "Visit to the dam"},
    {"fr": "Descente en canot", "en": "Canoe trip"},
    {"fr": "Bivouac au col", "en": "Camp at the pass"},
)
NEW_SUBJECTS: tuple[Said, ...] = (
    {"fr": "Changement de programme", "en": "Change of plan"},
    {"fr": "Finalement", "en": "In the end"},
    {"fr": "Bonne nouvelle", "en": "Good news"},
)
PROPOSES: Said = {
    "fr": "Bonjour,\nJe propose le {day}.\nCela vous convient-il ?",
    "en": "Hello,\nI suggest {day}.\nDoes it suit you?",
}
PREFERS: Said = {
    "fr": "Le {before}, je travaille.\nLe {day} serait bien mieux pour moi.",
    "en": "I work on {before}.\n{day} would be much better for me.",
}
EITHER: Said = {"fr": "Le {before} ou le {day}, les deux me vont.", "en": "{before} or {day}, both are fine with me."}
AGREES: Said = {"fr": "D'accord : ce sera le {day}.\nJe réserve.", "en": "Agreed: {day} it is.\nI am booking."}
OBSTACLES: tuple[Said, ...] = (
    {
        "fr": "Mauvaise nouvelle : le {before}, le car est déjà pris.\nIl est libre le {day}.",
        "en": "Bad news: the coach is already taken on {before}.\nIt is free on {day}.",
    },
    {
        "fr": "La mairie ferme la route le {before}.\nElle nous laisse passer le {day}.",
        "en": "The town hall closes the road on {before}.\nWe may use it on {day}.",
    },
    {
        "fr": "Notre guide ne peut plus venir le {before}.\nLe {day}, oui.",
        "en": "Our guide can no longer come on {before}.\nBut {day} is possible.",
    },
)
MOVES: Said = {
    "fr": "Tant pis pour le {before}.\nCe sera le {day}, notez-le.",
    "en": "Never mind {before}.\nIt will be {day}, please note.",
}


class Shift(NamedTuple):
    """The last change: days from the date before, which is of this weekday, or of any at the weekend."""

    days: int
    weekday: int | None
    asked: Said
    decided: Said


_ASKS_A_WEEK: Said = {
    "fr": "Le {before}, je marie ma fille !\nPeut-on changer de semaine ?",
    "en": "My daughter is getting married on {before}!\nCould we take another week?",
}
_ASKS_A_DAY: Said = {
    "fr": "Le {before}, il y a le marché aux plantes.\nL'autre jour du week-end serait parfait.",
    "en": "The plant market is on {before}.\nThe other day of the weekend would be perfect.",
}
SHIFTS = (
    Shift(
        7,
        None,
        _ASKS_A_WEEK,
        {
            "fr": "C'est entendu : ce sera une semaine plus tard, le même jour de la semaine, à la même heure.",
            "en": "All right: it will be one week later, same day of the week, same time.",
        },
    ),
    Shift(
        -7,
        None,
        _ASKS_A_WEEK,
        {
            "fr": "C'est entendu : ce sera une semaine plus tôt, le même jour de la semaine, à la même heure.",
            "en": "All right: it will be one week earlier, same day of the week, same time.",
        },
    ),
    Shift(
        1,
        5,
        _ASKS_A_DAY,
        {
            "fr": "Nous gardons ce week-end-là, mais ce sera le lendemain, donc le dimanche.",
            "en": "We keep that weekend, but it will be the day after, so on the Sunday.",
        },
    ),
    Shift(
        -1,
        6,
        _ASKS_A_DAY,
        {
            "fr": "Nous gardons ce week-end-là, mais ce sera la veille, donc le samedi.",
            "en": "We keep that weekend, but it will be the day before, so on the Saturday.",
        },
    ),
)
LATE_IDEA: Said = {
    "fr": "Et pourquoi pas le {day} ?\nIl y aurait moins de monde.",
    "en": "And why not {day}?\nThere would be fewer people.",
}
NO_MORE: Said = {
    "fr": "Non, on ne change plus rien : je viens de signer la réservation.",
    "en": "No, nothing changes any more: I have just signed the booking.",
}
REGRETS: Said = {
    "fr": "C'est noté.\nDommage pour le {day}, tout le monde était libre !",
    "en": "Noted.\nA pity about {day}, everybody was free!",
}
SETTLED: Said = {"fr": "Après discussion, ce sera le {day}.", "en": "After some discussion, it will be {day}."}
ASSEMBLY: Said = {
    "fr": "L'assemblée des membres aura lieu le {day}.",
    "en": "The assembly of the members will take place on {day}.",
}

REQUESTS = (
    _written(
        (
            "URGENT : nouveau compte",
            "Le compte de l'association change de banque.\nRépondez-moi avant ce soir, je vous en prie !",
        ),
        ("URGENT: new account", "The association's account moves to another bank.\nPlease answer me before tonight!"),
    ),
    _written(
        ("Liste des membres", "Pouvez-vous me renvoyer la liste des membres ?\nJe n'arrive plus à ouvrir la mienne."),
        ("List of members", "Could you send me the list of members again?\nI can no longer open mine."),
    ),
    _written(
        ("Cotisations", "Qui n'a pas encore payé sa cotisation ?\nIl me faut les noms pour la réunion."),
        ("Membership fees", "Who has not paid the fee yet?\nI need the names for the meeting."),
    ),
    _written(
        ("Code du coffre", "Le code du coffre a-t-il changé ?\nJe n'ouvre plus rien avec l'ancien."),
        ("Code of the safe", "Has the code of the safe changed?\nThe old one no longer opens anything."),
    ),
    _written(
        ("Adresse du fournisseur", "Où commande-t-on les planches, déjà ?\nEnvoyez-moi aussi le dernier devis."),
        ("Supplier's address", "Where do we order the planks again?\nPlease send me the last quote too."),
    ),
    _written(
        ("Assurance du local", "Avez-vous le contrat d'assurance ?\nUne photo de la première page suffira."),
        ("Insurance of the premises", "Do you have the insurance contract?\nA photo of the first page will do."),
    ),
)
BULLETIN = _written(
    ("Bulletin {number}", "Bonjour,\nVoici le bulletin {number}.\nCe mois-ci : {place}, et {count} photos de saison."),
    ("Newsletter {number}", "Hello,\nHere is newsletter {number}.\nThis month: {place}, and {count} photos of the season."),
)
QUOTE = _written(
    (
        "Devis {number}",
        "Bonjour,\nNotre devis {number} pour {count} cartes est toujours valable.\nIl vous suffit d'y répondre.",
    ),
    ("Quote {number}", "Hello,\nOur quote {number} for {count} maps still stands.\nYou only need to reply to it."),
)

_WEEKDAYS: Mapping[Locale, tuple[str, ...]] = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Mapping[Locale, tuple[str, ...]] = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def spoken(day: date, locale: Locale) -> str:
    """The day in words, without its year: `samedi 18 avril`, `Saturday 18 April`."""
    number = "1er" if locale == "fr" and day.day == 1 else str(day.day)
    return f"{_WEEKDAYS[locale][day.weekday()]} {number} {_MONTHS[locale][day.month - 1]}"
