"""One test pinned answer by answer, as it is reported: any change of the numbers of the models shows here first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from chalicelib.engine.common_factor import CommonFactor
from chalicelib.engine.one_ability import OneAbility
from chalicelib.engine.report import Given, Report, report
from chalicelib.engine.scoring import certificate_score
from tests.engine.ability_oracles import Reply, same_correlation, tensor
from tests.engine.builders import Answer, Item, a_bank, columns_of

BANK = a_bank(
    [
        Item(0, 1, a=1.1, b=-2.6, c=0.25),
        Item(0, 3, a=1.5, b=-1.0, c=0.1),
        Item(0, 5, a=1.9, b=0.5, c=0.02),
        Item(1, 2, a=1.0, b=-2.1),
        Item(1, 4, a=1.3, b=-0.3, c=0.2),
        Item(1, 6, a=1.4, b=1.1, c=0.1),
        Item(2, 3, a=1.6, b=-1.1, c=0.25),
        Item(2, 4, a=0.9, b=-0.2, c=1 / 3),
    ],
    [0, 1, 2],
)
TOLD = [Answer(1, True), Answer(4, True), Answer(6, False), Answer(2, True), Answer(5, False), Answer(7, True), Answer(0, True)]
TOP = 7


class Told(NamedTuple):
    """What is reported of θ̄."""

    mean: float
    sd: float
    low: float
    high: float
    score: int
    levels: tuple[float, ...]


# By number of answers. The last row is the one before it with a standard error of 0.2 in every a and b.
COMMON_FACTOR = [
    Told(
        0.0,
        0.894427175086,
        -1.47117528558,
        1.47117528558,
        512,
        (
            0.003652794407,
            0.033203861975,
            0.148752323756,
            0.314391019862,
            0.314391019862,
            0.148752323756,
            0.033203861975,
            0.003652794407,
        ),
    ),
    Told(
        0.195805660052,
        0.830016909908,
        -1.153742096578,
        1.574676615322,
        543,
        (
            0.000864899639,
            0.01341145294,
            0.099037215256,
            0.296809199792,
            0.358560299584,
            0.184212716505,
            0.042391340077,
            0.004712876207,
        ),
    ),
    Told(
        0.388109244558,
        0.793886635627,
        -0.90359241749,
        1.705838343798,
        574,
        (
            0.000299466805,
            0.005780769712,
            0.059025236034,
            0.248098016396,
            0.388648874134,
            0.233459872829,
            0.058018634893,
            0.006669129197,
        ),
    ),
    Told(
        -0.28974374425,
        0.699405450674,
        -1.431475948514,
        0.865668183678,
        465,
        (
            0.001746908662,
            0.028476155889,
            0.1993510444,
            0.435555667639,
            0.27485602087,
            0.055618389871,
            0.004255477734,
            0.000140334935,
        ),
    ),
    Told(
        0.149327016653,
        0.639539002936,
        -0.894018342299,
        1.205107774576,
        535,
        (
            0.000139321541,
            0.003793886004,
            0.062748389067,
            0.340823385769,
            0.441197736357,
            0.138116041506,
            0.012736820581,
            0.000444419175,
        ),
    ),
    Told(
        0.013762425767,
        0.600960320575,
        -0.978960990966,
        0.992576457108,
        514,
        (
            0.00018996883,
            0.005107811964,
            0.081407973832,
            0.400903853809,
            0.419794214509,
            0.088237802968,
            0.004295092938,
            6.3281149e-05,
        ),
    ),
    Told(
        0.091164222598,
        0.596489119659,
        -0.893929505822,
        1.063617588422,
        526,
        (
            0.000116393598,
            0.003482023922,
            0.063783359556,
            0.368015519204,
            0.450144499971,
            0.108527224506,
            0.00583965353,
            9.1325714e-05,
        ),
    ),
    Told(
        0.103825261453,
        0.591867950848,
        -0.871401331011,
        1.070885852452,
        528,
        (
            7.8798186e-05,
            0.002942786627,
            0.060154926568,
            0.36414669464,
            0.455466641948,
            0.111100977307,
            0.006014840093,
            9.4334631e-05,
        ),
    ),
    Told(
        0.103825261453,
        0.598675576647,
        -0.882618322404,
        1.08200891904,
        528,
        (
            8.976407e-05,
            0.003182247435,
            0.061968734579,
            0.3628795418,
            0.452033640889,
            0.113270299126,
            0.006466853628,
            0.000108918473,
        ),
    ),
]
ABILITIES = [
    ((0.0, 0.999999983879), (0.0, 0.999999983879), (0.0, 0.999999983879)),
    ((0.244757075519, 0.909093020058), (0.17132995232, 0.956535700691), (0.17132995232, 0.956535700691)),
    ((0.402662146067, 0.890120845217), (0.422069998981, 0.89990880495), (0.339595588631, 0.932759204075)),
    ((-0.153886242478, 0.823542693829), (-0.146651193643, 0.849242224803), (-0.568693796629, 0.790882788566)),
    ((0.453211547388, 0.721759092068), (0.222977342957, 0.808133504619), (-0.228207840386, 0.769626251695)),
    ((0.355567826391, 0.704944396839), (0.020918530605, 0.742772899539), (-0.335199079695, 0.746069092458)),
    ((0.411487604468, 0.701363875391), (0.08085790837, 0.738096503929), (-0.218852845045, 0.741980761714)),
    ((0.429796890533, 0.693418392012), (0.090749502297, 0.73533699655), (-0.209070608471, 0.73998442444)),
]
"""Mean and standard deviation of each competence, by number of answers."""
ONE_ABILITY = [
    Told(
        0.0,
        0.999999968611,
        -1.645175484139,
        1.645175484139,
        512,
        (
            0.008208731073,
            0.046627534165,
            0.157067419534,
            0.288096315228,
            0.288096315228,
            0.157067419534,
            0.046627534165,
            0.008208731073,
        ),
    ),
    Told(
        0.244757071616,
        0.909093008979,
        -1.221303951014,
        1.763885209921,
        551,
        (
            0.001777532773,
            0.017535302818,
            0.102885060008,
            0.276887128912,
            0.334367225308,
            0.196202335786,
            0.059738766315,
            0.010606648079,
        ),
    ),
    Told(
        0.464897952218,
        0.863160413538,
        -0.926983022901,
        1.906823217565,
        586,
        (
            0.000592511128,
            0.007301758267,
            0.059722215113,
            0.228845148962,
            0.361254486484,
            0.246902921227,
            0.080636489135,
            0.014744469685,
        ),
    ),
    Told(
        -0.366066593893,
        0.748009088206,
        -1.582192493497,
        0.871850067574,
        453,
        (
            0.004255092462,
            0.043469256716,
            0.229478146924,
            0.417013356821,
            0.245658896618,
            0.054449752234,
            0.005401551188,
            0.000273947038,
        ),
    ),
    Told(
        0.209438298449,
        0.684463149162,
        -0.915376883567,
        1.326784287636,
        545,
        (
            0.000394202507,
            0.005642726668,
            0.062609691398,
            0.305777058061,
            0.437001374978,
            0.166950600112,
            0.020519169264,
            0.00110517701,
        ),
    ),
    Told(
        0.06519141667,
        0.641996353629,
        -1.007908057631,
        1.094432928242,
        522,
        (
            0.000528553825,
            0.007480141599,
            0.080375298954,
            0.361509773067,
            0.429412106401,
            0.113188251391,
            0.007343922248,
            0.000161952515,
        ),
    ),
    Told(
        0.145560578623,
        0.629233293399,
        -0.902706933525,
        1.158643014701,
        535,
        (
            0.000299976956,
            0.004871333323,
            0.062110818821,
            0.332105705227,
            0.45635562032,
            0.134594660532,
            0.00944349935,
            0.000218385471,
        ),
    ),
    Told(
        0.164147892866,
        0.621443943347,
        -0.868056967185,
        1.168642023605,
        538,
        (
            0.000191696859,
            0.003933519845,
            0.057234430726,
            0.326743209865,
            0.46315539527,
            0.138709046011,
            0.009805176215,
            0.000227525208,
        ),
    ),
    Told(
        0.164147892866,
        0.630312000473,
        -0.882786616999,
        1.182976238991,
        538,
        (
            0.000220780799,
            0.004280856016,
            0.059305775398,
            0.325745804485,
            0.458278819716,
            0.141303749604,
            0.01059673747,
            0.00026747651,
        ),
    ),
]

each_step = pytest.mark.parametrize("step", range(len(TOLD) + 2))


def told(model: CommonFactor | OneAbility, step: int) -> Report:
    given = Given.of(BANK, model.dimensions, *columns_of(TOLD[:step]))
    if step > len(TOLD):
        errors = np.full(len(TOLD), 0.2)
        given = replace(given, se_a=errors, se_b=errors)
    return report(model, given)


def assert_told(found: Report, wanted: Told) -> None:
    composite = found.composite
    assert composite.mean == pytest.approx(wanted.mean, abs=1e-9)
    assert composite.sd == pytest.approx(wanted.sd, abs=1e-9)
    assert composite.interval(0.9) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert composite.levels(TOP) == pytest.approx(wanted.levels, abs=1e-9)
    assert certificate_score(composite.mean, TOP) == wanted.score


@each_step
def test_the_mean_of_three_competences_is_reported_as_pinned(step: int) -> None:
    assert_told(told(CommonFactor(3, 0.7), step), COMMON_FACTOR[step])


@each_step
def test_one_ability_is_reported_as_pinned(step: int) -> None:
    assert_told(told(OneAbility(), step), ONE_ABILITY[step])


@each_step
def test_each_competence_is_known_as_pinned(step: int) -> None:
    joint = told(CommonFactor(3, 0.7), step).joint

    for d, (mean, sd) in enumerate(ABILITIES[min(step, len(TOLD))]):
        assert (joint.mean[d], joint.sd[d]) == pytest.approx((mean, sd), abs=1e-9)


def replies(step: int, dimension: Callable[[int], int]) -> list[Reply]:
    columns = zip(BANK.competence, BANK.discrimination, BANK.difficulty, BANK.guess, strict=True)
    items = [(dimension(int(d)), float(a), float(b), float(c)) for d, a, b, c in columns]
    return [Reply(right, *items[item]) for item, right in TOLD[:step]]


@pytest.mark.parametrize("step", [0, 2, 4, len(TOLD)])
def test_the_pinned_numbers_are_those_of_integration_over_all_abilities(step: int) -> None:
    exact = tensor(replies(step, lambda d: d), same_correlation(3, 0.7), points=81)
    alone = tensor(replies(step, lambda d: 0), np.eye(1), points=1001)

    for cloud, pinned, within in ((exact, COMMON_FACTOR[step], 5e-3), (alone, ONE_ABILITY[step], 1e-3)):
        assert (cloud.composite_mean, cloud.composite_sd) == pytest.approx((pinned.mean, pinned.sd), abs=1e-4)
        assert (cloud.quantile(0.05), cloud.quantile(0.95)) == pytest.approx((pinned.low, pinned.high), abs=within)
        limits = [0.0, *(cloud.below((level - 4) * 0.8) for level in range(1, TOP + 1)), 1.0]
        assert np.diff(limits) == pytest.approx(pinned.levels, abs=within)
    assert exact.mean == pytest.approx([mean for mean, _ in ABILITIES[step]], abs=1e-4)
    assert exact.sd == pytest.approx([sd for _, sd in ABILITIES[step]], abs=1e-4)
