"""Small files that name an instrument without TensorFlow or Keras (chapter listening).

They are made by `lighten`, which needs both. To run them, LiteRT is enough.
"""

import functools
from dataclasses import dataclass

import numpy as np

from helpers import dataset, features, quiet, store
from helpers.errors import InputError, check_number, check_probabilities


@dataclass(frozen=True)
class Classifier:
    """The two files of a listener, and what else is needed to name an instrument.

    It can stand in for a `cnn.Classifier` in `classify.recording`.
    """

    mfcc: bytes | None
    """A .tflite file: "wave" float32 (1, 44100) gives an image (1, frames, coefficients). None: the
    images are those of `features.mfcc`."""
    network: bytes
    """A .tflite file: "mfcc", such an image, gives "probabilities" (1, K) and "heat" (1, K, frames,
    n). Of n coefficients, or of the mel bands of a network that has all of them, see `today`."""
    classes: tuple[str, ...]
    settings: features.Settings

    def images(self, waves: np.ndarray) -> features.Images:
        """MFCC images float32 (N, frames, coefficients) of chunks (N, 44100)."""
        if self.mfcc is None:
            return features.mfcc(waves, **vars(self.settings))
        return features.Images(_one_by_one(self._mfcc_runner, waves)["output_0"], self.settings)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Probabilities float32 (N, K) of MFCC images (N, frames, coefficients).

        Raises InputError for images that say they were made otherwise than `settings`.
        """
        features.agreed(images, self)
        answers = _one_by_one(self._network_runner, images)["probabilities"]
        check_probabilities(answers)
        return answers

    def heat(self, images: np.ndarray) -> np.ndarray:
        """Heat maps of every class: float32 (N, K, frames, n), see `network`. Errors as above."""
        features.agreed(images, self)
        return features.made_like(images, _one_by_one(self._network_runner, images)["heat"])

    def kernel(self) -> np.ndarray:
        """The first kernel of a small recipe as the file has it: 8 bits times a scale, float32."""
        (held,) = (d for d in self._network_runner.get_tensor_details() if d["dtype"] == np.int8)
        scales = held["quantization_parameters"]["scales"]
        return (self._network_runner.get_tensor(held["index"]) * scales[:, None]).T.astype(
            np.float32
        )

    @functools.cached_property
    def _mfcc_runner(self):
        return interpreter(self.mfcc)

    @functools.cached_property
    def _network_runner(self):
        return interpreter(self.network)


def listener() -> tuple[Classifier, float]:
    """The book's listener as `data/models/listener.tflite`, and its threshold.

    What else is known of it stands beside it: classes and settings in `listener.npz`, which it was
    made from, the threshold in the card. Raises InputError where one of them is missing or damaged.

    >>> from helpers import light
    >>> files, threshold = light.listener()
    >>> files.classes[-1], 0 < threshold < 1
    ('None_of_these', True)
    """
    path = dataset.data_folder() / "models" / "listener.tflite"
    try:
        about = store.parsed_json(str(store.arrays(path.with_suffix(".npz"))["about"]))
        settings = features.Settings(**about["settings"])
        known = Classifier(None, path.read_bytes(), tuple(about["classes"]), settings)
        known._network_runner.get_signature_runner()  # opens the file
        threshold = store.read_json(path.with_suffix(".json"))["threshold"]
        check_number("threshold", threshold, 0, 1)
        return known, float(threshold)
    except ImportError as error:
        raise InputError(
            f"LiteRT, which runs {path.name}, cannot be loaded ({error}); "
            "`pip install ai-edge-litert` installs it"
        ) from error
    except Exception as error:  # whatever a damaged file may cause
        raise InputError(
            f"{path}, or what belongs to it, cannot be used ({type(error).__name__}: {error}); "
            "`python -m helpers.models listener` makes it"
        ) from error


def interpreter(content: bytes):
    """LiteRT, ready to run what a .tflite file holds, on one core: so would a phone."""
    from ai_edge_litert.interpreter import Interpreter

    with quiet.native():  # it says which delegate it made
        opened = Interpreter(model_content=content, num_threads=1)
        opened.allocate_tensors()
    return opened


def _one_by_one(interpreter, given: np.ndarray) -> dict[str, np.ndarray]:
    """Every output of a file, by its name, for each of the arrays given."""
    run = interpreter.get_signature_runner()
    (name,) = run.get_input_details()
    answers = [run(**{name: each[None]}) for each in np.asarray(given, np.float32)]
    return {key: np.concatenate([answer[key] for answer in answers]) for key in answers[0]}
