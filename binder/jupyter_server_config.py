import os

# A closed tab keeps its kernel, and Binder has 2 GB for all: one that rests for 10 minutes ends.
c.MappingKernelManager.cull_idle_timeout = 600  # noqa: F821, JupyterLab's server gives `c`
c.MappingKernelManager.cull_interval = 60  # noqa: F821
c.MappingKernelManager.cull_connected = True  # noqa: F821

# A kernel has threads before it loads the book. What the C library stores for each, it would not
# give back: 70 MB of a chapter (helpers/memory.py).
os.environ["MALLOC_ARENA_MAX"] = "1"
