"""The `camille` command. Each subcommand is a short file of its own; heavy things are imported when they are needed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.errors import CamilleError

# Rasa would write to a server of its maker at each training (docs/architecture.md, « Rasa »).
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")

app = typer.Typer(
    name="camille",
    help="Camille guide pas à pas vers Mon espace santé : par SMS, par téléphone et sur le web.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

operator = typer.Typer(
    name="operator", help="Qui peut entrer au pilotage (/pilotage) : donner un accès, le renouveler, y mettre fin."
)
app.add_typer(operator)

Number = Annotated[str, typer.Option("--numero", "-n", help="Le numéro de téléphone que l'on fait semblant d'avoir.")]
Name = Annotated[str, typer.Argument(metavar="NOM", help="Son nom pour entrer, comme marie-k7p4.")]
PRETEND = "06 39 98 00 01"  # Arcep keeps 06 39 98 xx xx for fiction


@app.command()
def serve() -> None:
    """Démarre le service : la page web, et les SMS et appels s'ils sont réglés."""
    from channels.cli.serve import serve as run

    run()


@app.command()
def understand() -> None:
    """Comprend les phrases pour d'autres processus (UNDERSTANDING_URL), qui n'ont alors pas besoin du modèle."""
    from channels.cli.understand import understand as run

    run()


@app.command()
def migrate(
    revision: Annotated[
        str, typer.Option("--revision", help="La version à atteindre, pour revenir en arrière : 0004.")
    ] = "",
) -> None:
    """Met la base de données à jour, avant de démarrer une nouvelle version ; ou la ramène à une version."""
    from channels.cli.migrate import migrate as run

    run(revision)


@app.command()
def worker() -> None:
    """Envoie ce qui attend de partir, et efface chaque nuit ce qui est trop vieux. À lancer à côté du service."""
    from channels.cli.worker import worker as run

    run()


@app.command()
def chat() -> None:
    """Parler avec Camille comme sur la page web, dans ce terminal."""
    from channels.cli.chat import chat as run

    run()


@app.command()
def sms(
    number: Number = PRETEND,
    price: Annotated[float, typer.Option("--prix", help="Le prix d'un segment, en euros, pour l'exemple.")] = 0.07,
) -> None:
    """Un téléphone pour de faux : écrire à Camille par SMS, voir les segments et leur prix."""
    from channels.cli.sms import sms as run

    run(number, price)


@app.command()
def call(
    number: Number = PRETEND,
    hidden: Annotated[bool, typer.Option("--cache", help="Appeler en numéro caché.")] = False,
) -> None:
    """Un appel pour de faux : lire ce que dit Camille, répondre par une touche ou par des mots."""
    from channels.cli.call import call as run

    run(number, hidden)


@app.command()
def talk() -> None:
    """Des conversations par lignes JSON : {"person", "channel", "text" ou "key"}, et la réponse."""
    from channels.cli.talk import talk as run

    run(sys.stdin, sys.stdout)


@app.command()
def parse() -> None:
    """Ce que Camille comprend, par lignes JSON : {"text"} en entrée, le thème et sa certitude en sortie."""
    from channels.cli.parse import parse as run

    run(sys.stdin, sys.stdout)


@app.command()
def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FICHIER]...", help="Des messages étiquetés : .jsonl, .yml, ou un dossier."),
    ] = None,
    folder: Annotated[Path, typer.Option("--dossier", help="Où écrire le rapport et son image.")] = Path("reports"),
) -> None:
    """Mesure ce que Camille comprend : messages tels quels et sous le bruit, rapport et image."""
    from channels.cli.evaluate import evaluate as run

    run(files or (), folder)


@app.command()
def train(
    force: Annotated[bool, typer.Option("--force", help="Entraîner même si rien n'a changé.")] = False,
) -> None:
    """Entraîne Camille à comprendre, si ses données ont changé."""
    from channels.cli.train import train as run

    run(force)


@app.command()
def check(
    show: Annotated[str, typer.Option("--show", help="Montrer un texte sur les trois canaux, par son nom.")] = "",
    tabled: Annotated[bool, typer.Option("--table", help="Compter tout : thèmes, canaux, SMS, étapes.")] = False,
    folder: Annotated[Path | None, typer.Option("--dossier", help="Avec --table : où écrire contenu.md.")] = None,
) -> None:
    """Relit tout ce que Camille peut dire, et nomme chaque défaut : fichier, ligne, règle."""
    from channels.cli.check import check as run

    run(show, tabled=tabled, folder=folder)


@app.command()
def book(
    out: Annotated[Path, typer.Option("--out", metavar="FICHIER", help="Où écrire la page.")] = Path(
        "reports/livre.html"
    ),
) -> None:
    """Écrit tout ce que Camille peut dire sur une seule page, à lire ou à imprimer, avec ses sources."""
    from channels.cli.book import book as run

    run(out)


@app.command()
def doctor() -> None:
    """Dit ce qui est réglé, ce qui manque, et quoi faire."""
    from channels.cli.doctor import doctor as run

    run()


@app.command()
def unclear(
    days: Annotated[int, typer.Option("--jours", help="Depuis combien de jours.")] = 30,
) -> None:
    """Ce que Camille n'a pas compris ces derniers jours, sans nom ni numéro : de quoi améliorer les textes."""
    from channels.cli.unclear import unclear as run

    run(days)


@app.command()
def ratings(
    days: Annotated[int, typer.Option("--jours", help="Depuis combien de jours.")] = 30,
) -> None:
    """Ce que les gens ont dit des réponses, « cela m'a aidé » ou « non », sans savoir qui l'a dit."""
    from channels.cli.ratings import ratings as run

    run(days)


@app.command()
def review(
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Les prendre dans data/nlu, pour le prochain entraînement.")
    ] = False,
) -> None:
    """Ce qui n'avait pas été compris et qu'on a rangé sous un sujet, au pilotage : le lire, ou le prendre."""
    from channels.cli.review import review as run

    run(adopt=adopt)


@app.command()
def purge() -> None:
    """Efface ce qui a dépassé sa durée de conservation."""
    from channels.cli.purge import purge as run

    run()


@app.command()
def rotate_pepper() -> None:
    """Change le secret qui cache les numéros (PSEUDONYM_PEPPER), sans perdre personne, ni un STOP."""
    from channels.cli.rotate_pepper import rotate_pepper as run

    run()


@app.command()
def rotate_key() -> None:
    """Change le secret qui scelle les numéros en attente (SECRET_KEY), sans en perdre un."""
    from channels.cli.rotate_key import rotate_key as run

    run()


@app.command()
def proof(
    day: Annotated[datetime, typer.Argument(metavar="JOUR", formats=["%d/%m/%Y"], help="Le jour, comme 26/11/2026.")],
    digits: Annotated[str, typer.Argument(metavar="CHIFFRES", help="Les douze chiffres, entre guillemets.")],
) -> None:
    """Dit si une preuve d'effacement a bien été donnée ici. Elle ne dit pas à qui."""
    from channels.cli.proof import proof as run

    run(day.date(), digits)


@operator.command("add")
def add_operator(
    word: Annotated[str, typer.Argument(metavar="MOT", help="Un mot pour la reconnaître, comme son prénom.")],
    role: Annotated[str, typer.Option("--role", help="Ce qu'elle peut faire : lecture, relecture ou exploitation.")],
) -> None:
    """Donne un accès : écrit un lien à usage unique, bon 24 heures, à lui remettre en mains propres."""
    from channels.cli.operator import add as run

    run(word, role)


@operator.command("link")
def link_operator(name: Name) -> None:
    """Écrit un nouveau lien pour qui a perdu son téléphone ou son mot de passe. L'ancien accès vaut jusque-là."""
    from channels.cli.operator import link as run

    run(name)


@operator.command("list")
def list_operators() -> None:
    """Dit qui a un accès, avec quel rôle, et depuis quand on ne l'a pas vu."""
    from channels.cli.operator import every as run

    run()


@operator.command("end")
def end_operator(name: Name) -> None:
    """Met fin à un accès, tout de suite et partout."""
    from channels.cli.operator import end as run

    run(name)


def main() -> None:
    """Run a command; a known problem is told in one plain sentence, with exit code 1."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # lines in another encoding are answered, not refused
    guarded(app)


def guarded(run: Callable[[], object]) -> None:
    try:
        run()
    except CamilleError as error:
        print(f"Camille : {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our lines has had enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
