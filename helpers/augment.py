"""Changes to sounds: what a classifier should not be misled by (chapters 5 and 11)."""

import numpy as np


def noise(waves: np.ndarray, snr_db: float, rng: np.random.Generator) -> np.ndarray:
    """Add white noise at an exact signal-to-noise ratio: (N, samples) to the same, float32.

    The ratio of the power of each wave to that of its noise is `snr_db` decibels; a silent wave
    stays silent.
    """
    hiss = rng.standard_normal(waves.shape).astype(np.float32)
    power = (waves**2).mean(axis=-1, keepdims=True) / (hiss**2).mean(axis=-1, keepdims=True)
    return (waves + hiss * np.sqrt(power / 10 ** (snr_db / 10))).astype(np.float32)
