#!/usr/bin/env python3
"""One command from bare Python to the running tracker. Standard library only.

python3 dev.py up              install, start and serve everything with the bundled data
python3 dev.py test [ARGS]     run the tests (--all: browser and service tests too, nothing skipped)
python3 dev.py check           lint, types, layers and migrations only
python3 dev.py bench [ARGS]    what each kind of work costs, beside hand-written SQL and tuned DRF (--help)
python3 dev.py manage ARGS     manage.py, attached to the running services
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent
VENV = pathlib.Path(os.environ.get("TRACKER_VENV", ROOT / ".venv"))
UV_HOME = VENV.with_name(VENV.name + "-uv")
REQUIREMENTS = {"up": "app", "manage": "app", "test": "test", "check": "test", "bench": "test"}


def say(text: str) -> None:
    print(f"[dev] {text}", flush=True)


def attempt(*command: str) -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def uv() -> str:
    """The path of uv: from PATH, from an earlier run, or installed beside the environment."""
    own = UV_HOME / "bin" / "uv"
    if found := shutil.which("uv") or (str(own) if own.exists() else None):
        return found
    say("installing uv, the package installer")
    target = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(UV_HOME), "uv")
    if attempt(sys.executable, *target):
        return str(own)
    if not (attempt(sys.executable, "-m", "venv", str(UV_HOME)) or install_debian_venv()):
        sys.exit("Python has neither pip nor venv. On Debian: apt-get install python3-venv ca-certificates")
    subprocess.run([UV_HOME / "bin" / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(own)


def install_debian_venv() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("installing python3-venv and ca-certificates with apt")
    attempt("apt-get", "update", "-qq")
    return attempt("apt-get", "install", "-y", "-qq", "python3-venv", "ca-certificates") and attempt(
        sys.executable, "-m", "venv", str(UV_HOME)
    )


def install(kind: str) -> pathlib.Path:
    """Bring the environment to the pins of one requirements file; return its Python."""
    python = VENV / "bin" / "python"
    pins = ROOT / "requirements" / f"{kind}.txt"
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    stamps = VENV / "stamps"
    if python.exists() and (stamps / kind).exists() and (stamps / kind).read_text() == wanted:
        return python
    tool = uv()
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if pathlib.Path("/etc/ssl/certs/ca-certificates.crt").exists():
        # Ministries have certificate authorities of their own; the system knows them, uv does not.
        env.setdefault("UV_SYSTEM_CERTS", "true")
    if not python.exists() or not attempt(str(python), "-c", f"import sys; assert sys.version == {sys.version!r}"):
        say(f"making an environment for Python {sys.version.split()[0]} in {VENV.name}/")
        subprocess.run([tool, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], check=True, env=env)
    say(f"installing the pinned packages of requirements/{kind}.txt")
    # No --compile-bytecode: Python compiles what it imports, which is a quarter of what is installed.
    subprocess.run([tool, "pip", "install", "--python", python, "--require-hashes", "-r", pins], check=True, env=env)
    stamps.mkdir(exist_ok=True)
    for smaller in ("app", "test", kind):
        stamp = ROOT / "requirements" / f"{smaller}.txt"
        (stamps / smaller).write_text(hashlib.sha256(stamp.read_bytes() + sys.version.encode()).hexdigest())
        if smaller == kind:
            break
    return python


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"The tracker needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb not in REQUIREMENTS:
        sys.exit(__doc__)
    # Without bytecode every start compiles everything again: seconds, not milliseconds.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    kind = "browser" if verb == "test" and "--all" in sys.argv else REQUIREMENTS[verb]
    python = install(kind)
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", "tracker.embedded", *sys.argv[1:]])


if __name__ == "__main__":
    main()
