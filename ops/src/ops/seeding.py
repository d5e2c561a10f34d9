"""What a first run finds: a recruiter, a position, and leads to call. Seeded through commands, once."""

from __future__ import annotations

from uuid import UUID, uuid5

from contracts.intake import OpenPosition, PositionDetails

from ops.bus import OPERATOR, Operator
from ops.inquiries import print_import
from ops.instance import Instance
from ops.pages import catch_up_with_version
from ops.recruiters import RECRUITER, first_recruiter
from ops.sample import LEADS
from ops.sample.write import FORM
from ops.say import Say

_SEEDS = UUID("6d1c1f57-5a0c-4a53-9a0e-2f3f0b7f7c11")
"""Command ids are made from it: the same seed sent twice is done once."""

_QUESTIONS = (
    "Ai experiență în vânzări B2B?",
    "Ai negociat direct condiții comerciale cu clienții?",
    "Ești de acord cu deplasări regulate la clienți?",
    "Ai permis de conducere categoria B?",
)
_SYSTEM_PROMPT = "\n".join(
    (
        "Ești un sistem AI care sună candidați pentru postul {position_title}, din partea recrutorilor.",
        "Replica de deschidere a fost deja spusă: nu mai saluta și nu te mai prezenta.",
        "Vorbește politicos, pe scurt, în limba candidatului. Nu nega niciodată că ești un sistem AI.",
        "Pune pe rând întrebările de mai jos și ascultă răspunsul:",
        *(f"- {question}" for question in _QUESTIONS),
        "Dacă persoana nu poate vorbi acum, întreabă când să revii.",
        "Dacă vrea să vorbească cu un om, spune că un coleg o va suna.",
        "Dacă nu vrea postul, o întrebare sau alte apeluri, acceptă imediat și încheie politicos.",
    )
)
_FIRST_MESSAGE = (
    "Este vorba despre candidatura dumneavoastră pentru postul {position_title}. Aveți două minute pentru "
    "câteva întrebări?"
)
_QUALIFICATION_PROMPT = (
    "Postul este de consilier vânzări B2B, cu deplasări. Un candidat potrivit are experiență în vânzări "
    "sau în negociere cu clienții, acceptă deplasările și are permis de conducere categoria B."
)

POSITION = PositionDetails(
    title="Consilier vânzări B2B",
    description=(
        "Vânzare de servicii de telecomunicații către firme, cu deplasări în zona Brașov și Sibiu. "
        "Contract de muncă pe perioadă nedeterminată, salariu fix plus comision, mașină de serviciu."
    ),
    campaign_questions="\n".join(_QUESTIONS),
    system_prompt=_SYSTEM_PROMPT,
    first_message=_FIRST_MESSAGE,
    qualification_prompt=_QUALIFICATION_PROMPT,
    employer="Nordvale Telecom",
    call_retry_max=2,
    call_retry_interval_minutes=60,
)

WITH_LIVE_LEADS = POSITION.model_copy(update={"lead_form_ids": [FORM]})
"""The same, and whoever fills in the sample's form live applies for it; one position alone can have it."""


async def open_position(operator: Operator, details: PositionDetails = POSITION) -> int:
    command = OpenPosition(command_id=uuid5(_SEEDS, details.title), actor=OPERATOR, details=details)
    return int((await operator.ask(command))["position_id"])


async def greet(instance: Instance, say: Say) -> None:
    """Seed what is missing, show what a new version can show of the past, then say where to go.

    Real providers would call the sample's numbers: without the sandbox there are none.
    """
    password = await first_recruiter(instance)
    async with instance.operator() as operator:
        await catch_up_with_version(instance, operator.js, say)
        seeded = instance.folder / "seeded"
        if instance.options.sandbox and not seeded.exists():
            with say.step("Loading a position and sample leads"):
                position = await open_position(operator, WITH_LIVE_LEADS)
                done = await operator.import_leads(LEADS, position, command_id=uuid5(_SEEDS, LEADS.name))
            print_import(done)
            seeded.touch()
    say.line("")
    say.line(f"RecruitFlow runs at {instance.address}")
    say.line(f"  log in as    {RECRUITER} with the password {password}")
    if instance.options.sandbox:
        say.line(f"  the sandbox  {instance.sandbox_url} plays the phone, WhatsApp, Gmail, Claude and Meta")
    say.line(f"  logs         {instance.folder / 'logs'}")
    say.line("Ctrl-C stops everything; the next start continues where this one stopped.")
