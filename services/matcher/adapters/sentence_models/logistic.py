"""Fits logistic heads: one regularised logistic regression a label, all labels at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.matcher.domain.reader.ports import Plane, Vector

STRENGTH = 30.0
"""How freely weights follow the examples: the inverse of the penalty on their squares."""
NEGATIVES = 5.0
"""All negatives together weigh at most so many times what the positives do."""
STEPS = 200
_SMALL = 1e-4
_BIAS_PENALTY = 1e-3

Matrix = NDArray[np.float64]


def fit_heads(vectors: Sequence[Vector], labels: Sequence[Sequence[bool | None]]) -> list[Plane]:
    """A plane for each label, as the port HeadFitter says.

    Each step is Newton's with one bound on the curvature for all labels (Böhning 1992), so that
    one matrix is inverted for all of them; the fit gets better with every step.
    """
    points = np.asarray(vectors, dtype=np.float64)
    centre = points.mean(axis=0)
    scale = 1.0 / (np.linalg.norm(points - centre, axis=1).mean() or 1.0)
    rows = np.hstack([(points - centre) * scale, np.ones((len(points), 1))])
    truth = np.array([[float(bool(each)) for each in row] for row in labels])
    known = np.array([[float(each is not None) for each in row] for row in labels])
    weights = _fit(rows, truth, known * _balance(truth, known))
    return [_uncentre(column, centre, scale) for column in weights.T]


def _balance(truth: Matrix, known: Matrix) -> Matrix:
    """The weight of each example: 1 if it is positive, at most 1 if not."""
    positives, negatives = (truth * known).sum(axis=0), ((1 - truth) * known).sum(axis=0)
    share = np.minimum(1.0, NEGATIVES * positives / np.maximum(negatives, 1.0))
    balanced: Matrix = np.where(truth > 0, 1.0, share)
    return balanced


def _fit(rows: Matrix, truth: Matrix, importance: Matrix) -> Matrix:
    penalty = np.full((rows.shape[1], 1), 1.0 / STRENGTH)
    penalty[-1] = _BIAS_PENALTY
    bound = np.linalg.inv(rows.T @ rows / 4 + np.diag(penalty[:, 0]))
    weights = np.zeros((rows.shape[1], truth.shape[1]))
    for _ in range(STEPS):
        likely = 1.0 / (1.0 + np.exp(-rows @ weights))
        step = bound @ (rows.T @ (importance * (truth - likely)) - penalty * weights)
        weights += step
        if np.abs(step).max() < _SMALL:
            break
    return weights


def _uncentre(column: Matrix, centre: Matrix, scale: float) -> Plane:
    """The plane in the vectors as the model gives them."""
    weights = column[:-1] * scale
    return Plane(tuple(weights.tolist()), float(column[-1] - weights @ centre))
