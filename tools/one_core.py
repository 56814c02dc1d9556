"""One core for each of what runs side by side.

Threads of libraries wait for one another by going round in circles, which takes it from the others.
"""

SETTINGS = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS"), "1"
)
"""Variables of the environment, which libraries read as they are loaded."""
