#!/bin/sh
# Makes the secrets that compose.yml needs and that are not there yet, in docker/secrets/. Never changes one that is.
# Those that others give (Twilio, Pro Santé Connect, TLS) are named at the end when they are missing.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 700 secrets

made() {  # made NAME: 48 random bytes, in letters that an address may hold
    if [ ! -s "secrets/$1" ]; then
        head -c 48 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n=' >"secrets/$1"
        echo "made secrets/$1"
    fi
}

written() {  # written NAME TEXT
    if [ ! -s "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
        echo "made secrets/$1"
    fi
}

for name in secret_key pseudonym_pepper understanding_key postgres_password redis_password; do made "$name"; done
written database_url "postgresql://camille:$(cat secrets/postgres_password)@postgres:5432/camille"
written redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
# Containers read them under another user; the folder keeps everybody else on this machine out.
chmod 444 secrets/*
for name in twilio_auth_token psc_client_secret tls_certificate tls_key; do
    [ -s "secrets/$name" ] || echo "for production, put secrets/$name there"
done
