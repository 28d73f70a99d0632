"""First come, first served, and nobody fills the line alone: compared with a line that is kept in the simplest way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ, run_wsgi_app

from channels.cli.line import Line
from channels.cli.patient_worker import origin
from channels.limits.networks import network

# Who joins, by a letter; None: somebody is taken.
COURSES = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=80)


def taken(course: list[str | None], most: int) -> list[tuple[str, int]]:
    """Who was taken, in order, until nobody waits."""
    line: Line[tuple[str, int]] = Line(most)
    waiting, found = 0, []
    for number, one in enumerate(course):
        if one is not None:
            line.join(one, (one, number))
            waiting += 1
        elif waiting:
            found.append(line.take())
            waiting -= 1
    found += [line.take() for _ in range(waiting)]
    with pytest.raises(IndexError):
        line.take()
    return found


@given(COURSES)
def test_those_of_one_origin_keep_their_order_and_nobody_is_lost(course: list[str | None]) -> None:
    found = taken(course, 3)
    assert sorted(number for _, number in found) == [number for number, one in enumerate(course) if one]
    for whose in "abc":
        numbers = [number for one, number in found if one == whose]
        assert numbers == sorted(numbers)


@given(COURSES)
def test_a_line_that_is_long_enough_is_first_come_first_served(course: list[str | None]) -> None:
    assert [number for _, number in taken(course, 80)] == [number for number, one in enumerate(course) if one]


@given(st.integers(1, 40), st.integers(1, 10))
def test_whoever_comes_from_elsewhere_has_no_more_than_so_many_before_her(crowd: int, most: int) -> None:
    found = taken([*["a"] * crowd, "b"], most)
    assert [one for one, _ in found].index("b") == min(crowd, most)


@given(
    st.lists(
        st.sampled_from(["203.0.113.9", " 198.51.100.7", "2001:db8:0:1::5", "::ffff:203.0.113.9", "fe80::1%eth0", ""])
        | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 4),
)
def test_an_origin_is_what_the_application_is_told(told: list[str], proxies: int) -> None:
    peer, header = "192.0.2.1", ",".join(told)
    seen: list[str] = []

    def application(environ: dict[str, str], start: object) -> list[bytes]:
        seen.append(network(environ["REMOTE_ADDR"]))
        start("200 OK", [])  # type: ignore[operator]  # a WSGI callable
        return []

    environ = create_environ(environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": header})
    run_wsgi_app(ProxyFix(application, x_for=proxies), environ)  # type: ignore[arg-type]  # as above
    head = b"GET / HTTP/1.1\r\nHost: x\r\nx-forwarded-for:" + header.encode("latin-1")
    assert origin(head, peer, proxies) == seen[0]
