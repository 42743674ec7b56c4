"""What a bare machine is set up from: locks that bind every package by its hashes, and the pip that reads them."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loyalty import bootstrap

ROOT = Path(bootstrap.ROOT)


@pytest.mark.parametrize("name", bootstrap.LOCKS.values())
def test_every_package_is_bound_by_hashes_and_no_index_is_named(name: str):
    text = (ROOT / name).read_text()
    packages = re.findall(r"(?m)^([a-z0-9][^ ]*==[^ ]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", text)
    assert len(packages) > 40
    assert [package for package, hashes in packages if not hashes] == []
    assert "://" not in text


def test_the_pip_that_comes_with_us_is_the_one_we_know():
    assert hashlib.sha256(bootstrap.PIP.read_bytes()).hexdigest() == bootstrap.PIP_SHA256
    said = subprocess.run(
        [sys.executable, bootstrap.PIP / "pip", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("pip ")


def test_this_python_would_do_and_one_that_is_none_would_not(tmp_path: Path):
    assert bootstrap.fits(sys.executable)
    assert not bootstrap.fits(str(tmp_path / "python3"))
    old = tmp_path / "python3.2"
    old.write_text("#!/bin/sh\necho False\n")
    old.chmod(0o755)
    assert not bootstrap.fits(str(old))


def test_an_old_python_could_read_it():
    """It has to say, in a sentence, that the Python is too old: so the file stays within what 3.7 reads."""
    import ast

    ast.parse((ROOT / "loyalty" / "bootstrap.py").read_text(), feature_version=(3, 7))
