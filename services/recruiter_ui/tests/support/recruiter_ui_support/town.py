"""One afternoon at a recruiter's: people in every stage, for pictures and for browser tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts import BlobRef
from contracts.intake import ApplicationStatus as S
from contracts.messaging import Channel, CvFollowedUp
from contracts.scoring import Outcome

from recruiter_ui_support.stories import RECRUITER, Storyteller

CV = BlobRef(key="cvs/sample", size=12, content_type="application/pdf")

NAMES = (
    "Mihai Ștefănescu", "Zsófia Kerekes-Nagy", "Dumitru Ceban", "Oana Sârbu", "Ngozi Adeyemi-Okafor",
    "Bogdan Mureșanu", "Tomasz Wiśniewski", "Elena Grigoraș", "Cătălin Țurcanu", "Priya Raghunathan",
    "Răzvan Lupșa", "Marcus Oyelaran-Reid", "Ioana Brădățeanu", "Andreea Munteanu-Vâlcea", "Luca Ferrante",
    "Larisa Pîrvulescu", "Vlad Dobrogeanu", "Anneliese Vogt", "Youssef Benhaddou", "Simona Iftode",
    "Gheorghe Păltineanu", "Katarzyna Nowicka-Zając", "Ștefan Ionaș", "Doina Chirilă", "Giulia Santoro-Pop",
    "Petru Hăulică", "Beáta Szőke-Albu", "Ilie Cozmâncă", "Raluca Crăciunescu", "Sorin Văcărescu",
)  # fmt: skip
ZONES = {
    2: "Europe/Budapest",
    5: "Europe/London",
    7: "Europe/Warsaw",
    10: "Asia/Kolkata",
    12: "America/Halifax",
    15: "Europe/Rome",
}
LANGUAGES = {2: "hu", 5: "en", 7: "en", 10: "en", 12: "en", 15: "en", 18: "de"}
POSITIONS = ("Sales Rep B2B, Cluj", "Șofer livrare cat. B", "Customer Support (DE)", "Operator CNC, Sibiu")

GOOD = (
    "Four years of B2B sales and direct negotiation of prices and terms. Driving licence since 2016. "
    "No CRM experience yet; travel was not clearly answered."
)
WEAK = (
    "Half a year of shop work, none with companies. Does not drive. "
    "Looks for part-time work while the role is full-time."
)


def later_today(now: datetime) -> datetime:
    """In three hours, where it is still today then: late in the evening sooner."""
    last = now.astimezone(ZoneInfo("Europe/Bucharest")).replace(hour=23, minute=59, second=59)
    return min(now + timedelta(hours=3), last)


def tomorrow_at_two(now: datetime) -> datetime:
    """In the afternoon, in Bucharest, whatever time of the day it is."""
    there = now.astimezone(ZoneInfo("Europe/Bucharest")) + timedelta(days=1)
    return there.replace(hour=14, minute=0, second=0, microsecond=0)


def a_town(now: datetime) -> Storyteller:
    """Told from eight days before ``now`` up to the minute."""
    told = Storyteller(now - timedelta(days=8))
    for number, title in enumerate(POSITIONS, start=1):
        told.position(number, title)
    told.later(days=6)
    for number, name in enumerate(NAMES, start=1):
        extra: dict[str, Any] = {}
        if number in ZONES:
            extra["time_zone"] = ZONES[number]
        if number in LANGUAGES:
            extra["language"] = LANGUAGES[number]
        told.person(number, name, (number - 1) % len(POSITIONS) + 1, **extra)
        told.later(minutes=17)
    _past(told, now)
    _today(told, now)
    return told


def _past(told: Storyteller, now: datetime) -> None:
    """What had been settled before today."""
    told.at = now - timedelta(days=1, hours=2)
    for number, score in ((15, 74), (16, 88), (17, 71), (18, 91), (8, 78), (14, 82)):
        told.is_queued(number)
        call = told.later(minutes=3).is_called(number)
        told.talks(number, call)
        told.is_judged(number, call, Outcome.QUALIFIED, score, GOOD)
        if number != 14:
            told.later(minutes=2).is_asked_for_a_cv(number, score)
    for number, score in ((19, 34), (20, 28), (21, 41), (22, 22)):
        told.is_queued(number)
        call = told.later(minutes=3).is_called(number)
        told.talks(number, call, seconds=97)
        told.is_judged(number, call, Outcome.NOT_QUALIFIED, score, WEAK)
        if number != 19:
            told.becomes(
                number, S.AWAITING_CV_REJECTED, "Asked for a CV for later roles", score=score, qualified=False
            )
    told.becomes(22, S.CLOSED, "Found another job", RECRUITER, score=22, qualified=False)
    told.later(hours=3)
    for number, score in ((16, 88), (17, 71), (8, 78)):
        told.say(CvFollowedUp(candidate_id=number, application_id=number, number=1, channels=[Channel.EMAIL]))
        told.becomes(number, S.CV_FOLLOWUP_1, "Reminder 1 sent", score=score, qualified=True)
    for number, score in ((17, 71), (8, 78)):
        told.becomes(number, S.CV_FOLLOWUP_2, "Reminder 2 sent", score=score, qualified=True)
    told.becomes(8, S.CV_OVERDUE, "No CV after two reminders", score=78, qualified=True)
    told.becomes(21, S.CV_RECEIVED_REJECTED, "CV kept on file", score=41, qualified=False)


def _today(told: Storyteller, now: datetime) -> None:
    told.at = now - timedelta(minutes=70)
    call = _queue_and_call(told, 7)
    told.does_not_answer(7, call, 1, None)
    told.later(minutes=6)
    told.sends_a_cv(18, 91, CV)
    told.sends_a_cv(15, 74, CV, certain=False)
    told.stranger_sends(CV)
    told.later(minutes=5).writes(16, "Bună! Pot trimite CV-ul diseară? Sunt la serviciu până la 18.")
    call = _queue_and_call(told, 6)
    told.talks(6, call, seconds=41)
    told.is_judged(6, call, Outcome.NEEDS_HUMAN, 0, "Asked for a person at once.", needs_human=True,
                   needs_human_notes="Did not want to speak to an AI")  # fmt: skip
    call = _queue_and_call(told, 5)
    told.talks(5, call, seconds=188)
    told.is_judged(5, call, Outcome.NEEDS_HUMAN, 61, "Asks about the shift pattern.", needs_human=True,
                   needs_human_notes="Asked for a person: shift pattern")  # fmt: skip
    call = _queue_and_call(told, 13)
    told.talks(13, call, seconds=33)
    told.is_judged(13, call, Outcome.CALLBACK_REQUESTED, 0, "At work, asks to be called later.",
                   callback_requested=True, callback_at=later_today(now))  # fmt: skip
    told.at = now - timedelta(minutes=12)
    for number in (11, 12):
        told.is_queued(number)
    told.waits_until(12, now + timedelta(hours=2, minutes=18), "outside calling hours in Halifax")
    call = _queue_and_call(told, 3)
    told.talks(3, call, seconds=120)
    told.becomes(3, S.SCORING, "Evaluation started")
    told.at = now - timedelta(minutes=3)
    call = _queue_and_call(told, 4)
    told.talks(4, call, seconds=80)
    told.at = now - timedelta(seconds=134)
    _queue_and_call(told, 1)
    told.later(seconds=90)
    _queue_and_call(told, 2)


def _queue_and_call(told: Storyteller, number: int) -> Any:
    told.is_queued(number)
    return told.later(seconds=1).is_called(number)
