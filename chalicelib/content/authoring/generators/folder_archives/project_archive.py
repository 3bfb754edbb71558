"""A zip of a project's folders: where a file is, which version is the last, what is there twice."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.formats import zip_of
from chalicelib.content.challenges import NumberAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_FOLDERS: Mapping[str, dict[Locale, str]] = {
    "budget": {"fr": "budget", "en": "budget"},
    "photos": {"fr": "photos", "en": "photos"},
    "minutes": {"fr": "comptes-rendus", "en": "minutes"},
    "contracts": {"fr": "contrats", "en": "contracts"},
    "posters": {"fr": "affiches", "en": "posters"},
    "letters": {"fr": "courriers", "en": "letters"},
    "plans": {"fr": "plans", "en": "plans"},
    "estimates": {"fr": "devis", "en": "quotes"},
    "surveys": {"fr": "enquetes", "en": "surveys"},
    "events": {"fr": "fetes", "en": "festivals"},
    "forms": {"fr": "formulaires", "en": "forms"},
    "schedules": {"fr": "horaires", "en": "timetables"},
    "speeches": {"fr": "discours", "en": "speeches"},
    "staff": {"fr": "equipes", "en": "teams"},
}
_YEARS = ("2023", "2024", "2025")
_SUBJECTS: tuple[dict[Locale, str], ...] = (
    {"fr": "cantine", "en": "canteen"},
    {"fr": "gymnase", "en": "gym"},
    {"fr": "marche", "en": "market"},
    {"fr": "piscine", "en": "pool"},
    {"fr": "kermesse", "en": "fair"},
    {"fr": "jardin", "en": "garden"},
    {"fr": "theatre", "en": "theatre"},
    {"fr": "bibliotheque", "en": "library"},
    {"fr": "chorale", "en": "choir"},
    {"fr": "velos", "en": "bikes"},
)
_VERSIONS: dict[Locale, tuple[str, ...]] = {
    "fr": ("v1", "v2", "v3", "final", "final-corrige"),
    "en": ("v1", "v2", "v3", "final", "final-corrected"),
}


@dataclass(frozen=True)
class _Leaf:
    """A file of the tree: its folder and year, its name in each language, its text and its time."""

    folder: str
    year: str
    name: dict[Locale, str]
    text: str
    at: datetime

    def path(self, locale: Locale) -> str:
        return f"{_FOLDERS[self.folder][locale]}/{self.year}/{self.name[locale]}"


def draw(chance: random.Random, question: str) -> Drawn:
    """Some sixty small text files in fourteen folders of three years each."""
    numbers = iter(chance.sample(range(100, 1000), 200))
    leaves = _leaves(chance, numbers)
    if question == "folder-of-a-file":
        return _folder_of_a_file(chance, leaves)
    if question == "latest-version":
        return _latest_version(chance, leaves)
    return _identical_files(chance, leaves, numbers)


def _leaves(chance: random.Random, numbers: Iterator[int]) -> list[_Leaf]:
    leaves = []
    for folder in _FOLDERS:
        for year in _YEARS:
            for subject in chance.sample(_SUBJECTS, chance.choice((1, 2))):
                leaves.append(_Leaf(folder, year, _name(subject, next(numbers)), _text(chance), _moment(chance, year)))
    return leaves


def _name(subject: dict[Locale, str], number: int) -> dict[Locale, str]:
    return {locale: f"{subject[locale]}-{number}.txt" for locale in LOCALES}


def _text(chance: random.Random) -> str:
    """Three lines of figures, all of the same length, which tell nothing of the file that holds them."""
    return "".join(" ".join(str(chance.randint(10_000, 99_999)) for _ in range(6)) + "\n" for _ in range(3))


def _moment(chance: random.Random, year: str) -> datetime:
    minutes = chance.randrange(330 * 24 * 60)
    return datetime(int(year), 1, 5) + timedelta(minutes=minutes)  # noqa: DTZ001 - a zip's times have no zone


def _folder_of_a_file(chance: random.Random, leaves: list[_Leaf]) -> Drawn:
    wanted = chance.choice([leaf for leaf in leaves if [other.name for other in leaves].count(leaf.name) == 1])
    folders = [_FOLDERS[name] for name in _FOLDERS if name != wanted.folder]
    expected = WordAnswer(
        kind="text",
        accept=Words(fr=(_FOLDERS[wanted.folder]["fr"],), en=(_FOLDERS[wanted.folder]["en"],)),
        refuse=Words(fr=tuple(one["fr"] for one in folders), en=tuple(one["en"] for one in folders)),
        strip_punctuation=True,
    )
    values = {locale: {"file": wanted.name[locale], "path": wanted.path(locale)} for locale in LOCALES}
    return _drawn(expected, values, leaves)


def _latest_version(chance: random.Random, leaves: list[_Leaf]) -> Drawn:
    """The order of the names is not that of the times."""
    folder, subject = chance.choice(list(_FOLDERS)), chance.choice(_SUBJECTS)
    times = sorted(_moment(chance, "2025") for _ in range(5))
    chance.shuffle(times)
    versions = [
        _Leaf(
            folder,
            chance.choice(_YEARS),
            {locale: f"{subject[locale]}-{_VERSIONS[locale][place]}.txt" for locale in LOCALES},
            _text(chance),
            at,
        )
        for place, at in enumerate(times)
    ]
    latest = max(versions, key=lambda leaf: leaf.at)
    others = [leaf for leaf in versions if leaf is not latest]
    expected = WordAnswer(
        kind="text",
        accept=Words(fr=_with_and_without_end(latest.name["fr"]), en=_with_and_without_end(latest.name["en"])),
        refuse=Words(fr=tuple(leaf.name["fr"] for leaf in others), en=tuple(leaf.name["en"] for leaf in others)),
    )
    values = {
        locale: {
            "subject": subject[locale],
            "folder": _FOLDERS[folder][locale],
            "file": latest.name[locale],
            "time": latest.at.strftime("%d/%m/%Y %H:%M"),
        }
        for locale in LOCALES
    }
    return _drawn(expected, values, [*leaves, *versions])


def _with_and_without_end(name: str) -> tuple[str, str]:
    return name, name.removesuffix(".txt")


def _identical_files(chance: random.Random, leaves: list[_Leaf], numbers: Iterator[int]) -> Drawn:
    """Copies of some files under other names, in other folders; and near-copies, one figure apart."""
    copied = chance.sample(leaves, chance.randint(4, 16))
    near = chance.sample([leaf for leaf in leaves if leaf not in copied], 4)
    more = [_elsewhere(chance, leaf, leaf.text, next(numbers)) for leaf in copied]
    more += [_elsewhere(chance, leaf, _with_another_figure(chance, leaf.text), next(numbers)) for leaf in near]
    count = len(copied)
    wrong = {len(leaves) + len(more), count + 4, 2 * count} - {count}
    expected = NumberAnswer(kind="number", value=count, refuse_values=tuple(sorted(wrong)))
    values = {locale: {"count": str(count), "all": str(len(leaves) + len(more))} for locale in LOCALES}
    return _drawn(expected, values, [*leaves, *more])


def _with_another_figure(chance: random.Random, text: str) -> str:
    """The same text but for one figure somewhere."""
    place = chance.choice([index for index, sign in enumerate(text) if sign.isdigit()])
    return text[:place] + chance.choice([digit for digit in "123456789" if digit != text[place]]) + text[place + 1 :]


def _elsewhere(chance: random.Random, leaf: _Leaf, text: str, number: int) -> _Leaf:
    folder = chance.choice([name for name in _FOLDERS if name != leaf.folder])
    return _Leaf(folder, chance.choice(_YEARS), _name(chance.choice(_SUBJECTS), number), text, _moment(chance, leaf.year))


def _drawn(expected: WordAnswer | NumberAnswer, values: dict[Locale, dict[str, str]], leaves: list[_Leaf]) -> Drawn:
    def make(locale: Locale) -> MadeFile:
        ordered = sorted(leaves, key=lambda leaf: leaf.path(locale))
        times = {leaf.path(locale): leaf.at for leaf in ordered}
        content = zip_of([(leaf.path(locale), leaf.text.encode()) for leaf in ordered], times)
        return MadeFile("projet.zip" if locale == "fr" else "project.zip", content)

    return Drawn(expected, values, make)


GENERATOR = Generator(frozenset({"folder-of-a-file", "latest-version", "identical-files"}), draw)
