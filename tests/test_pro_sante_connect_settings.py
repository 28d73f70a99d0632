"""Pro Santé Connect as it is set: two words or an address, what follows from it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingError
from assistant.pro_sante_connect import ProSanteConnect
from assistant.settings import read_settings

CLIENT = {"PSC_CLIENT_ID": "camille", "PSC_CLIENT_SECRET": "a-secret-of-theirs"}
PUBLIC = {"PUBLIC_BASE_URL": "https://camille.example", "SECRET_KEY": "s" * 40, "PSEUDONYM_PEPPER": "p" * 40}


def psc(tmp_path: Path, **given: str) -> ProSanteConnect:
    return read_settings({"CAMILLE_VAR": str(tmp_path), **given}).psc


def refusal(tmp_path: Path, **given: str) -> str:
    with pytest.raises(SettingError) as refused:
        psc(tmp_path, **given)
    assert "\n" not in str(refused.value)
    assert "a-secret-of-theirs" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(("word", "place"), [("bac-a-sable", "bas.psc"), ("production", "esw")])
def test_a_word_is_enough(tmp_path: Path, word: str, place: str) -> None:
    found = psc(tmp_path, PSC_ISSUER=word, **CLIENT, **PUBLIC)
    issuer = f"https://auth.{place}.esante.gouv.fr/auth/realms/esante-wallet"
    below = f"{issuer}/protocol/openid-connect"
    assert found.configured
    assert found == ProSanteConnect(
        issuer=issuer,
        client_id="camille",
        client_secret="a-secret-of-theirs",
        authorization=f"https://wallet.{place}.esante.gouv.fr/auth",
        token=f"{below}/token",
        userinfo=f"{below}/userinfo",
        keys=f"{below}/certs",
        logout=f"{below}/logout",
        professions=("10",),
    )
    assert psc(tmp_path, PSC_ISSUER=f"{issuer}/", **CLIENT, **PUBLIC) == found


def test_another_keycloak(tmp_path: Path) -> None:
    found = psc(tmp_path, PSC_ISSUER="https://id.example/realms/a", **CLIENT, **PUBLIC)
    assert found.authorization == "https://id.example/realms/a/protocol/openid-connect/auth"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("PSC_AUTHORIZATION_URL", "authorization"),
        ("PSC_TOKEN_URL", "token"),
        ("PSC_USERINFO_URL", "userinfo"),
        ("PSC_JWKS_URL", "keys"),
        ("PSC_LOGOUT_URL", "logout"),
    ],
)
def test_each_address_may_move(tmp_path: Path, name: str, what: str) -> None:
    usual = psc(tmp_path, PSC_ISSUER="production", **CLIENT, **PUBLIC)
    moved = psc(tmp_path, PSC_ISSUER="production", **CLIENT, **PUBLIC, **{name: "https://new.example/there"})
    assert getattr(moved, what) == "https://new.example/there"
    assert {key for key, value in vars(moved).items() if value != vars(usual)[key]} == {what}
    assert name in refusal(tmp_path, PSC_ISSUER="production", **CLIENT, **PUBLIC, **{name: "http://new.example/there"})


def test_nothing_is_configured_by_default(tmp_path: Path) -> None:
    for given in ({}, PUBLIC, {**PUBLIC, **dict.fromkeys((*CLIENT, "PSC_ISSUER", "PSC_PROFESSIONS"), "")}):
        found = psc(tmp_path, **given)
        assert not found.configured
        assert found == ProSanteConnect()


@pytest.mark.parametrize("missing", ["PSC_ISSUER", "PSC_CLIENT_ID", "PSC_CLIENT_SECRET"])
def test_the_three_go_together(tmp_path: Path, missing: str) -> None:
    given = {"PSC_ISSUER": "production", **CLIENT, **PUBLIC}
    del given[missing]
    assert refusal(tmp_path, **given).startswith(f"Il manque {missing}")


@pytest.mark.parametrize(
    "issuer",
    [
        "prod",
        "auth.esw.esante.gouv.fr",
        "http://auth.esw.esante.gouv.fr/auth/realms/esante-wallet",
        "https://",
        "https://[a",
        "https://a:port/",
        "https://a b/",
        "https://a/#b",
        "ftp://a/",
        "http://127.0.0.1.example/",
    ],
)
def test_an_issuer_that_cannot_be_one(tmp_path: Path, issuer: str) -> None:
    assert refusal(tmp_path, PSC_ISSUER=issuer, **CLIENT, **PUBLIC).startswith("PSC_ISSUER")


def test_without_encryption_on_one_machine_only(tmp_path: Path) -> None:
    issuer = "http://127.0.0.1:9400/realms/a"
    assert psc(tmp_path, PSC_ISSUER=issuer, **CLIENT).issuer == issuer
    assert "https" in refusal(tmp_path, PSC_ISSUER=issuer, **CLIENT, **PUBLIC)
    assert "https" in refusal(tmp_path, PSC_ISSUER="http://id.example/realms/a", **CLIENT)


@pytest.mark.parametrize(
    ("given", "kept"), [("", ("10",)), ("10", ("10",)), ("10 50", ("10", "50")), ("10, 21 10", ("10", "21"))]
)
def test_which_professions(tmp_path: Path, given: str, kept: tuple[str, ...]) -> None:
    assert psc(tmp_path, PSC_PROFESSIONS=given).professions == kept
    assert psc(tmp_path, PSC_ISSUER="production", PSC_PROFESSIONS=given, **CLIENT, **PUBLIC).professions == kept


@pytest.mark.parametrize("given", ["médecin", "1", "1000", "*", "10;50", "٠١"])
def test_what_is_no_profession(tmp_path: Path, given: str) -> None:
    assert "PSC_PROFESSIONS" in refusal(tmp_path, PSC_PROFESSIONS=given)


def test_the_secret_is_not_shown(tmp_path: Path) -> None:
    assert "a-secret-of-theirs" not in repr(psc(tmp_path, PSC_ISSUER="production", **CLIENT, **PUBLIC))
