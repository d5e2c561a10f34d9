"""Who wants no more of us: "STOP" and its likes, in Romanian and English.

The whole of a short message has to say so, or a sentence of a longer one that can't mean anything else.
What is quoted of earlier mails, and what stands below a signature, is not theirs. A question ("can I stop
by?") and a sentence that says the opposite are none. In doubt it is no objection: a recruiter reads every
message.
"""

from __future__ import annotations

import re

from people import fold

LONGEST_WORDS = 200
"""Characters of theirs that are passed on."""
_LOOKED_AT = 4_000
"""Characters of a message that are looked at."""

_SHORT = 15
"""Words of a message in which a lone "stop" is meant as such; a name below it may be among them."""

_QUOTE_BEGINS = re.compile(
    r"^(?:-{2,}\s*(?:original message|mesaj original|mesajul original|forwarded message|mesaj redirectionat)"
    r"|_{10,}|on .{4,200} wrote:?$|(?:in |pe |la )?.{0,160}\b(?:a scris|scrie|a scris urmatoarele):?$"
    r"|(?:from|de la|expeditor|sent|trimis): .+)"
)
_PLEASE = r"(?:va rog(?: frumos)?|te rog(?: frumos)?|rog|please|pls|plz)"
_BEFORE = (
    rf"(?:(?:buna ziua|buna seara|buna|salut|hello|hi|hey|{_PLEASE}|nu multumesc|nu|no|"
    rf"no thanks?)[ ,]+){{0,3}}"
)
_AFTER = rf"(?:[ ,]+(?:{_PLEASE}|multumesc|mersi|thanks?|thank you|acum|now|all|toate|totul|imediat)){{0,3}}"

_ALONE = (
    r"stop(?: ?all| it| this| that| sms| whatsapp| mesaje| messages?| texting| messaging| contact)?",
    r"stop(?: la)? mesajele?",
    r"unsubscribe(?: me)?",
    r"dezabon(?:are|ati|ati ma|eaza ma|ez)",
    r"opt ?out",
    r"remove me",
    r"gata cu mesajele",
    r"opriti va|opreste te|opriti mesajele|opreste mesajele",
    r"ajunge cu mesajele",
)
"""Objections when nothing else is said."""

_WRITE = (
    r"(?:scri[ae]ti|scrieti|scrie|contactati|contactezi|contacteze|contacta|trimiteti|trimite|"
    r"deranjati|deranja|deranjezi|sunati|suna|mai scri\w*)"
)
_REACH = (
    r"(?:contact|contacting|message|messaging|text|texting|email|emailing|e mailing|write to|writing to|"
    r"writing|call or text|calling or texting|bother|bothering|spam|spamming)"
)
_NOT_ONLY_THEN = r"(?! (?:before|until|till|today|tomorrow|tonight|now|at|in|during|after|by)\b)"
"""A wish about when and where to is not a wish to hear no more."""

_ANYWHERE = (
    (
        rf"(?:nu|sa nu) (?:ma|mi|imi|ne) mai {_WRITE}\b(?! (?:inainte|pana|azi|astazi|maine|"
        rf"diseara|seara|acum|la ora|dupa))"
    ),
    (
        r"nu (?:imi|mi) mai (?:trimiteti|trimite|trimiteti va rog|scrieti|scrie)\b(?! (?:inainte|"
        r"pana|azi|astazi|maine|acum))"
    ),
    (
        r"nu mai (?:vreau|doresc) (?:sa (?:fiu (?:contactat\w?|deranjat\w?|sunat\w?)|primesc|"
        r"ma contactati|ma mai contactati|mi scrieti)|mesaje|emailuri|e mailuri|mailuri)"
    ),
    (
        r"nu (?:vreau|doresc) sa (?:mai (?:fiu (?:contactat\w?|deranjat\w?|sunat\w?)|"
        r"primesc (?:mesaje|emailuri|mailuri|nimic)|ma contactati)|ma (?:mai )?contactati|"
        r"fiu (?:mai )?contactat\w?\b(?! la (?:serviciu|munca|lucru|birou|ora)\b))"
    ),
    r"nu ma mai contactati",
    (
        r"(?:stergeti|sterge|scoateti|scoate|eliminati)(?: ma|(?: va rog)? (?:datele mele|"
        r"numarul meu|adresa mea|emailul meu))(?: (?:de|din) (?:pe )?lista\b| din baza de date\b|"
        r" din evidenta\b|(?= |$))"
    ),
    r"(?:vreau|doresc|as vrea|as dori) sa ma dezabonez",
    r"ma dezabonez",
    (
        rf"(?<!\bi )(?<!\bwe )(?<!\bwould )(?:do not|don t|dont|never|please stop|stop) {_REACH}"
        rf"(?:(?: me| us)(?: (?:any ?more|again|ever again|ever))?+{_NOT_ONLY_THEN}"
        r"|(?: (?:any ?more|again|ever again|ever))?+(?=$| (?:please|thanks|thank)\b))"
    ),
    (
        r"(?:take|remove|delete) (?:me|my (?:number|phone|email|data|details|address))(?: (?:from|"
        r"off) (?:your|the|this) (?:\w+ )?(?:list|lists|database|records|contacts))?(?=$|"
        r" (?:please|thanks|thank|now))"
    ),
    r"(?:i )?(?:want to|would like to|d like to|wish to) (?:unsubscribe|opt out|be removed)",
    (
        r"(?:i )?(?:do not|don t|dont|no longer) (?:want|wish) (?:to be contacted"
        rf"|(?:to (?:receive|get|hear) )?(?:any |more |further |these |your |such )*+"
        rf"(?:messages?|emails?|texts?|sms){_NOT_ONLY_THEN}"
        r"|to (?:receive|get|hear)(?: anything)?(?: more)?(?: from you\b.*)?$"
        r"|you to (?:contact|write|message|text|email)(?! (?:my|the|them|him|her)\b))"
        rf"{_NOT_ONLY_THEN}"
    ),
    r"stop sending (?:me )?(?:messages|emails|texts|sms|these|this|anything)",
    r"lose my number",
)
"""Objections as a part of what is said."""

_WHOLE = re.compile(rf"{_BEFORE}(?:{'|'.join(_ALONE)}){_AFTER}")
_PART = re.compile(rf"(?:^| )(?:{'|'.join(_ANYWHERE)})")
_ADVICE = re.compile(
    r"\b(?:if|in case|should) you (?:no longer|do not|don t|dont|want|would like|d like|wish|prefer)\b"
)
"""How the footer of somebody's newsletter begins."""
_INSTEAD = re.compile(
    r"\b(?:scrie(?:ti)? (?:mi|ne)|suna(?:ti)? (?:ma|ne)|trimite(?:ti)? (?:mi|ne)|contactati ma"
    r"|(?<!\bor )(?<!\band )(?<!\bnor )(?<!\bnot )(?<!\bdon t )(?<!\bdont )(?<!\bnever )(?<!\bstop )"
    r"(?:email|text|call|message|write|write to) me|i prefer|use this|doar pe|numai pe)\b"
)
"""How they want to be reached: the rest of the sentence says how not."""


def objection_in(text: str | None) -> str | None:
    """The words that say so, as they were written; None: there are none."""
    own = _own_words((text or "")[:_LOOKED_AT])
    short = len(own.split()) <= _SHORT
    for sentence in _sentences(own):
        if _objects(sentence, short):
            return " ".join(sentence.split())[:LONGEST_WORDS]
    return None


def _objects(sentence: str, short: bool) -> bool:
    plain = _plain(sentence)
    if not plain or sentence.rstrip().endswith("?"):
        return False
    if short and _WHOLE.fullmatch(plain):
        return True
    found = None if _ADVICE.search(plain) else _PART.search(plain)
    return found is not None and _INSTEAD.search(plain, found.end()) is None


def _own_words(text: str) -> str:
    """Without what they answer to, and without what stands below a signature."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = " ".join(fold(line).split())
        if line.rstrip() in ("--", "-- ") or _QUOTE_BEGINS.match(plain):
            break
        if not line.lstrip().startswith((">", "|")):
            kept.append(line)
    return "\n".join(kept)


def _sentences(text: str) -> list[str]:
    """By full stop, exclamation and question mark, and by line; with the mark, which tells a question."""
    return [piece for piece in re.split(r"(?<=[.!?;])\s+|\n+", text) if piece.strip()]


def _plain(sentence: str) -> str:
    """Letters and digits only, folded: ``S.T.O.P!!`` and ``Ștop`` read ``stop``."""
    folded = fold(sentence)
    spelled = re.sub(r"\b(?:[a-z][.\- ]){3,}[a-z]?\b", lambda found: re.sub(r"[^a-z]", "", found[0]), folded)
    return " ".join(re.sub(r"[^a-z0-9,]+", " ", spelled).replace(",", " ").split())
