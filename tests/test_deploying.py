"""The files that deploy Parley, as far as they can be read: no engine runs here, so no image is built."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environment import ROOT, environment

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
SETTINGS = (ROOT / "site_config" / "settings.py").read_text()
DOCUMENT = (ROOT / "docs" / "deploying.md").read_text()
OURS = ("release", "web-1", "web-2", "worker")
PROCFILE = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))


def variables(settings: str) -> set[str]:
    return set(re.findall(r'env\.\w+\(\s*"(\w+)"', settings))


def test_there_are_two_web_processes_a_worker_and_what_they_need() -> None:
    assert set(SERVICES) == {*OURS, "postgresql", "redis", "proxy"}
    assert SERVICES["release"]["command"] == ["bin/start", "release"]
    assert SERVICES["worker"]["command"] == ["bin/start", "worker"]


def test_one_of_them_builds_the_image_and_nobody_looks_for_it_elsewhere() -> None:
    assert {SERVICES[name]["image"] for name in OURS} == {"parley"}
    assert [name for name in OURS if "build" in SERVICES[name]] == ["release"]
    assert {SERVICES[name]["pull_policy"] for name in OURS} == {"never"}


# What is read by whatever asks a bucket for files.
KEYS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


@pytest.mark.parametrize("name", OURS)
def test_each_is_told_what_a_setting_reads(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= variables(SETTINGS) | KEYS


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_watched_or_says_why_not(name: str) -> None:
    # The web processes have the image's own.
    watched = "healthcheck" in SERVICES[name] or name.startswith("web")
    assert watched, name


def test_nothing_secret_is_written_down_and_what_is_missing_is_a_sentence() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "SITE"):
        assert re.findall(rf"\${{{name}[^}}]*}}", text)
        assert all(found.startswith(f"{name}:?") for found in re.findall(rf"\${{({name}[^}}]*)}}", text))


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker"])
def test_they_wait_for_the_release(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {"release": {"condition": "service_completed_successfully"}}


def test_the_proxy_knows_the_web_processes() -> None:
    proxy = (ROOT / "Caddyfile").read_text()
    upstreams = re.search(r"reverse_proxy (.+) {", proxy)
    assert upstreams
    assert upstreams[1].split() == [f"{name}:8000" for name in SERVICES if name.startswith("web")]


def test_every_volume_is_named() -> None:
    used = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith(".")
    }
    assert used == set(COMPOSE["volumes"])


def test_the_procfile_names_all_four() -> None:
    assert set(PROCFILE) == {"web", "worker", "mail", "release"}


def test_start_knows_them_and_no_others() -> None:
    done = subprocess.run([ROOT / "bin" / "start", "nothing"], capture_output=True, text=True, cwd="/")

    assert done.returncode == 1
    assert done.stderr.split()[-4:] == ["web", "worker", "mail", "release"]


def test_the_image_has_nothing_of_ours_and_is_nobody() -> None:
    image = (ROOT / "Dockerfile").read_text()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".env", ".git", "var", "node_modules", ".venv"} <= set(ignored)
    assert re.search(r"^USER parley$", image, re.MULTILINE)
    assert "/healthz" in image
    # Only for the one command that collects.
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD|TOKEN)", image, re.MULTILINE)


def test_what_the_document_names_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", DOCUMENT):
        assert link.startswith("https://") or (ROOT / "docs" / link).exists(), link
    for name in re.findall(r"`(parley_\w+)`", DOCUMENT):
        counters = "".join((ROOT / path).read_text() for path in COUNTED)
        assert re.search(rf'"{name.removesuffix("_total")}"', counters), name


COUNTED = ("live/metrics.py", "rooms/metrics.py", "site_config/handler.py", "site_config/metrics.py")


@pytest.mark.parametrize("module", ["site_config.asgi", "site_config.http_protocol", "live.shared_frames"])
def test_what_a_server_imports_first_needs_nothing_before_it(module: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
