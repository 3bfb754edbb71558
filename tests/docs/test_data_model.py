"""The page on what is stored: up to date, and true. A journey through every use-case is held against the description, both ways."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from chalicelib.assessments.codec import ANSWER_BYTES, HEADER_BYTES
from chalicelib.assessments.exposure.codec import pack_batch, pack_counts, pack_table
from chalicelib.assessments.exposure.model import FinishedBatch, FinishedTest
from chalicelib.assessments.exposure.publishing import nothing_yet
from chalicelib.storage import keys
from infrastructure.data_model import layouts, settings
from infrastructure.data_model.items import ITEMS, OBJECTS, kind_of
from infrastructure.data_model.journey import Played, played
from infrastructure.data_model.layouts import Array, Field
from infrastructure.data_model.model import INDEX, AccessPattern, ItemKind
from infrastructure.data_model.page import page
from infrastructure.data_model.reads import PATTERNS
from infrastructure.data_model.slots import SLOTS
from infrastructure.template import read_template, resources_of
from palier import data_model
from palier.__main__ import app


@pytest.fixture(scope="module")
def journey() -> Played:
    return played()


def of_kind(journey: Played, kind: ItemKind) -> list[frozenset[str]]:
    return [names for table, pk, sk, names in journey.stage.items if kind_of(table, pk, sk) is kind]


def test_the_committed_page_is_what_the_description_and_the_journey_say() -> None:
    assert data_model.FILE.read_text(encoding="utf-8") == page(), "run `palier data-model --write`"


def test_the_command_tells_when_the_page_is_late_and_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "data-model.md"
    file.write_text(
        data_model.FILE.read_text(encoding="utf-8").replace("`A#<assessment>`", "`B#<assessment>`"), encoding="utf-8"
    )
    monkeypatch.setattr(data_model, "FILE", file)
    late = CliRunner().invoke(app, ["data-model"])
    assert (late.exit_code, late.stderr) == (
        2,
        "docs/data-model.md is not what infrastructure/data_model says: run `palier data-model --write`.\n",
    )
    assert CliRunner().invoke(app, ["data-model", "--write"]).exit_code == 0
    assert CliRunner().invoke(app, ["data-model"]).exit_code == 0
    assert file.read_text(encoding="utf-8") == data_model.FILE.read_text(encoding="utf-8") == page()


def test_every_item_that_is_stored_is_of_a_described_kind_and_of_one_only(journey: Played) -> None:
    for table, pk, sk, _ in journey.stage.items:
        holding = [kind.name for kind in ITEMS if kind.holds(table, pk, sk)]
        assert len(holding) == 1, f"{table}: {pk} {sk} is {holding or 'not described'}"


@pytest.mark.parametrize("kind", ITEMS, ids=lambda kind: str(kind.name))
def test_a_described_kind_is_stored_with_the_described_attributes_and_no_others(journey: Played, kind: ItemKind) -> None:
    shapes = of_kind(journey, kind)
    assert shapes, "the journey never stores one"
    assert {name for names in shapes for name in names} - {"pk", "sk"} == {one.name for one in kind.attributes}


def test_every_attribute_has_the_described_type(journey: Played) -> None:
    for (table, pk, sk, _), item in journey.stage.items.items():
        kind = kind_of(table, pk, sk)
        assert kind is not None
        types = {"pk": "S", "sk": "S", **{one.name: one.type for one in kind.attributes}}
        assert {name: next(iter(value)) for name, value in item.items()} == {name: types[name] for name in item}


def test_every_write_is_described_with_its_writer_and_condition(journey: Played) -> None:
    described = {(kind.name, how.how.call, how.how.condition, by) for kind in ITEMS for how in kind.writes for by in how.by}
    happened = {(one.kind, one.call, one.condition, one.by) for one in journey.stage.recording.writes}
    assert not happened - described


@pytest.mark.parametrize("kind", ITEMS, ids=lambda kind: str(kind.name))
def test_every_described_condition_and_writer_of_a_kind_happens(journey: Played, kind: ItemKind) -> None:
    writes = [one for one in journey.stage.recording.writes if one.kind == kind.name]
    assert {(one.how.call, one.how.condition) for one in kind.writes} == {(one.call, one.condition) for one in writes}
    assert {by for one in kind.writes for by in one.by} == {one.by for one in writes}


def test_every_read_is_an_access_pattern_of_its_reader(journey: Played) -> None:
    for seen in journey.stage.recording.reads:
        assert any(seen.by in one.by and any(map(seen.is_of, one.reads)) for one in PATTERNS), seen


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda one: f"{one.number}")
def test_every_reader_of_an_access_pattern_makes_its_calls(journey: Played, pattern: AccessPattern) -> None:
    for by in pattern.by:
        for read in pattern.reads:
            assert any(seen.by == by and seen.is_of(read) for seen in journey.stage.recording.reads), (by, read.call)


def test_patterns_are_numbered_in_order_and_every_kind_is_read() -> None:
    assert [one.number for one in PATTERNS] == list(range(1, len(PATTERNS) + 1))
    assert {kind.name for one in PATTERNS for read in one.reads for kind in read.kinds} == {kind.name for kind in ITEMS}


def test_every_object_in_the_bucket_is_described_and_every_described_one_is_there(journey: Played) -> None:
    found = [[one.name for one in OBJECTS if one.key.matches(name)] for name in journey.objects]
    assert all(len(names) == 1 for names in found), dict(zip(journey.objects, found, strict=True))
    assert {name for names in found for name in names} == {one.name for one in OBJECTS}


def test_every_key_function_and_constant_is_described() -> None:
    patterns = [*(key for kind in ITEMS for key in (kind.pk, kind.sk)), *(one.key for one in OBJECTS)]
    texts = [pattern.text for pattern in patterns]
    made_by = {getattr(pattern.made_by, "__name__", "") for pattern in patterns} | {keys.entry.__name__}
    takes_apart = {keys.assessment_of.__name__}
    assert keys.assessment_of(keys.log("a")) == "a"
    for name, value in vars(keys).items():
        if callable(value) and value.__module__ == keys.__name__:
            assert name in made_by | takes_apart, f"no item has the key {name}"
        elif isinstance(value, str) and name.isupper() and name != "MARK_INDEX":
            assert any(text.startswith(value) for text in texts), f"no key begins with {name}"
    assert [list(keys.CURRENT_RELEASE)] == [[kind.pk.text, kind.sk.text] for kind in ITEMS if kind.pk.text == "RELEASE"]


def test_every_slot_is_used_and_a_key_matches_only_its_own_form() -> None:
    used = {slot.name for kind in ITEMS for key in (kind.pk, kind.sk) for slot in key.slots}
    assert used | {slot.name for one in OBJECTS for slot in one.key.slots} == {slot.name for slot in SLOTS}
    assert kind_of("Assessments", keys.log("a" * 26), keys.entry(0)) is not None
    assert kind_of("Assessments", keys.log("a" * 25), keys.entry(0)) is None
    assert kind_of("Assessments", keys.log("a" * 26), "00000") is None
    assert kind_of("People", keys.log("a" * 26), keys.entry(0)) is None


def test_marks_are_the_keys_of_the_index_and_only_failures_expire() -> None:
    table = resources_of(read_template(), "blue").tables["AssessmentsTable"]
    (index,) = table.indexes
    assert index.name == keys.MARK_INDEX
    indexed = {kind.name for one in PATTERNS for read in one.reads if read.shape == INDEX for kind in read.kinds}
    marked = {kind.name for kind in ITEMS if {name for name, _ in index.keys} <= {one.name for one in kind.attributes}}
    assert indexed == marked
    expiring = settings.expiry_attributes(read_template())
    names = [kind.name for kind in ITEMS if expiring.get(kind.table) in {one.name for one in kind.attributes}]
    assert names == ["failures"]


def test_settings_follow_the_template() -> None:
    template = read_template()
    assert len(list(settings.tables(template))) == len(resources_of(template, "blue").tables)
    people = template["Resources"]["PeopleTable"]
    people["Properties"]["BillingMode"] = "PROVISIONED"
    del people["Properties"]["PointInTimeRecoverySpecification"]
    del people["DeletionPolicy"]
    (row,) = (row for row in settings.tables(template) if "people" in row[0])
    assert row[1:3] == ("provisioned", "none")
    assert row[-1] == "deleted"


def fixed(fields: tuple[Field, ...]) -> int:
    return sum(int(one.bytes) for one in fields if one.bytes.isdigit())


def repeated(fields: tuple[Field, ...], what: str) -> int:
    return sum(int(one.bytes.split()[0]) for one in fields if one.bytes.endswith(what))


def test_fields_fill_the_bytes_that_are_stored() -> None:
    assert (fixed(layouts.STATE), repeated(layouts.STATE, "each")) == (HEADER_BYTES, ANSWER_BYTES)
    tests = (FinishedTest(1, -5, (1, 2, 3)), FinishedTest(2, 5, (4,)))
    a_test, a_challenge = (repeated(layouts.BATCH, what) for what in ("each test", "each challenge"))
    assert len(pack_batch(FinishedBatch(9, tests))) == fixed(layouts.BATCH) + 2 * a_test + 4 * a_challenge


def names_of(arrays: tuple[Array, ...]) -> set[str]:
    return {name for one in arrays for name in one.names}


def test_arrays_are_those_of_real_archives(journey: Played) -> None:
    nothing = nothing_yet(7)
    for packed, arrays in (
        (journey.packed_release, layouts.RELEASE),
        (pack_table(nothing.table), layouts.EXPOSURE_TABLE),
        (pack_counts(nothing.counts), layouts.EXPOSURE_COUNTS),
    ):
        with np.load(io.BytesIO(packed)) as stored:
            assert set(stored.files) == names_of(arrays)


def test_the_units_of_an_answer_are_the_budget(journey: Played) -> None:
    costs = {name: cost for name, cost in journey.stage.costs.items() if re.match(r"answer [23]\D", name)}
    assert {name: (cost.reads, cost.writes) for name, cost in costs.items()} == {
        "answer 2, a function that does not hold entry 0": (1.5, 1.0),
        "answer 2 again": (2.0, 0.0),
        "answer 3 and on, a warm function": (1.0, 1.0),
    }
