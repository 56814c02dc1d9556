"""An MFCC image turned back into sound, as far as that goes (chapter cutmix).

Thirteen coefficients give 26 mel levels, these a spectrum without phases, and Griffin and Lim's
algorithm looks for a wave that has it. Notes are blurred; level and rhythm stay.
"""

import numpy as np

from helpers import features


def heard(image: np.ndarray) -> np.ndarray:
    """The sound of an MFCC image (frames, coefficients): float32, as long as its frames reach.

    Its level is that of the sound behind the image, as c0 holds it. Frames are taken around their
    middles, and the ends, which no whole frame covers, are faded: Griffin and Lim's algorithm
    would put clicks there. Raises InputError for an image that does not say how it was made.

    >>> from helpers import dataset, features, inversion
    >>> note = dataset.note("Cello")[:44_100]
    >>> inversion.heard(features.mfcc(note)).shape
    (44240,)
    """
    import librosa  # only here: it takes seconds

    chosen = features.settings_of(image)
    image = np.asarray(image, float)
    levels = image @ features.dct_matrix(chosen.n_mels, image.shape[1]).T
    spectrum = librosa.feature.inverse.mel_to_stft(
        10 ** (levels.T / 10), sr=chosen.sr, n_fft=chosen.n_fft
    )
    edge = chosen.win_length // 2  # before the middle of the first frame
    wave = librosa.griffinlim(
        spectrum,
        hop_length=chosen.hop_length,
        win_length=chosen.win_length,
        n_fft=chosen.n_fft,
        random_state=0,
    )
    fade = np.linspace(0, 1, edge)
    wave[:edge] *= fade
    wave[-edge:] *= fade[::-1]
    return np.pad(wave, edge).astype(np.float32)
