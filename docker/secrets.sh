#!/bin/sh
# Makes the secrets that compose.yml needs and that are not there yet, in docker/secrets/. Never changes one that is.
# `docker/secrets.sh pepper` adds one more pepper behind those that are there (docs/deploy.md, « To change the pepper »).
# Those that others give (Twilio, Pro Santé Connect, TLS) are named at the end when they are missing.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 700 secrets

drawn() {  # 48 random bytes, in letters that an address may hold
    head -c 48 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n='
}

made() {  # made NAME
    if [ ! -s "secrets/$1" ]; then
        drawn >"secrets/$1"
        echo "made secrets/$1"
    fi
}

written() {  # written NAME TEXT
    if [ ! -s "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
        echo "made secrets/$1"
    fi
}

if [ "${1:-}" = pepper ]; then
    [ -s secrets/pseudonym_pepper ] || { echo "there is no pepper yet: run this without a word behind it" >&2; exit 1; }
    # Beside it, then in its place: cut off in between, the old file is whole.
    printf '%s,%s' "$(cat secrets/pseudonym_pepper)" "$(drawn)" >secrets/pseudonym_pepper.new
    chmod 444 secrets/pseudonym_pepper.new
    mv -f secrets/pseudonym_pepper.new secrets/pseudonym_pepper
    echo "added a pepper to secrets/pseudonym_pepper; a copy belongs into the safe"
    exit 0
fi

for name in secret_key pseudonym_pepper understanding_key metrics_token postgres_password redis_password; do
    made "$name"
done
written database_url "postgresql://camille:$(cat secrets/postgres_password)@postgres:5432/camille"
written redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
# Containers read them under another user; the folder keeps everybody else on this machine out.
chmod 444 secrets/*
for name in twilio_auth_token psc_client_secret tls_certificate tls_key; do
    [ -s "secrets/$name" ] || echo "for production, put secrets/$name there"
done
