"""Runs a loaded graph of Rasa one node after the other, in an order that is worked out once.

Rasa hands its graph to Dask, which plans it anew at each run, three times a turn, and Rasa spells out all that goes in
for a log line that nobody reads. That was a third of a turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

Planned = tuple[tuple[str, GraphNode, tuple[str, ...]], ...]


class InOrder:
    """What `run` of Rasa's own runner is, over the nodes that it has loaded."""

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema: GraphSchema = loaded._graph_schema
        self._nodes: dict[str, GraphNode] = loaded._instantiated_nodes
        self._plans: dict[tuple[str, ...], Planned] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: Sequence[str] | None = None) -> dict[str, Any]:
        """The output of each of `targets`, by name."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._planned(wanted)
        found: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in self._plans[wanted]:
            found[name] = node(*(found[need] for need in needs))
        return dict(found[name] for name in wanted)

    def _planned(self, targets: tuple[str, ...]) -> Planned:
        """What `targets` need, each after what it needs itself. What is no node is given with each run."""
        nodes = self._schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter(needs).static_order()
        return tuple((name, self._nodes[name], needs[name]) for name in order if name in nodes)
