"""Make a virtual environment from pinned requirements, once, whoever asks first.

Usage: make_environment.py --target DIR --requirements FILE [--without-dependencies FILE] [--extra-index URL]

A file lock keeps two makers apart. The stamp (``retort-environment.json``) is written last, by rename: an environment
without one was interrupted, is removed and made again. Progress goes to stderr; exit code 0 means that DIR is ready.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import venv
from pathlib import Path

STAMP = "retort-environment.json"
LAUNCHER = Path(__file__).with_name("launch.py")
EXTRA_INDEX_TIMEOUT_S = 3.0  # an index that can't be reached costs pip 8 s of retries a package
PIP_VERSION = "26.2"  # fetched only where Python comes without ensurepip (Debian without python3-venv)


def say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def answers(url: str) -> bool:
    """True when ``url`` answers at all within a few seconds."""
    try:
        with urllib.request.urlopen(url, timeout=EXTRA_INDEX_TIMEOUT_S):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def has_module(name: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


def fetch_pip(folder: Path) -> Path:
    """Download pip's wheel, which runs from its zip, from the package index that pip itself would use."""
    base = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").removesuffix("/").removesuffix("/simple")
    with urllib.request.urlopen(f"{base}/pypi/pip/{PIP_VERSION}/json", timeout=30) as answer:
        release = json.load(answer)
    wheel = next(file for file in release["urls"] if file["packagetype"] == "bdist_wheel")
    path = folder / wheel["filename"]
    with urllib.request.urlopen(wheel["url"], timeout=60) as answer:
        path.write_bytes(answer.read())
    return path


def pip_command(target: Path) -> list[str]:
    """The command that runs pip for ``target``: its own, the system's, or a fetched one."""
    python = str(target / "bin" / "python")
    venv.create(target, with_pip=False, symlinks=True)
    if has_module("ensurepip"):
        run([python, "-Im", "ensurepip", "--upgrade", "--default-pip"])
        return [python, "-m", "pip"]
    if has_module("pip"):
        return [sys.executable, "-m", "pip", "--python", python]
    return [python, str(fetch_pip(target) / "pip")]


def run(command: list[str]) -> None:
    """Run ``command``, which dies with this process: nobody may write into an environment that is made again."""
    launched = [sys.executable, str(LAUNCHER), "--parent", str(os.getpid()), "--", *command]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    # The pipe stays open and empty: where the kernel can't tell of our end, its end does.
    with subprocess.Popen(launched, stdin=subprocess.PIPE, stdout=sys.stderr, env=environment) as child:
        code = child.wait()
    if code != 0:
        raise subprocess.CalledProcessError(code, command)


def install(pip: list[str], arguments: list[str]) -> None:
    # --no-compile saves time here; Python compiles on first import.
    run([*pip, "install", "--quiet", "--no-input", "--no-compile", "--only-binary", ":all:", *arguments])


def make(target: Path, arguments: argparse.Namespace) -> None:
    if target.exists():
        say(f"removing a half-made environment: {target}")
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    pip = pip_command(target)
    index = arguments.extra_index
    extra = ["--extra-index-url", index] if index and answers(index) else []
    if arguments.requirements:
        install(pip, [*extra, "-r", arguments.requirements])
    if arguments.without_dependencies:
        install(pip, ["--no-deps", "-r", arguments.without_dependencies])
    stamp = target / f"{STAMP}.partial"
    stamp.write_text(json.dumps({"python": sys.version.split()[0]}) + "\n")
    stamp.rename(target / STAMP)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--requirements")
    parser.add_argument("--without-dependencies")
    parser.add_argument("--extra-index")
    arguments = parser.parse_args()
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{arguments.target}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (arguments.target / STAMP).exists():
            try:
                make(arguments.target, arguments)
            except subprocess.CalledProcessError as error:
                return error.returncode or 1
            except OSError as error:
                say(f"{type(error).__name__}: {error}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
