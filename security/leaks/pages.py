"""Every page that has an address of its own, as who sees most of it: practices, and those who run the service."""

from __future__ import annotations

from collections.abc import Iterator

from security.leaks.day import BASE, Day


def pages(day: Day) -> Iterator[tuple[str, str]]:
    """Its path, with who looks, and what stands there."""
    practice = {"Martin": day.practice.martin, "Nguyen": day.practice.elsewhere}
    physicians = [(name, day.practice.browser(who, BASE).client) for name, who in practice.items()]
    visitors = {"medecin": physicians, "pilotage": [("an operator", day.steering().client)]}
    rules = (rule for rule in day.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    for path in sorted({rule.rule for rule in rules}):
        for name, client in visitors.get(path.split("/")[1], [("anybody", day.app.test_client())]):
            answer = client.get(path, base_url=BASE)
            yield f"the page {path} of {name}", answer.get_data().decode("utf-8", "ignore")
            answer.close()
