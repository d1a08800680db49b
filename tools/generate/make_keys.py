#!/usr/bin/env python3
"""Makes datasets/keys: the test-only key pools that `jotmill generate` signs with. Run once; the files are kept in the repository.

Usage: make_keys.py OUTPUT_FOLDER     (needs python3-cryptography)

One file per pool: {"_warning": ..., "pool": NAME, "keys": [JWK, ...]}. Members that begin with "_" are ours and never
leave the generator: "_expect" is the verdict of a token that selects the key (absent: the key is usable), "_why" the reason.
Private members stay inside the generator too, which needs them to sign.
"""
import base64
import json
import os
import sys

from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

WARNING = "TEST ONLY: these private keys are public knowledge. Never use them for anything but jotmill test data."
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1, "secp256k1": ec.SECP256K1}
FIRST_PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
                103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167]


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def uint(value, size=None):
    return b64(value.to_bytes(size or max(1, (value.bit_length() + 7) // 8), "big"))


def rsa_key(kid, bits, **extra):
    key = rsa.generate_private_key(65537, bits)
    private = key.private_numbers()
    public = private.public_numbers
    return {"kty": "RSA", "kid": kid, "n": uint(public.n), "e": uint(public.e), "d": uint(private.d),
            "p": uint(private.p), "q": uint(private.q), "dp": uint(private.dmp1), "dq": uint(private.dmq1),
            "qi": uint(private.iqmp), **extra}


def ec_key(kid, curve, **extra):
    key = ec.generate_private_key(CURVES[curve]())
    size = (key.curve.key_size + 7) // 8
    private = key.private_numbers()
    public = private.public_numbers
    return {"kty": "EC", "kid": kid, "crv": curve, "x": uint(public.x, size), "y": uint(public.y, size),
            "d": uint(private.private_value, size), **extra}


def okp_key(kid, curve, **extra):
    key = {"Ed25519": ed25519.Ed25519PrivateKey, "Ed448": ed448.Ed448PrivateKey}[curve].generate()
    raw = key.private_bytes(ser.Encoding.Raw, ser.PrivateFormat.Raw, ser.NoEncryption())
    public = key.public_key().public_bytes(ser.Encoding.Raw, ser.PublicFormat.Raw)
    return {"kty": "OKP", "kid": kid, "crv": curve, "x": b64(public), "d": b64(raw), **extra}


def oct_key(kid, size, **extra):
    secret = os.urandom(size)
    while secret and secret[-1] in b"\r\n":  # a secret file drops one trailing newline
        secret = os.urandom(size)
    return {"kty": "oct", "kid": kid, "k": b64(secret), **extra}


def usual(index):
    """Keys in the wild say what they are for in three ways: not at all, by use, by key_ops."""
    return [{}, {"use": "sig"}, {"key_ops": ["verify"]}][index % 3]


def without(key, *names):
    return {name: value for name, value in key.items() if name not in names}


def rejected(key, why, *drop):
    return {**without(key, *drop), "_expect": "key_rejected", "_why": why}


def roca_modulus():
    """Has the fingerprint of CVE-2017-15361: modulo each small prime it is a power of 65537. Not a product of two primes."""
    primorial = 1
    for prime in FIRST_PRIMES:
        primorial *= prime
    while True:
        residue = pow(65537, int.from_bytes(os.urandom(8), "big"), primorial)
        modulus = residue + primorial * (int.from_bytes(os.urandom(256), "big") // primorial)
        if modulus % 2 and modulus.bit_length() == 2048:
            return modulus


def refused_rsa():
    big = int.from_bytes(os.urandom(2049), "big") | 1 << 16391 | 1
    private = ("d", "p", "q", "dp", "dq", "qi")
    key = lambda kid, **extra: rsa_key(kid, 2048, **extra)
    even = key("refused-rsa-even-modulus")
    n_even = int.from_bytes(base64.urlsafe_b64decode(even["n"] + "=="), "big") & ~1
    return [
        rejected(rsa_key("refused-rsa-1024", 1024), "1024 bits, 2048 is the least"),
        rejected(rsa_key("refused-rsa-2040", 2040), "2040 bits, 2048 is the least"),
        rejected({**key("refused-rsa-e1"), "e": uint(1)}, "e is 1", *private),
        rejected({**key("refused-rsa-e-even"), "e": uint(65538)}, "e is even", *private),
        rejected({**key("refused-rsa-e-long"), "e": uint(2**64 + 1)}, "e has 65 bits", *private),
        rejected({**even, "n": uint(n_even)}, "even modulus", *private),
        rejected({**key("refused-rsa-roca"), "n": uint(roca_modulus())}, "ROCA fingerprint", *private),
        rejected({**key("refused-rsa-16392"), "n": uint(big)}, "16392 bits, 16384 is the most", *private),
        rejected(key("refused-rsa-no-e"), "no e", "e", *private),
        rejected(key("refused-rsa-alg-hs256", alg="HS256"), "alg HS256 does not belong to RSA"),
        rejected(key("refused-rsa-alg-rsa1_5", alg="RSA1_5"), "alg RSA1_5 is for encryption"),
    ]


def refused_curves():
    off = ec_key("refused-ec-off-curve", "P-256")
    y_off = bytearray(base64.urlsafe_b64decode(off["y"] + "="))
    y_off[31] ^= 1
    short = ec_key("refused-ec-short-x", "P-256")
    x_short = base64.urlsafe_b64decode(short["x"] + "=")[1:]
    order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    point = lambda kid, curve, raw: {"kty": "OKP", "kid": kid, "crv": curve, "x": b64(raw)}
    return [
        rejected({**off, "y": b64(bytes(y_off))}, "off the curve", "d"),
        rejected({**short, "x": b64(x_short)}, "x of 31 bytes", "d"),
        rejected({**ec_key("refused-ec-unknown-curve", "P-256"), "crv": "P-257"}, "unknown curve", "d"),
        rejected(ec_key("refused-ec-no-y", "P-256"), "no y", "y", "d"),
        rejected(ec_key("refused-ec-p256-es384", "P-256", alg="ES384"), "alg ES384 does not belong to P-256"),
        rejected(ec_key("refused-ec-p521-es521", "P-521", alg="ES521"), "alg ES521 does not exist"),
        rejected(point("refused-ed25519-zero", "Ed25519", bytes(32)), "small order"),
        rejected(point("refused-ed25519-order-8", "Ed25519", bytes.fromhex(order8)), "small order"),
        rejected(point("refused-ed25519-noncanonical", "Ed25519", b"\xee" + b"\xff" * 30 + b"\x7f"), "y not below p"),
        rejected(point("refused-ed25519-short", "Ed25519", os.urandom(31)), "31 bytes"),
        rejected(point("refused-ed448-zero", "Ed448", bytes(57)), "small order"),
        rejected(point("refused-x25519", "X25519", os.urandom(32)), "a curve for key agreement"),
        {"kty": "XYZ", "kid": "refused-unknown-kty", "_expect": "key_rejected", "_why": "unknown kty"},
    ]


def refused_secrets():
    holder = rsa.generate_private_key(65537, 2048).public_key()
    pem = holder.public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo)
    der = holder.public_bytes(ser.Encoding.DER, ser.PublicFormat.SubjectPublicKeyInfo)
    ssh = holder.public_bytes(ser.Encoding.OpenSSH, ser.PublicFormat.OpenSSH)
    numbers = holder.public_numbers()
    jwk = json.dumps({"kty": "RSA", "n": uint(numbers.n), "e": uint(numbers.e)}).encode()
    holds = lambda kid, raw, why: rejected({"kty": "oct", "kid": kid, "k": b64(raw)}, why)
    return [
        rejected(oct_key("refused-oct-16", 16), "16 bytes, 32 is the least"),
        rejected(oct_key("refused-oct-31", 31), "31 bytes, 32 is the least"),
        rejected(oct_key("refused-oct-hs512-48", 48, alg="HS512"), "48 bytes, HS512 needs 64"),
        rejected(oct_key("refused-oct-empty", 0), "empty"),
        holds("refused-oct-pem", pem, "holds a PEM key"),
        holds("refused-oct-der", der, "holds a DER key"),
        holds("refused-oct-ssh", ssh, "holds an SSH key"),
        holds("refused-oct-jwk", jwk, "holds a JSON key"),
        rejected(oct_key("refused-oct-rs256", 64, alg="RS256"), "alg RS256 does not belong to oct"),
        rejected(oct_key("refused-oct-a256kw", 32, alg="A256KW"), "alg A256KW is for encryption"),
    ]


def for_encryption():
    misuse = lambda key, why: {**key, "_expect": "key_use_mismatch", "_why": why}
    return [
        misuse(rsa_key("encryption-rsa-use", 2048, use="enc"), "use is enc"),
        misuse(rsa_key("encryption-rsa-ops", 2048, key_ops=["encrypt", "wrapKey"]), "key_ops are encrypt, wrapKey"),
        misuse(ec_key("encryption-p256-use", "P-256", use="enc"), "use is enc"),
        misuse(ec_key("encryption-p384-ops", "P-384", key_ops=["deriveBits"]), "key_ops is deriveBits"),
        misuse(okp_key("encryption-ed25519-ops", "Ed25519", key_ops=["deriveKey"]), "key_ops is deriveKey"),
        misuse(okp_key("encryption-ed448-use", "Ed448", use="enc"), "use is enc"),
        misuse(oct_key("encryption-oct-use", 64, use="enc"), "use is enc"),
        misuse(oct_key("encryption-oct-ops", 64, key_ops=["wrapKey"]), "key_ops is wrapKey"),
    ]


def bound():
    return [
        rsa_key("bound-rs256", 2048, use="sig", alg="RS256"), rsa_key("bound-rs512", 2048, alg="RS512"),
        rsa_key("bound-ps256", 2048, alg="PS256"), ec_key("bound-es256", "P-256", use="sig", alg="ES256"),
        ec_key("bound-es512", "P-521", alg="ES512"), ec_key("bound-es256k", "secp256k1", alg="ES256K"),
        okp_key("bound-eddsa-25519", "Ed25519", use="sig", alg="EdDSA"),
        okp_key("bound-ed25519", "Ed25519", alg="Ed25519"), okp_key("bound-ed448", "Ed448", alg="Ed448"),
        okp_key("bound-eddsa-448", "Ed448", alg="EdDSA"), oct_key("bound-hs256", 64, use="sig", alg="HS256"),
        oct_key("bound-hs512", 64, alg="HS512"),
    ]


def pools():
    """Yields (file stem, pool name, keys)."""
    for bits, count in ((2048, 8), (3072, 2), (4096, 2)):
        yield f"rsa-{bits}", f"RSA-{bits}", [rsa_key(f"rsa{bits}-{i + 1}", bits, **usual(i)) for i in range(count)]
    for curve, count in (("P-256", 8), ("P-384", 4), ("P-521", 4), ("secp256k1", 4)):
        stem = curve.lower()
        yield stem, curve, [ec_key(f"{stem.replace('-', '')}-{i + 1}", curve, **usual(i)) for i in range(count)]
    for curve, count in (("Ed25519", 8), ("Ed448", 4)):
        stem = curve.lower()
        yield stem, curve, [okp_key(f"{stem}-{i + 1}", curve, **usual(i)) for i in range(count)]
    for size, count in ((32, 4), (48, 4), (64, 8), (128, 2)):
        yield f"oct-{size}", f"oct-{size}", [oct_key(f"oct{size}-{i + 1}", size, **usual(i)) for i in range(count)]
    yield "crowd", "crowd", [oct_key(f"crowd-{i + 1:02}", 48, alg="HS384") for i in range(20)]
    yield "bound", "bound", bound()
    yield "shared", "shared", [rsa_key("shared", 2048), ec_key("shared", "P-256"), okp_key("shared", "Ed25519"),
                               oct_key("shared", 64)]
    yield "encryption", "encryption", for_encryption()
    yield "refused", "refused", refused_rsa() + refused_curves() + refused_secrets()
    yield "weak", "weak", [oct_key("weak-16", 16), oct_key("weak-6", 6), oct_key("weak-hs512-32", 32, alg="HS512"),
                           rejected(oct_key("weak-empty", 0), "empty, whatever --allow-weak-secret says")]


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for stem, pool, keys in pools():
        with open(os.path.join(folder, stem + ".json"), "w") as out:
            json.dump({"_warning": WARNING, "pool": pool, "keys": keys}, out, indent=1)
            out.write("\n")


main()
