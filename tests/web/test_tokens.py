"""Tokens of an issuer, with keys made here."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt.api_jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from vedlys.web.guarding import tokens as tokens_module
from vedlys.web.guarding.credentials import Credentials, authority_of
from vedlys.web.guarding.grants import Grant
from vedlys.web.guarding.issuer_keys import LIMIT, read_jwks
from vedlys.web.guarding.key_file import add_key
from vedlys.web.guarding.keys import Keys
from vedlys.web.guarding.tokens import LEEWAY, Tokens
from vedlys.web.settings import Auth, Jwt
from web.virtual import run

NOW = 1_700_000_000.0
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
CLAIMS = {"iss": "https://id.example.lt", "aud": "vedlys", "sub": "desk", "exp": NOW + 600}


def jwk(key: Any, kid: str | None = "one", **more: str) -> dict[str, Any]:
    algorithm: Any = {
        rsa.RSAPrivateKey: jwt.algorithms.RSAAlgorithm,
        ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm,
        ed25519.Ed25519PrivateKey: jwt.algorithms.OKPAlgorithm,
    }[
        next(
            kind
            for kind in (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)
            if isinstance(key, kind)
        )
    ]
    entry = json.loads(algorithm.to_jwk(key.public_key()))
    entry.pop("key_ops", None)
    return {**entry, **({} if kid is None else {"kid": kid}), **more}


def token(key: Any = RSA, algorithm: str = "RS256", kid: str | None = "one", **claims: Any) -> bytes:
    held = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(held, key, algorithm, headers={} if kid is None else {"kid": kid}).encode()


class Issuer:
    """An issuer's keys, a clock, and who fetched them when."""

    def __init__(self, *keys: dict[str, Any], **settings: Any) -> None:
        self.content = msgspec.json.encode({"keys": keys})
        self.now = NOW
        self.fetched = 0
        self.told: list[str] = []
        given = Jwt(issuer=CLAIMS["iss"], audience=CLAIMS["aud"], jwks="https://id.example.lt/keys", **settings)  # type: ignore[arg-type]
        self.tokens = Tokens(
            given,
            clock=lambda: self.now,
            monotonic=lambda: self.now,
            fetch=self.fetch,
            tell=lambda event, _what: self.told.append(event),
        )

    async def fetch(self, _place: str) -> bytes:
        self.fetched += 1
        await asyncio.sleep(1)
        return self.content

    async def asked(self, credential: bytes) -> Grant | None:
        return self.tokens.known(credential) or await self.tokens.ask(credential)

    def ask(self, credential: bytes) -> Grant | None:
        return run(self.asked(credential))


class Frozen(dt.datetime):
    """The clock that the library itself looks at."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Frozen:
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwt.api_jwt, "datetime", Frozen)


def test_a_good_token() -> None:
    issuer = Issuer(jwk(RSA))
    grant = issuer.ask(token())
    assert grant is not None
    assert (grant.caller.name, grant.caller.limit_key) == ("desk", "token:desk")
    assert grant.scopes == {"assess", "read"}
    assert issuer.fetched == 1


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "openid assess"}, {"assess"}),
        ({"scp": ["metrics", "read"]}, {"metrics", "read"}),
        ({"scope": "openid"}, set()),  # it was made for something else
        ({"scope": ""}, set()),
        ({"scope": 3}, set()),
        ({"scp": [["read"], 3]}, set()),
        ({"scope": "openid", "scp": ["read"]}, set()),
    ],
)
def test_scopes(claims: dict[str, Any], scopes: set[str]) -> None:
    grant = Issuer(jwk(RSA)).ask(token(**claims))
    assert grant is not None
    assert grant.scopes == scopes


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSA, "RS512"), (RSA, "PS256"), (EC, "ES256"), (ED, "EdDSA")],
    ids=lambda value: str(value)[:6],
)
def test_every_kind_of_key(key: Any, algorithm: str) -> None:
    assert Issuer(jwk(key), algorithms=(algorithm,)).ask(token(key, algorithm)) is not None
    assert Issuer(jwk(key), algorithms=("RS384",)).ask(token(key, algorithm)) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"}, {"aud": "other"}, {"aud": None}, {"iss": None}, {"sub": None}, {"exp": None},
        {"exp": NOW - LEEWAY - 1}, {"nbf": NOW + LEEWAY + 1}, {"sub": ""}, {"exp": "soon"}, {"exp": 1e400},
    ],
)  # fmt: skip
def test_bad_claims(claims: dict[str, Any]) -> None:
    if "exp" in claims and not isinstance(claims["exp"], float | None):
        credential = jwt.api_jws.encode(
            msgspec.json.encode({**CLAIMS, **claims}), RSA, "RS256", headers={"kid": "one"}
        ).encode()
    else:
        credential = token(**claims)
    assert Issuer(jwk(RSA)).ask(credential) is None


def test_clocks_may_differ_a_little() -> None:
    assert Issuer(jwk(RSA)).ask(token(exp=NOW - LEEWAY + 5)) is not None


def test_another_key_s_signature() -> None:
    assert Issuer(jwk(RSA)).ask(token(OTHER)) is None


def test_no_signature_at_all() -> None:
    assert Issuer(jwk(RSA)).ask(jwt.encode(CLAIMS, None, "none", headers={"kid": "one"}).encode()) is None
    head, body, _ = token().split(b".")
    assert Issuer(jwk(RSA)).ask(head + b"." + body + b".") is None


def test_a_public_key_is_no_shared_secret() -> None:
    public = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(msgspec.json.encode(CLAIMS)).rstrip(b"=")
    signature = hmac.new(public, head + b"." + body, hashlib.sha256).digest()
    forged = b".".join((head, body, base64.urlsafe_b64encode(signature).rstrip(b"=")))
    issuer = Issuer(jwk(RSA))
    assert issuer.ask(forged) is None
    assert issuer.fetched == 0  # nothing is looked for that could not be used


def test_shared_secrets_of_an_issuer_are_left_out() -> None:
    with pytest.raises(ValueError, match="no key"):
        read_jwks(b'{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"one","alg":"HS256"}]}')


def test_a_key_for_one_algorithm_is_for_no_other() -> None:
    issuer = Issuer(jwk(RSA, alg="RS256"), algorithms=("RS256", "RS512"))
    assert issuer.ask(token(algorithm="RS512")) is None
    assert issuer.ask(token()) is not None


def test_a_key_for_encryption_is_for_no_token() -> None:
    issuer = Issuer(jwk(RSA, use="enc"), jwk(OTHER, "two"))
    assert issuer.ask(token()) is None


@pytest.mark.parametrize(
    "wrong", [b"", b".", b"a.b.c", b"\xff.\xff.\xff", b"x" * 9000, b"e30.e30.e30", b"bnVsbA.bnVsbA.AA"]
)
def test_what_is_no_token(wrong: bytes) -> None:
    issuer = Issuer(jwk(RSA))
    assert issuer.ask(wrong) is None
    assert issuer.fetched == 0


def test_a_token_without_a_key_id() -> None:
    assert Issuer(jwk(RSA)).ask(token(kid=None)) is not None
    assert Issuer(jwk(RSA, None)).ask(token(kid=None)) is not None
    assert Issuer(jwk(RSA), jwk(OTHER, "two")).ask(token(kid=None)) is None


def test_a_new_key_is_looked_for_once_a_minute() -> None:
    issuer = Issuer(jwk(RSA))
    assert issuer.ask(token()) is not None
    issuer.content = msgspec.json.encode({"keys": [jwk(OTHER, "two")]})
    new = token(OTHER, kid="two")
    assert issuer.ask(new) is None
    assert issuer.fetched == 1
    issuer.now += 61
    assert issuer.ask(new) is not None
    assert issuer.fetched == 2
    for number in range(50):
        assert issuer.ask(token(OTHER, kid=f"made up {number}")) is None
    assert issuer.fetched == 2


def test_those_who_wait_share_one_fetch() -> None:
    issuer = Issuer(jwk(RSA))

    async def story() -> list[Grant | None]:
        return await asyncio.gather(*(issuer.asked(token(sub=f"{number}")) for number in range(20)))

    assert all(run(story()))
    assert issuer.fetched == 1


def test_keys_are_read_anew_each_hour_and_a_withdrawn_one_ends() -> None:
    issuer = Issuer(jwk(RSA))
    long = token(exp=NOW + 1e6)
    assert issuer.ask(long) is not None
    issuer.content = msgspec.json.encode({"keys": [jwk(OTHER, "two")]})
    issuer.now += 3601
    assert issuer.ask(long) is None


def test_an_issuer_that_cannot_be_reached_leaves_the_keys() -> None:
    issuer = Issuer(jwk(RSA))
    long = token(exp=NOW + 1e6)
    assert issuer.ask(long) is not None
    issuer.content = b"<html>"
    for _ in range(3):
        issuer.now += 3601
        assert issuer.ask(long) is not None
    assert issuer.told == ["issuer_keys_read", *["issuer_keys_refused"] * 3]


def test_a_verified_token_is_remembered_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = Issuer(jwk(RSA))
    credential = token(exp=NOW + 60)
    assert issuer.ask(credential) is not None
    verified: list[int] = []
    really = jwt.decode
    monkeypatch.setattr(
        tokens_module.jwt, "decode", lambda *args, **options: verified.append(1) or really(*args, **options)
    )
    for _ in range(10):
        assert issuer.ask(credential) is not None
    assert verified == []
    issuer.now += 60 + LEEWAY
    issuer.tokens.known(credential)
    assert verified == [1]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens_module, "_REMEMBERED", 5)
    issuer = Issuer(jwk(EC), algorithms=("ES256",))
    for number in range(20):
        assert issuer.ask(token(EC, "ES256", sub=f"{number}")) is not None
    assert len(issuer.tokens._seen) == 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys":3}',
        b'{"keys":[]}',
        b'{"keys":[3]}',
        b'{"keys":[{"kty":"RSA"}]}',
        b" " * (LIMIT + 1),
    ],
)
def test_what_is_no_set_of_keys(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - msgspec's own among them
        read_jwks(content)


def test_a_key_of_another_kind_does_not_spoil_the_set() -> None:
    strange = [
        {"kty": "new", "kid": "x"},
        {"kty": "EC", "crv": "P-999", "kid": "y"},
        {"kty": "RSA", "n": "!", "e": 3, "kid": "z"},
    ]
    assert set(read_jwks(msgspec.json.encode({"keys": [*strange, jwk(RSA)]}))) == {"one"}


def test_keys_and_tokens_together(tmp_path: Path) -> None:
    made = add_key(tmp_path / "keys.toml", "wiki")
    both = Credentials(Keys(tmp_path / "keys.toml"), Issuer(jwk(RSA)).tokens)

    async def who(credential: bytes) -> str | None:
        grant = both.known(credential) or await both.ask(credential)
        return None if grant is None else grant.caller.name

    assert run(who(made.text.encode())) == "wiki"
    assert run(who(token())) == "desk"
    assert run(who(b"vedlys_" + token())) is None
    assert authority_of(Auth(no_auth=True), lambda *_: None) is None


def test_keys_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "jwks.json"
    place.write_bytes(msgspec.json.encode({"keys": [jwk(RSA)]}))
    given = Jwt(issuer=CLAIMS["iss"], audience="vedlys", jwks=str(place))  # type: ignore[arg-type]
    authority = authority_of(Auth(jwt=given), lambda *_: None)
    assert authority is not None
    assert asyncio.run(authority.ask(token())) is not None


@pytest.mark.parametrize("answer", ["keys", "huge", "redirect", "error"])
def test_keys_from_an_address(answer: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = msgspec.json.encode({"keys": [jwk(RSA)]}) + (b" " * LIMIT if answer == "huge" else b"")
            self.send_response({"redirect": 302, "error": 500}.get(answer, 200))
            if answer == "redirect":
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        place = f"http://127.0.0.1:{server.server_port}/keys"
        tokens = Tokens(Jwt(issuer=CLAIMS["iss"], audience="vedlys", jwks=place), clock=lambda: NOW)  # type: ignore[arg-type]
        grant = asyncio.run(tokens.ask(token()))
        thread.join()
    assert (grant is not None) == (answer == "keys")
