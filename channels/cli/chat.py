"""`camille chat`: the web face in a terminal, one turn a line."""

from __future__ import annotations

import secrets

from rich.console import Console
from rich.panel import Panel

from assistant.clock import now
from assistant.conversation import Conversation
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import Settings
from assistant.turns import Reply, Turn
from channels.cli.opening import opened

VISIT = "terminal"  # one visit, always the same: the terminal's user comes back to the same step


def chat() -> None:
    """Talk until the end of input. An empty line shows the last words again."""
    console = Console()
    with opened(console) as (settings, conversation):
        console.print("Écrivez à Camille. Ctrl-D pour partir.\n")
        show(console, conversation.look_again(address(settings), "web"))
        while True:
            try:
                text = console.input("[bold]Vous :[/] ")
            except EOFError:
                console.print()
                return
            show(console, say(settings, conversation, text))


def address(settings: Settings) -> str:
    return pseudonym("web", VISIT, settings.pseudonym_pepper)


def say(settings: Settings, conversation: Conversation, text: str) -> Reply:
    """One turn of the terminal's visit."""
    turn = Turn(address(settings), "web", "terminal", secrets.token_urlsafe(12), now(), text)
    return conversation.take(turn) if text.strip() else conversation.look_again(turn.address, "web")


def show(console: Console, reply: Reply) -> None:
    """The reply as a panel: where we are, what is said, the choices."""
    place = reply.journey
    title = f"Étape {place.position} sur {place.of} : {place.stage}" if place else "Camille"
    lines = [message.text for message in reply.messages]
    lines += [f"  {choice.key} = {choice.label}" for choice in reply.choices]
    console.print(Panel("\n".join(lines), title=title, title_align="left", width=min(console.width, 84)))
