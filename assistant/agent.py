"""Hosts the Rasa agent: the only file that imports rasa.core. Import it late: it costs seconds.

One thread owns one event loop for ever; Flask's workers submit turns to it and wait. The tracker is made new
for each turn and thrown away after it, so that turn 900 costs what turn 1 costs (docs/architecture.md, « Rasa », 9).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path
from typing import Any, TypeVar

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from assistant.actions.ask_again import ActionAskAgain
from assistant.actions.hear import ActionHear
from assistant.actions.turn import PLACE
from assistant.errors import ModelError
from assistant.guide import Guide
from assistant.in_order import InOrder
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel, Reply

T = TypeVar("T")
# A caller thinks the line is dead after a few seconds of silence.
PATIENCE = 5.0
LOADING_PATIENCE = 600.0


class RasaAgent:
    """A loaded model. Raises ModelError at once when it cannot serve. `guide` is asked for at each action."""

    def __init__(self, model: Path, guide: Callable[[], Guide]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rasa", daemon=True)
        self._thread.start()
        self._actions = _InProcessActions(guide)
        self._trackers = _PassingTrackers(Domain.empty())
        self._turns = 0
        self._processor = self._await(self._load(model), LOADING_PATIENCE)

    def parse(self, text: str) -> tuple[tuple[str, float], ...]:
        """What `text` (masked) may mean on its own: (topic, confidence), likeliest first."""
        parsed = self._await(self._processor.parse_message(UserMessage(text)))
        return tuple((str(item["name"]), float(item["confidence"])) for item in parsed["intent_ranking"])

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        """One turn of a conversation that stands at `place`. `text` is masked and does not start with "/"."""
        return self._await(self._take(text, place, channel))

    def answers(self, within: float) -> bool:
        """Whether the loop gets to something new within so many seconds: a sentence may hold it for ever."""
        try:
            return self._await(asyncio.sleep(0, True), within)
        except TookTooLong:
            return False

    def close(self) -> None:
        """Stop the loop. The agent cannot be used afterwards."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    async def _load(self, model: Path) -> MessageProcessor:
        try:
            processor = _Processor(
                str(model),
                tracker_store=self._trackers,
                lock_store=InMemoryLockStore(),
                generator=TemplatedNaturalLanguageGenerator({}),
                action_endpoint=self._actions,
            )
            self._trackers.domain = processor.domain
            # Opens what is opened at the first use, so that the first person does not wait for it.
            await processor.parse_message(UserMessage("bonjour"))
        except Exception as error:  # Rasa raises whatever its components raise
            raise ModelError(f"Le modèle {model.name} ne se charge pas. Lancez : camille train --force") from error
        return processor

    async def _take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        self._turns += 1
        sender, output = f"turn-{self._turns}", _ReplyChannel(channel)
        self._trackers.begin(sender, place)
        try:
            await self._processor.handle_message(UserMessage(text, output, sender, input_channel=channel))
            tracker = self._trackers.held[sender]
        finally:
            self._trackers.held.pop(sender, None)
        failure = self._actions.failures.pop(sender, None)
        if failure or output.reply is None:
            raise ModelError("Une action de Rasa n'a rien répondu.") from failure
        return Outcome(Progress.from_json(tracker.get_slot(PLACE)), Reply.from_json(output.reply), output.act)

    def _await(self, work: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout=patience)
        except TookTooLong:
            future.cancel()  # nobody waits for it any more
            raise


class _PassingTrackers(TrackerStore):
    """Holds a tracker for the length of one turn, as an object: nothing is written anywhere."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain)
        self.held: dict[str, DialogueStateTracker] = {}

    def begin(self, sender: str, place: Progress) -> None:
        """A session already started, waiting for words, that knows where the person stands."""
        tracker = self.init_tracker(sender)
        for event in (
            ActionExecuted(ACTION_SESSION_START_NAME),
            SessionStarted(),
            SlotSet(PLACE, place.to_json()),
            ActionExecuted(ACTION_LISTEN_NAME),
        ):
            tracker.update(event, self.domain)
        self.held[sender] = tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.held[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        return self.held.get(sender_id)

    async def keys(self) -> Iterable[str]:
        return self.held.keys()


class _ReplyChannel(CollectingOutputChannel):
    """Collects the guide's reply. Its name is the channel, so that actions know where the person is."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel
        self.reply: dict[str, Any] | None = None
        self.act = ""

    def name(self) -> str:  # a class method upstream; ours knows its channel
        return self._channel

    async def send_custom_json(self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any) -> None:
        self.reply, self.act = json_message["reply"], json_message["act"]


class _Processor(MessageProcessor):
    """Rasa's processor, with our actions run as what they are: our own; and its graph without planning it anew."""

    graph_runner: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.graph_runner = InOrder(self.graph_runner)

    async def _run_action(self, action: Action, *args: Any, **kwargs: Any) -> bool:
        if isinstance(action, RemoteAction):
            action = _OwnAction(action.name(), self.action_endpoint)
        return bool(await super()._run_action(action, *args, **kwargs))


class _OwnAction(RemoteAction):
    """Rasa checks what an action answers against a JSON schema that it compiles anew each time: 32 ms a turn."""

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return True


class _InProcessActions(EndpointConfig):
    """Runs rasa_sdk actions here, not over HTTP. What an action raises is kept: Rasa would swallow it (« Rasa », 5)."""

    def __init__(self, guide: Callable[[], Guide]) -> None:
        super().__init__(url="in-process", selective_domain=True)
        self.failures: dict[str, Exception] = {}
        self._executor = ActionExecutor()
        for action in (ActionHear(guide), ActionAskAgain(guide)):
            self._executor.register_action(action)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        call = kwargs["json"]
        try:
            return await self._executor.run(call)
        except Exception as error:
            self.failures[call["sender_id"]] = error
            raise
