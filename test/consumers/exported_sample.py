"""One real export of the committed sample, made by ``distill`` itself; ways to look at it and to break a copy of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
MAIN = REPOSITORY / "packages" / "cli" / "src" / "main.ts"
SPLITS = ("train", "val", "test")
FORMATS = ("minicpm-v", "ms-swift", "llamafactory", "parquet", "webdataset")
# Images; whole image prompts, so a few more or less. Enough for every split and both aspects to have rows.
LIMIT = 40
# What would let a person's own settings reach the run.
FOREIGN_VARIABLES = (
    "GOOGLE_API_KEY",
    "GEMINI_API_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "REDIS_URL",
    "RETORT_HOME",
)


@dataclass(frozen=True)
class Export:
    """A corpus folder."""

    folder: Path
    # The home of the run that made it.
    home: Path

    def rows(self, split: str) -> list[dict[str, Any]]:
        """The rows of the MiniCPM-V file, which the other formats must agree with."""
        rows: list[dict[str, Any]] = json.loads((self.folder / "minicpm-v" / f"{split}.json").read_text("utf-8"))
        return rows

    def copy(self, target: Path) -> "Export":
        """The same in a folder that a test may break; files are links until they are written anew."""
        shutil.copytree(self.folder, target, copy_function=os.link)
        return Export(target, self.home)

    def rewrite(self, path: str, change: Callable[[str], str]) -> None:
        """Changes the text of a file in a copy without touching the original."""
        file = self.folder / path
        text = file.read_text("utf-8")
        changed = change(text)
        assert changed != text, f"nothing in {path} was changed"
        file.unlink()
        file.write_text(changed, "utf-8")


def distill(home: Path, *arguments: str) -> dict[str, Any]:
    """Run ``distill`` with ``--json`` and read its one object; anything but exit code 0 fails."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    # The libraries on this test's path aren't those of the children that distill starts.
    environment.pop("PYTHONPATH", None)
    command = [os.environ.get("RETORT_NODE", "node"), str(MAIN), *arguments, "--home", str(home), "--json"]
    environment["INIT_CWD"] = str(REPOSITORY)
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 0, ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def export_sample(folder: Path) -> Export:
    """Teach a part of the sample from its recorded answers and audit it, then export it in every format."""
    home = folder / "home"
    distill(home, "--until", "audit", "--limit", str(LIMIT))
    export = distill(home, "export", "--format", ",".join(FORMATS), "--out", str(folder / "export"))
    return Export(Path(export["path"]), home)
