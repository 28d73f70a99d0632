"""What was not answered is known to all processes, in a real Redis; to one of them while Redis is away."""

from __future__ import annotations

from pathlib import Path

from redis import Redis

from assistant.again import Again
from assistant.turns import Turn
from channels.limits.recent import Recent
from tests.support.faces import NOON
from tests.support.redis_server import redis_server

ADDRESS = "p1_a"


def again(recent: Recent) -> Again:
    made = Again("y" * 40)
    made.notes = recent
    return made


def turn(name: str) -> Turn:
    return Turn(ADDRESS, "sms", "twilio", name, NOON, "C'est fait")


def test_another_face_finds_it(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        again(Recent(redis.url)).of(ADDRESS).add(turn("a"))
        (name,) = redis.names()
        assert 0 < int(Redis.from_url(redis.url).ttl(name)) <= 3_600
        other = again(Recent(redis.url)).of(ADDRESS)
        assert other.told(turn("b")).missed == (("a", NOON),)
        other.over()
        assert redis.names() == []
        assert again(Recent(redis.url)).of(ADDRESS).told(turn("c")).missed == ()


def test_a_face_alone_knows_nothing_without_redis(tmp_path: Path) -> None:
    """Another one may have answered meanwhile."""
    with redis_server(tmp_path) as redis:
        face = again(Recent(redis.url))
        redis.stop()
        face.of(ADDRESS).add(turn("a"))
        assert face.of(ADDRESS).told(turn("b")).missed == ()
        face.of(ADDRESS).over()
