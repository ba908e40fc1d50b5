"""Fitting heads: all labels at once, the same every time."""

from random import Random

import pytest

from services.matcher.adapters.sentence_models.logistic import fit_heads
from services.matcher.domain.reader.heads import MeaningHead
from services.matcher.domain.reader.ports import Plane

WIDTH = 8


def _points(count: int, seed: int = 1) -> list[list[float]]:
    random = Random(seed)  # noqa: S311  (points to fit, no secret)
    return [[random.gauss(0, 1) for _ in range(WIDTH)] for _ in range(count)]


def _score(plane: Plane, point: list[float]) -> float:
    return MeaningHead(plane, 0.0, 0).score(point)


def test_a_head_tells_its_own_side_from_the_other() -> None:
    points = _points(200)
    labels = [[point[0] > 0.3, point[1] < 0] for point in points]
    first, second = fit_heads(points, labels)
    right = sum(
        (_score(first, point) > 0) == one and (_score(second, point) > 0) == two
        for point, (one, two) in zip(points, labels, strict=True)
    )
    assert right >= 180


def test_the_same_examples_make_the_same_heads() -> None:
    points = _points(60)
    labels = [[point[0] > 0] for point in points]
    assert fit_heads(points, labels) == fit_heads(points, labels)


def test_what_nobody_knows_of_a_label_does_not_count_for_it() -> None:
    points = _points(80)
    labels: list[list[bool | None]] = [[point[0] > 0] for point in points]
    odd = [[9.0] * WIDTH]
    with_odd = fit_heads([*points, *odd], [*labels, [None]])
    wrong = fit_heads([*points, *odd], [*labels, [False]])
    assert _score(with_odd[0], odd[0]) > _score(wrong[0], odd[0])


def test_examples_that_are_all_alike_make_a_head_without_a_direction() -> None:
    (head,) = fit_heads([[1.0, 2.0]] * 4, [[True], [True], [False], [False]])
    assert head.weights == pytest.approx((0.0, 0.0), abs=1e-9)
