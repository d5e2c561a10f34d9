"""What a first run finds: a recruiter, a position, and leads to call. Seeded through commands, once."""

from __future__ import annotations

from uuid import UUID, uuid5

from contracts.intake import OpenPosition, PositionDetails

from ops.bus import OPERATOR, Operator
from ops.inquiries import print_import
from ops.instance import Instance
from ops.recruiters import RECRUITER, first_recruiter
from ops.sample import LEADS
from ops.say import Say

_SEEDS = UUID("6d1c1f57-5a0c-4a53-9a0e-2f3f0b7f7c11")
"""Command ids are made from it: the same seed sent twice is done once."""

POSITION = PositionDetails(
    title="Consilier vânzări B2B",
    description=(
        "Vânzare de servicii de telecomunicații către firme, cu deplasări în zona Brașov și Sibiu. "
        "Contract de muncă pe perioadă nedeterminată, salariu fix plus comision, mașină de serviciu."
    ),
    campaign_questions=(
        "Ai experiență în vânzări B2B?\n"
        "Ai negociat direct condiții comerciale cu clienții?\n"
        "Ești de acord cu deplasări regulate la clienți?\n"
        "Ai permis de conducere categoria B?"
    ),
    call_retry_max=2,
    call_retry_interval_minutes=60,
)


async def open_position(operator: Operator, details: PositionDetails = POSITION) -> int:
    command = OpenPosition(command_id=uuid5(_SEEDS, details.title), actor=OPERATOR, details=details)
    return int((await operator.ask(command))["position_id"])


async def greet(instance: Instance, say: Say) -> None:
    """Seed what is missing, then say where to go."""
    password = await first_recruiter(instance)
    async with instance.operator() as operator:
        seeded = instance.folder / "seeded"
        if not seeded.exists():
            with say.step("Loading a position and sample leads"):
                position = await open_position(operator)
                done = await operator.import_leads(LEADS, position, command_id=uuid5(_SEEDS, LEADS.name))
            print_import(done)
            seeded.touch()
    say.line("")
    say.line(f"RecruitFlow runs at {instance.address}")
    say.line(f"  log in as    {RECRUITER} with the password {password}")
    if instance.options.sandbox:
        say.line(f"  the sandbox  {instance.sandbox_url} plays the phone, WhatsApp, Gmail and Claude")
    say.line(f"  logs         {instance.folder / 'logs'}")
    say.line("Ctrl-C stops everything; the next start continues where this one stopped.")
