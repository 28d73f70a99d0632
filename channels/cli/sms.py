"""`camille sms`: a pretend telephone. What is written goes through the real webhook; each message shows its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from flask import Flask
from rich.align import Align
from rich.box import ROUNDED, Box
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from assistant.settings import Settings
from channels.app import create_app
from channels.cli.opening import opened
from channels.providers.pretend import SERVICE, PretendError, PretendTwilio, pretend_number, pretending, sid
from channels.sms.segments import Segments

EXAMPLE_PRICE = 0.07  # euros a segment; an order of magnitude, not an offer
LONGEST = 1_600  # Twilio delivers no longer body
SCREEN, BUBBLE = 60, 46
SIDES = Box("│  │\n" * 8)


def sms(number: str, price: float = EXAMPLE_PRICE) -> None:
    """Write SMS to Camille until Ctrl-D. `price` is that of one segment, in euros."""
    with opened() as (settings, conversation):
        pretended = pretending(settings)
        run(create_app(pretended, conversation, limited=False), pretended, number, price=price)


def run(
    app: Flask,
    settings: Settings,
    number: str,
    read: Callable[[str], str] = input,
    write: Callable[[str], object] = print,
    *,
    price: float = EXAMPLE_PRICE,
) -> None:
    """A whole exchange of messages. `app` was built with `settings`, which carry a pretend account."""
    sender, twilio, screen = pretend_number(number), PretendTwilio(app, settings), _Screen(write, price)
    screen.open(number)
    while True:
        try:
            text = read("  SMS > ")
        except (EOFError, KeyboardInterrupt):
            screen.close()
            return
        if text:
            screen.sent(text)
            screen.received(_messages(twilio.post("/sms", _form(sender, text[:LONGEST]))))


def _form(sender: str, text: str) -> dict[str, str]:
    """What Twilio posts."""
    message = sid("SM")
    return {
        "MessageSid": message,
        "SmsSid": message,
        "SmsMessageSid": message,
        "From": sender,
        "To": SERVICE,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": str(Segments.of(text).count),
        "FromCountry": "FR",
        "ToCountry": "FR",
    }


def _messages(twiml: Element | None) -> list[str]:
    if twiml is None:
        raise PretendError("/sms n'a pas répondu de TwiML.")
    for verb in twiml:
        if verb.tag != "Message":
            raise PretendError(f"<{verb.tag}> n'a pas sa place dans la réponse à un SMS.")
    return [verb.text or "" for verb in twiml]


@dataclass
class _Screen:
    """The telephone as drawn: bubbles to the right are ours, to the left Camille's."""

    write: Callable[[str], object]
    price: float
    segments: int = 0

    def open(self, number: str) -> None:
        self._draw(Panel("", box=ROUNDED, title="Camille par SMS", subtitle=f"votre numéro : {number}", width=SCREEN))
        told = f"Un segment coûte {_euros(self.price)} : c'est un prix d'exemple. Ctrl-D pour ranger le téléphone."
        self._draw(Text(told, style="dim"))

    def sent(self, text: str) -> None:
        self._bubble(text, "Vous", "right")

    def received(self, texts: list[str]) -> None:
        for text in texts:
            self._bubble(text, "Camille", "left")
        if not texts:
            self._draw(Text("  (pas de réponse : Camille se tait)"))

    def close(self) -> None:
        self.write("")  # Ctrl-D leaves the cursor behind the prompt
        told = f"{_count(self.segments)} en tout, aller et retour : {_euros(self.segments * self.price)} (exemple)"
        self._draw(Panel(told, title="Téléphone rangé", width=SCREEN))

    def _bubble(self, text: str, who: str, side: str) -> None:
        cost = Segments.of(text)
        self.segments += cost.count
        told = f"{_count(cost.count)} {cost.encoding}, {_euros(cost.count * self.price)}"
        bubble = Panel(Text(text), title=who, title_align="left", subtitle=told, subtitle_align="right", width=BUBBLE)
        placed = Align.right(bubble) if side == "right" else Align.left(bubble)
        total = f"total {_euros(self.segments * self.price)}"
        self._draw(Panel(placed, box=SIDES, subtitle=total, subtitle_align="right", width=SCREEN))

    def _draw(self, drawn: RenderableType) -> None:
        console = Console()
        with console.capture() as captured:
            console.print(drawn)
        self.write(captured.get().rstrip("\n"))


def _count(segments: int) -> str:
    return f"{segments} segment{'s' if segments > 1 else ''}"


def _euros(amount: float) -> str:
    return f"{amount:.2f} €".replace(".", ",")
