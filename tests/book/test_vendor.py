"""Every package that the site publishes is listed with its licence."""

from __future__ import annotations

import json

import pytest
import vendor


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Have npm's packages be those of a dictionary: place to manifest, licence text or None."""
    monkeypatch.setattr(vendor, "BUILD", tmp_path)
    monkeypatch.setattr(vendor, "PACKAGES", tmp_path / "node_modules")

    def install(packages: dict[str, tuple[dict, str | None]], **locked: dict) -> None:
        lock = {"": {}} | {f"node_modules/{place}": {} for place in packages}
        lock |= {f"node_modules/{place}": said for place, said in locked.items()}
        (tmp_path / "package-lock.json").write_text(json.dumps({"packages": lock}))
        for place, (manifest, text) in packages.items():
            folder = tmp_path / "node_modules" / place
            folder.mkdir(parents=True, exist_ok=True)
            name = place.rpartition("node_modules/")[2]
            about = {"name": name, "version": "1.2.3"} | manifest
            (folder / "package.json").write_text(json.dumps(about))
            (folder / "esm").mkdir()
            (folder / "esm" / "package.json").write_text('{"type": "module"}')
            if text:
                (folder / "licence.md").write_text(text)

    return install


def test_every_form_of_stating_a_licence_is_read(installed):
    installed(
        {
            "a": ({"license": "MIT"}, "text of a"),
            "@b/c": ({"license": {"type": "ISC"}}, None),
            "d": ({"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]}, None),
            "e": ({}, "text of e"),
            "a/node_modules/f": ({"license": "0BSD"}, None),
            "tests": ({}, None),
        },
        tests={"dev": True},
        elsewhere={"optional": True},
    )
    told = vendor.licences()
    for line in ("a 1.2.3: MIT", "@b/c 1.2.3: ISC", "d 1.2.3: MIT or Apache-2.0", "f 1.2.3: 0BSD"):
        assert line in told
    assert "e 1.2.3: see its text" in told and "text of e" in told and "text of a" in told
    assert "tests" not in told and told.count("1.2.3:") == 5


def test_a_package_without_a_licence_is_not_published(installed):
    installed({"a": ({"license": "MIT"}, None), "b": ({"license": ""}, None)})
    with pytest.raises(SystemExit, match="node_modules/b: the package states no licence"):
        vendor.licences()
