"""Camille and her peers on the same messages: right first and in the first three, and what each costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean, stdev

from rich.console import Console
from rich.table import Table

from assistant.evaluation.labelled import Labelled, MessageSet
from assistant.evaluation.report import Evaluation, Peer
from assistant.evaluation.shares import Loss, Share
from assistant.evaluation.variants import CLEAN, VARIANTS, written
from benchmarks.peers.peer import RANKED, Lesson
from benchmarks.peers.running import PEERS, Answers, answers

Shares = Mapping[str, Mapping[str, tuple[Share, Share]]]
# Whether each message, as written, was right first; by set.
Rights = Mapping[str, Sequence[bool]]


def lesson(messages: Sequence[Labelled]) -> Lesson:
    return Lesson([message.text for message in messages], [message.intent for message in messages])


def beside(
    name: str, learnt: Sequence[Lesson], sets: Sequence[MessageSet], epochs: int, camille: Rights | None = None
) -> tuple[Peer, float]:
    """One peer on `sets`, over one lesson or several: messages are counted over all, costs are means.

    `camille` is what she found right, to tell how far the peer is behind her.

    The second figure is how much its first place varies from lesson to lesson (standard deviation, from 0 to 1).
    """
    asked = [written(each.text, variant) for found in sets for variant in VARIANTS for each in found.messages]
    found = [answers(name, each, asked, epochs) for each in learnt]
    title, note = (told.format(epochs=epochs) for told in PEERS[name])
    counted = [_shares(each, sets) for each in found]
    peer = Peer(
        title,
        note,
        _added(counted),
        mean(each.seconds for each in found),
        mean(each.milliseconds for each in found),
        max(each.megabytes for each in found),
        {name: Loss.of(right, _rights(found[0], sets)[name]) for name, right in (camille or {}).items()},
    )
    firsts = [next(iter(next(iter(shares.values())).values()))[0].value for shares in counted]
    return peer, stdev(firsts) if len(firsts) > 1 else 0.0


def served(evaluation: Evaluation) -> Peer:
    """Camille as she is served: gate, model, and what `camille evaluate` found."""
    shares = {
        section.messages.name: {
            variant: (Share.of(one.first for one in judged), Share.of(one.first_three for one in judged))
            for variant, judged in section.variants.items()
        }
        for section in evaluation.sections
    }
    spent = mean(section.spent(0.5) for section in evaluation.sections)
    return Peer(
        "Camille, telle qu'elle sert", "garde-fou, puis modèle : ce que dit `camille parse`", shares, None, spent
    )


def served_right(evaluation: Evaluation) -> Rights:
    """What she found right, message by message."""
    return {section.messages.name: [one.first for one in section.clean] for section in evaluation.sections}


def show(console: Console, peers: Sequence[tuple[Peer, float]], sets: Sequence[MessageSet]) -> None:
    """The table: first / in the first three, in percent."""
    for each in sets:
        table = Table(title=f"{each.name}: {len(each.messages)} messages, first / first {RANKED}, %")
        table.add_column("", no_wrap=True)
        for heading in (*VARIANTS, "±", "learns, s", "ms", "MB"):
            table.add_column(heading, justify="right")
        for peer, spread in peers:
            pairs = peer.shares[each.name].values()
            found = [f"{100 * first.value:.1f} / {100 * three.value:.1f}" for first, three in pairs]
            costs = [(peer.seconds, 1), (peer.milliseconds, 2), (peer.megabytes, 0)]
            told = ["" if cost is None else f"{cost:,.{digits}f}" for cost, digits in costs]
            table.add_row(peer.name, *found, f"{100 * spread:.1f}" if spread else "", *told)
        console.print(table)


def _ranked(found: Answers, sets: Sequence[MessageSet]) -> Iterator[tuple[str, str, list[tuple[Sequence[str], str]]]]:
    """The set, the variant, and the ranking and intent of each message, in the order in which they were asked for."""
    rankings = iter(found.rankings)
    for each in sets:
        for variant in VARIANTS:
            yield each.name, variant, [(next(rankings), message.intent) for message in each.messages]


def _shares(found: Answers, sets: Sequence[MessageSet]) -> Shares:
    shares: dict[str, dict[str, tuple[Share, Share]]] = {each.name: {} for each in sets}
    for name, variant, ranked in _ranked(found, sets):
        first = Share.of(names[:1] == [intent] for names, intent in ranked)
        shares[name][variant] = (first, Share.of(intent in names for names, intent in ranked))
    return shares


def _rights(found: Answers, sets: Sequence[MessageSet]) -> Rights:
    return {
        name: [names[:1] == [intent] for names, intent in ranked]
        for name, variant, ranked in _ranked(found, sets)
        if variant == CLEAN
    }


def _added(counted: Sequence[Shares]) -> Shares:
    """Several rounds of the same questions as one."""

    def pooled(name: str, variant: str) -> tuple[Share, Share]:
        pairs = [each[name][variant] for each in counted]
        return _sum([first for first, _ in pairs]), _sum([three for _, three in pairs])

    return {name: {variant: pooled(name, variant) for variant in variants} for name, variants in counted[0].items()}


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(share.hits for share in shares), sum(share.total for share in shares))
