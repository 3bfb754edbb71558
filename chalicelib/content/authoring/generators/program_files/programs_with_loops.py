"""Programs with a loop and a condition over a list or a dictionary."""

from __future__ import annotations

import random

from chalicelib.content.authoring.generators.program_files.program_drafts import TOWNS, Draft, Story, drafted, listed
from chalicelib.content.texts import LOCALES, Locale

_RAIN = Story(
    program={
        "fr": """\
# Les pluies de $town, jour après jour
# Chaque nombre est une hauteur d'eau, en millimètres.

pluies = [
$numbers
]
minimum = $least

total = 0
veille = 0

for pluie in pluies:
    if pluie > minimum and veille <= minimum:
        total = total + pluie
    veille = pluie

print(total)
""",
        "en": """\
# The rain in $town, day after day
# Each number is a depth of water, in millimetres.

rains = [
$numbers
]
minimum = $least

total = 0
day_before = 0

for rain in rains:
    if rain > minimum and day_before <= minimum:
        total = total + rain
    day_before = rain

print(total)
""",
    },
    sentences={
        "fr": {
            "why": "La boucle n'additionne que les pluies de plus de $least mm dont la veille était à $least mm ou moins : "
            "le premier jour de chaque période de pluie. `veille` change à chaque tour, même quand rien n'est ajouté."
        },
        "en": {
            "why": "The loop adds up only rains of more than $least mm that follow a day of $least mm or less: "
            "the first day of each wet spell. `day_before` changes at every turn, even when nothing is added."
        },
    },
)
_SHELVES = Story(
    program={
        "fr": """\
# La réserve de l'épicerie de $town
# Le nombre de paquets en rayon, produit par produit

stock = {
$shelves
}
minimum = $least
carton = $pack

cartons = 0

for paquets in stock.values():
    while paquets < minimum:
        paquets = paquets + carton
        cartons = cartons + 1

print(cartons)
""",
        "en": """\
# The storeroom of the grocery in $town
# The number of packets on the shelf, product by product

stock = {
$shelves
}
minimum = $least
box = $pack

boxes = 0

for packets in stock.values():
    while packets < minimum:
        packets = packets + box
        boxes = boxes + 1

print(boxes)
""",
    },
    sentences={
        "fr": {
            "why": "Pour chaque produit qui a moins de $least paquets, la boucle `while` ajoute des cartons de $pack jusqu'à "
            "atteindre $least. Un produit qui en a déjà $least ne demande rien. Les restes ne passent pas d'un produit à l'autre."
        },
        "en": {
            "why": "For each product with fewer than $least packets, the `while` loop adds boxes of $pack until it reaches $least. "
            "A product that already has $least needs none. What is left over does not pass from one product to the next."
        },
    },
)
_VAN = Story(
    program={
        "fr": """\
# La camionnette de livraison de $town
# Le poids de chaque colis, en kilos, dans l'ordre d'arrivée

colis = [
$numbers
]
charge_max = $most

charge = 0
place_perdue = 0

for poids in colis:
    # Ce colis ne tient plus : la camionnette part.
    if charge + poids > charge_max:
        place_perdue = place_perdue + charge_max - charge
        charge = 0
    charge = charge + poids

print(place_perdue)
""",
        "en": """\
# The delivery van of $town
# The weight of each parcel, in kilos, in order of arrival

parcels = [
$numbers
]
largest_load = $most

load = 0
room_lost = 0

for weight in parcels:
    # This parcel no longer fits: the van leaves.
    if load + weight > largest_load:
        room_lost = room_lost + largest_load - load
        load = 0
    load = load + weight

print(room_lost)
""",
    },
    sentences={
        "fr": {
            "why": "À chaque départ, on ajoute la place qui restait. Une charge d'exactement $most kg tient encore, "
            "et la dernière charge, qui n'est pas partie quand la boucle finit, ne compte pas."
        },
        "en": {
            "why": "At each departure, the room that was left is added. A load of exactly $most kg still fits, "
            "and the last load, which has not left when the loop ends, does not count."
        },
    },
)
_PRODUCTS: dict[Locale, tuple[str, ...]] = {
    "fr": (
        "farine",
        "riz",
        "sucre",
        "lentilles",
        "semoule",
        "café",
        "thé",
        "cacao",
        "sel",
        "avoine",
        "miel",
        "noix",
        "pois",
        "levure",
    ),
    "en": (
        "flour",
        "rice",
        "sugar",
        "lentils",
        "semolina",
        "coffee",
        "tea",
        "cocoa",
        "salt",
        "oats",
        "honey",
        "nuts",
        "peas",
        "yeast",
    ),
}


def loop_result(chance: random.Random) -> Draft:
    """A loop with a condition over a list or a dictionary, that prints one number."""
    return chance.choice((_rain, _shelves, _van))(chance)


def _rain(chance: random.Random) -> Draft:
    least = chance.randint(2, 4)
    rains = [chance.choice((0, 0, 1, least, *(chance.randint(least + 1, 29) for _ in range(5)))) for _ in range(36)]
    rains[:4] = [least, chance.randint(6, 29), chance.randint(6, 29), least]
    kept, at_least = _first_days(rains, least), _first_days(rains, least - 1)
    every = sum(rain for rain in rains if rain > least)
    filling = {"numbers": listed(rains, 12), "least": least, "town": chance.choice(TOWNS)}
    return drafted(_RAIN, filling, sum(kept), {every, sum(rains), sum(at_least), len(kept)})


def _first_days(rains: list[int], least: int) -> list[int]:
    return [rain for rain, before in zip(rains, [0, *rains], strict=False) if rain > least >= before]


def _shelves(chance: random.Random) -> Draft:
    least, pack = chance.randint(24, 40), chance.choice((5, 6, 7, 8))
    amounts = [least, least - pack, *(chance.randint(0, least + 12) for _ in range(12))]
    chance.shuffle(amounts)
    missing = [least - amount for amount in amounts if amount < least]
    boxes = sum(-(-one // pack) for one in missing)
    or_equal = sum((least - amount) // pack + 1 for amount in amounts if amount <= least)
    wrong = {len(missing), or_equal, sum(missing), -(-sum(missing) // pack), sum(one // pack for one in missing)}
    filling = {"least": least, "pack": pack, "town": chance.choice(TOWNS)}
    shelves: dict[Locale, str] = {
        locale: listed([f'"{name}": {amount}' for name, amount in zip(_PRODUCTS[locale], amounts, strict=True)], 4)
        for locale in LOCALES
    }
    return drafted(_SHELVES, filling, boxes, wrong, shelves=shelves)


def _van(chance: random.Random) -> Draft:
    weights = [chance.randint(4, 38) for _ in range(28)]
    most = max(70, sum(weights[: chance.randint(3, 5)]))
    loads = _loads(weights, most)
    lost = [most - load for load in loads]
    at_once = [most - load for load in _loads(weights, most - 1)]
    wrong = {sum(lost), sum(at_once[:-1]), sum(lost[1:-1]), most - loads[-1], len(loads), len(loads) - 1, loads[-1]}
    filling = {"numbers": listed(weights), "most": most, "town": chance.choice(TOWNS)}
    return drafted(_VAN, filling, sum(lost[:-1]), wrong)


def _loads(weights: list[int], most: int) -> list[int]:
    loads = [0]
    for weight in weights:
        if loads[-1] + weight > most:
            loads.append(0)
        loads[-1] += weight
    return loads
