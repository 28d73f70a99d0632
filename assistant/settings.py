"""Every setting once: its variable, type, default and reason. The environment is read here and nowhere else."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from assistant.errors import SettingError
from assistant.pro_sante_connect import ProSanteConnect, read_pro_sante_connect
from assistant.publishing import Publisher
from assistant.secret_files import WithFiles
from assistant.senders import Sender

ROOT = Path(__file__).resolve().parent.parent
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Settings:
    """The settings in force. `local` is true on one machine with nothing configured: then secrets are made in var/."""

    port: int
    public_base_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    # What is sealed and signed from now on; the older ones still open what they sealed and signed.
    secret_key: str = field(repr=False)
    older_secret_keys: tuple[str, ...] = field(repr=False)
    # Of all peppers the oldest one comes first, and every name begins with it (assistant/privacy/peppers.py).
    pseudonym_pepper: str = field(repr=False)
    newer_peppers: tuple[str, ...] = field(repr=False)
    understanding_url: str
    understanding_key: str = field(repr=False)
    understanding_bind: str
    twilio_account_sid: str
    twilio_auth_token: str = field(repr=False)
    twilio_sender: str
    human_phone_number: str
    voice_number: str
    embed_origins: tuple[str, ...]
    invitations_per_day: int
    trusted_proxies: int
    metrics_token: str = field(repr=False)
    traces_to: str
    segment_price: Decimal | None
    sms_budget: Decimal | None
    review_file: Path | None
    psc: ProSanteConnect
    publisher: Publisher
    var: Path
    local: bool

    @property
    def secret_keys(self) -> tuple[str, ...]:
        return (self.secret_key, *self.older_secret_keys)

    @property
    def peppers(self) -> tuple[str, ...]:
        return (self.pseudonym_pepper, *self.newer_peppers)

    @property
    def twilio(self) -> bool:
        """Whether real messages and calls may come in."""
        return bool(self.twilio_account_sid and self.twilio_auth_token)

    @property
    def sender(self) -> Sender:
        """What messages and calls of ours come from."""
        return Sender.of(self.twilio_sender)

    @property
    def ring_at(self) -> str:
        """The number that people ring: the one given for it, or the one that messages come from; "" for none."""
        return self.voice_number or (self.sender.text if self.sender.calls else "")

    @property
    def data(self) -> Path:
        return ROOT / "data"

    @property
    def models(self) -> Path:
        return ROOT / "models"


def read_settings(environ: Mapping[str, str] | None = None, *, keeping: bool = True) -> Settings:
    """The settings of `environ` (the process's own by default). Raises SettingError naming the variable.

    Without `keeping`, for a process that keeps nothing of anybody, the two secrets of those who do may be missing.
    """
    env = WithFiles(os.environ if environ is None else environ)
    var = Path(env.get("CAMILLE_VAR", "") or ROOT / "var")
    port = _port(env.get("PORT", "") or "8000")
    base = (env.get("PUBLIC_BASE_URL", "") or f"http://127.0.0.1:{port}").rstrip("/")
    scheme, host = _address(base)
    local = host in LOCAL_HOSTS
    if not local and scheme != "https":
        raise SettingError("PUBLIC_BASE_URL doit commencer par https:// : on y écrit des choses privées.")
    keys = _several("SECRET_KEY", env, var, local) if keeping else ("",)
    peppers = _several("PSEUDONYM_PEPPER", env, var, local) if keeping else ("",)
    price = _price(env.get("SEGMENT_PRICE", ""))
    return Settings(
        port=port,
        public_base_url=base,
        database_url=env.get("DATABASE_URL", "") or f"sqlite:///{var / 'camille.sqlite'}",
        redis_url=_redis(env.get("REDIS_URL", "").strip()),
        secret_key=keys[0],
        older_secret_keys=keys[1:],
        pseudonym_pepper=peppers[0],
        newer_peppers=peppers[1:],
        understanding_url=_understanding(env.get("UNDERSTANDING_URL", "").strip().rstrip("/")),
        understanding_key=_understanding_key(env, var, local),
        understanding_bind=_bind(env.get("UNDERSTANDING_BIND", "") or "127.0.0.1:8100"),
        twilio_account_sid=env.get("TWILIO_ACCOUNT_SID", ""),
        twilio_auth_token=env.get("TWILIO_AUTH_TOKEN", ""),
        twilio_sender=Sender.of(env.get("TWILIO_SENDER", "")).text,
        human_phone_number=_number("HUMAN_PHONE_NUMBER", env),
        voice_number=_number("VOICE_NUMBER", env),
        embed_origins=_origins(env.get("EMBED_ORIGINS", ""), local),
        invitations_per_day=_count("INVITATIONS_PER_DAY", env.get("INVITATIONS_PER_DAY", "") or "2000"),
        trusted_proxies=_hops(env.get("TRUSTED_PROXIES", "") or ("0" if local else "1")),
        metrics_token=_token(env.get("METRICS_TOKEN", ""), local),
        traces_to=_collector(env.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()),
        segment_price=price,
        sms_budget=_budget(env.get("SMS_BUDGET_EUROS", ""), price),
        review_file=_review_file(env.get("REVIEW_FILE", ""), var, local),
        psc=read_pro_sante_connect(env, local),
        publisher=Publisher.of(env),
        var=var,
        local=local,
    )


def _address(url: str) -> tuple[str, str]:
    """Scheme and host of `url`, which names a server and nothing behind « ? » or « # »."""
    try:
        parts = urlsplit(url)
        port_reads = parts.port is None or parts.port > 0
    except ValueError:
        port_reads = False
    if not port_reads or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingError("PUBLIC_BASE_URL doit commencer par http:// ou https:// et nommer un serveur, sans « ? ».")
    return parts.scheme, parts.hostname


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
        return int(value)
    raise SettingError(f"PORT doit être un nombre de 1 à 65535, pas « {value} ».")


def _count(name: str, value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) < 8:
        return int(value)
    raise SettingError(f"{name} doit être un nombre, 0 ou plus, pas « {value} ».")


def _hops(value: str) -> int:
    """Exactly how many proxies of ours stand in front: one too many, and anybody writes the address he likes."""
    if re.fullmatch(r"[0-9]", value):
        return int(value)
    raise SettingError(f"TRUSTED_PROXIES doit être un nombre de 0 à 9, pas « {value} ».")


def _token(value: str, local: bool) -> str:
    if value and not local and len(value) < 32:
        raise SettingError("METRICS_TOKEN est trop court : il faut au moins 32 caractères tirés au hasard.")
    return value


def _price(value: str) -> Decimal | None:
    """What one segment of an SMS that is sent costs, in euros; None when nobody has said so."""
    plain = value.strip().replace(",", ".")
    if plain and not re.fullmatch(r"[0-9](\.[0-9]{1,5})?", plain):
        raise SettingError("SEGMENT_PRICE doit être un prix en euros, pour un segment. Exemple : 0.07")
    return Decimal(plain) if plain else None


def _budget(value: str, price: Decimal | None) -> Decimal | None:
    """What the SMS of a month may cost, in euros; None when nobody has said so."""
    plain = value.strip().replace(",", ".")
    if plain and not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", plain):
        raise SettingError("SMS_BUDGET_EUROS doit être une somme en euros, pour un mois. Exemple : 150")
    if plain and price is None:
        raise SettingError("SMS_BUDGET_EUROS a besoin du prix d'un segment : il manque SEGMENT_PRICE. Exemple : 0.07")
    return Decimal(plain) if plain else None


def _review_file(value: str, var: Path, local: bool) -> Path | None:
    """Outside data/: what is taught there is read by a person first. A container keeps no var/, so it must be set."""
    if not value and not local:
        return None
    path = Path(value) if value else var / "review" / "nlu.yml"
    if path.resolve().is_relative_to(ROOT / "data"):
        raise SettingError("REVIEW_FILE ne peut pas être dans data/ : un service n'écrit pas ce qu'il apprend.")
    return path


def _redis(value: str) -> str:
    if value and not re.fullmatch(r"rediss?://\S+", value):
        raise SettingError("REDIS_URL ne se lit pas. Exemple : redis://127.0.0.1:6379/0")
    return value


def _collector(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s@?#]+", value):
        raise SettingError("OTEL_EXPORTER_OTLP_ENDPOINT ne se lit pas. Exemple : http://127.0.0.1:4318")
    return value


def _understanding(value: str) -> str:
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?", value):
        raise SettingError("UNDERSTANDING_URL ne se lit pas. Exemple : http://127.0.0.1:8100")
    return value


def _understanding_key(env: Mapping[str, str], var: Path, local: bool) -> str:
    """Only where understanding is elsewhere, or offered to others; on a local machine both find the same in var/."""
    name = "UNDERSTANDING_KEY"
    wanted = any(env.get(other, "") for other in (name, "UNDERSTANDING_URL", "UNDERSTANDING_BIND"))
    return _secret(name, env, var, local) if wanted else ""


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9.\-]+", host) or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingError("UNDERSTANDING_BIND doit être une adresse et un port. Exemple : 127.0.0.1:8100")
    return value


def _origins(value: str, local: bool) -> tuple[str, ...]:
    """The sites that may show the button's window. No wildcard: each one is somebody who was asked."""
    kept: dict[str, None] = {}
    for origin in value.lower().split():
        found = re.fullmatch(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::([0-9]{1,5}))?", origin)
        plain = bool(found and local and found[2] in LOCAL_HOSTS)  # two servers of one machine, to try it
        if not found or (found[1] != "https" and not plain) or not 0 < int(found[3] or 443) < 65536:
            raise SettingError(
                "EMBED_ORIGINS doit donner des adresses de sites en https, séparées par des espaces et sans rien "
                "après le nom. Exemple : https://www.mairie.example"
            )
        kept[origin] = None
    return tuple(kept)


def _number(name: str, env: Mapping[str, str]) -> str:
    digits = re.sub(r"[\s.]", "", env.get(name, ""))
    # National short numbers (34 22) cannot be dialled through a provider.
    if digits and not re.fullmatch(r"0[1-9]\d{8}", digits):
        raise SettingError(f"{name} doit être un numéro français à dix chiffres.")
    return digits


def _secret(name: str, env: Mapping[str, str], var: Path, local: bool) -> str:
    """The secret of the environment; on a local machine, one made on the first start and kept in var/."""
    value = env.get(name, "")
    if value:
        if not local and len(value) < 32:
            raise SettingError(f"{name} est trop court : il faut au moins 32 caractères tirés au hasard.")
        return value
    if not local:
        raise SettingError(f"Il manque {name} : un secret d'au moins 32 caractères tirés au hasard.")
    path = var / f"{name.lower()}.secret"
    try:
        return _kept(path) or _made(path)
    except OSError as error:
        raise SettingError(f"CAMILLE_VAR : le dossier {var} ne peut pas être écrit.") from error


def _several(name: str, env: Mapping[str, str], var: Path, local: bool) -> tuple[str, ...]:
    """One secret, or several with a comma between, in the order given."""
    found = tuple(part.strip() for part in _secret(name, env, var, local).split(","))
    if len(found) == 1:
        return found
    if min(map(len, found)) < 32 or len(set(found)) < len(found):
        raise SettingError(
            f"{name} : entre deux virgules, il faut chaque fois un autre secret, d'au moins 32 caractères."
        )
    return found


def _kept(path: Path) -> str:
    """What the file holds; nothing when there is none, or when the start that made it was cut off."""
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _made(path: Path) -> str:
    """A new secret in `path`. Of several processes that start at once, the first one's is everybody's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii", delete=False) as draft:
        draft.write(secrets.token_urlsafe(48))  # the draft is created readable by its owner only
    try:
        if path.is_file() and not _kept(path):
            path.unlink(missing_ok=True)
        os.link(draft.name, path)
    except FileExistsError:
        pass
    finally:
        Path(draft.name).unlink()
    return _kept(path)
