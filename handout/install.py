"""Make the environment of this folder: python install.py

It is made once, in .venv beside this file; started again, it mends what is missing.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PROGRAMS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
SETTINGS = ENVIRONMENT / "share" / "jupyter" / "lab" / "settings" / "overrides.d"


def main() -> None:
    """Make it, fill it, and say what to type next."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"This needs Python 3.11 to 3.13; here is {sys.version.split()[0]}.")
    if not PROGRAMS.is_dir():
        try:
            venv.create(ENVIRONMENT, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            sys.exit(
                f"No environment could be made here: {error}\n"
                "On Debian and Ubuntu, `sudo apt install python3-venv` may be missing."
            )
    pip = [PROGRAMS / "python", "-m", "pip", "install", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--require-hashes", "--requirement", HERE / "requirements.txt"])
    if done.returncode:
        sys.exit("Not all packages could be installed; the reason stands above. Try once more.")
    # Compiled by two processes at once, librosa may crash a third (numba issue 10128).
    compiled = "import librosa, numpy; librosa.yin(numpy.zeros(4096), fmin=100, fmax=1000)"
    subprocess.run([PROGRAMS / "python", "-c", compiled], stderr=subprocess.DEVNULL)
    SETTINGS.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "data" / "jupyterlab.json", SETTINGS)
    print(f"\nReady. To open the chapters, type in this folder:\n\n    {start()}\n")


def start() -> str:
    """The line that opens JupyterLab, as one types it in this folder."""
    program = (PROGRAMS / "jupyter-lab").relative_to(HERE)
    return str(program) if sys.platform == "win32" else f"./{program}"


if __name__ == "__main__":
    main()
