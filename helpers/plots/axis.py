"""The time axis of images, in the seconds of their own frames (every chapter)."""

import numpy as np

from helpers import features


def of_frames(image: np.ndarray, settings: features.Settings | None = None) -> tuple[float, str]:
    """How far an image (frames, rows) reaches along its time axis, and the axis's label.

    Column i stands where its frame begins. `settings` say how the frames were made of an image that
    does not. Where neither says it, the axis counts frames.
    """
    known = features.agreed(image) or settings
    if known is None:
        return len(image), "frame"
    return known.seconds(len(image)), "time (s)"
