"""Bearer tokens: who is believed, what a token opens, and which keys may be trusted at all."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from chalicelib.identity.tokens import Principal, TokenIssuer, TokenVerifier, TrustedKey
from chalicelib.kernel.errors import ForbiddenError, UnauthenticatedError
from tests.fakes.memory import FixedClock

AUDIENCE = "palier"
ASSESSMENT = "a" * 26

ED25519 = Ed25519PrivateKey.generate()
OTHER_ED25519 = Ed25519PrivateKey.generate()
P256 = ec.generate_private_key(ec.SECP256R1())


def public_pem(key: Any) -> str:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode("ascii")


def private_pem(key: Any) -> str:
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode("ascii")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def verifier(clock: FixedClock) -> TokenVerifier:
    keys = {"ed": ED25519, "other": OTHER_ED25519, "p256": P256}
    return TokenVerifier({name: TrustedKey.from_pem(public_pem(key)) for name, key in keys.items()}, AUDIENCE, clock)


@pytest.fixture
def issuer(clock: FixedClock) -> TokenIssuer:
    return TokenIssuer.from_pem(private_pem(ED25519), "ed", "https://palier.test", AUDIENCE, clock)


def token(clock: FixedClock, *, key: Any = ED25519, algorithm: str = "EdDSA", kid: Any = "ed", **other: Any) -> str:
    """A good token of Ines, with these claims instead; None leaves a claim out."""
    claims: dict[str, Any] = {"aud": AUDIENCE, "sub": "ines", "scope": "person", "exp": clock.now() // 1000 + 60, **other}
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers={} if kid is None else {"kid": kid})


def refusal(verifier: TokenVerifier, authorization: str | None) -> str:
    """The code with which this header is refused."""
    with pytest.raises(UnauthenticatedError) as caught:
        verifier.verify(authorization)
    assert caught.value.details == {}
    return caught.value.code


# --- who is believed ---


def test_an_issued_token_says_who_and_for_everything(verifier: TokenVerifier, issuer: TokenIssuer) -> None:
    assert verifier.verify(f"Bearer {issuer.issue('ines', 60)}") == Principal("ines")


def test_an_issued_token_may_open_one_assessment_only(verifier: TokenVerifier, issuer: TokenIssuer) -> None:
    assert verifier.verify(f"Bearer {issuer.issue('ines', 60, ASSESSMENT)}") == Principal("ines", ASSESSMENT)


def test_an_issued_token_says_no_more_than_it_must(issuer: TokenIssuer, clock: FixedClock) -> None:
    claims = jwt.decode(issuer.issue("ines", 60), options={"verify_signature": False})
    now = clock.now() // 1000
    assert claims == {
        "iss": "https://palier.test",
        "aud": AUDIENCE,
        "sub": "ines",
        "scope": "person",
        "iat": now,
        "exp": now + 60,
    }


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_whatever_its_case(verifier: TokenVerifier, clock: FixedClock, scheme: str) -> None:
    assert verifier.verify(f"{scheme} {token(clock)}").person_id == "ines"
    assert verifier.verify(f"{scheme}  {token(clock)} ").person_id == "ines"


def test_each_trusted_key_is_believed_with_its_own_algorithm(verifier: TokenVerifier, clock: FixedClock) -> None:
    assert verifier.verify(f"Bearer {token(clock, key=P256, algorithm='ES256', kid='p256')}").person_id == "ines"
    assert verifier.verify(f"Bearer {token(clock, key=OTHER_ED25519, kid='other')}").person_id == "ines"


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (ED25519, "EdDSA", "other"),
        (OTHER_ED25519, "EdDSA", "ed"),
        (ED25519, "EdDSA", "p256"),
        (P256, "ES256", "ed"),
        (ED25519, "EdDSA", "ED"),
        (ED25519, "EdDSA", ""),
        (ED25519, "EdDSA", None),
        (P256, "ES256", None),
    ],
)
def test_a_key_signs_for_its_own_id_only(
    verifier: TokenVerifier, clock: FixedClock, key: Any, algorithm: str, kid: str | None
) -> None:
    assert refusal(verifier, f"Bearer {token(clock, key=key, algorithm=algorithm, kid=kid)}") == "token-invalid"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_shared_secret_is_never_believed(verifier: TokenVerifier, clock: FixedClock, algorithm: str) -> None:
    assert refusal(verifier, f"Bearer {token(clock, key='s' * 64, algorithm=algorithm)}") == "token-invalid"


def test_a_scope_that_is_left_out_is_a_persons(verifier: TokenVerifier, clock: FixedClock) -> None:
    assert verifier.verify(f"Bearer {token(clock, scope=None)}") == Principal("ines")


@pytest.mark.parametrize("scope", ["", "admin", "Person", "person assessment:x", "assessment", ["person"], {"person": 1}, 1])
def test_any_other_scope_is_refused(verifier: TokenVerifier, clock: FixedClock, scope: Any) -> None:
    assert refusal(verifier, f"Bearer {token(clock, scope=scope)}") == "token-invalid"


@pytest.mark.parametrize("audience", ["another", "", "PALIER", ["another"], [], None])
def test_a_token_for_somebody_else_is_refused(verifier: TokenVerifier, clock: FixedClock, audience: Any) -> None:
    assert refusal(verifier, f"Bearer {token(clock, aud=audience)}") == "token-invalid"


def test_a_token_for_several_audiences_is_good_for_each(verifier: TokenVerifier, clock: FixedClock) -> None:
    assert verifier.verify(f"Bearer {token(clock, aud=['another', AUDIENCE])}").person_id == "ines"


@pytest.mark.parametrize("person", ["", "a b", "a/b", "a#b", "é", "x" * 65, "../x", "a\x00", "\n"])
def test_a_subject_of_another_form_is_refused(verifier: TokenVerifier, clock: FixedClock, person: str) -> None:
    assert refusal(verifier, f"Bearer {token(clock, sub=person)}") == "token-invalid"


def test_a_subject_that_ends_with_a_line_feed_is_refused(verifier: TokenVerifier, clock: FixedClock) -> None:
    assert refusal(verifier, f"Bearer {token(clock, sub='ines' + chr(10))}") == "token-invalid"


@pytest.mark.parametrize("person", ["a", "x" * 64, "A-z_09"])
def test_subjects_of_our_form_are_taken(verifier: TokenVerifier, clock: FixedClock, person: str) -> None:
    assert verifier.verify(f"Bearer {token(clock, sub=person)}").person_id == person


@pytest.mark.parametrize("missing", ["exp", "sub", "aud"])
def test_what_a_token_must_say_it_must_say(verifier: TokenVerifier, clock: FixedClock, missing: str) -> None:
    left_out: dict[str, Any] = {missing: None}
    assert refusal(verifier, f"Bearer {token(clock, **left_out)}") == "token-invalid"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token-missing"),
        ("", "token-missing"),
        ("Bearer", "token-invalid"),
        ("Bearer ", "token-invalid"),
        ("Bearer  ", "token-invalid"),
        ("Basic aW5lczppbmVz", "token-invalid"),
        ("Bearer rubbish", "token-invalid"),
        ("Bearer a.b.c", "token-invalid"),
        ("Bearer é.é.é", "token-invalid"),
        ("Bearer " + "a" * 10_000, "token-invalid"),
        ("Bearer bnVsbA.bnVsbA.bnVsbA", "token-invalid"),
        ("Bearer W10.W10.W10", "token-invalid"),
    ],
)
def test_a_header_that_carries_no_token_is_refused(verifier: TokenVerifier, header: str | None, code: str) -> None:
    assert refusal(verifier, header) == code


# --- time ---


def test_a_token_lasts_until_its_expiry_and_not_a_millisecond_more(
    verifier: TokenVerifier, issuer: TokenIssuer, clock: FixedClock
) -> None:
    header = f"Bearer {issuer.issue('ines', 60)}"
    clock.forward(59.999)
    assert verifier.verify(header).person_id == "ines"
    clock.forward(0.001)
    assert refusal(verifier, header) == "token-expired"


def test_the_time_is_the_clocks_not_the_machines(verifier: TokenVerifier, issuer: TokenIssuer, clock: FixedClock) -> None:
    clock.forward(-20 * 365 * 86_400)
    header = f"Bearer {issuer.issue('ines', 60)}"
    assert verifier.verify(header).person_id == "ines"
    clock.forward(40 * 365 * 86_400)
    assert refusal(verifier, header) == "token-expired"


@pytest.mark.parametrize("expiry", [0, -1, True, 1.5])
def test_a_token_from_long_ago_has_expired(verifier: TokenVerifier, clock: FixedClock, expiry: Any) -> None:
    assert refusal(verifier, f"Bearer {token(clock, exp=expiry)}") == "token-expired"


@pytest.mark.parametrize("expiry", ["soon", [1], {"at": 1}])
def test_an_expiry_that_is_no_number_is_never_good(verifier: TokenVerifier, clock: FixedClock, expiry: Any) -> None:
    assert refusal(verifier, f"Bearer {token(clock, exp=expiry)}").startswith("token-")


def test_an_expiry_of_nan_is_never_good(verifier: TokenVerifier, clock: FixedClock) -> None:
    assert refusal(verifier, f"Bearer {token(clock, exp=float('nan'))}").startswith("token-")


def test_a_token_is_good_from_the_instant_that_it_says(verifier: TokenVerifier, clock: FixedClock) -> None:
    header = f"Bearer {token(clock, nbf=clock.now() // 1000 + 30)}"
    assert refusal(verifier, header) == "token-invalid"
    clock.forward(30)
    assert verifier.verify(header).person_id == "ines"


@pytest.mark.parametrize("instant", ["soon", [1], None, float("nan")])
def test_a_first_instant_that_is_no_number_is_never_good(verifier: TokenVerifier, clock: FixedClock, instant: Any) -> None:
    claims = {"aud": AUDIENCE, "sub": "ines", "exp": clock.now() // 1000 + 60, "nbf": instant}
    assert (
        refusal(verifier, f"Bearer {jwt.encode(claims, ED25519, algorithm='EdDSA', headers={'kid': 'ed'})}") == "token-invalid"
    )


@pytest.mark.parametrize("claim", ["exp", "nbf"])
def test_an_instant_beyond_all_numbers_is_no_bug(verifier: TokenVerifier, clock: FixedClock, claim: str) -> None:
    beyond: dict[str, Any] = {claim: 10**400}
    try:
        verifier.verify(f"Bearer {token(clock, **beyond)}")
    except UnauthenticatedError:
        assert claim == "nbf"


# --- what a token opens ---


def test_a_persons_token_opens_every_assessment_and_the_account() -> None:
    person = Principal("ines")
    person.may_use(ASSESSMENT)
    person.may_use("b" * 26)
    person.may_use_account()


def test_an_assessments_token_opens_that_one_and_no_account() -> None:
    anonymous = Principal("ines", ASSESSMENT)
    anonymous.may_use(ASSESSMENT)
    with pytest.raises(ForbiddenError) as other:
        anonymous.may_use("b" * 26)
    with pytest.raises(ForbiddenError) as account:
        anonymous.may_use_account()
    assert (other.value.code, account.value.code) == ("other-assessment", "account-needed")


def test_a_token_for_no_assessment_opens_none(verifier: TokenVerifier, clock: FixedClock) -> None:
    nothing = verifier.verify(f"Bearer {token(clock, scope='assessment:')}")
    with pytest.raises(ForbiddenError):
        nothing.may_use(ASSESSMENT)
    with pytest.raises(ForbiddenError):
        nothing.may_use_account()


# --- which keys may be trusted ---


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        X25519PrivateKey.generate(),
    ],
    ids=["RSA", "P-384", "secp256k1", "X25519"],
)
def test_keys_of_other_kinds_are_never_trusted(key: Any) -> None:
    with pytest.raises(ValueError, match="Ed25519 or P-256"):
        TrustedKey.from_pem(public_pem(key))


def test_a_private_key_is_no_trusted_key() -> None:
    with pytest.raises(ValueError, match=r"."):
        TrustedKey.from_pem(private_pem(ED25519))


def test_the_service_signs_with_ed25519_only(clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="must be Ed25519"):
        TokenIssuer.from_pem(private_pem(P256), "p256", "https://palier.test", AUDIENCE, clock)
