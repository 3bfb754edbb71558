"""What an import would change: nobody deleted, nothing emptied, nobody confused, and the same however often it is retried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.imports.model import Field, Learner, LearnerRow
from chalicelib.campaigns.imports.plans import CONFLICTS, Plan, Policy, plan
from tests.domain.imports.learner_files import GENERIC_HEADER, a_learner, generic_file, table, taken

BORN = (date(2015, 2, 28), date(2016, 3, 1))

Register = Mapping[str, Learner]


def register(*people: Learner) -> Register:
    return {one.external_id: one for one in people}


def planned(existing: Register, *people: Learner, confirmed: Iterable[str] = ()) -> Plan:
    """The plan of a file that was written with these people and read again."""
    return plan(existing, taken(generic_file(people)).rows, frozenset(confirmed))


def applied(existing: Register, written: Iterable[Learner]) -> Register:
    """An application in memory: each write puts one learner."""
    return {**existing, **register(*written)}


def told(found: Plan) -> list[tuple[str, str, tuple[int, ...], tuple[str, ...]]]:
    return [(one.code, one.external_id, one.lines, one.others) for one in found.conflicts]


def test_people_are_created_changed_left_as_they_are_and_told_absent() -> None:
    existing = register(a_learner("M1"), a_learner("M2", first_name="Loïs"), a_learner("M3", first_name="Noé"))
    moved = a_learner("M2", first_name="Loïs", group="CM2 B", email="lois@ecole.example")
    fresh = a_learner("M4", first_name="Злата")
    found = planned(existing, a_learner("M1"), moved, fresh)
    assert found.created == (LearnerRow(4, fresh),)
    (changed,) = found.changed
    assert (changed.line, changed.after, changed.fields) == (3, moved, (Field.GROUP, Field.EMAIL))
    assert changed.before == existing["M2"]
    assert (found.unchanged, found.absent, found.conflicts, found.faulty) == (("M1",), ("M3",), (), 0)


def test_an_empty_cell_empties_nothing() -> None:
    known = a_learner("M1", usual_name="Ciel", email="z@ecole.example")
    found = planned(register(known), a_learner("M1", group=None, birth_date=None))
    assert (found.unchanged, found.changed) == (("M1",), ())


def test_who_is_in_a_faulty_row_is_not_absent() -> None:
    rows = taken(table(GENERIC_HEADER, [("M1", "", "Zélie", "", "", ""), ("", "Vent", "Ada", "", "", "")])).rows
    found = plan(register(a_learner("M1"), a_learner("M2")), rows)
    assert (found.absent, found.faulty) == (("M2",), 2)


def test_rows_with_one_external_id_are_in_conflict_and_none_is_applied() -> None:
    twice = (a_learner("M1"), a_learner("M2", first_name="Loïs"), a_learner("M1", first_name="Eva"))
    found = planned({}, *twice, confirmed=["M1"])
    assert told(found) == [("same-external-id", "M1", (2, 4), ())]
    assert [row.learner.external_id for row in found.created] == ["M2"]
    assert planned(register(a_learner("M1")), *twice).absent == ()


def test_an_id_that_goes_to_somebody_else_is_a_conflict_until_it_is_confirmed() -> None:
    existing = register(a_learner("M1"))
    other = a_learner("M1", last_name="Vent", first_name="Ada", birth_date=BORN[1])
    assert told(planned(existing, other)) == [("other-person", "M1", (2,), ())]
    assert told(planned(existing, a_learner("M1", last_name="Vent", first_name="Ada", birth_date=None)))
    confirmed = planned(existing, other, confirmed=["M1"])
    assert [one.after for one in confirmed.changed] == [other]


@pytest.mark.parametrize(
    "changed", [{"last_name": "Vent", "first_name": "Ada"}, {"birth_date": BORN[1], "last_name": "Vent"}, {"first_name": "Ada"}]
)
def test_a_person_who_keeps_something_of_their_identity_is_the_same_person(changed: dict[str, str | date]) -> None:
    found = planned(register(a_learner("M1")), a_learner("M1", **changed))
    assert (len(found.changed), found.conflicts) == (1, ())


def test_the_same_person_under_another_id_is_a_conflict_until_it_is_confirmed() -> None:
    existing = register(a_learner("M1", last_name="Le Quermadec"))
    again = a_learner("M9", last_name="LE-QUERMADEC", first_name="Zelie Eve")
    assert told(planned(existing, again)) == [("same-person", "M9", (2,), ("M1",))]
    assert [row.learner for row in planned(existing, again, confirmed=["M9"]).created] == [again]
    assert planned(existing, a_learner("M9", last_name="Le Quermadec", birth_date=BORN[1])).conflicts == ()


def test_names_alone_are_no_identity() -> None:
    existing = register(a_learner("M1", birth_date=None))
    assert planned(existing, a_learner("M2", birth_date=None), a_learner("M3")).conflicts == ()


def test_namesakes_are_looked_for_among_people_as_they_will_be() -> None:
    existing = register(a_learner("M1", first_name="Ada"))
    people = (a_learner("M1", first_name="Eva"), a_learner("M2", first_name="Ada"), a_learner("M3", first_name="Eva"))
    first = planned(existing, *people)
    assert told(first) == [("same-person", "M3", (4,), ("M1",))]
    assert [row.learner.external_id for row in first.created] == ["M2"]
    assert told(planned(applied(existing, first.to_write(Policy.VALID_ROWS)), *people)) == told(first)


def test_two_rows_for_one_person_are_both_in_conflict() -> None:
    found = planned({}, a_learner("M1"), a_learner("M2"))
    assert told(found) == [("same-person", "M1", (2,), ("M2",)), ("same-person", "M2", (3,), ("M1",))]


def test_every_conflict_is_provoked() -> None:
    one = register(a_learner("M1"), a_learner("M2", first_name="Loïs"))
    people = (
        a_learner("M1", last_name="Vent", first_name="Ada", birth_date=BORN[1]),
        a_learner("M3"),
        a_learner("M4"),
        a_learner("M4"),
    )
    assert {conflict.code for conflict in planned(one, *people).conflicts} == set(CONFLICTS)


def test_valid_rows_or_none_are_written() -> None:
    faulty = (a_learner("M1"), a_learner("M2", first_name="Loïs", email="nowhere"))
    conflicting = (a_learner("M1"), a_learner("M3"), a_learner("M2", first_name="Loïs"))
    right = (a_learner("M1"), a_learner("M2", first_name="Loïs"))
    assert [len(planned({}, *people).to_write(Policy.VALID_ROWS)) for people in (faulty, conflicting, right)] == [1, 1, 2]
    assert [len(planned({}, *people).to_write(Policy.ALL_OR_NONE)) for people in (faulty, conflicting, right)] == [0, 0, 2]


def test_printing_a_plan_shows_nobody() -> None:
    existing = register(a_learner("M77"), a_learner("M78", first_name="Loïs"), a_learner("M79", first_name="Noé"))
    shown = repr(planned(existing, a_learner("M77"), a_learner("M78", first_name="Eva"), a_learner("M80"), a_learner("M81")))
    assert not [one for one in ("M77", "M79", "M80", "Brindavoine", "Loïs", "2015") if one in shown]


PEOPLE = st.builds(
    Learner,
    external_id=st.sampled_from(["A", "B", "C", "D", "E"]),
    last_name=st.sampled_from(["Vent", "Ciel"]),
    first_name=st.sampled_from(["Ada", "Éva"]),
    birth_date=st.sampled_from([None, *BORN]),
    group=st.sampled_from([None, "1", "2"]),
    email=st.sampled_from([None, "x@y.example", "faulty"]),
)
REGISTERS = st.lists(PEOPLE.filter(lambda one: one.email != "faulty"), max_size=5).map(lambda people: register(*people))
FILES = st.lists(PEOPLE, min_size=1, max_size=6)
CONFIRMED = st.frozensets(st.sampled_from("ABCDE"), max_size=2)
POLICIES = st.sampled_from(Policy)


@given(REGISTERS, FILES, CONFIRMED, POLICIES)
def test_applying_twice_changes_nothing(
    existing: Register, people: list[Learner], confirmed: frozenset[str], policy: Policy
) -> None:
    first = planned(existing, *people, confirmed=confirmed)
    assert planned(dict(reversed(list(existing.items()))), *people, confirmed=confirmed) == first, (
        "the same file gives the same plan"
    )
    after = applied(existing, first.to_write(policy))
    second = planned(after, *people, confirmed=confirmed)
    assert applied(after, second.to_write(policy)) == after
    assert (second.conflicts, second.absent, second.faulty) == (first.conflicts, first.absent, first.faulty)
    if first.to_write(policy):
        assert (second.created, second.changed) == ((), ())


@given(REGISTERS, FILES, CONFIRMED, st.data())
def test_an_import_that_dies_half_way_ends_where_it_would_have_ended(
    existing: Register, people: list[Learner], confirmed: frozenset[str], data: st.DataObject
) -> None:
    writes = planned(existing, *people, confirmed=confirmed).to_write(Policy.VALID_ROWS)
    done = [one for one in writes if data.draw(st.booleans())]
    after = applied(existing, done)
    retried = planned(after, *people, confirmed=confirmed).to_write(Policy.VALID_ROWS)
    assert applied(after, retried) == applied(existing, writes)


@given(REGISTERS, FILES, CONFIRMED)
def test_an_import_deletes_nobody_and_empties_nothing(
    existing: Register, people: list[Learner], confirmed: frozenset[str]
) -> None:
    found = planned(existing, *people, confirmed=confirmed)
    after = applied(existing, found.to_write(Policy.VALID_ROWS))
    for one, before in existing.items():
        emptied = [name for name in Field if getattr(before, name) is not None and getattr(after[one], name) is None]
        assert not emptied
    assert set(after) - set(existing) == {row.learner.external_id for row in found.created}


@given(REGISTERS, FILES, CONFIRMED)
def test_every_person_is_told_once(existing: Register, people: list[Learner], confirmed: frozenset[str]) -> None:
    found = planned(existing, *people, confirmed=confirmed)
    lists = [
        [row.learner.external_id for row in found.created],
        [one.after.external_id for one in found.changed],
        list(found.unchanged),
        [one.external_id for one in found.conflicts],
        list(found.absent),
    ]
    everybody = [one for ids in lists for one in ids]
    assert len(set(everybody)) == len(everybody)
    faulty = {one.external_id for one in people if one.email == "faulty"}
    assert set(everybody) | faulty == set(existing) | {one.external_id for one in people}
