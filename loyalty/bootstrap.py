"""Makes `.venv` with the locked dependencies, on a machine that has nothing but Python; `make` calls it first.

Only the standard library is used, and nothing that an old Python could not read: it has to tell its owner so.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, List, NoReturn, Optional  # noqa: UP035

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
OLDEST = (3, 11)
NEWEST = 15
PIP = ROOT / "vendor" / "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ASK_VERSION = "import sys, venv; print(sys.version_info >= {})".format(OLDEST)  # noqa: UP032


def persian() -> bool:
    """Whether the terminal speaks Persian."""
    names = (os.environ.get(name) for name in ("LOYALTY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return (next((name for name in names if name), "")).startswith("fa")


def say(en: str, fa: str) -> None:
    """A sentence to the person at the terminal."""
    print(fa if persian() else en, file=sys.stderr, flush=True)


def give_up(en: str, fa: str) -> NoReturn:
    """A sentence that ends it."""
    say(en, fa)
    sys.exit(1)


def fits(python: str) -> bool:
    """Whether this Python is new enough and can make environments."""
    try:
        done = subprocess.run(  # noqa: S603
            [python, "-c", ASK_VERSION], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return done.stdout.strip() == b"True"


def find_python() -> str:
    """A Python to build on: the one that runs this, else a newer one that is installed under its own name."""
    names = [sys.executable, *("python3.{}".format(minor) for minor in range(NEWEST, OLDEST[1] - 1, -1))]  # noqa: UP032
    for name in names:
        path = shutil.which(name)
        if path and fits(path):
            return path
    give_up(
        "Python 3.11 or newer is needed; this is {}.{}. Install one (as `python3.11`, say), or name it:"
        " make PYTHON=/path/to/python3 …".format(*sys.version_info),
        "پایتون ۳٫۱۱ یا تازه‌تر لازم است؛ این {}.{} است. یکی نصب کنید (برای نمونه python3.11) یا نشانی‌اش را بدهید:"
        " make PYTHON=/path/to/python3 …".format(*sys.version_info),
    )


def make_environment() -> None:
    """`.venv`, without pip: ours is run from its wheel. One whose Python has gone is made anew."""
    if PYTHON.exists() and fits(str(PYTHON)):
        return
    if VENV.exists():
        say(
            "The environment in .venv no longer works; making it anew.",
            "محیط .venv دیگر کار نمی‌کند؛ از نو ساخته می‌شود.",
        )
        shutil.rmtree(str(VENV))
    subprocess.run([find_python(), "-m", "venv", "--without-pip", str(VENV)], check=True)  # noqa: S603


def pip(arguments: List[str], total: Optional[int] = None) -> None:  # noqa: UP006, UP045
    """Run pip, counting on one line what it has come to; all that it said is shown when it fails."""
    command = [str(PYTHON), str(PIP / "pip"), "--disable-pip-version-check", "--no-input", *arguments]
    said: List[str] = []  # noqa: UP006
    seen = 0
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:  # noqa: S603
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            seen += line.startswith("Collecting ")
            if total and sys.stderr.isatty():
                print("\r  {} / {}".format(min(seen, total), total), end="", file=sys.stderr, flush=True)  # noqa: UP032
    if total and sys.stderr.isatty():
        print("\r" + " " * 20 + "\r", end="", file=sys.stderr, flush=True)
    if process.returncode:
        print("".join(said[-30:]), file=sys.stderr)
        give_up(
            "The dependencies could not be installed; what pip said stands above. Is the machine online?",
            "وابستگی‌ها نصب نشدند؛ گفتهٔ pip در بالا آمده است. آیا دستگاه به اینترنت دسترسی دارد؟",
        )


def digest(*files: Path) -> str:
    """One digest of several files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def installed() -> Any:
    """What the stamp says was installed: lock name to digest."""
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def install(kind: str) -> None:
    """The locked dependencies, and this project itself; nothing when neither has changed since the last time."""
    done = installed()
    wanted = {name: digest(ROOT / name) for name in LOCKS.values()}
    lock = LOCKS[kind]
    # The development lock holds the other one.
    if not any(done.get(name) == wanted[name] for name in {lock, LOCKS["dev"]}):
        if hashlib.sha256(PIP.read_bytes()).hexdigest() != PIP_SHA256:
            give_up("vendor/ holds another pip than it should.", "pip در پوشهٔ vendor آن نیست که باید باشد.")
        say(
            "Installing the locked dependencies into .venv (once; about a minute) …",
            "نصب وابستگی‌ها در .venv (یک بار؛ نزدیک به یک دقیقه)…",
        )
        total = len(re.findall(r"(?m)^[a-z0-9][^ ]*==", (ROOT / lock).read_text()))
        pip(["install", "--require-hashes", "-r", str(ROOT / lock)], total)
        done = {lock: wanted[lock]}
    project = digest(ROOT / "pyproject.toml")
    if done.get("project") != project:
        pip(["install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)])
        done["project"] = project
    STAMP.write_text(json.dumps(done))


def install_browser() -> None:
    """Debian's Chromium for the page tests, where we may install it and there is none."""
    if any(shutil.which(name) for name in BROWSERS) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say("Installing Chromium for the page tests …", "نصب Chromium برای آزمون صفحه‌ها…")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, env=env, check=False)  # noqa: S603, S607
        if done.returncode:
            return  # the tests say loudly that there is no browser


def main() -> None:
    """Make the environment ready for running, or for development too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    parser.add_argument("--browser", action="store_true", help="with a browser for the page tests, where we may")
    asked = parser.parse_args()
    make_environment()
    install("dev" if asked.dev else "run")
    if asked.browser:
        install_browser()


if __name__ == "__main__":
    main()
