"""On JAX, without TensorFlow: the network trains, explains itself, and is the same network."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from helpers import cnn, gradcam

PREAMBLE = """
import sys

class NoTensorFlow:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "tf_keras", "tensorflow_model_optimization"):
            raise ModuleNotFoundError(f"{name} is not here")

sys.meta_path.insert(0, NoTensorFlow())
"""


@pytest.fixture
def on_jax(tmp_path):
    """Run a program on JAX where no TensorFlow can be imported; what it prints."""

    def run(program: str) -> str:
        environment = os.environ | {"KERAS_BACKEND": "jax"}
        done = subprocess.run(
            [sys.executable, "-c", PREAMBLE + textwrap.dedent(program)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


def test_a_network_trained_on_jax_is_the_same_on_tensorflow(on_jax, tmp_path):
    on_jax(
        """
        import numpy as np
        from helpers import cnn, cutmix, gradcam

        rng = np.random.default_rng(0)
        labels = rng.integers(3, size=120)
        images = rng.normal(size=(120, 30, 13)).astype("f")
        images[np.arange(120), :, labels] += 3
        classifier = cnn.fit(
            images[:80], labels[:80], (images[80:], labels[80:]), ("a", "b", "c"),
            cnn.Architecture(conv=(cnn.Conv(4, 3),), dense=(cnn.Dense(8),)),
            epochs=6, batch_size=8, augment=cutmix.on_the_fly,
        )
        assert classifier.history["val_accuracy"][-1] > 0.6
        classifier.save("model.npz")
        np.savez("told.npz", images=images[:9], answers=classifier.predict(images[:9]),
                 heat=gradcam.heat_maps(classifier, images[:9], "conv1"))
        """
    )
    told = np.load(tmp_path / "told.npz")
    classifier = cnn.load(tmp_path / "model.npz")
    np.testing.assert_allclose(classifier.predict(told["images"]), told["answers"], atol=1e-5)
    heat = gradcam.heat_maps(classifier, told["images"], "conv1")
    np.testing.assert_allclose(heat, told["heat"], atol=0.01 * heat.max())


def test_what_needs_tensorflow_is_named_and_left_out(on_jax, tmp_path, data_set):
    folder = data_set([{"label": label, "session": "s"} for label in ("Cello", "Clarinet")])
    (tmp_path / "jaxstage.py").write_text(
        textwrap.dedent(
            '''
            from helpers import pruning
            from helpers.experiments.runs import Run, experiment

            @experiment()
            def jaxtoy(clips, profile):
                """What is left?"""
                yield Run({"way": "plain"}, {"seed": 0}, plain)
                yield Run({"way": "pruned"}, {"seed": 0}, pruned)

            def plain(way, seed):
                return {"score": 1.0}

            def pruned(way, seed):
                pruning.on_tensorflow("pruned")
            '''
        )
    )
    printed = on_jax(
        f"""
        sys.path.insert(0, {str(tmp_path)!r})
        from pathlib import Path
        from helpers import dataset, reproduce, results
        dataset.load.__defaults__ = (None, ("Cello", "Clarinet"), False)
        dataset.data_folder = lambda: Path({str(tmp_path)!r})
        import jaxstage
        reproduce.record("jaxtoy", {folder!r})
        record = results.load("jaxtoy", Path({folder!r}).name)
        print([result["compared"]["way"] for result in record["results"]])
        """
    )
    assert "'pruned'}: left out. Keras runs on jax, where a network cannot be pruned" in printed
    assert printed.strip().endswith("['plain']")
