"""A shell and a kernel with the names that Colab's have, by which the chapters know Colab."""

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell


class Shell(ZMQInteractiveShell):
    """Its `str` says google.colab."""


class Kernel(IPythonKernel):
    """What IPKernelApp is told to start."""

    shell_class = Shell
