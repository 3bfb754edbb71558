"""Programs of assignments and conditions, to follow from top to bottom."""

from __future__ import annotations

import random

from chalicelib.content.authoring.generators.program_files.program_drafts import PEOPLE, TOWNS, Draft, Story, drafted
from chalicelib.content.texts import LOCALES, Locale

_PRINT: dict[Locale, str] = {"fr": "- `print(…)` affiche un nombre.", "en": "- `print(…)` prints a number."}
_TIMES: dict[Locale, str] = {
    "fr": "`*` veut dire « fois », et se calcule avant `+` et `-`.",
    "en": "`*` means “times”, and is done before `+` and `-`.",
}
_COMMON: dict[Locale, str] = {
    "fr": "- Une ligne qui commence par `#` est un commentaire : elle ne fait rien.\n"
    "- `=` calcule ce qui est à sa droite, puis le garde sous le nom qui est à sa gauche.\n"
    "- La ligne décalée sous `if` ne se fait que si la condition est vraie.",
    "en": "- A line that starts with `#` is a comment: it does nothing.\n"
    "- `=` works out what is on its right, then keeps it under the name on its left.\n"
    "- The line shifted to the right under `if` is done only if the condition is true.",
}
_ELSE: dict[Locale, str] = {
    "fr": "Sinon, c'est la ligne sous `else` qui se fait.",
    "en": "If not, the line under `else` is done.",
}
_GREATER: dict[Locale, str] = {"fr": "- `>` veut dire « plus grand que ».", "en": "- `>` means “greater than”."}
_AT_LEAST: dict[Locale, str] = {
    "fr": "- `>=` veut dire « plus grand que ou égal à ».",
    "en": "- `>=` means “greater than or equal to”.",
}

_STALL = Story(
    program={
        "fr": """\
# La buvette de la fête de $town
# Les prix sont en euros.

crepes = $count
prix = $price

# Le prix sans réduction
total = crepes * prix
print(total)

# Une grosse commande coûte moins cher.
if crepes > $limit:
    total = total - $off
print(total)

# On ajoute une boisson.
boisson = $drink
total = total + boisson
print(total)

# $person paie avec un billet : combien lui rend-on ?
billet = $note
print(billet - total)
""",
        "en": """\
# The food stall at the $town fair
# Prices are in euros.

pancakes = $count
price = $price

# The price before any discount
total = pancakes * price
print(total)

# A big order costs less.
if pancakes > $limit:
    total = total - $off
print(total)

# Add a drink.
drink = $drink
total = total + drink
print(total)

# $person pays with a banknote: how much change is due?
banknote = $note
print(banknote - total)
""",
    },
    sentences={
        "fr": {
            "signs": f"{_PRINT['fr']} {_TIMES['fr']}\n{_COMMON['fr']}\n{_GREATER['fr']}",
            "printed": "$printed",
            "why": "La ligne sous le `if` ne s'exécute que si le nombre de crêpes ($count) est plus grand que $limit.",
        },
        "en": {
            "signs": f"{_PRINT['en']} {_TIMES['en']}\n{_COMMON['en']}\n{_GREATER['en']}",
            "printed": "$printed",
            "why": "The line under the `if` runs only if the number of pancakes ($count) is greater than $limit.",
        },
    },
)
_GAME = Story(
    program={
        "fr": """\
# Le jeu des perles de $town
# On compte les points de $person.

points = $start
vies = $lives

# Premier tour : des perles à ramasser
points = points + $gain
print(points)

# Deuxième tour : un piège attend les plus riches.
if points > $limit:
    points = points - $loss
else:
    points = points + $gift
print(points)

# Troisième tour : le coffre double les points.
points = points * 2
print(points)

# Chaque vie qui reste vaut dix points.
points = points + vies * 10
print(points)
""",
        "en": """\
# The bead game of $town
# We count the points of $person.

points = $start
lives = $lives

# First round: beads to pick up
points = points + $gain
print(points)

# Second round: a trap awaits the richest.
if points > $limit:
    points = points - $loss
else:
    points = points + $gift
print(points)

# Third round: the chest doubles the points.
points = points * 2
print(points)

# Each life left is worth ten points.
points = points + lives * 10
print(points)
""",
    },
    sentences={
        "fr": {
            "signs": f"{_PRINT['fr']} {_TIMES['fr']}\n{_COMMON['fr']} {_ELSE['fr']}\n{_GREATER['fr']}",
            "printed": "$printed",
            "why": "Après le premier tour, si `points` est plus grand que $limit, on suit le `if` ; sinon, on suit le `else`.",
        },
        "en": {
            "signs": f"{_PRINT['en']} {_TIMES['en']}\n{_COMMON['en']} {_ELSE['en']}\n{_GREATER['en']}",
            "printed": "$printed",
            "why": "After the first round, if `points` is greater than $limit, the `if` is followed; if not, the `else` is.",
        },
    },
)
_TANK = Story(
    program={
        "fr": """\
# Le récupérateur d'eau du jardin de $town
# On compte l'eau en litres.

eau = $start
print(eau)

# Il pleut pendant la nuit.
eau = eau + $rain

# $person note la mesure du matin.
matin = eau

# On arrose s'il y a assez d'eau.
if eau >= $least:
    eau = eau - $used
print(eau)

# Le soir, on ajoute un seau.
eau = eau + $bucket
print(eau)

# $person relit la mesure du matin.
print(matin)
""",
        "en": """\
# The rain barrel of the $town garden
# We count water in litres.

water = $start
print(water)

# It rains during the night.
water = water + $rain

# $person writes down the morning level.
morning = water

# We water the plants if there is enough.
if water >= $least:
    water = water - $used
print(water)

# In the evening, we add a bucket.
water = water + $bucket
print(water)

# $person reads the morning level again.
print(morning)
""",
    },
    sentences={
        "fr": {
            "signs": f"{_PRINT['fr']}\n{_COMMON['fr']}\n{_AT_LEAST['fr']}",
            "printed": "$printed",
            "why": "`matin` garde la valeur que `eau` avait à ce moment-là : $start + $rain. Il ne change plus quand `eau` change.",
        },
        "en": {
            "signs": f"{_PRINT['en']}\n{_COMMON['en']}\n{_AT_LEAST['en']}",
            "printed": "$printed",
            "why": "`morning` keeps the value that `water` had at that time: $start + $rain. It does not change when `water` does.",
        },
    },
)


def last_printed(chance: random.Random) -> Draft:
    """A program of assignments and conditions that prints several numbers."""
    return chance.choice((_stall, _game, _tank))(chance)


def _stall(chance: random.Random) -> Draft:
    """The change due is never what was to be paid: the last two numbers printed differ."""
    count, price = chance.randint(4, 12), chance.randint(2, 5)
    limit, off, drink = count + chance.choice((-2, -1, 0, 1)), chance.randint(3, 6), chance.randint(1, 2)
    full = count * price
    reduced = full - off if count > limit else full
    total, other_total = reduced + drink, 2 * full - off - reduced + drink
    note = next(one for one in (50, 100, 200) if one > total + 5 and one != 2 * total)
    printed = [full, reduced, total, note - total]
    filling = {"count": count, "price": price, "limit": limit, "off": off, "drink": drink, "note": note}
    return _read(chance, _STALL, filling, printed, {note - other_total, note - reduced, note - full, note})


def _game(chance: random.Random) -> Draft:
    start, gain, lives = chance.randint(12, 40), chance.randint(8, 30), chance.randint(1, 4)
    first = start + gain
    limit = first + chance.choice((-3, -1, 0, 2))
    loss, gift = chance.randint(5, 12), chance.randint(4, 11)
    second, other = (first - loss, first + gift) if first > limit else (first + gift, first - loss)
    printed = [first, second, 2 * second, 2 * second + 10 * lives]
    wrong = {2 * other + 10 * lives, 2 * second + lives + 10, (2 * second + lives) * 10, second + 10 * lives, 2 * second + 10}
    filling = {"start": start, "gain": gain, "lives": lives, "limit": limit, "loss": loss, "gift": gift}
    return _read(chance, _GAME, filling, printed, wrong)


def _tank(chance: random.Random) -> Draft:
    start, rain, used, bucket = chance.randint(30, 70), chance.randint(15, 40), chance.randint(18, 29), chance.randint(5, 14)
    morning = start + rain
    least = morning + chance.choice((-9, -4, 0, 3))
    watered = morning - used if morning >= least else morning
    printed = [start, watered, watered + bucket, morning]
    wrong = {morning - used, morning + bucket, morning - used + bucket, start + bucket, rain}
    filling = {"start": start, "rain": rain, "used": used, "bucket": bucket, "least": least}
    return _read(chance, _TANK, filling, printed, wrong)


def _read(chance: random.Random, story: Story, filling: dict[str, int], printed: list[int], wrong: set[int]) -> Draft:
    """What is printed earlier is wrong too."""
    told = {"town": chance.choice(TOWNS), "person": chance.choice(PEOPLE)}
    shown: dict[Locale, str] = {locale: ", ".join(map(str, printed)) for locale in LOCALES}
    return drafted(story, {**filling, **told}, printed[-1], {*wrong, *printed[:-1]}, printed=shown)
