"""The word and the digits of an invitation, as people write and say them; and all that only looks like one."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from itertools import combinations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from assistant.content.rules import banned_words
from assistant.folding import clean, fold, sound
from assistant.gate import Verdict, look
from assistant.invitation_keys import ASKED, OPENING, Key, Words, asked, begun, keyed, spoken
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon, open_lexicon
from assistant.settings import ROOT
from assistant.turns import Channel, Choice, Turn

LEXICON: Lexicon = open_lexicon(ROOT / "data" / "lexicon")
WORDS: Words = LEXICON.invitations
LISTED: list[str] = yaml.safe_load((ROOT / "data/lexicon/invitations.yml").read_text(encoding="utf-8"))["mots"]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
FEWEST, NEAREST = 400, 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What people write before a number of three digits, and must not be a slip of a listed word.
BEFORE_NUMBERS = (
    "carte code page numero chambre porte etage bureau rue poste ligne train route salle place euros jours mois heures "
    "minutes fois kilos metres grammes semaines enfants telephone adresse lettre photo mail compte erreur message "
    "touche choix etape version serie vitale espace sante docteur medecin cabinet clinique hopital maison appartement "
    "residence batiment villa immeuble parking quai gare arret tram metro avion tension poids taille glycemie prix "
    "facture pharmacie dossier document feuille papier departement commune quartier avenue boulevard allee chemin "
    "square mairie somme total environ presque comme moins plus entre canal chaine radio rayon retard titre livre date"
).split()


def heard(
    text: str, asks: str = "", channel: Channel = "sms", key: str = "", offered: tuple[Choice, ...] = ()
) -> Verdict:
    return look(Turn("p1_x", channel, "test", "m1", NOW, text, key), offered, LEXICON, asks)


class TestTheList:
    def test_it_has_enough_words(self) -> None:
        assert len(set(map(fold, LISTED))) == len(LISTED) >= FEWEST

    def test_each_is_one_plain_word(self) -> None:
        assert [word for word in LISTED if not re.fullmatch(r"[a-z]{5,11}", fold(word))] == []

    def test_any_two_are_too_far_apart_to_be_mistaken(self) -> None:
        """Three slips: one letter wrong in either still says which was meant."""
        words = sorted(map(fold, LISTED))
        assert [pair for pair in combinations(words, 2) if OSA.distance(*pair, score_cutoff=2) < NEAREST] == []

    def test_any_two_sound_different(self) -> None:
        assert len({sound(fold(word)) for word in LISTED}) == len(LISTED)

    def test_none_means_anything_else_here(self) -> None:
        """Not a word that decides something, nor one that our texts avoid."""
        decided = {*LEXICON.moves, *LEXICON.stop} | set(banned_words(ROOT / "data"))
        assert [word for word in map(fold, LISTED) if word in decided] == []

    def test_none_is_near_a_word_that_stands_before_numbers(self) -> None:
        assert [word for word in BEFORE_NUMBERS if WORDS.meant(word)] == []


class TestAsWritten:
    @pytest.mark.parametrize(
        "written",
        (
            "TULIPE 428|tulipe428|Tulipe 428.|bonjour tulipe 428 merci|TULIPPE 428|tulip 428|toulipe 428|tulpie 428|"
            "YULIPE 428|TULIPE-428|tulipe n° 428|tulipe 4 2 8|tulipe quatre cent vingt-huit|tulipe quatre deux huit|"
            "« TULIPE 428 »|code tulipe 428|mon code c'est TULIPE 428|Bonjour, le docteur m'a donné tulipe 428|"
            "bonjour mon fils a trouvé cette feuille chez le médecin tulipe 428|ＴＵＬＩＰＥ 428|tulipe\n428"
        ).split("|"),
    )
    def test_it_is_found(self, written: str) -> None:
        assert heard(written) == Verdict("invite", heard(written).masked, invite=Key("word", "tulipe428"))
        assert "428" not in heard(written).masked.text

    @pytest.mark.parametrize("written", ["étoile 007", "ETOILE 007", "Étoile 007"])
    def test_accents_and_first_zeros(self, written: str) -> None:
        assert heard(written).invite == Key("word", "etoile007")

    @pytest.mark.parametrize("written", ["tulipe 42", "tulipe 4280", "bonjour tulipe 4"])
    def test_a_listed_word_with_other_digits_is_a_key_that_can_be_none(self, written: str) -> None:
        assert heard(written).invite == Key("word", "")

    def test_she_may_refuse_to_be_counted_at_once(self) -> None:
        for written in ("tulipe 428, ne me comptez pas", "ne me comptez pas tulipe 428", "Tulipe 428 sans me compter"):
            assert heard(written).invite == Key("word", "tulipe428", counted=False)

    @pytest.mark.parametrize("written", ["STOP tulipe 428 stop", "tulipe 428 je veux mourir"])
    def test_danger_and_stop_come_first(self, written: str) -> None:
        assert heard(written).kind in ("topic", "free")

    @pytest.mark.parametrize("word", LISTED)
    def test_one_wrong_letter_still_finds_each_word(self, word: str) -> None:
        plain = fold(word)
        slips = {plain[:at] + plain[at + 1 :] for at in range(1, len(plain))} | {
            plain[:at] + "e" + plain[at + 1 :] for at in range(len(plain))
        }
        lost = [slip for slip in slips if len(slip) >= 5 and WORDS.meant(slip) != plain]
        assert lost == []


class TestNoInvitation:
    @pytest.mark.parametrize(
        "written",
        (
            "3 enfants|j'ai 3 enfants|75012|75012 Paris|code 2580|reprise 2580|06 39 98 00 01|0639980001|12/05/1948|"
            "12 05 48|le 12 mai 1948|j'ai 300 tulipes|ananas 200 grammes|bureau 210|chambre 312|rue des lilas|tulipe|"
            "appartement 101 batiment b|3646|34 22|36 46|erreur 404|page 120|j'ai 72 ans|il est 10h30|100 euros|"
            "1 85 05 78 006 084 91|483920|48 39 20|j'ai reçu le code 483920|code 483920|le code est 483 920|"
            "mon code est tulipe|carte 123|retard 200|livre 123|somme 200|pas 428"
        ).split("|"),
    )
    @pytest.mark.parametrize("channel", ["sms", "web"])
    def test_what_only_looks_like_one(self, written: str, channel: Channel) -> None:
        assert heard(written, channel=channel).kind != "invite"

    @settings(max_examples=300, deadline=None)
    @given(
        st.one_of(
            st.dates().map(lambda day: f"{day:%d/%m/%Y}"),
            st.dates().map(lambda day: f"{day:%d %m %y}"),
            st.dates().map(lambda day: f"{day:%d%m%y}"),
            st.from_regex(r"0[1-9]( ?\d\d){4}", fullmatch=True),
            st.from_regex(r"\d{5}( [A-Z][a-z]{3,10})?", fullmatch=True),
            st.from_regex(r"(reprise |code |)\d{4}", fullmatch=True),
            st.builds(
                "{} {}".format, st.integers(0, 12), st.sampled_from(["enfants", "jours", "fois", "filles", "mois"])
            ),
            st.builds("{} {}".format, st.sampled_from(BEFORE_NUMBERS), st.integers(100, 999)),
            st.from_regex(r"[12] \d\d (0[1-9]|1[0-2]) \d\d \d{3} \d{3} \d\d", fullmatch=True),
        ),
        st.sampled_from(["{}", "bonjour {}", "c'est {} merci", "mon numéro {}", "né le {}"]),
        st.sampled_from(["", OPENING]),
    )
    def test_dates_telephones_postcodes_codes_and_counts_are_none(self, value: str, around: str, asks: str) -> None:
        """Nor at the opening of a call: no day of a month begins with 4 to 9."""
        assert heard(around.format(value), asks, "voice").invite is None

    @settings(max_examples=300, deadline=None)
    @given(st.text(max_size=60))
    def test_whatever_is_written_it_never_raises(self, text: str) -> None:
        words = fold(clean(text))
        for asks in ("", OPENING, ASKED):
            spoken(words, asks)
        WORDS.key(words)

    @settings(max_examples=200, deadline=None)
    @given(st.text(LETTERS, min_size=1, max_size=12), st.integers(0, 999))
    def test_a_word_off_the_list_is_none(self, word: str, number: int) -> None:
        near = min(OSA.distance(word, listed) for listed in WORDS.all) <= 1
        heard_same = sound(word) in {sound(listed) for listed in WORDS.all}
        found = WORDS.key(f"{word} {number:03d}")
        assert found is None or near or heard_same


class TestSixDigits:
    @pytest.mark.parametrize("asks", [OPENING, ASKED])
    @pytest.mark.parametrize(
        "said",
        (
            "483920|48 39 20|483 920|4 8 3 9 2 0|quatre huit trois neuf deux zéro|quarante-huit trente-neuf vingt|"
            "quatre cent quatre-vingt-trois neuf cent vingt|euh c'est le 483 920|mon code 483920 merci"
        ).split("|"),
    )
    def test_as_they_are_said(self, said: str, asks: str) -> None:
        assert heard(said, asks, "voice").invite == Key("digits", "483920")

    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_called_an_invitation_they_are_one_anywhere(self, channel: Channel) -> None:
        assert heard("mon code d'invitation 483920", "", channel).invite == Key("digits", "483920")

    @pytest.mark.parametrize("asks", [OPENING, ASKED])
    def test_as_they_are_keyed(self, asks: str) -> None:
        assert heard("", asks, "voice", "483920").invite == Key("digits", "483920")

    def test_where_they_were_not_asked_for_they_are_a_secret(self) -> None:
        assert heard("483920").topic == "donnee_sensible"
        assert heard("", "", "voice", "483920").invite is None

    def test_asked_for_six_others_are_a_key_that_can_be_none(self) -> None:
        assert heard("123456", ASKED).invite == Key("digits", "")
        assert heard("123456", OPENING, "voice").invite is None

    def test_a_resume_code_is_taken_where_six_digits_are_waited_for(self) -> None:
        assert heard("", OPENING, "voice", "2580").code == "2580"
        assert heard("", OPENING, "voice", "4839").code == "4839"

    def test_keys_that_come_too_slowly_are_asked_for_again(self) -> None:
        assert heard("", OPENING, "voice", "48") == Verdict("invite", heard("", OPENING, "voice", "48").masked)
        assert [keys for keys in ("4", "12", "4839", "483920", "", "*") if begun(keys, OPENING)] == []
        assert begun("4839", ASKED)

    def test_one_key_is_a_choice_all_the_same(self) -> None:
        offered = (Choice("1", "Activer", "topic:activer"),)
        assert heard("", OPENING, "voice", "1", offered).choice == offered[0]
        assert heard("", OPENING, "voice", "0", offered).topic == "parler_a_quelqu_un"

    @settings(max_examples=200, deadline=None)
    @given(st.text("0123456789*#", max_size=9), st.sampled_from(["", OPENING, ASKED, "code"]))
    def test_keys_are_a_key_only_when_they_are_six(self, keys: str, asks: str) -> None:
        found = keyed(keys, asks)
        assert found is None or (len(keys) == 6 and keys.isdigit() and asks in (OPENING, ASKED))

    def test_only_the_beginning_of_a_call_is_an_opening(self) -> None:
        call, page = (Turn("p1_x", channel, "test", "m1", NOW) for channel in ("voice", "web"))
        menu = Progress(last=("answer:menu",))
        assert (asked(call, menu), asked(page, menu)) == (OPENING, "")
        assert asked(call, Progress(last=("step:preparer",))) == ""
        assert asked(call, Progress(last=("answer:menu",), asks="erase")) == "erase"
        assert asked(page, Progress(asks=ASKED)) == ASKED
