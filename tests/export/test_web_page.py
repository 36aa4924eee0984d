"""A network as one web page: the runtime is the one that is known, and names cannot become part of the page."""

import base64
import gzip
import json
import re
import sys

import numpy as np
import pytest

from tests.browser_runtime import FILES, archive, package, registry
from tlcore.cli import main
from tlcore.errors import InputError, MissingError
from tlcore.export.browser.one_photo import for_one_photo
from tlcore.export.browser.page import Shown, page_html
from tlcore.export.browser.runtime import LITERT_JS, Runtime, load_runtime
from tlcore.export.browser.web_page import web_page
from tlcore.export.take_away import export_request
from tlcore.inference.engine import Engine
from tlcore.inference.networks.lite_file import lite_file
from tlcore.jobs import SILENT
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.folders import new_version
from tlcore.zoo.catalog import ARCHITECTURES
from tlcore.zoo.weights.package import read_package_weights

HOSTILE = ["</script><script>alert(1)</script>", "a\n$title <b>", "&amp; “ünïcode” ]]>"]
RUNTIME = Runtime("LiteRT.js 1.2.3", b"loader", b"module", b"\0asm" * 100)


@pytest.fixture
def online(monkeypatch, tmp_path):
    """Downloads are allowed; gives a function that lets npm, if only a stand-in, name a registry."""
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    settings.cache_clear()

    def npm_names(address: str) -> None:
        program = tmp_path / "programs" / "npm"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\n[ "$*" = "config get registry" ] && echo "{address}"\n')
        program.chmod(0o755)

    return npm_names


def test_the_runtime_is_downloaded_once(online):
    content = archive()
    with registry(content) as (address, asked):
        online(f"{address}/")
        found = load_runtime(package(content), SILENT)
        assert load_runtime(package(content), SILENT) == found
    assert asked == ["/@scope/runtime/-/runtime-1.2.3.tgz"]
    assert found.wasm == b"wasm" and b"import" not in found.module
    assert found.module in FILES["dist/index.js"].replace(b'import { createWasmLib } from "@litertjs/wasm-utils";', b"")


def test_another_archive_than_the_known_one_is_refused(online, monkeypatch):
    known = package(archive())
    with registry(archive() + b"!") as (address, _):
        online(address)
        with pytest.raises(MissingError, match="digest"):
            load_runtime(known, SILENT)
    assert not known.path.exists()
    known.path.write_bytes(b"put there by hand")
    with pytest.raises(MissingError, match="different file or damaged"):
        load_runtime(known, SILENT)


def test_without_network_it_is_said_what_is_missing_and_where_it_belongs(home):
    with pytest.raises(MissingError) as caught:
        load_runtime(LITERT_JS, SILENT)
    text = str(caught.value)
    assert "core-2.5.3.tgz" in text and str(home / "runtimes") in text and "offline" in text


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a shell script")
def test_the_registry_is_the_one_that_the_setting_or_npm_names_and_else_it_is_asked_for(online, monkeypatch):
    with pytest.raises(MissingError, match=r"npm pack @scope/runtime@1\.2\.3 .* TLCORE_NPM_REGISTRY"):
        package(b"").address()
    online("https://file.example/npm/")
    assert package(b"").address().startswith("https://file.example/npm/@scope/")
    monkeypatch.setenv("TLCORE_NPM_REGISTRY", "https://variable.example")
    settings.cache_clear()
    assert package(b"").address().startswith("https://variable.example/@scope/")


def test_names_stay_names_and_the_page_may_reach_nobody():
    page = page_html(Shown(HOSTILE[0], HOSTILE, 32, "crop", [HOSTILE[0]]), b"network", RUNTIME)
    assert "alert(1)</script>" not in page and "alert(1)&lt;/script&gt;" in page
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page)[1])
    assert facts == {"classes": [HOSTILE[0], "a $title <b>", HOSTILE[2]], "size": 32, "resize": "crop"}
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'") and "http" not in policy and "unsafe-inline" not in policy
    assert not re.search(r'(?:src|href)="', page)
    packed = re.search(r'id="network">(.*?)</script>', page)[1]
    assert gzip.decompress(base64.b64decode(packed)) == b"network"


def test_a_network_for_one_photo_computes_the_same(tmp_path):
    architecture = ARCHITECTURES.find("EfficientNetLite0")
    network = lite_file(architecture, read_package_weights(architecture), 32, "stem_activation")
    for name, content in {"any": network, "one": for_one_photo(network)}.items():
        (tmp_path / name).write_bytes(content)
    photo = np.random.default_rng(0).uniform(-1, 1, (1, 32, 32, 3)).astype(np.float32)
    assert (Engine(tmp_path / "any").run(photo) == Engine(tmp_path / "one").run(photo)).all()
    assert (np.frombuffer(network, np.uint8) != np.frombuffer(for_one_photo(network), np.uint8)).sum() == 2 * 4


@pytest.mark.slow
def test_the_page_is_made_of_the_exported_network(two_classes, finished_run, home, monkeypatch):
    from tlcore.export.browser import jobs

    content = archive()
    monkeypatch.setattr(jobs, "LITERT_JS", package(content))
    package(content).path.parent.mkdir(parents=True)
    package(content).path.write_bytes(content)
    run = finished_run(two_classes, wrong=[0])
    architecture = ARCHITECTURES.find("EfficientNetLite0")
    with new_version(run.folder / "export") as folder:
        (folder / "model.tflite").write_bytes(
            lite_file(architecture, read_package_weights(architecture), 32, "stem_activation")
        )
        card = {"classes": ["cat", "dog"], "input": {"size": 32, "resize": "pad"}}
        checks = {"model.tflite": {"photos": 18, "same": 18, "correct": 17}}
        (folder / "card.json").write_text(json.dumps({**card, "checks": checks}))
    result = jobs.make_web_page(export_request(run, False), home, SILENT)
    file = web_page(run, False)
    assert result == {"file": str(file), "bytes": file.stat().st_size}
    assert "94 % (74–99, 18 images)" in file.read_text("utf-8")
    monkeypatch.setattr(jobs, "_MOST_BYTES", 1000)
    with pytest.raises(InputError, match="for a web page"):
        jobs.make_web_page(export_request(run, False), home, SILENT)


def test_the_command_wants_a_place_and_never_overwrites(two_classes, finished_run, tmp_path, capsys):
    run = finished_run(two_classes).id
    assert main(["export", run]) == 2
    assert "--to DIR" in capsys.readouterr().err
    (tmp_path / "mine.html").write_text("mine")
    assert main(["export", run, "--web", "--to", str(tmp_path / "mine.html")]) == 2
    assert "does not exist yet" in capsys.readouterr().err
    assert open_store().runs(kind="web_page") == []
