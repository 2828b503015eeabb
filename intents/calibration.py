"""Fits the small models of the scorer, and chooses where its bands begin. Used at training only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
_STEPS = 60
_STILL = 1e-6


def fit_fusion(columns: Doubles, right: Doubles, ridge: float = 1e-3) -> tuple[float, ...]:
    """Weights that give the right classes of each text the greatest share.

    `columns` is texts × classes × kinds of evidence, `right` is 1 where a class is right. Newton's method on
    the conditional likelihood; texts with no right class among theirs are left out.
    """
    kept = right.max(axis=1) > 0
    columns, right = columns[kept], right[kept]
    scale = np.maximum(columns.std(axis=(0, 1)), 1e-9)
    scaled = columns / scale
    weights = np.ones(columns.shape[2])
    loss, slope, bend = _fusion_loss(scaled, right, weights, ridge)
    for _ in range(_STEPS):
        step, size = np.linalg.solve(bend, slope), 1.0
        while size > 1e-4:
            tried = _fusion_loss(scaled, right, weights - size * step, ridge)
            if tried[0] < loss:
                break
            size /= 2
        if size <= 1e-4 or loss - tried[0] < _STILL:
            break
        weights = weights - size * step
        loss, slope, bend = tried
    return tuple(float(one) for one in weights / scale)


def _fusion_loss(
    columns: Doubles, right: Doubles, weights: Doubles, ridge: float
) -> tuple[float, Doubles, Doubles]:
    """Loss, gradient, and the bend of the part that is convex for certain."""
    raw = columns @ weights
    shares = np.exp(raw - raw.max(axis=1, keepdims=True))
    inside = shares * right
    total, good = shares.sum(axis=1), np.maximum(inside.sum(axis=1), 1e-300)
    loss = -float(np.mean(np.log(good / total))) + ridge * float(weights @ weights) / 2
    shares /= total[:, None]
    pull = shares - inside / good[:, None]
    slope = np.einsum("nc,ncf->f", pull, columns) / len(columns) + ridge * weights
    mean = np.einsum("nc,ncf->nf", shares, columns)
    weighted = columns * shares[:, :, None]
    bend = np.tensordot(weighted, columns, axes=([0, 1], [0, 1])) - mean.T @ mean
    return loss, slope, bend / len(columns) + (ridge + 1e-6) * np.eye(len(weights))


def fit_chance(features: Doubles, truth: NDArray[np.bool_], ridge: float = 1e-2) -> tuple[float, ...]:
    """Logistic regression by reweighted least squares; the first column is the constant."""
    spread = features.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)  # a column that never changes tells nothing
    scaled, wanted = features / scale, truth.astype(np.float64)
    weights = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        slope = scaled.T @ (wanted - chance) / len(scaled) - ridge * weights
        bend = (scaled * (chance * (1 - chance))[:, None]).T @ scaled / len(scaled)
        step = np.linalg.solve(bend + ridge * np.eye(len(weights)), slope)
        weights += step
        if float(np.abs(step).max()) < _STILL:
            break
    return tuple(float(one) for one in weights / scale)


def least_for_precision(sure: Doubles, right: NDArray[np.bool_], wanted: float) -> float:
    """The least confidence from which on the share of right guesses is `wanted`; 1 when it never is."""
    order = np.argsort(-sure, kind="stable")
    hits = np.cumsum(right.astype(np.float64)[order])
    share = hits / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= wanted)
    return float(sure[order[enough[-1]]]) if len(enough) else 1.0


def greatest_for_refusals(inside: Sequence[float], allowed: float) -> float:
    """The greatest threshold below which no more than `allowed` of the texts in scope fall."""
    return float(np.quantile(np.asarray(inside), allowed)) if len(inside) else 0.0
