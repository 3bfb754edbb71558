"""Invented learners, and files of each format that hold them. Every name is made of invented syllables, or plainly chosen to be odd.

`python -m tests.domain.imports.learner_files siecle 160000 people.xml` writes a large one, of any format.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from chalicelib.campaigns.imports.formats import FORMS, DeclaredColumns, Form, read_learners
from chalicelib.campaigns.imports.model import LIMITS, Learner, LearnerRow, Limits, Reading, Row, RowFault, Source

TODAY = date(2030, 9, 2)

DECLARED = DeclaredColumns(
    external_id="Matricule", last_name="Nom", first_name="Prénom", birth_date="Né(e) le", group="Service", email="Courriel"
)
GENERIC = DECLARED.form()

ONDE_HEADER = (
    *("Nom élève", "Nom d'usage élève", "Prénom élève", "Date naissance", "Sexe", "INE", "Adresse1", "Cycle", "Niveau"),
    *("Libellé classe", "Identifiant classe"),
)
SUP_HEADER = (
    *("Premier prénom", "Deuxième prénom", "Nom de famille", "Nom d’usage", "Date de naissance (jj/mm/aaaa)", "Email"),
    *("Numéro étudiant", "Composante", "Groupe", "Diplôme", "Régime"),
)
GENERIC_HEADER = ("Matricule", "Nom", "Prénom", "Né(e) le", "Service", "Courriel")

ODD_NAMES = (
    ("Brindavoine", "Zélie-Ève"),
    ("D'Orsambre", "Loïs"),
    ("Le Quermadec-Touzinel", "Aëlwenn"),
    ("L’Hourdebec", "Noé-Gaël"),
    ("Çelmoutier", "Œdiane"),
    ("Ñandarico", "Jöel"),
    ("Нивальский", "Злата"),
    ("Μελανθίου", "Ἰόλη"),
    ("山野森", "海空"),
    ("الزمردي", "نورسين"),
)

_SYLLABLES = ("bra", "vel", "mon", "zé", "lou", "quar", "din", "tou", "rê", "cham", "pio", "ger", "nac", "ïl", "sor", "fê")


def a_learner(external_id: str = "M1", **changed: str | date | None) -> Learner:
    """Somebody, with anything else."""
    made = Learner(external_id, "Brindavoine", "Zélie-Ève", None, date(2015, 2, 28), "CM1 A", None)
    return replace(made, **changed)  # type: ignore[arg-type]


def learners(count: int, seed: int = 1) -> list[Learner]:
    """Invented people; the same seed gives the same ones."""
    chance = random.Random(seed)
    return [_learner(chance, number) for number in range(count)]


def _learner(chance: random.Random, number: int) -> Learner:
    if number < len(ODD_NAMES):
        last, first = ODD_NAMES[number]
    else:
        last = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
        first = "-".join("".join(chance.choices(_SYLLABLES, k=2)).capitalize() for _ in range(chance.choice((1, 1, 1, 2))))
    born = date(2012 + number % 9, chance.randint(1, 12), chance.randint(1, 28))
    return Learner(f"9{number:09d}X", last, first, None, born, f"{3 + number % 4} {'ABCD'[number % 4]}")


def day_first(born: date | None) -> str:
    return born.strftime("%d/%m/%Y") if born else ""


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ";", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """A table as spreadsheets write it: quotes where they are needed."""

    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in (separator, '"', "\n", "\r")) else cell

    lines = (separator.join(map(quoted, row)) for row in (header, *rows))
    return "".join(line + end for line in lines).encode(encoding)


def generic_file(of: Iterable[Learner], separator: str = ";", encoding: str = "utf-8") -> bytes:
    rows = ((*_ids(one), day_first(one.birth_date), one.group or "", one.email or "") for one in of)
    return table(GENERIC_HEADER, rows, separator, encoding)


def _ids(one: Learner) -> tuple[str, str, str]:
    return one.external_id, one.last_name, one.first_name


def onde_file(of: Iterable[Learner]) -> bytes:
    rows = (
        (
            *(one.last_name, one.usual_name or "", one.first_name, day_first(one.birth_date), "F", one.external_id),
            *("1 rue Inventée", "CYCLE III", "CM1", one.group or "", "12345"),
        )
        for one in of
    )
    return table(ONDE_HEADER, rows)


def sup_file(of: Iterable[Learner]) -> bytes:
    rows = (
        (
            *(one.first_name, "", one.last_name, one.usual_name or "", day_first(one.birth_date), one.email or ""),
            *(one.external_id, "UFR des vents", one.group or "", "Licence", "FI"),
        )
        for one in of
    )
    return table(SUP_HEADER, rows)


def pupil(one: Learner, number: int, extra: str = "") -> str:
    usual = f"<NOM_USAGE>{escape(one.usual_name)}</NOM_USAGE>" if one.usual_name else ""
    return (
        f'<ELEVE ELEVE_ID={quoteattr(str(number))} ELENOET="{number}"><ID_NATIONAL>{escape(one.external_id)}</ID_NATIONAL>'
        f"<NOM_DE_FAMILLE>{escape(one.last_name)}</NOM_DE_FAMILLE>{usual}<PRENOM>{escape(one.first_name)}</PRENOM>"
        f"<CODE_SEXE>2</CODE_SEXE><DATE_NAISS>{day_first(one.birth_date)}</DATE_NAISS><CODE_MEF>10010012110</CODE_MEF>"
        f"{extra}<SCOLARITE_AN_DERNIER><CODE_STRUCTURE>6B</CODE_STRUCTURE><PRENOM>autre</PRENOM></SCOLARITE_AN_DERNIER></ELEVE>\n"
    )


def structures(one: Learner, number: int) -> str:
    return (
        f'<STRUCTURES_ELEVE ELEVE_ID="{number}" ELENOET="{number}">'
        "<STRUCTURE><CODE_STRUCTURE>LATIN</CODE_STRUCTURE><TYPE_STRUCTURE>G</TYPE_STRUCTURE></STRUCTURE>"
        f"<STRUCTURE><CODE_STRUCTURE>{escape(one.group or '')}</CODE_STRUCTURE><TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE>"
        "</STRUCTURES_ELEVE>\n"
    )


def siecle_parts(of: Sequence[Learner], encoding: str = "UTF-8", classes_first: bool = False) -> Iterator[str]:
    """An export of pupils, piece by piece."""
    yield f'<?xml version="1.0" encoding="{encoding}"?>\n<BEE_ELEVES VERSION="2.0">\n'
    yield "<PARAMETRES><UAJ>0999999Z</UAJ><ANNEE_SCOLAIRE>2030</ANNEE_SCOLAIRE></PARAMETRES>\n<DONNEES>\n"
    parts = [("ELEVES", pupil), ("STRUCTURES", structures)]
    for name, made in reversed(parts) if classes_first else parts:
        yield f"<{name}>\n"
        yield from (made(one, number) for number, one in enumerate(of, 1))
        yield f"</{name}>\n"
    yield "</DONNEES></BEE_ELEVES>\n"


def siecle_file(of: Sequence[Learner], encoding: str = "UTF-8", classes_first: bool = False) -> bytes:
    return "".join(siecle_parts(of, encoding, classes_first)).encode(encoding, "xmlcharrefreplace")


def form(name: str) -> Form:
    return GENERIC if name == "generic" else FORMS[name]


@dataclass(frozen=True)
class Taken:
    """A file read to its end."""

    source: Source
    rows: list[Row]

    @property
    def learners(self) -> list[Learner]:
        return [row.learner for row in self.rows if isinstance(row, LearnerRow)]

    @property
    def faults(self) -> list[RowFault]:
        return [row for row in self.rows if isinstance(row, RowFault)]

    @property
    def told(self) -> list[tuple[int, str | None, str]]:
        return [(fault.line, fault.column, fault.code) for fault in self.faults]


def reading(content: bytes | BinaryIO, name: str = "generic", limits: Limits = LIMITS) -> Reading:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return read_learners(stream, form(name), TODAY, limits)


def taken(content: bytes, name: str = "generic", limits: Limits = LIMITS) -> Taken:
    found = reading(content, name, limits)
    return Taken(found.source, list(found.rows))


Written = Callable[[list[Learner]], bytes]
WRITERS: Mapping[str, Written] = {"generic": generic_file, "siecle": siecle_file, "onde": onde_file, "sup": sup_file}

if __name__ == "__main__":
    Path(sys.argv[3]).write_bytes(WRITERS[sys.argv[1]](learners(int(sys.argv[2]))))
