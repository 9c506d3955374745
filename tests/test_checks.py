"""What has to be so before Parley starts is said in sentences, by the commands that people type."""

import subprocess
import sys
from pathlib import Path

import pytest

from site_config import checks
from tests.environment import ROOT, environment

NOBODY = "127.0.0.1:1"


def manage(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """manage.py, in an environment of its own."""
    place = {k: v for k, v in environment(folder).items() if k not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=place | settings, capture_output=True, text=True
    )


@pytest.mark.parametrize("command", [("check", "--database", "default"), ("migrate", "--noinput")])
def test_a_database_and_a_redis_that_are_away_are_a_sentence_each(tmp_path: Path, command) -> None:
    done = manage(
        tmp_path,
        *command,
        DATABASE_URL=f"postgres://parley:secret@{NOBODY}/parley",
        REDIS_URL=f"redis://:secret@{NOBODY}/0",
    )

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert f"The database parley at {NOBODY} does not answer: " in said
    assert f"Redis at {NOBODY}/0 does not answer: " in said
    assert "Traceback" not in said
    assert "secret" not in said


def test_several_workers_without_redis_are_refused(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", WEB_CONCURRENCY="3")

    assert done.returncode != 0
    assert "3 workers need Redis" in done.stderr


def test_with_redis_there_may_be_several(settings, monkeypatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    settings.REDIS_URL = "redis://somewhere"

    assert checks.several_workers() == ""


@pytest.mark.parametrize(
    ("words", "environment", "count"),
    [
        (["uvicorn", "app", "--workers", "3"], {}, 3),
        (["/parley/.venv/bin/uvicorn", "--workers=2", "app"], {}, 2),
        (["/python/site-packages/uvicorn/__main__.py", "--workers", "4"], {}, 4),
        (["uvicorn", "app", "--workers", "1"], {"WEB_CONCURRENCY": "3"}, 1),
        (["uvicorn", "app"], {"WEB_CONCURRENCY": "3"}, 3),
        (["uvicorn", "app"], {"UVICORN_WORKERS": "2"}, 2),
        (["uvicorn", "app"], {"WEB_CONCURRENCY": "many"}, 1),
        (["uvicorn", "app"], {}, 1),
        # The worker's threads are no processes.
        (["manage.py", "run_huey", "--workers", "4"], {}, 1),
    ],
)
def test_how_many_workers_there_will_be(words: list[str], environment: dict[str, str], count: int) -> None:
    assert checks.workers(words, environment) == count


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_is_no_news() -> None:
    assert checks.troubles() == []


def test_migrations_that_wait_are_a_sentence(tmp_path: Path) -> None:
    code = "from site_config import checks; print(checks.troubles())"
    done = manage(tmp_path, "shell", "--verbosity=0", "--command", code)

    assert "migrations behind this code. Type: python manage.py migrate" in done.stdout


def test_a_file_that_cannot_be_opened_is_a_sentence(tmp_path: Path) -> None:
    elsewhere = tmp_path / "no" / "such" / "folder.sqlite3"
    done = manage(tmp_path, "check", "--database", "default", DATABASE_URL=f"sqlite:///{elsewhere}")

    assert done.returncode != 0
    assert f"The database {elsewhere} does not answer: unable to open database file" in done.stderr


def test_an_address_of_a_mail_server_that_is_none_is_said_without_its_password(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", EMAIL_URL="smtp://parley:secret@mail.example.org:none")

    assert done.returncode != 0
    assert "EMAIL_URL is no address of a mail server" in done.stderr
    assert "secret" not in done.stderr


def test_a_replica_of_sqlite_is_none(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", DATABASE_REPLICA_URL="postgres://somewhere/parley")

    assert done.returncode != 0
    assert "DATABASE_REPLICA_URL is a replica of a PostgreSQL" in done.stderr
