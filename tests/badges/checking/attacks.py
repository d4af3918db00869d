"""Ways to make a badge say what its issuer did not, each with the step of a check that must find it out."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import io
import json
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from badges.credentials.baking import KEYWORD, baked_png, svg_element
from badges.credentials.bits import encoded_list
from badges.credentials.proofs import multikey, signed
from badges.credentials.tokens import encoded

READ, FORM, SIGNED, TIME, STATE = (
    "Read it",
    "It is an Open Badge",
    "Its issuer signed it",
    "It is within its time",
    "It was not taken back",
)
EVIL = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
EVIL_DID = f"did:key:{multikey(EVIL.public_key())}"


@dataclass
class Attack:
    name: str
    step: str
    badge: object
    #: Answers that the attacker gives in place of the true ones; None: there is nothing.
    answers: dict = field(default_factory=dict)

    def __str__(self):
        return self.name


def changed(document, *path, to=None):
    """Return a copy in which what lies at `path` is `to`, or is gone."""
    copied = copy.deepcopy(document)
    place = copied
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return copied


def resigned(document, method, key=EVIL):
    body = {name: value for name, value in document.items() if name != "proof"}
    return signed(body, key, method, datetime(2026, 1, 1, tzinfo=UTC))


def of_documents(good, other, expired):
    """Yield attacks on the form with a proof. `other` is a genuine badge of another issuer of the same service."""
    subject, status = ("credentialSubject",), ("credentialStatus",)
    method = good["proof"][0]["verificationMethod"]
    for name, path, to in (
        ("the achievement's name", (*subject, "achievement", "name"), "Chief Expert"),
        ("the badge's name", ("name",), "Chief Expert"),
        ("the criteria", (*subject, "achievement", "criteria", "narrative"), "None."),
        ("the subject", (*subject, "id"), "https://evil.example/me"),
        ("the fingerprint of the holder", (*subject, "identifier", 0, "identityHash"), "sha256$00"),
        ("the salt", (*subject, "identifier", 0, "salt"), "sugar"),
        ("the place in the list", (*status, "statusListIndex"), "1"),
        ("the address of the list", (*status, "statusListCredential"), "https://evil.example/list"),
        ("the purpose of the list", (*status, "statusPurpose"), "message"),
        ("the issuer's name", ("issuer", "name"), "Somebody better"),
        ("the issuer", ("issuer", "id"), other["issuer"]["id"]),
        ("the beginning", ("validFrom",), "2001-01-01T00:00:00Z"),
        ("the end", ("validUntil",), "2999-01-01T00:00:00Z"),
        ("the identifier", ("id",), other["id"]),
        ("the time of the proof", ("proof", 0, "created"), "2001-01-01T00:00:00Z"),
        ("the purpose of the proof", ("proof", 0, "proofPurpose"), "authentication"),
        ("the suite of the proof", ("proof", 0, "cryptosuite"), "eddsa-jcs-2022"),
        ("the signature", ("proof", 0, "proofValue"), good["proof"][0]["proofValue"][:-4]),
        ("a vocabulary of its own", ("@context", 1), {"name": "https://evil.example/name"}),
        ("an end without a meaning", ("expirationDate",), "2999-01-01T00:00:00Z"),
    ):
        yield Attack(
            f"changed: {name}", SIGNED if name != "a vocabulary of its own" else FORM, changed(good, *path, to=to)
        )
    for path in (("validUntil",), ("credentialStatus",), ("credentialSubject", "identifier")):
        yield Attack(f"removed: {path[-1]}", SIGNED, changed(good, *path))
    moved = changed(good, "validUntil")
    moved["https://www.w3.org/2018/credentials#validUntil"] = {
        "type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": good["validUntil"]}  # fmt: skip
    yield Attack("the end under its long name", SIGNED, moved)
    yield Attack("no proof", SIGNED, changed(good, "proof"))
    yield Attack("an empty list of proofs", SIGNED, {**good, "proof": []})
    yield Attack("a proof twice", SIGNED, {**good, "proof": good["proof"] * 2})
    yield Attack("the proof of another badge", SIGNED, {**good, "proof": other["proof"]})
    yield Attack("signed by another, with the issuer's key named", SIGNED, resigned(good, method))
    yield Attack("signed by another, with their own key named", SIGNED, resigned(good, f"{EVIL_DID}#{EVIL_DID[8:]}"))
    stranger = other["proof"][0]["verificationMethod"]
    yield Attack("signed with another issuer's key named", SIGNED, resigned(good, stranger))
    yield Attack("expired", TIME, expired)


def token_of(header, claims, sign):
    parts = [encoded(json.dumps(part).encode()) for part in (header, claims)]
    signing_input = ".".join(parts).encode()
    return f"{signing_input.decode()}.{encoded(sign(signing_input))}"


def parts_of(token):
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def of_tokens(good, other, public_forms):
    """Yield attacks on the form that is a token. `public_forms` is the issuer's RSA key in several ways of writing."""
    header, claims = parts_of(good)
    body, signature = good.rsplit(".", 1)
    evil = generate_private_key(65537, 2048)

    def by_evil(data):
        return evil.sign(data, PKCS1v15(), SHA256())

    better = changed(claims, "credentialSubject", "achievement", "name", to="Chief Expert")
    numbers = evil.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": encoded(numbers.n.to_bytes(256, "big")), "e": encoded(numbers.e.to_bytes(3, "big"))}
    raw = base64.urlsafe_b64decode(signature + "==")
    yield Attack("token: a changed claim", SIGNED, token_of(header, better, lambda _: raw))
    yield Attack("token: alg none", SIGNED, token_of({**header, "alg": "none"}, better, lambda _: b""))
    for number, public in enumerate(public_forms):
        hs256 = token_of(
            {**header, "alg": "HS256"}, better, lambda data, key=public: hmac.new(key, data, hashlib.sha256).digest()
        )
        yield Attack(f"token: HS256 with the public key ({number})", SIGNED, hs256)
    yield Attack("token: a key of its own", SIGNED, token_of({**header, "jwk": jwk}, better, by_evil))
    elsewhere = {**header, "kid": "https://evil.example/keys#1", "jku": "https://evil.example/keys"}
    yield Attack("token: a key at an address of its own", SIGNED, token_of(elsewhere, better, by_evil))
    yield Attack("token: signed by another", SIGNED, token_of(header, better, by_evil))
    yield Attack(
        "token: another issuer's key", SIGNED, token_of({**header, "kid": parts_of(other)[0]["kid"]}, better, by_evil)
    )
    yield Attack("token: no signature", SIGNED, f"{body}.")
    yield Attack("token: the signature of another badge", SIGNED, f"{body}.{other.rsplit('.', 1)[1]}")
    yield Attack("token: two parts", READ, body)


def of_lists(good, states, foreign, few, now):
    """Yield attacks on the list of states. `good` is a badge that is suspended; `states` is its list.

    `few` is a list by its issuer that is shorter than allowed.
    """
    address = good["credentialStatus"]["statusListCredential"]
    empty = {"encodedList": encoded_list([])}
    cleared = {**states, "credentialSubject": {**states["credentialSubject"], **empty}}
    short = encoded_list([])[:-40]
    for name, answer in (
        ("of another issuer", foreign),
        ("changed", cleared),
        ("shortened, and signed by its issuer", few),
        ("cut short", changed(states, "credentialSubject", "encodedList", to=short)),
        ("unsigned", changed(cleared, "proof")),
        ("missing", None),
        ("signed by another", resigned(cleared, states["proof"][0]["verificationMethod"])),
        ("of another kind", changed(cleared, "type", to=["VerifiableCredential"])),
        ("out of date", changed(states, "validUntil", to=(now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))),
        ("for another purpose", changed(cleared, "credentialSubject", "statusPurpose", to="message")),
    ):
        yield Attack(f"list: {name}", STATE, good, {address: None if answer is None else json.dumps(answer)})


def of_pictures(good):
    """Yield attacks on pictures with a badge inside."""
    text, once = json.dumps(good), baked_png(picture(), json.dumps(good))
    better = json.dumps(changed(good, "credentialSubject", "achievement", "name", to="Chief Expert"))
    packed = zlib.compress(text.encode())
    yield Attack("picture: two badges", READ, baked_png(once, better))
    yield Attack("picture: the same badge twice", READ, baked_png(once, text))
    yield Attack("picture: a compressed text", READ, with_chunk(b"iTXt", KEYWORD + b"\0\1\0\0\0" + packed))
    yield Attack("picture: a zTXt chunk", READ, with_chunk(b"zTXt", KEYWORD + b"\0\0" + packed))
    yield Attack("picture: a changed badge", SIGNED, baked_png(picture(), better))
    yield Attack("picture: cut short", READ, once[:-20])
    yield Attack("drawing: two badges", READ, f"<svg>{svg_element(text)}{svg_element(better)}</svg>".encode())
    yield Attack("drawing: a changed badge", SIGNED, f"<svg>{svg_element(better)}</svg>".encode())


def picture():
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out.getvalue()


def with_chunk(kind, data):
    """Return a picture with a chunk after its header."""
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return picture()[:33] + chunk + picture()[33:]


def pem_of(jwk):
    n, e = (int.from_bytes(base64.urlsafe_b64decode(jwk[part] + "=="), "big") for part in ("n", "e"))
    return RSAPublicNumbers(e, n).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
