"""Machines that tests need and this one is not: another user, a container's limits, a kernel without a layer.

    python environments.py STEP,STEP,… COMMAND …

Every step takes something from this process for good, and the command runs with what is left. A mount is
made in a namespace that only this process sees. A step without a function only names a need; what a test
needs and cannot have, `missing` says in words.
"""

import ctypes
import errno
import os
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from grader.sandbox import kernel, landlock

ROOT = Path(__file__).parents[2]
DOCKER = ROOT.parent / "shared" / "tools" / "docker_sim"
USER = 31_415  # nobody's number: not one of the dedicated users either
CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18

libc = ctypes.CDLL(None, use_errno=True)


def command(steps, *arguments):
    """How to run Python with those arguments after the steps."""
    return [sys.executable, "-B", str(Path(__file__)), ",".join(steps), sys.executable, "-B", *arguments]


def missing(steps):
    """What a test that takes these steps needs and this machine does not have; empty where it has all."""
    for has, words in (NEEDS[step] for step in steps if step in NEEDS):
        if not has():
            return words
    return ""


# --- what a machine may have


def is_root():
    return os.geteuid() == 0


def has_docker():
    return DOCKER.exists()


def has_landlock():
    return landlock.abi() > 0


@cache
def makes_mounts():
    return not is_root() or _comes_through("private", "pass")


def is_out_of_the_way():
    """Whether nothing but the interpreter goes when the folder that it lies in is covered."""
    return not _interpreters_folder().startswith("/usr") and len(Path(_interpreters_folder()).parts) > 1


@cache
def makes_user_namespaces():
    """Whole ones, with a network of their own, as the wall wants them."""
    code = "from grader.sandbox import layers; raise SystemExit(layers.enter_namespaces() != 'userns')"
    return _comes_through("private,user", code)


def _comes_through(steps, code):
    done = subprocess.run(command([steps], "-c", code), capture_output=True, check=False)
    return done.returncode == 0


# --- steps


def private():
    """Mounts in which every user may come to the interpreter and to this checkout; and a group more."""
    if not is_root():
        return
    os.setgroups([USER])
    kernel.unshare(CLONE_NEWNS)
    _mount(None, "/", MS_REC | MS_PRIVATE)
    while closed := next(filter(None, map(_closed, _folders())), None):
        _cover(closed, 0o755)


def hidden():
    """As `private`; but only root may come to the interpreter."""
    private()
    _cover(_interpreters_folder(), 0o700)


def user():
    """Somebody who is not root."""
    if not is_root():
        return
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)


def without_userns():
    """A machine that lets no user make namespaces, as many distributions do."""
    import pyseccomp

    masked = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, kernel.CLONE_NEWUSER, kernel.CLONE_NEWUSER)
    _filter(
        (errno.EPERM, "unshare", masked),
        (errno.EPERM, "clone", masked),
        (errno.ENOSYS, "clone3"),  # whose flags a filter cannot read
    )


def without_landlock():
    """A kernel from before 5.13."""
    calls = (landlock.CREATE_RULESET, landlock.ADD_RULE, landlock.RESTRICT_SELF)
    _filter(*((errno.ENOSYS, call) for call in calls))


def _filter(*rules):
    """Refuse these calls from now on, with those errors."""
    import pyseccomp

    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for number, call, *arguments in rules:
        calls.add_rule(pyseccomp.ERRNO(number), call, *arguments)
    if is_root():
        calls.set_attr(pyseccomp.Attr.CTL_NNP, 0)  # the wall has to ask for that itself
    calls.load()


def _folders():
    """What a student's process is made of, and these tests."""
    paths = (sys.base_prefix, sys.prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), ROOT)
    return sorted({os.path.realpath(path) for path in paths})


def _interpreters_folder():
    return str(Path(os.path.realpath(sys.base_prefix)).parent)


def _closed(folder):
    """The first folder on the way there that not every user may enter."""
    way = [*reversed(Path(folder).parents)]
    return next((str(place) for place in way if not place.stat().st_mode & 0o001), None)


def _cover(place, mode):
    """Nothing in that folder any more, but what these tests are made of is where it was."""
    kept = [folder for folder in _folders() if folder.startswith(f"{place}/")]
    held = [(path, os.open(path, os.O_PATH)) for path in kept]
    _mount("none", place, 0, "tmpfs", f"mode={mode:o}")
    for path, descriptor in held:
        Path(path).mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, MS_BIND | MS_REC)
        os.close(descriptor)


def _mount(source, place, flags, kind=None, options=None):
    words = [text and text.encode() for text in (source, place, kind)]
    kernel.checked(libc.mount(*words, ctypes.c_ulong(flags), options and options.encode()))


STEPS = {step.__name__: step for step in (private, hidden, user, without_userns, without_landlock)}
NEEDS = {
    "root": (is_root, "it needs root"),
    "private": (makes_mounts, "this machine lets root mount nothing"),
    "hidden": (is_out_of_the_way, "the interpreter lies among the machine's own files"),
    "docker": (has_docker, f"there is no {os.path.relpath(DOCKER, ROOT)}"),
    "landlock": (has_landlock, "this kernel has no Landlock"),
    "userns": (makes_user_namespaces, "this machine lets no user make namespaces"),
}


def main(steps, *rest):
    """Take the steps and become the command. `docker` is a program that becomes the rest."""
    for place, step in enumerate(steps):
        if step == "docker":
            later = [sys.executable, "-B", __file__, ",".join(steps[place + 1 :])]
            os.execv(sys.executable, [sys.executable, "-B", str(DOCKER), *later, *rest])
        if step in STEPS:
            STEPS[step]()
    os.execv(rest[0], rest)


if __name__ == "__main__":
    main(sys.argv[1].split(","), *sys.argv[2:])
