#!/usr/bin/env bash
# Make ROOT/venv, the grader's own environment; ROOT is the folder above this one, /autograder on Gradescope.
# PYTHON=… chooses the interpreter; the system's python3 stays as it is. May run again at any time.
set -euo pipefail
umask 022 # a student's process reads the libraries as a user of its own

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$(dirname "$source")/venv
python=${PYTHON:-python3}

stop() { echo "setup.sh: $*" >&2; exit 1; }
makes_environments() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }
has_seccomp() { "$python" -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    stop "Python 3.10 or newer is needed; choose Ubuntu 22.04 as the autograder's base image"

missing=()
makes_environments || missing+=(python3-venv)
has_seccomp || missing+=(libseccomp2)
if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        stop "${missing[*]} must be installed first; as root on Ubuntu 22.04 this script does it"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --no-install-recommends "${missing[@]}"
    { makes_environments && has_seccomp; } || stop "$python still lacks venv or libseccomp.so.2"
fi

about='import pip, sys; print(sys.version)' # an environment that was begun and not finished has no pip
[ "$("$venv/bin/python" -c "$about" 2>/dev/null)" = "$("$python" -c 'import sys; print(sys.version)')" ] ||
    "$python" -m venv --clear "$venv"

install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir "$@" ||
        stop "pip could not install what is asked by ${*: -1}; what it says stands above"
}
install --no-deps --requirement "$source/requirements.txt" # complete: `pip check` below says so
for wheel in "$source"/grader-*.whl; do
    [ ! -e "$wheel" ] || install --no-deps --force-reinstall "$wheel"
done
[ ! -e "$source/assignment/requirements.txt" ] || install --requirement "$source/assignment/requirements.txt"
"$venv/bin/python" -m pip check
"$venv/bin/python" -I -c 'import numpy, pydantic, pyseccomp'

chmod -R go= "$source" # the reference is no student's business; a run takes care of the rest
