"""From bare Python to the first page, as root, as an ordinary user, as a uid without a name; Python 3.11 to 3.13.

The packages are in the cache, so that the time is ours and not the network's; the limits are for two idle cores.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.running import ROOT
from tracker.embedded.postgres import free_port

pytestmark = pytest.mark.nightly
NAMELESS_UID = 4242
FIRST_PAGE_SECONDS, SECOND_START_SECONDS = 30, 10


def pythons() -> dict[str, str]:
    """Interpreters on PATH, and where pyenv keeps them, by minor version."""
    found: dict[str, str] = {}
    candidates = [shutil.which(f"python3.{minor}") or "" for minor in (11, 12, 13)]
    candidates += map(str, sorted(Path("~/.pyenv/versions").expanduser().glob("3.1[123]*/bin/python3")))
    for path in filter(None, candidates):
        said = subprocess.run([path, "-V"], capture_output=True, text=True)
        if version := re.match(r"Python (3\.1[123])\.", said.stdout):
            found.setdefault(version[1], path)
    return found


CASES = [(version, "root") for version in sorted(pythons())] + [("3.11", "nobody"), ("3.11", str(NAMELESS_UID))]


@pytest.mark.parametrize(("version", "account"), CASES)
def test_first_page_from_nothing(version: str, account: str, tmp_path: Path) -> None:
    if account != "root" and os.geteuid() != 0:
        pytest.skip("changing the account takes root")
    python = "/usr/bin/python3" if account != "root" else pythons()[version]
    project = tmp_path / "project"
    ignored = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, project, ignore=ignored)
    who: dict[str, object] = {}
    if account != "root":
        uid = NAMELESS_UID if account.isdigit() else pwd.getpwnam(account).pw_uid
        who = {"user": uid, "group": uid, "extra_groups": []}
        for path in (tmp_path, *tmp_path.rglob("*")):
            os.chown(path, uid, uid)
        for parent in tmp_path.parents:
            if parent.is_relative_to("/tmp") and parent != Path("/tmp"):
                parent.chmod(0o755)
    port, log = free_port(), tmp_path / "log"
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    # How this machine reaches the package index is its own matter.
    env |= {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
    subprocess.run([python, "-c", "import dev; dev.install('app')"], cwd=project, env=env, check=True, **who)  # type: ignore[call-overload]
    for made in (".venv", ".venv-uv"):
        shutil.rmtree(project / made)

    def start() -> tuple[subprocess.Popen[bytes], float]:
        began = time.monotonic()
        with log.open("ab") as out:
            child = subprocess.Popen(
                [python, "dev.py", "up", "--port", str(port)], cwd=project, env=env, stdout=out, stderr=out, **who,
            )  # type: ignore[call-overload]  # fmt: skip
        while time.monotonic() - began < 300:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5)
                return child, time.monotonic() - began
            except OSError:
                assert child.poll() is None, log.read_text(errors="replace")[-3000:]
                time.sleep(0.1)
        raise AssertionError(log.read_text(errors="replace")[-3000:])

    child, first = start()
    try:
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
        child, second = start()
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
    print(f"Python {version}, {account}: first page {first:.1f} s, second start {second:.1f} s")  # noqa: T201
    assert first < FIRST_PAGE_SECONDS
    assert second < SECOND_START_SECONDS
