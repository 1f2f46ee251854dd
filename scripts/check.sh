#!/bin/sh
# Every check of the project, one after the other; stops at the first that fails.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
# What a test starts as a process would be compiled anew by each of them.
unset PYTHONDONTWRITEBYTECODE

section() { printf '\n== %s\n' "$1"; }

section "ruff format"
"$bin/ruff" format --check .
section "ruff check"
"$bin/ruff" check .
section "mypy"
"$bin/mypy"
if [ "${1:-}" = lint ]; then exit; fi
section "pytest"
# Two processes share the tests, a module at a time; `pytest` alone runs them one after the other. A process
# that crashed is not started again: with `loadfile` xdist would wait for its tests without end.
"$bin/python" -m pytest -n 2 --dist loadfile --max-worker-restart 0
