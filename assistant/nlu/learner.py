"""What learns: it writes what it has learnt into a folder of the model, and is made again from that folder."""

from pathlib import Path
from typing import Any, Dict

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData


class Learner(GraphComponent):
    """A component with something to learn. Rasa makes it twice in a training: once to learn, once to use that."""

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Learner":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Learner":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._read(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            self._learn(training_data, folder)
        return self._resource

    def _learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn, and write into `folder` all that `_read` needs."""
        raise NotImplementedError

    def _read(self, folder: Path) -> None:
        """Know again what was learnt."""
        raise NotImplementedError
