"""Settings: where they come from, what outdoes what, and every fault at once."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import msgspec
import pytest

import vedlys
from vedlys.web.configuring import SettingsError, options, read_settings
from vedlys.web.configuring.options import FLAGS
from vedlys.web.configuring.reading import OTHER_VARIABLES
from vedlys.web.settings import Jwt, Settings, is_loopback, without_secrets

OPEN = {"auth.no_auth": True}


def refused(*args: object, **given: object) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as raised:
        read_settings(*args, **given)  # type: ignore[arg-type]
    assert str(raised.value)
    return [(fault.origin, fault.code) for fault in raised.value.faults]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "vedlys.toml"


def test_nothing_given_says_the_ways_out() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert [fault.code for fault in raised.value.faults] == ["nobody-may-ask"]
    for way in ("--keys-file", "auth.jwt", "--no-auth"):
        assert way in str(raised.value)


def test_defaults() -> None:
    settings = read_settings(flags=OPEN)
    assert settings == msgspec.structs.replace(Settings(), auth=msgspec.structs.replace(Settings().auth, no_auth=True))
    assert (settings.host, settings.port, settings.limits.body_bytes, settings.cors.origins) == (
        "127.0.0.1", 8080, 262144, (),
    )  # fmt: skip


def test_file_then_environment_then_assignments_then_flags(config: Path) -> None:
    config.write_text("port = 1\nworkers = 1\nlocale = 'en'\n[limits]\ndepth = 11\n[auth]\nno_auth = true\n")
    environ = {"VEDLYS_PORT": "2", "VEDLYS_WORKERS": "2", "VEDLYS_LIMITS_DEPTH": "12", "VEDLYS_CONFIG": str(config)}
    settings = read_settings(None, environ, {"port": 4, "host": None}, ["port=3", "limits.depth=13"])
    assert (settings.port, settings.limits.depth, settings.workers, settings.locale) == (4, 13, 2, "en")


def test_a_named_file_outdoes_the_variable(config: Path, tmp_path: Path) -> None:
    config.write_text("port = 1\n[auth]\nno_auth = true")
    assert read_settings(config, {"VEDLYS_CONFIG": str(tmp_path / "nowhere.toml")}).port == 1


@pytest.mark.parametrize("name", list(options()))
def test_every_setting_can_be_given_everywhere(name: str) -> None:
    option = options()[name]
    assert option.description
    assert option.variable == "VEDLYS_" + name.replace(".", "_").upper()
    samples = {
        "boolean": ("true", True), "number": ("1.5", 1.5),
        "integer": (f"{int(option.least or 1)}", int(option.least or 1)),
        "texts": ("a, b,a", ("a", "b")), "path": ("x/y", Path("x/y")), "place": ("x/y", "x/y"), "text": ("abc", "abc"),
    }  # fmt: skip
    text, value = samples.get(option.kind, (option.choices[0] if option.choices else "", None))
    if option.kind == "choice":
        value = option.choices[0]
    if option.kind == "choices":
        value = (option.choices[0],)
    assert option.read_text(text) == value
    assert option.read(list(value) if isinstance(value, tuple) else value) == value


def test_variables_are_one_setting_each() -> None:
    variables = [option.variable for option in options().values()]
    assert len(set(variables)) == len(variables)
    assert set(FLAGS) <= set(options())


def test_every_fault_at_once_with_its_place(config: Path) -> None:
    config.write_text(
        'port = "80"\nhots = "x"\n"limits.depth" = 5\n[limits]\ndepth = 6\nbody_bytes = 12\nbrust = 1\n[limit]\na = 1\n'
        '[auth.jwt]\nissuer = "i"\nalgorithms = ["HS256"]\n[log]\nfacts = "no"\n[cors]\norigins = "x"\n'
    )
    environ = {
        "VEDLYS_WORKERS": "0",
        "VEDLYS_LOG_FORMT": "json",
        "VEDLYS_RELOAD_INTERVAL": "nan",
        "VEDLYS_OTEL_ENDPOINT": "collector:4318",
    }
    found = refused(config, environ, {"host": "0.0.0.0", "auth.no_auth": True}, ["log.level=inf", "lgo.level=x", "x"])
    at = str(config)
    assert found == [
        (f"{at}: port", "wrong-type"),
        (f"{at}: hots", "unknown-setting"),
        (f"{at}: limits.depth", "setting-given-twice"),
        (f"{at}: limits.body_bytes", "out-of-range"),
        (f"{at}: limits.brust", "unknown-setting"),
        (f"{at}: limit", "unknown-setting"),
        (f"{at}: auth.jwt.algorithms", "unknown-value"),
        (f"{at}: log.facts", "wrong-type"),
        (f"{at}: cors.origins", "wrong-type"),
        ("VEDLYS_LOG_FORMT", "unknown-variable"),
        ("VEDLYS_RELOAD_INTERVAL", "not-a-finite-number"),
        ("VEDLYS_WORKERS", "out-of-range"),
        ("--set log.level", "unknown-value"),
        ("--set lgo.level", "unknown-setting"),
        ("--set", "malformed-assignment"),
        ("--no-auth", "open-to-others"),
        ("--no-auth", "auth-both-ways"),
        (f"{at}: auth.jwt.issuer", "jwt-incomplete"),
        (f"{at}: auth.jwt.issuer", "jwt-incomplete"),
        ("VEDLYS_OTEL_ENDPOINT", "malformed-address"),
    ]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("limits.depht", "limits.depth"), ("limit", "limits"), ("hots", "host"), ("keys_file", "auth.keys_file")],
)
def test_the_nearest_name_is_suggested(name: str, suggestion: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(flags=OPEN, assignments=[f"{name}=1"])
    assert raised.value.faults[0].values["suggestion"] == suggestion


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"port = ", "malformed-toml"),
        (b"port = 1\nport = 2", "malformed-toml"),
        (b"\xff", "not-utf-8"),
        (b"#" * (1024 * 1024 + 1), "file-too-large"),
        (b"x = " + b"[" * 5000, "malformed-toml"),
        (None, "unreadable-file"),
    ],
)
def test_a_file_that_cannot_be_read(config: Path, content: bytes | None, code: str) -> None:
    if content is not None:
        config.write_bytes(content)
    assert refused(config, {}, OPEN) == [(str(config), code)]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path, {}, OPEN) == [(str(tmp_path), "unreadable-file")]


def test_paths_of_a_file_are_beside_it(config: Path) -> None:
    (config.parent / "keys.toml").touch()
    (config.parent / "jwks.json").touch()
    config.write_text(
        'content = "."\n[auth]\nkeys_file = "keys.toml"\n[auth.jwt]\nissuer = "i"\naudience = "a"\njwks = "jwks.json"\n'
        '[decisions]\nkind = "sqlite"\npath = "log/decisions.db"'
    )
    settings = read_settings(config)
    assert settings.auth.keys_file == config.parent / "keys.toml"
    assert settings.auth.jwt == Jwt(issuer="i", audience="a", jwks=str(config.parent / "jwks.json"))
    assert settings.decisions.path == config.parent / "log/decisions.db"
    assert settings.content == config.parent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"), ("port", "-1"), ("port", "8_080"), ("port", "80.0"), ("port", "9" * 30), ("host", "x" * 254),
        ("limits.request_seconds", "0"), ("limits.request_seconds", "1e9"), ("limits.request_seconds", "inf"),
        ("auth.no_auth", "maybe"), ("log.format", "xml"), ("auth.jwt.algorithms", "none"),
        ("auth.jwt.algorithms", "HS256"), ("auth.jwt.algorithms", ","), ("host", "a\x00b"), ("log.level", ""),
    ],
)  # fmt: skip
def test_what_a_setting_cannot_be(name: str, value: str) -> None:
    found = refused(flags=OPEN, assignments=[f"{name}={value}"])
    assert found[0][0] == f"--set {name}"


@pytest.mark.parametrize("text", ["1", "TRUE", "yes", "On"])
def test_yes_has_many_words(text: str) -> None:
    assert read_settings(environ={"VEDLYS_AUTH_NO_AUTH": text}).auth.no_auth


def test_an_empty_variable_is_not_given() -> None:
    assert read_settings(environ={"VEDLYS_PORT": " ", "VEDLYS_HOST": ""}, flags=OPEN).port == 8080


def test_what_kubernetes_sets_is_passed_over() -> None:
    environ = {
        "VEDLYS_PORT": "tcp://10.0.0.1:8080",
        "VEDLYS_SERVICE_HOST": "10.0.0.1",
        "VEDLYS_SERVICE_PORT_HTTP": "8080",
        "VEDLYS_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "VEDLYS_PORT_8080_TCP_ADDR": "10.0.0.1",
    }
    assert read_settings(environ=environ, flags=OPEN).port == 8080


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_this_machine_alone(host: str) -> None:
    assert is_loopback(host)
    assert read_settings(flags={**OPEN, "host": host}).auth.no_auth


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "10.0.0.1", "example.lt", "localhost.example.lt", "127.0.0.1.example.lt"]
)
def test_others_reach_it(host: str) -> None:
    assert not is_loopback(host)


JWT = {"auth.jwt.issuer": "https://id.example.lt", "auth.jwt.audience": "vedlys"}


@pytest.mark.parametrize(
    ("jwks", "code"),
    [
        ("https://id.example.lt/keys", None),
        ("http://127.0.0.1:9/keys", None),
        ("http://localhost/keys", None),
        ("http://id.example.lt/keys", "jwks-not-safe"),
        ("ftp://127.0.0.1/keys", "jwks-not-safe"),
        ("https://", "jwks-not-safe"),
        ("https://x:99999/", "jwks-not-safe"),
        ("nowhere.json", "setting-no-file"),
    ],
)
def test_issuers_are_fetched_safely(jwks: str, code: str | None) -> None:
    flags = {**JWT, "auth.jwt.jwks": jwks}
    if code is None:
        assert read_settings(flags=flags).auth.jwt is not None
    else:
        assert refused(flags=flags) == [("--set auth.jwt.jwks", code)]


@pytest.mark.parametrize(
    ("origin", "fine"),
    [
        ("https://desk.example.lt", True),
        ("http://localhost:3000", True),
        ("https://[::1]:8443", True),
        ("*", False),
        ("null", False),
        ("https://desk.example.lt/", False),
        ("https://Desk.example.lt", False),
        ("desk.example.lt", False),
    ],
)
def test_origins(origin: str, *, fine: bool) -> None:
    assignments = [f"cors.origins={origin}"]
    if fine:
        assert read_settings(flags=OPEN, assignments=assignments).cors.origins == (origin,)
    else:
        assert refused(flags=OPEN, assignments=assignments) == [("--set cors.origins", "malformed-origin")]


def test_what_is_not_there(tmp_path: Path) -> None:
    found = refused(
        flags={"auth.keys_file": tmp_path / "keys.toml", "content": tmp_path / "root", "decisions.kind": "ndjson"}
    )
    assert found == [
        ("--keys-file", "setting-no-keys-file"),
        ("--content", "setting-no-folder"),
        ("--decision-log", "decision-log-without-path"),
    ]


def test_the_start_log_has_no_secrets() -> None:
    flags = {**JWT, "auth.jwt.jwks": "https://user:hunter2@id.example.lt/keys?token=hunter2#hunter2"}
    settings = read_settings(
        flags=flags, environ={"VEDLYS_OTEL_ENDPOINT": "http://user:hunter2@collector:4318/v1/traces"}
    )
    described = settings.describe()
    assert described == settings.describe()
    assert "hunter2" not in msgspec.json.encode(described).decode()
    assert described["auth.jwt.jwks"] == "https://id.example.lt/keys"
    assert described["otel.endpoint"] == "http://collector:4318/v1/traces"
    assert without_secrets("https://[") == "***"


def test_settings_go_to_other_processes() -> None:
    settings = read_settings(flags={**JWT, "auth.jwt.jwks": "https://id.example.lt/keys"})
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_every_variable_that_is_read_is_known() -> None:
    named = set()
    for path in Path(vedlys.__file__).parent.rglob("*.py"):
        named |= set(re.findall(r"\bVEDLYS_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8")))
    unknown = named - {option.variable for option in options().values()} - OTHER_VARIABLES
    assert {name for name in unknown if not name.startswith(("VEDLYS_SERVICE", "VEDLYS_PORT"))} == set()
