"""What bad input raises, and its kind for what another backend cannot do (every chapter)."""


class InputError(ValueError):
    """Something given to the book cannot be used.

    The message names the file, field or argument and says what to do about it.
    """


class BackendError(InputError):
    """What was asked for needs TensorFlow, and Keras runs on another backend."""
