"""API keys: the file, and how requests are held against it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from vedlys.assessment import Catalogue
from vedlys.cli.app import make_app
from vedlys.errors import RequestError
from vedlys.messages import describe
from vedlys.operating import COMMANDS
from vedlys.web.guarding import keys as keys_module
from vedlys.web.guarding.grants import Grant
from vedlys.web.guarding.key_file import add_key, read_keys, revoke_key
from vedlys.web.guarding.keys import Keys


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC).timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def name_of(grant: Grant | None) -> str | None:
    return None if grant is None else grant.caller.name


def test_a_new_key_is_known_and_its_secret_is_nowhere(path: Path) -> None:
    made = add_key(path, "desk")
    prefix, key_id, secret = made.text.split("_", 2)
    assert (prefix, key_id) == ("vedlys", made.key.id)
    assert len(secret) == 43  # 256 bits
    assert secret not in path.read_text("utf-8")
    assert made.key.sha256 == hashlib.sha256(secret.encode()).hexdigest()
    grant = Keys(path).known(made.text.encode())
    assert grant is not None
    assert (grant.caller.name, grant.scopes, grant.requests_per_minute) == ("desk", {"assess", "read"}, None)


def test_only_the_owner_reads_the_file(path: Path) -> None:
    add_key(path, "desk")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    add_key(path, "other")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_is_written_is_what_is_read(path: Path) -> None:
    expires = dt.datetime(2030, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    made = add_key(path, "b.2-x_y", scopes={"metrics"}, expires=expires, requests_per_minute=7)
    other = add_key(path, "a")
    assert read_keys(path) == (other.key, made.key)
    assert (made.key.scopes, made.key.expires, made.key.requests_per_minute) == (("metrics",), expires, 7)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"_",
        b"desk",
        b"vedlys_",
        b"vedlys__",
        b"vedlys_zzz_secret",
        "vedlys_ž_ž".encode(),
        b"vedlys_" + b"x" * 100_000,
    ],
)
def test_strangers_are_not_known(path: Path, wrong: bytes) -> None:
    made = add_key(path, "desk")
    keys = Keys(path)
    assert keys.known(wrong) is None
    assert keys.known(made.text.encode()[:-1]) is None
    assert keys.known(made.text.encode() + b"x") is None
    assert keys.known(f"vedlys_{made.key.id}_".encode()) is None


def test_a_hash_is_compared_for_an_unknown_id_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_key(path, "desk")
    keys = Keys(path)
    compared: list[tuple[int, int]] = []
    really = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return really(one, other)

    monkeypatch.setattr(keys_module.hmac, "compare_digest", compare)
    keys.known(b"vedlys_nobody_secret")
    assert compared == [(32, 32)]


def test_an_expired_key_holds_no_longer(path: Path) -> None:
    clock = Clock()
    expires = dt.datetime.fromtimestamp(clock.now + 60, dt.UTC)
    made = add_key(path, "desk", expires=expires)
    keys = Keys(path, clock=clock)
    assert name_of(keys.known(made.text.encode())) == "desk"
    clock.now = expires.timestamp()
    assert keys.known(made.text.encode()) is None


def test_keys_come_and_go_without_a_restart(path: Path) -> None:
    clock = Clock()
    old = add_key(path, "old")
    told: list[tuple[str, str]] = []
    keys = Keys(path, clock=clock, tell=lambda event, what: told.append((event, what)))
    new = add_key(path, "new")
    revoke_key(path, "old")
    assert name_of(keys.known(old.text.encode())) == "old"  # it looks once a second
    clock.now += 1
    assert name_of(keys.known(new.text.encode())) == "new"
    assert keys.known(old.text.encode()) is None
    assert told == [("keys_file_read", "keys: 1")]


def test_the_file_is_looked_at_once_a_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    made = add_key(path, "desk")
    keys = Keys(path, clock=clock)
    looks: list[Any] = []
    monkeypatch.setattr(keys_module, "_stamp", lambda place: looks.append(place) or (1, 1, 1))
    for _ in range(100):
        keys.known(made.text.encode())
    assert looks == []
    clock.now += 1.5
    for _ in range(100):
        keys.known(made.text.encode())
    assert len(looks) == 1


@pytest.mark.parametrize("broken", [b"[keys", b"\xff", b"[keys.x]\nid = 3", None])
def test_a_broken_file_keeps_the_keys(path: Path, broken: bytes | None) -> None:
    clock = Clock()
    made = add_key(path, "desk")
    whole = path.read_bytes()
    told: list[str] = []
    keys = Keys(path, clock=clock, tell=lambda event, _what: told.append(event))
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)
    for _ in range(3):
        clock.now += 10
        assert name_of(keys.known(made.text.encode())) == "desk"
    assert told == ["keys_file_unreadable" if broken is None else "keys_file_refused"]
    path.write_bytes(whole.replace(b"desk", b"wiki"))
    clock.now += 10
    assert name_of(keys.known(made.text.encode())) == "wiki"


def test_a_second_change_within_the_granularity_of_the_clock_is_seen(path: Path) -> None:
    clock = Clock()
    one = add_key(path, "one")
    first = path.read_bytes()
    two = add_key(path, "two")
    revoke_key(path, "one")
    second = path.read_bytes()
    assert len(first) == len(second)
    path.write_bytes(first)
    os.utime(path, ns=(int(clock.now * 1e9),) * 2)
    keys = Keys(path, clock=clock)
    path.write_bytes(second)
    os.utime(path, ns=(int(clock.now * 1e9),) * 2)
    clock.now += 1.1
    assert name_of(keys.known(two.text.encode())) == "two"
    assert keys.known(one.text.encode()) is None


@pytest.mark.parametrize("name", ["", " ", "a b", "ąžuolas", "x" * 65, "-x", "a\n"])
def test_names_are_plain(path: Path, name: str) -> None:
    with pytest.raises(RequestError) as raised:
        add_key(path, name)
    assert raised.value.code == "malformed-key-name"
    assert not path.exists()


def test_names_are_taken_once_and_known_when_revoked(path: Path) -> None:
    add_key(path, "desk")
    with pytest.raises(RequestError) as raised:
        add_key(path, "desk")
    assert raised.value.code == "key-name-taken"
    with pytest.raises(RequestError) as raised:
        revoke_key(path, "dsk")
    assert (raised.value.code, raised.value.values["suggestion"]) == ("unknown-key-name", "desk")
    assert revoke_key(path, "desk").name == "desk"
    assert read_keys(path) == ()


def test_two_that_change_the_file_at_once_lose_nothing(path: Path) -> None:
    threads = [threading.Thread(target=add_key, args=(path, f"key-{number}")) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_keys(path)) == 12
    assert [entry.name for entry in path.parent.iterdir() if entry.name.endswith(".toml")] == ["keys.toml"]


KEY = {"id": '"abcd"', "sha256": f'"{"0" * 64}"', "created": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": '"A b"'},
        {"sha256": '"00"'},
        {"created": "2026-01-01T00:00:00"},
        {"created": '"soon"'},
        {"expires": "2026-01-01T00:00:00"},
        {"scopes": '["admin"]'},
        {"requests_per_minute": "-1"},
        {"secret": '"x"'},
        {"name": '"x"'},
    ],
)
def test_what_no_command_wrote_is_refused(path: Path, change: dict[str, str]) -> None:
    path.write_text("[keys.desk]\n" + "\n".join(f"{key} = {value}" for key, value in {**KEY, **change}.items()))
    with pytest.raises(RequestError) as raised:
        read_keys(path)
    assert raised.value.code == "malformed-keys-file"
    (said,) = raised.value.values.values()
    (member,) = change
    assert said.partition("[")[0] == f"keys.desk.{member}"
    assert f"`{said}`" in describe(raised.value)


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("x =", {"reason"}),
        ("x = 1", {"unknown"}),
        ("keys = 1", {"path"}),
        ('[keys."a b"]', {"path"}),
        ("[keys.desk]", {"missing"}),
    ],
)
def test_what_is_wrong_with_the_file_is_said(path: Path, content: str, values: set[str]) -> None:
    path.write_text(content, "utf-8")
    with pytest.raises(RequestError) as raised:
        read_keys(path)
    assert raised.value.values.keys() == values
    for translations in (None, Catalogue.load().messages("lt")):
        said = describe(raised.value, translations)
        assert next(iter(raised.value.values.values())) in said
        assert "u0060" not in said


@pytest.mark.parametrize("content", ["keys = 3", "other = 1", "[keys]\nx = 1"])
def test_a_file_of_something_else_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(RequestError):
        read_keys(path)


def test_an_id_is_one_key_s(path: Path) -> None:
    entry = "\n".join(f"{key} = {value}" for key, value in KEY.items())
    path.write_text(f"[keys.a]\n{entry}\n[keys.b]\n{entry}\n")
    with pytest.raises(RequestError):
        read_keys(path)


def test_a_key_may_go_into_a_file_of_its_own(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "desk.key"
    call = ["keys", "add", "desk", "--keys-file", str(path), "--out", str(out)]
    result = CliRunner().invoke(make_app(COMMANDS), call, env={"VEDLYS_LOCALE": "en"})
    assert (result.exit_code, result.stdout) == (0, "")
    assert str(out) in result.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert Keys(path).known(out.read_bytes().strip()) is not None


def test_no_file_is_overwritten_and_none_is_left_without_a_key(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "desk.key"
    out.write_text("another", "utf-8")
    call = ["keys", "add", "desk", "--keys-file", str(path), "--out", str(out)]
    assert CliRunner().invoke(make_app(COMMANDS), call).exit_code == 2
    assert (out.read_text("utf-8"), path.exists()) == ("another", False)
    out.unlink()
    add_key(path, "desk")
    assert CliRunner().invoke(make_app(COMMANDS), call).exit_code == 2
    assert not out.exists()
