"""The formats of imports, as data, and the one way to read a file of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, BinaryIO, Self

from pydantic import StringConstraints, model_validator

from chalicelib.campaigns.imports.model import LIMITS, Column, Field, Limits, Reading
from chalicelib.campaigns.imports.siecle import SiecleForm, read_siecle
from chalicelib.campaigns.imports.tables import TableForm, folded, read_table
from chalicelib.content.texts import Strict

Form = TableForm | SiecleForm

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LIMITS.characters)]

ALWAYS = frozenset({Field.EXTERNAL_ID, Field.LAST_NAME, Field.FIRST_NAME})
"""What a learner is never without."""


class DeclaredColumns(Strict):
    """What an organisation calls the columns of its own tables. What it does not declare is not read."""

    external_id: Title
    last_name: Title
    first_name: Title
    usual_name: Title | None = None
    birth_date: Title | None = None
    group: Title | None = None
    email: Title | None = None

    @model_validator(mode="after")
    def _all_different(self) -> Self:
        titles = [folded(title) for title in self.titles().values()]
        if len(set(titles)) != len(titles):
            raise ValueError("two fields have the same column")
        return self

    def titles(self) -> dict[Field, str]:
        """The title of each field that is declared."""
        return {one: title for one in Field if (title := getattr(self, one.value)) is not None}

    def form(self) -> TableForm:
        """The format that this declares: every declared column must be there, only ids and names must be filled."""
        return TableForm("generic", tuple(Column(one, (title,), filled=one in ALWAYS) for one, title in self.titles().items()))


SIECLE = SiecleForm(
    "siecle",
    (
        Column(Field.EXTERNAL_ID, ("ID_NATIONAL", "INE_RNIE"), filled=True),
        Column(Field.LAST_NAME, ("NOM_DE_FAMILLE", "NOM"), filled=True),
        Column(Field.FIRST_NAME, ("PRENOM",), filled=True),
        Column(Field.USUAL_NAME, ("NOM_USAGE",), required=False),
        Column(Field.BIRTH_DATE, ("DATE_NAISS",), filled=True),
        Column(Field.GROUP, ("CODE_STRUCTURE",), required=False),
        Column(Field.EMAIL, ("MEL",), required=False),
    ),
)

ONDE = TableForm(
    "onde",
    (
        Column(Field.EXTERNAL_ID, ("INE", "Identifiant national élève", "Numéro INE"), filled=True),
        Column(Field.LAST_NAME, ("Nom élève", "Nom de l'élève", "Nom"), filled=True),
        Column(Field.FIRST_NAME, ("Prénom élève", "Prénom de l'élève", "Prénom"), filled=True),
        Column(Field.USUAL_NAME, ("Nom d'usage élève", "Nom d'usage"), required=False),
        Column(Field.BIRTH_DATE, ("Date naissance", "Date de naissance"), filled=True),
        Column(Field.GROUP, ("Libellé classe", "Classe"), required=False),
    ),
    (
        *("Sexe", "Adresse1", "Cp1", "Commune1", "Pays1", "Adresse2", "Cp2", "Commune2", "Pays2", "Cycle", "Niveau"),
        *("Identifiant classe", "Attestation fournie", "Autorisation associations", "Autorisation photo"),
        "Décision de passage",
    ),
)

SUP = TableForm(
    "sup",
    (
        Column(Field.EXTERNAL_ID, ("Numéro étudiant",), filled=True),
        Column(Field.LAST_NAME, ("Nom de famille",), filled=True),
        Column(Field.FIRST_NAME, ("Premier prénom", "Prénom"), filled=True),
        Column(Field.USUAL_NAME, ("Nom d'usage",), required=False),
        Column(Field.BIRTH_DATE, ("Date de naissance (jj/mm/aaaa)", "Date de naissance"), filled=True),
        Column(Field.GROUP, ("Groupe",), required=False),
        Column(Field.EMAIL, ("Email", "E-mail", "Courriel"), required=False),
    ),
    ("Deuxième prénom", "Troisième prénom", "Composante", "Équipe pédagogique", "Diplôme", "Régime"),
)

FORMS: Mapping[str, Form] = {form.name: form for form in (SIECLE, ONDE, SUP)}
"""The formats that declare their own columns; of the generic one, `DeclaredColumns` does."""


def read_learners(stream: BinaryIO, form: Form, today: date, limits: Limits = LIMITS) -> Reading:
    """Read a file of learners, of which `today` is the day: what it is at once, its rows one by one.

    The stream must be able to seek, as it is read twice, and is left open; memory is bounded by the external ids and, for SIECLE,
    the classes. Raises `RefusedFileError` here or while rows are taken: then nothing of the file may be used.
    """
    if isinstance(form, SiecleForm):
        return read_siecle(stream, form, today, limits)
    return read_table(stream, form, today, limits)
