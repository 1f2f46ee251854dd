"""The setup behind ``make``: each way to fail ends in one line that says what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
TOOLS = (
    "awk",
    "cat",
    "cksum",
    "cut",
    "df",
    "dirname",
    "grep",
    "head",
    "mkdir",
    "rm",
    "sed",
    "sh",
    "sleep",
    "tail",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what setup reads, and ``bin/`` with the system's tools but no Python."""
    for name in ("scripts", "pyproject.toml", "constraints.txt"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def setup(project: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": str(project / "bin"), "HOME": str(project), "LANG": "en_US.UTF-8"}
    command = [str(project / "bin/sh"), "scripts/setup.sh"]
    return subprocess.run(
        command, cwd=project, env=clean | environ, capture_output=True, text=True, timeout=300, check=False
    )


def stand_in(project: Path, name: str, version: str, venv: bool = True) -> None:
    """A launcher that answers the two questions that setup asks of a Python."""
    path = project / "bin" / name
    answer = (
        f"case $2 in *version*) echo {version} ;; *ensurepip*) exit {0 if venv else 1} ;; *) exit 1 ;; esac"
    )
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)


def failure(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_old_python_is_named(project: Path) -> None:
    stand_in(project, "python3", "3.9")
    stand_in(project, "python", "2.7")
    assert "Python does not fit: python3(3.9) python(2.7); 3.11 to 3.13 is needed" in failure(setup(project))


def test_failure_speaks_chinese_without_an_english_locale(project: Path) -> None:
    stand_in(project, "python3", "3.14")
    assert "Python 版本不合适：python3(3.14)；需要 3.11 至 3.13" in failure(setup(project, LANG="C.UTF-8"))


def test_no_python_at_all(project: Path) -> None:
    assert failure(setup(project)).startswith("no Python that runs; install Python 3.11 to 3.13")


def test_launcher_of_a_version_that_is_switched_off_is_passed_over(project: Path) -> None:
    switched_off = project / "bin/python3.13"
    switched_off.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    switched_off.chmod(0o755)
    stand_in(project, "python3", "3.10")
    assert "Python does not fit: python3(3.10)" in failure(setup(project))


def test_named_python_is_the_only_one_tried(project: Path) -> None:
    stand_in(project, "python3.12", "3.12")
    assert "PYTHON=/no such/python does not" in failure(setup(project, PYTHON="/no such/python"))


def test_python_without_venv_says_what_to_install(project: Path) -> None:
    stand_in(project, "python3.11", "3.11", venv=False)
    assert "apt install python3-venv" in failure(setup(project))


def test_unreachable_package_index_is_told_as_such(project: Path) -> None:
    done = setup(
        project,
        PYTHON=sys.executable,
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="1",
    )
    assert "the package index can't be reached; check the network" in failure(done)
    assert (project / ".venv/setup.log").is_file()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_every_dependency_is_pinned_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    for text in project["dependencies"] + extras:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)]), text


def test_pins_are_plain_versions() -> None:
    assert len(pins()) > 50
    for name, version in pins().items():
        assert re.fullmatch(r"[a-z0-9-]+", name), name
        assert re.fullmatch(r"[0-9.]+", version), f"{name}: no local label, path or address"
