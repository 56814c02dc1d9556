"""What a process frees goes back to the system."""

import ctypes
import subprocess
import sys
import textwrap

import pytest

from helpers import memory

PROGRAM = """
    import re
    from pathlib import Path
    import numpy as np
    from helpers import memory

    def held():
        told = Path("/proc/self/status").read_text()
        return int(re.search(r"VmRSS:\\s*(\\d+)", told)[1]) / 1000

    def half_freed(count, megabytes):
        arrays = [np.ones(int(megabytes * 1e6) // 8) for _ in range(count)]
        full = held()
        del arrays[::2]  # what is left stands between the gaps
        return arrays, full
"""


def said(program: str) -> float:
    whole = textwrap.dedent(PROGRAM) + textwrap.dedent(program)
    done = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


needs_gnu = pytest.mark.skipif(memory._c_library() is None, reason="only GNU's C library can")


@needs_gnu
def test_a_large_array_goes_back_as_it_is_freed():
    """Once one of this size was freed, the C library would keep the next for later."""
    freed = """
        np.ones(30_000_000 // 8)
        arrays, full = half_freed(20, megabytes=20)
        print(full - held())
    """
    assert said(freed) > 160


@needs_gnu
def test_small_ones_go_back_when_that_is_asked_for():
    given_back = """
        arrays, full = half_freed(1000, megabytes=0.1)
        memory.give_back()
        print(full - held())
    """
    assert said(given_back) > 40


@needs_gnu
def test_what_tensorflow_frees_goes_back():
    """Its own store would keep it."""
    freed = """
        import tensorflow
        tensors = [tensorflow.ones(10_000_000) for _ in range(10)]
        full = held()
        del tensors
        memory.give_back()
        print(full - held())
    """
    assert said(freed) > 360


@pytest.mark.parametrize(
    "train",
    [
        "cnn.fit(x, y, (x, y), ('Cello', 'Flute'), small, epochs=1, seed=seed)",
        "tuning.search(x, y, (x, y), ('Cello', 'Flute'), 'random', space, small, 1, 1, seed=seed)",
        "tiny.fit(x, y, verbose=0)",  # by a reader, with Keras alone
    ],
)
def test_a_training_leaves_no_graph(train):
    """It would leave six, a trial of a search 26, and forty trainings 200 MB."""
    left = f"""
        import gc
        from helpers import cnn, tuning
        import keras
        from tensorflow.python.framework.func_graph import FuncGraph

        def graphs():
            memory.give_back()
            return sum(isinstance(thing, FuncGraph) for thing in gc.get_objects())

        small = cnn.Architecture(conv=(), dense=(cnn.Dense(2),), pooling="over time")
        space = {{"learning_rate": tuning.LogUniform(0.001, 0.01)}}
        x, y = np.random.default_rng(0).normal(size=(8, 5, 4)), np.arange(8) % 2
        before = graphs()
        for seed in range(2):
            tiny = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
            tiny.compile("adam", "mse")
            {train}
        del tiny
        print(graphs() - before)
    """
    assert said(left) == 0


def test_gradients_of_several_devices_are_summed():
    summed = """
        import keras
        import tensorflow as tf

        one = tf.config.LogicalDeviceConfiguration()
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [one, one])
        both = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
        with both.scope():
            weight = keras.Variable([1.0])
            optimizer = keras.optimizers.SGD()
            optimizer.build([weight])

        def of_each():
            device = tf.distribute.get_replica_context().replica_id_in_sync_group
            gradient = tf.ones(1) * (1 + tf.cast(device, "float32"))  # 1 and 2
            return optimizer._all_reduce_sum_gradients([(gradient, weight)])[0][0]

        of_devices = both.experimental_local_results(both.run(of_each))
        print(min(float(each[0]) for each in of_devices))
    """
    assert said(summed) == 3


def test_jax_is_loaded_by_who_asks_for_it_alone():
    pytest.importorskip("jax")
    loaded = """
        import sys
        import keras, tensorflow.lite
        before = "jax" in sys.modules
        import jax
        print(2 * before + ("jax" in sys.modules))
    """
    assert said(loaded) == 1


def test_there_is_nothing_to_be_asked_on_other_systems(monkeypatch):
    def none(name):
        raise TypeError("Windows has no library without a name")

    monkeypatch.setattr(ctypes, "CDLL", none)
    assert memory._c_library() is None
    memory.give_back()


def test_what_is_unused_is_not_looked_for_in_keras_and_is_still_found():
    """TensorFlow and Keras stay; each search of their objects would take a fifth of a second."""
    looked = """
        import gc, weakref

        def searches():
            return gc.get_stats()[2]["collections"]

        before = searches()
        import keras
        assert gc.isenabled() and searches() == before + 1  # at its end

        class Ring:
            def __init__(self):
                self.of_itself = self

        ring = Ring()
        unused = weakref.ref(ring)
        del ring
        memory.give_back()
        assert unused() is None
        print(gc.get_freeze_count() / len(gc.get_objects()))
    """
    assert said(looked) > 50
