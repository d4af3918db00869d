"""The settings: what is taken, what is refused, and the key that is made once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest

from app.config import Settings, SettingsError, Smtp, sqlalchemy_url

DATABASES = ("sqlite:///laurel.db", "mysql://h/laurel", "postgresql+asyncpg://h/laurel", "postgresql://h", "laurel")
ADDRESSES = (
    "laurel.example",
    "ftp://laurel.example",
    "https://laurel.example/experts",
    "http://h:99999",
    "http://me@h",
)
MAIL_SERVERS = (
    "mail.example",
    "http://h",
    "smtps://h?starttls=1",
    "smtp://h?starttls=yes",
    "smtp://h?tls=1",
    "smtp://me@h",
)
WRONG = {
    "PORT": ("0", "65536", "eighty", "-1", "8000.0", "٨٠٠٠"),
    "DATABASE_URL": DATABASES,
    "LAUREL_BASE_URL": ADDRESSES,
    "SECRET_KEY": ("short", "x" * 31),
    "SMTP_URL": MAIL_SERVERS,
    "LAUREL_MAIL_FROM": ("Laurel", "no reply@example.com", "Laurel <no-reply>"),
    "LAUREL_DEMO": ("yes", "2", "false"),
    "WEB_CONCURRENCY": ("0", "many", "1000"),
}


@pytest.fixture
def read(tmp_path):
    """Read settings with an instance of their own."""
    return lambda **environ: Settings.from_environment({"LAUREL_INSTANCE": str(tmp_path / "instance"), **environ})


def test_nothing_needs_to_be_set(read, tmp_path):
    settings = read()

    assert settings.port == 8000
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url is None, "the embedded PostgreSQL"
    assert settings.smtp is None
    assert settings.mail_folder == tmp_path / "instance" / "mail"
    assert settings.mail_from == "Laurel <no-reply@localhost>"
    assert settings.demo
    assert not settings.secure_cookies


def test_an_empty_setting_is_an_unset_one(read):
    assert read() == read(PORT="", DATABASE_URL=" ", LAUREL_DEMO="", SECRET_KEY="", SMTP_URL="")


def test_the_address_follows_the_port(read):
    assert read(PORT="8123").base_url == "http://127.0.0.1:8123"


def test_an_https_address_makes_cookies_secure_and_names_the_sender(read):
    settings = read(LAUREL_BASE_URL="https://Experts.Example.com/")

    assert settings.base_url == "https://experts.example.com"
    assert settings.secure_cookies
    assert settings.mail_from == "Laurel <no-reply@experts.example.com>"


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_setting_is_refused_by_name(read, name, value):
    with pytest.raises(SettingsError) as refused:
        read(**{name: value})

    assert len(refused.value.problems) == 1
    assert str(refused.value).startswith(f"Laurel cannot start with these settings: {name} must be ")


def test_everything_wrong_is_told_at_once(read, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as refused:
        read(**{name: values[0] for name, values in WRONG.items()}, LAUREL_INSTANCE=str(tmp_path / "file"))

    for name in (*WRONG, "LAUREL_INSTANCE"):
        assert str(refused.value).count(name) == 1
    assert "\n" not in str(refused.value)


def test_no_secret_is_told(read):
    with pytest.raises(SettingsError) as refused:
        read(DATABASE_URL="mysql://me:hunter2@h/d", SMTP_URL="smtp://me:hunter2@h/path", SECRET_KEY="hunter2")
    settings = read(
        DATABASE_URL="postgresql://me:hunter2@h/d", SMTP_URL="smtp://me:hunter2@h", SECRET_KEY="hunter2" * 5
    )

    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(settings)


def test_settings_never_change(read):
    with pytest.raises(FrozenInstanceError):
        read().port = 1


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (
            "postgres://me:p%40ss@h:5/laurel?sslmode=require",
            "postgresql+psycopg://me:p%40ss@h:5/laurel?sslmode=require",
        ),
        ("postgresql://h/laurel", "postgresql+psycopg://h/laurel"),
        ("postgresql+psycopg://h/laurel", "postgresql+psycopg://h/laurel"),
        ("postgresql://postgres@/laurel?host=/run/pg", "postgresql+psycopg://postgres@/laurel?host=%2Frun%2Fpg"),
    ],
)
def test_every_postgresql_address_goes_through_psycopg_3(given, made):
    assert sqlalchemy_url(given) == made


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("smtp://h", Smtp("h", 25)),
        ("smtp://h?starttls=0", Smtp("h", 25)),
        ("smtp://me:p%40ss@h?starttls=1", Smtp("h", 587, "me", "p@ss", starttls=True)),
        ("smtp://h:2525", Smtp("h", 2525)),
        ("smtps://me:x@h", Smtp("h", 465, "me", "x", tls=True)),
    ],
)
def test_a_mail_server_has_one_address(read, given, made):
    assert read(SMTP_URL=given).smtp == made


def test_the_secret_key_is_made_once_and_for_its_owner_alone(read, tmp_path):
    first, second = read(), read()
    path = tmp_path / "instance" / "secret_key"

    assert len(first.secret_key) >= 32
    assert second.secret_key == first.secret_key == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["secret_key"]


def test_a_given_secret_key_is_not_kept(read, tmp_path):
    assert read(SECRET_KEY="k" * 32).secret_key == "k" * 32
    assert not (tmp_path / "instance" / "secret_key").exists()


def test_a_damaged_secret_key_is_refused(read, tmp_path):
    read()
    (tmp_path / "instance" / "secret_key").write_text("")

    with pytest.raises(SettingsError, match="secret_key cannot be used"):
        read()


def test_those_who_start_at_once_agree_on_one_key(tmp_path):
    def key(instance):
        return Settings.from_environment({"LAUREL_INSTANCE": str(instance)}).secret_key

    with ThreadPoolExecutor(8) as starts:
        for run in range(20):
            assert len(set(starts.map(key, [tmp_path / str(run)] * 8))) == 1
