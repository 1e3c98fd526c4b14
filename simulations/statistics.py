"""Single numbers and radial profiles of stamps: what a lens must not be told by without a look at its shape."""

import numpy as np


def radii(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, y and distance of each pixel from the centre of the stamp, in pixels."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    return x, y, np.hypot(x, y)


def radial_profiles(images: np.ndarray) -> np.ndarray:
    """Mean brightness in rings one pixel wide: (n, s, s) -> (n, s // 2)."""
    _, _, r = radii(images.shape[1])
    return np.stack([images[:, (r >= k) & (r < k + 1)].mean(axis=1) for k in range(images.shape[1] // 2)], axis=1)


def statistics(images: np.ndarray) -> dict[str, np.ndarray]:
    """Summary statistics by name, each (n,)."""
    images = images.astype(np.float64)
    x, y, r = radii(images.shape[1])
    around = (r > 4) & (r < 20)
    flat = images.reshape(len(images), -1)
    lit = np.clip(images, 0.0, None)
    ring = lit * around
    return {
        "total flux": flat.sum(axis=1),
        "peak": flat.max(axis=1),
        "faintest pixel": flat.min(axis=1),
        "median": np.median(flat, axis=1),
        "standard deviation": flat.std(axis=1),
        "kurtosis": ((flat - flat.mean(axis=1, keepdims=True)) ** 4).mean(axis=1) / flat.std(axis=1) ** 4,
        "flux around": images[:, around].sum(axis=1),
        "peak around": images[:, around].max(axis=1),
        "standard deviation around": images[:, around].std(axis=1),
        "concentration": images[:, r < 4].sum(axis=1) / images[:, r < 16].sum(axis=1),
        "size": (lit * r**2).sum(axis=(1, 2)) / lit.sum(axis=(1, 2)),
        "asymmetry under 180 degrees": np.abs(images - images[:, ::-1, ::-1])[:, r < 20].sum(axis=1),
        "asymmetry under 90 degrees": np.abs(images - np.rot90(images, 1, (1, 2)))[:, r < 20].sum(axis=1),
        "ellipticity around": np.hypot((ring * (x**2 - y**2)).sum(axis=(1, 2)), (ring * 2 * x * y).sum(axis=(1, 2)))
        / (ring * r**2).sum(axis=(1, 2)),
        "offset around": np.hypot((ring * x).sum(axis=(1, 2)), (ring * y).sum(axis=(1, 2)))
        / (ring * r).sum(axis=(1, 2)),
    }
