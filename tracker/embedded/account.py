"""Which operating-system account runs the embedded servers, and where their files lie."""

from __future__ import annotations

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def server_account() -> pwd.struct_passwd | None:
    """The account for PostgreSQL where we are root (it refuses root); None to stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL refuses to run as root, and neither a 'postgres' nor a 'nobody' account exists.")


def can_reach(path: pathlib.Path, account: pwd.struct_passwd | None) -> bool:
    """Whether the account may enter every folder down to the path."""
    if account is None:
        return os.access(path, os.R_OK)
    probe = ["test", "-r", str(path)]
    return (
        subprocess.run(probe, user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False).returncode == 0
    )


def state_home() -> pathlib.Path:
    """The folder that outlives a run: `var/` in the project, or a service folder if servers cannot reach that."""
    account = server_account()
    local = ROOT / "var"
    try:
        local.mkdir(exist_ok=True)
        if account is None or can_reach(local, account):
            return local
    except PermissionError:
        pass
    service = pathlib.Path("/var/lib/partnership-tracker" if os.geteuid() == 0 else tempfile.gettempdir())
    service = service if os.geteuid() == 0 else service / f"partnership-tracker-{os.geteuid()}"
    service.mkdir(mode=0o755, parents=True, exist_ok=True)
    return service


def own(path: pathlib.Path) -> pathlib.Path:
    """Make the folder, private, and give it to the servers' account."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account := server_account():
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def reachable_copy(folder: pathlib.Path, state: pathlib.Path) -> pathlib.Path:
    """The folder itself, or a copy under `state` where the account cannot enter the original.

    Its parent's shared libraries (`<name>.libs`) go along, at the same relative place.
    """
    account = server_account()
    if can_reach(folder, account):
        return folder
    target = state / "binaries" / folder.parent.name / folder.name
    if not target.exists():
        shutil.copytree(folder, target, symlinks=True)
        libs = folder.parent.with_name(folder.parent.name + ".libs")
        if libs.exists():
            shutil.copytree(libs, state / "binaries" / libs.name, symlinks=True)
    return target


def spawn(
    command: Sequence[str | pathlib.Path], *, as_server: bool = False, orphaned: int = signal.SIGINT, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a child in its own session, so that Ctrl-C reaches the supervisor alone.

    The kernel sends it the signal `orphaned` when its parent dies.
    """
    account = server_account() if as_server else None
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    die_with_parent = partial(_libc.prctl, _PR_SET_PDEATHSIG, orphaned)  # runs between fork and exec
    return subprocess.Popen(
        [str(part) for part in command], start_new_session=True, preexec_fn=die_with_parent, **options
    )
