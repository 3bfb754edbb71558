"""The programs with one fault, in words: what they should do, what somebody noticed, where the fault is."""

from __future__ import annotations

from chalicelib.content.authoring.generators.program_files.program_drafts import Story

POOL = Story(
    program={
        "fr": """\
# La caisse de la piscine de $town
# L'âge de chaque personne, dans l'ordre d'arrivée

ages = [
$numbers
]


def prix(age):
    if age $first $child:
        return $low
    if age $second $adult:
        return $middle
    return $high


recette = 0

for age in ages:
    recette = recette + prix(age)

print(recette)
""",
        "en": """\
# The till of the $town swimming pool
# The age of each person, in order of arrival

ages = [
$numbers
]


def price(age):
    if age $first $child:
        return $low
    if age $second $adult:
        return $middle
    return $high


takings = 0

for age in ages:
    takings = takings + price(age)

print(takings)
""",
    },
    sentences={
        "fr": {
            "rule": "l'entrée coûte $low € aux moins de $child ans, $middle € de $child ans jusqu'à la veille des $adult ans, "
            "$high € à partir de $adult ans. Le programme affiche la recette de la journée.",
            "symptom": "les personnes d'exactement $wrong_age ans ne paient pas le bon prix.",
            "why": "La comparaison `age <= $wrong_age` doit devenir `age < $wrong_age` : « moins de $wrong_age ans » ne comprend pas "
            "$wrong_age. L'autre limite était déjà juste. Le programme non corrigé affichait $faulty.",
        },
        "en": {
            "rule": "admission costs €$low under $child, €$middle from $child until the day before turning $adult, "
            "€$high from $adult on. The program prints the takings of the day.",
            "symptom": "people aged exactly $wrong_age do not pay the right price.",
            "why": "The comparison `age <= $wrong_age` must become `age < $wrong_age`: “under $wrong_age” does not include "
            "$wrong_age. The other boundary was already right. The program before mending printed $faulty.",
        },
    },
)
CONTEST = Story(
    program={
        "fr": """\
# Le concours de cuisine de $town
# Les quatre notes de chaque équipe, sur 20

notes = {
$teams
}
barre = $bar

total = 0

for equipe, liste in notes.items():
    moyenne = sum(liste) // len(liste)
    if moyenne > barre:
        total = total + moyenne

print(total)
""",
        "en": """\
# The cooking contest of $town
# The four marks of each team, out of 20

marks = {
$teams
}
bar = $bar

total = 0

for team, row in marks.items():
    average = sum(row) // len(row)
    if average > bar:
        total = total + average

print(total)
""",
    },
    sentences={
        "fr": {
            "rule": "on ne garde que les équipes dont la moyenne exacte, décimales comprises, est plus grande que $bar. "
            "Le programme affiche la somme de ces moyennes exactes.",
            "symptom": "il affiche toujours un nombre entier, et il oublie des équipes dont la moyenne dépasse $bar de peu.",
            "why": "La division `//` perd tout ce qui suit la virgule : $bar,75 y devient $bar, qui ne dépasse pas $bar. Il faut `/`. "
            "Le programme non corrigé affichait $faulty.",
        },
        "en": {
            "rule": "only teams whose exact average, decimals included, is greater than $bar are kept. "
            "The program prints the sum of these exact averages.",
            "symptom": "it always prints a whole number, and it forgets teams whose average is just above $bar.",
            "why": "The division `//` loses everything after the decimal point: $bar.75 becomes $bar, which is not greater than $bar. "
            "It must be `/`. The program before mending printed $faulty.",
        },
    },
)
GIFTS = Story(
    program={
        "fr": """\
# Les dons reçus par le refuge de $town
# Chaque nombre est un don, en euros.

dons = [
$numbers
]
minimum = $least

# On retire les dons trop petits.
for don in dons:
    if don < minimum:
        dons.remove(don)

total = 0

for don in dons:
    total = total + don

print(total)
""",
        "en": """\
# The gifts received by the $town animal shelter
# Each number is a gift, in euros.

gifts = [
$numbers
]
minimum = $least

# Take away the gifts that are too small.
for gift in gifts:
    if gift < minimum:
        gifts.remove(gift)

total = 0

for gift in gifts:
    total = total + gift

print(total)
""",
    },
    sentences={
        "fr": {
            "rule": "le programme affiche la somme des dons d'au moins $least €, et d'eux seuls.",
            "symptom": "la somme est trop grande, car quand deux petits dons se suivent, il en reste un dans la liste.",
            "why": "La boucle parcourt une liste que l'on raccourcit en même temps : après chaque retrait, elle saute l'élément suivant. "
            "On parcourt donc une copie, `for don in list(dons):`, ou l'on additionne sans rien retirer. "
            "Le programme non corrigé affichait $faulty.",
        },
        "en": {
            "rule": "the program prints the sum of the gifts of at least €$least, and of these only.",
            "symptom": "the sum is too big, for when two small gifts follow each other, one of them stays in the list.",
            "why": "The loop walks along a list that is being shortened: after each removal it skips the next element. "
            "So walk along a copy, `for gift in list(gifts):`, or add up without removing anything. "
            "The program before mending printed $faulty.",
        },
    },
)
RELAY = Story(
    program={
        "fr": """\
# Le tournoi de relais de $town
# Les points de chaque équipe, course après course

points = {
$teams
}

record = 0
total = 0

for equipe in points:
    for course in points[equipe]:
        total = total + course
    if total > record:
        record = total

print(record)
""",
        "en": """\
# The relay tournament of $town
# The points of each team, race after race

points = {
$teams
}

record = 0
total = 0

for team in points:
    for race in points[team]:
        total = total + race
    if total > record:
        record = total

print(record)
""",
    },
    sentences={
        "fr": {
            "rule": "le programme affiche le total de la meilleure équipe, toutes ses courses comprises.",
            "symptom": "il affiche un nombre qu'aucune équipe n'a atteint, même de loin.",
            "why": "`total = 0` n'est écrit qu'une fois, avant la boucle : les points d'une équipe s'ajoutent à ceux des précédentes. "
            "La ligne doit être la première de la boucle sur les équipes. Le programme non corrigé affichait $faulty.",
        },
        "en": {
            "rule": "the program prints the total of the best team, all its races included.",
            "symptom": "it prints a number that no team came anywhere near.",
            "why": "`total = 0` stands only once, before the loop: the points of a team are added to those of the teams before it. "
            "The line must be the first one inside the loop over teams. The program before mending printed $faulty.",
        },
    },
)
ORDERS = Story(
    program={
        "fr": """\
# Les commandes de la coopérative de $town
# Pour chaque commande : le nombre d'articles et le prix d'un article, en euros

commandes = [
$pairs
]
seuil = $limit
remise = $off

total = 0

for quantite, prix in commandes:
    cout = quantite * prix
    if prix > seuil:
        cout = cout - remise
    total = total + cout

print(total)
""",
        "en": """\
# The orders of the $town cooperative
# For each order: the number of items and the price of one item, in euros

orders = [
$pairs
]
limit = $limit
discount = $off

total = 0

for quantity, price in orders:
    cost = quantity * price
    if price > limit:
        cost = cost - discount
    total = total + cost

print(total)
""",
    },
    sentences={
        "fr": {
            "rule": "une commande dont le coût dépasse $limit € a une remise de $off €. Le programme affiche le total à encaisser.",
            "symptom": "la première commande, de $quantity articles à $price € pièce, n'a pas eu sa remise.",
            "why": "La condition compare `prix`, le prix d'un seul article, au lieu de `cout`, celui de la commande : il faut "
            "`if cout > seuil:`. Le programme non corrigé affichait $faulty.",
        },
        "en": {
            "rule": "an order that costs more than €$limit gets €$off off. The program prints the total to be paid.",
            "symptom": "the first order, of $quantity items at €$price each, did not get its discount.",
            "why": "The condition compares `price`, that of a single item, instead of `cost`, that of the order: it must be "
            "`if cost > limit:`. The program before mending printed $faulty.",
        },
    },
)
