"""Which words say that somebody wants no more of us, in Romanian and English."""

from __future__ import annotations

import pytest
from messaging.domain.objections import LONGEST_WORDS, objection_in

OBJECTIONS = [
    "STOP",
    "stop",
    " Stop! ",
    "STOP.",
    "S.T.O.P",
    "S T O P",
    "Ștop",
    "stop va rog",
    "Stop, vă rog frumos!",
    "STOP multumesc",
    "Please stop.",
    "Stop all",
    "STOPALL",
    "stop messages",
    "Stop mesaje",
    "Hello, STOP",
    "Bună ziua, stop",
    "STOP\n\nAna Probă\nTrimis de pe iPhone",
    "Nu, stop.",
    "unsubscribe",
    "Unsubscribe me please",
    "Opt-out",
    "opt out",
    "Dezabonare",
    "dezabonați-mă",
    "Vreau să mă dezabonez",
    "Opriți-vă!",
    "Opriți mesajele",
    "Nu mă mai contactați",
    "nu ma mai contactati va rog",
    "NU MĂ MAI CONTACTAŢI!!!",
    "Nu îmi mai scrieți.",
    "Nu-mi mai trimiteți mesaje",
    "Vă rog să nu mă mai contactați.",
    "Vă rog nu mă mai deranjați",
    "Bună ziua. Mi-am găsit de lucru. Nu mă mai sunați.",
    "Nu mai vreau să fiu contactată",
    "Nu mai doresc să primesc mesaje de la dumneavoastră",
    "Nu doresc să fiu contactat.",
    "Nu vreau să mă mai contactați",
    "Nu vreau sa mai primesc nimic",
    "Ștergeți-mă din baza de date",
    "Scoateți-mă de pe listă",
    "stergeti numarul meu",
    "Don't contact me again",
    "Do not contact me.",
    "please don’t text me anymore",
    "Never contact me again!",
    "Stop contacting me",
    "Please stop messaging me",
    "stop sending me emails",
    "Remove me from your list",
    "please remove my number from your database",
    "Take me off your list",
    "I no longer wish to receive emails",
    "I don't want to be contacted",
    "I want to unsubscribe",
    "Lose my number",
    "Thanks, but I found a job. Please do not contact me again.",
]

NEAR_MISSES = [
    "",
    "   ",
    "I'll stop by tomorrow at 10",
    "Can I stop by the office?",
    "Stop?",
    "Should I stop looking?",
    "I had to stop at the garage, sending the CV tonight",
    "Non-stop program e ok pentru mine",
    "Pot lucra non stop",
    "Am lucrat la Stop&Go Logistics",
    "La stop am făcut stânga și nu am găsit biroul",
    "M-am oprit din lucru în mai",
    "Nu mă mai sunați azi, sunt la muncă; mâine e bine",
    "Nu mă mai sunați după ora 18, vă rog",
    "Don't call me before 10, I work nights",
    "Please do not contact me today, tomorrow is fine",
    "Vă rog să nu mă sunați la ora 8",
    "Nu mai vreau postul de șofer, dar aș vrea cel de curier",
    "Nu mai am CV-ul la mine, îl trimit diseară",
    "Nu am primit mesajul, îl mai trimiteți o dată?",
    "Nu mai găsesc adresa, mi-o mai scrieți?",
    "De ce nu mă mai contactați?",
    "I don't want to miss this, please write again",
    "Please don't stop, I am interested",
    "Contact me anytime",
    "Remove the second page of my CV please, I sent the wrong one",
    "Delete my last message, wrong file",
    "Ștergeți mesajul de mai sus, vă rog",
    "Da, mulțumesc, trimit CV-ul",
    "Ok",
    "Nu",
    "No thanks",
    "Opriți la poarta 2?",
    "Am terminat programul de unsubscribe la vechiul job, acum sunt liber",
    "Sunt de acord.\n\nOn Wed, 18 Nov 2026 at 12:00, HR <hr@example.com> wrote:\n> Reply STOP to opt out",
    "Atașez CV-ul.\n\n> Răspundeți STOP dacă nu mai doriți mesaje\n> STOP",
    "Atașez CV-ul.\n\nÎn mie., 18 nov. 2026 la 12:00, Recrutare <hr@example.com> a scris:\nSTOP",
    "Iată CV-ul\n-----Original Message-----\nFrom: HR\nSTOP",
    "Iată CV-ul\n-----Mesaj original-----\nDe la: HR\nNu mă mai contactați",
    "Iată CV-ul\n-- \nSTOP Logistics SRL\nSTOP",
    "Am primit mesajul, mă gândesc și revin cu răspuns în două zile, sper că e bine.\nStop\nși de la capăt",
]


@pytest.mark.parametrize("text", OBJECTIONS)
def test_who_says_so_wants_no_more_of_us(text: str) -> None:
    assert objection_in(text) is not None


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_it_is_none(text: str) -> None:
    assert objection_in(text) is None


def test_the_words_are_theirs_and_short() -> None:
    assert objection_in("Bună ziua.\nNu mă mai\tcontactați!") == "Nu mă mai contactați!"
    long = "Nu mă mai contactați " + "niciodată " * 100
    assert len(objection_in(long) or "") == LONGEST_WORDS
