"""Sections, payees and givers of an invented sports club."""

from __future__ import annotations

from chalicelib.content.texts import Locale

Name = dict[Locale, str]

NEIGHBOURS: tuple[tuple[Name, Name], ...] = (
    ({"fr": "Tennis", "en": "Tennis"}, {"fr": "Tennis de table", "en": "Table tennis"}),
    ({"fr": "Danse", "en": "Dance"}, {"fr": "Danse enfants", "en": "Children's dance"}),
    ({"fr": "Yoga", "en": "Yoga"}, {"fr": "Yoga du matin", "en": "Morning yoga"}),
    ({"fr": "Judo", "en": "Judo"}, {"fr": "Judo adapté", "en": "Adapted judo"}),
)
"""Two sections, the name of the first within that of the second."""
OTHER_SECTIONS: tuple[Name, ...] = (
    {"fr": "Escrime", "en": "Fencing"},
    {"fr": "Natation", "en": "Swimming"},
    {"fr": "Randonnée", "en": "Hiking"},
    {"fr": "Tir à l'arc", "en": "Archery"},
    {"fr": "Échecs", "en": "Chess"},
)
PURPOSES: tuple[tuple[Name, tuple[Name, ...]], ...] = (
    (
        {"fr": "Déplacements", "en": "Travel"},
        ({"fr": "Autocars {}", "en": "{} Coaches"}, {"fr": "Garage {}", "en": "{} Garage"}),
    ),
    (
        {"fr": "Matériel", "en": "Equipment"},
        ({"fr": "Sports {}", "en": "{} Sports"}, {"fr": "Atelier {}", "en": "{} Workshop"}),
    ),
    (
        {"fr": "Fêtes", "en": "Parties"},
        ({"fr": "Traiteur {}", "en": "{} Catering"}, {"fr": "Boulangerie {}", "en": "{} Bakery"}),
    ),
    ({"fr": "Locaux", "en": "Premises"}, ({"fr": "Halle {}", "en": "{} Hall"}, {"fr": "Nettoyage {}", "en": "{} Cleaning"})),
    (
        {"fr": "Formation", "en": "Training"},
        ({"fr": "Institut {}", "en": "{} Institute"}, {"fr": "École {}", "en": "{} School"}),
    ),
    (
        {"fr": "Imprimés", "en": "Printing"},
        ({"fr": "Imprimerie {}", "en": "{} Press"}, {"fr": "Papeterie {}", "en": "{} Paper"}),
    ),
)
"""What money is spent on, and what those who are paid for it are called."""
OWN_NAMES = (
    "Vernelle",
    "Brocarel",
    "Tissandel",
    "Orlouve",
    "Marquignon",
    "Pelbois",
    "Sourdane",
    "Crépillan",
    "Lavorède",
    "Dunastre",
    "Faurevil",
    "Grisolin",
    "Harquetin",
    "Jolivarde",
    "Kervazelle",
    "Lombrune",
    "Mirvolet",
    "Noirpelle",
    "Ostrevaux",
    "Quincelle",
    "Rambessol",
    "Salvigny",
    "Thuribel",
    "Ulmeraie",
)
GIVERS: tuple[Name, ...] = (
    {"fr": "Ville de Tillebrune", "en": "Town of Tillebrune"},
    {"fr": "Fondation Aubelune", "en": "Aubelune Foundation"},
    {"fr": "Comité de Valsorgue", "en": "Valsorgue Committee"},
    {"fr": "Mutuelle Clairvent", "en": "Clairvent Mutual"},
)
SOURCES: tuple[Name, ...] = (
    {"fr": "Cotisations", "en": "Fees"},
    {"fr": "Buvette", "en": "Refreshments"},
    {"fr": "Tombola", "en": "Raffle"},
)
MEMBERS: Name = {"fr": "Adhérents", "en": "Members"}
GRANT: Name = {"fr": "Subvention", "en": "Grant"}
HEADINGS: dict[Locale, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fr": (
        ("Date", "Pièce", "Bénéficiaire", "Section", "Poste", "Montant (€)"),
        ("Date", "Pièce", "Reçu de", "Section", "Nature", "Montant (€)"),
    ),
    "en": (
        ("Date", "Voucher", "Payee", "Section", "Purpose", "Amount (€)"),
        ("Date", "Voucher", "Received from", "Section", "Source", "Amount (€)"),
    ),
}
SHEETS: dict[Locale, tuple[str, str]] = {"fr": ("Dépenses", "Recettes"), "en": ("Expenses", "Income")}
