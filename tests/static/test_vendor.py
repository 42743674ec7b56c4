"""What we carry from npm is what its lock named: each file with its licence and checksum, and nothing unlisted."""

import hashlib
import json
from pathlib import Path

import pytest

import loyalty

VENDOR = Path(loyalty.__file__).parent / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())
TOOLS = {"package.json", "package-lock.json", "manifest.json", "copy.mjs", ".npmrc"}


@pytest.mark.parametrize("name", MANIFEST)
def test_a_vendored_file_is_unchanged_since_it_was_copied(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == MANIFEST[name]["sha256"]


def test_nothing_lies_there_unlisted():
    files = {p.relative_to(VENDOR) for p in VENDOR.rglob("*") if p.is_file() and "node_modules" not in p.parts}
    assert {str(p) for p in files} == set(MANIFEST) | TOOLS


def test_each_package_comes_with_its_licence_and_in_the_locked_version():
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    for name in {entry["package"] for entry in MANIFEST.values()}:
        mine = {path: entry for path, entry in MANIFEST.items() if entry["package"] == name}
        assert any("LICENSE" in path for path in mine)
        assert {entry["version"] for entry in mine.values()} == {locked[f"node_modules/{name}"]["version"]}
