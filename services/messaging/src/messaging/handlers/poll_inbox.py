"""Emails of candidates, taken from the mailbox at intervals.

What is new is asked of Gmail's history from a stored cursor; the label is listed at first, when the history
is forgotten, and now and then. The cursor moves when all before it is taken or written down as troubled,
so a crash anywhere, or a day without Gmail, loses nothing. Source: providers.md 5.2; decision 0029.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from chassis import Begin, Handlers, Tx
from contracts.messaging import ChannelConnected
from prometheus_client import CollectorRegistry, Counter, Gauge

from messaging.domain.channel_state import By, may_be_tried
from messaging.domain.emails import Email
from messaging.domain.letters import Channel
from messaging.handlers.channel_states import note_end, note_silence, note_use
from messaging.handlers.take_email import EmailTaker
from messaging.ports import Disconnected, Inbox, ProviderAway
from messaging.ports.access import Channels, ConnectionRules, Grants
from messaging.ports.mailbox import Account, EmailGone, HistoryGone, MailboxBook, Stumbled, Troubled

handlers = Handlers("messaging")
log = structlog.get_logger(__name__)

MOST_TRIES = 5
LONGEST_TROUBLE = timedelta(hours=24)
"""An email for which Gmail only fails is given up after so long; one that can't be read, after the tries."""
IN_A_ROW = 3
"""So many failures one after the other are Gmail's, not the emails'."""


class InboxMetrics:
    """What an operator sees of the polling."""

    def __init__(self) -> None:
        self.reached = Gauge(
            "messaging_inbox_reached", "1 when the last poll of the mailbox worked, else 0", registry=None
        )
        self.polls = Counter("messaging_inbox_polls", "Polls of the mailbox", ["result"], registry=None)
        self.emails = Counter("messaging_inbox_emails", "Emails in the mailbox", ["result"], registry=None)

    def show_in(self, registry: CollectorRegistry) -> None:
        for metric in (self.reached, self.polls, self.emails):
            registry.register(metric)


@dataclass(frozen=True, slots=True)
class PollRules:
    """``list_every``: so often the whole label is listed, whatever the history says."""

    list_every: timedelta = timedelta(minutes=15)
    enabled: bool = True


@dataclass(slots=True)
class Poller:
    """One poll, with all it needs."""

    inbox: Inbox
    book: MailboxBook
    taker: EmailTaker
    channels: Channels
    grants: Grants
    connection: ConnectionRules
    rules: PollRules
    metrics: InboxMetrics

    async def poll(self, begin: Begin) -> None:
        """Take every new email. The mailbox being away ends the poll with a line in the log, no more."""
        mark = await self._worth_trying(begin)
        if mark is None:
            self._count("disconnected")
            return
        try:
            account = await self.inbox.account()
            await self._note_use(begin, account, mark)
            await self._take_what_is_new(begin, account)
        except ProviderAway as away:
            result = "disconnected" if isinstance(away, Disconnected) else "away"
            log.warning("inbox_not_reached", result=result, problem=away.problem)
            self._count(result)
            async with begin() as tx:
                await note_silence(tx, self.channels, Channel.EMAIL, f"Gmail does not answer: {away.problem}")
            return
        self._count("ok")

    async def _worth_trying(self, begin: Begin) -> str | None:
        """The mark of the access to try; None while it rests."""
        async with begin() as tx:
            mark, _ = await self._in_use(tx)
            if not mark:
                await note_end(tx, self.channels, Channel.EMAIL)
            state = await self.channels.find(tx, Channel.EMAIL)
            return mark if may_be_tried(state, mark, tx.now) else None

    async def _note_use(self, begin: Begin, account: Account, used: str) -> None:
        """Unless a recruiter gave another one, or took it away, meanwhile."""
        async with begin() as tx:
            await self.channels.find(tx, Channel.EMAIL)
            mark, by = await self._in_use(tx)
            if mark and mark == used:
                await note_use(tx, self.channels, Channel.EMAIL, mark, by, account.address)

    async def _in_use(self, tx: Tx) -> tuple[str, By]:
        given = await self.grants.given(tx)
        if given is not None:
            return given.mark, "page"
        return self.connection.environment_mark or "", "environment"

    async def _take_what_is_new(self, begin: Begin, account: Account) -> None:
        async with begin() as tx:
            cursor = await self.book.cursor(tx, account.address)
            troubled = {one.external_id: one for one in await self.book.troubled(tx)}
            now = tx.now
        listed_at = None
        if cursor is not None and now - cursor.listed_at < self.rules.list_every:
            try:
                quiet = cursor.history_id == account.history_id
                found = [] if quiet else await self.inbox.since(cursor.history_id)
            except HistoryGone:
                log.warning("mailbox_history_gone")
                listed_at, found = now, await self.inbox.waiting()
        else:
            listed_at, found = now, await self.inbox.waiting()
        fresh = [one for one in found if one not in troubled]
        await self._take_each(begin, [*fresh, *troubled], troubled)
        async with begin() as tx:
            await self.book.read_up_to(tx, account, listed_at)

    async def _take_each(self, begin: Begin, ids: list[str], troubled: dict[str, Troubled]) -> None:
        """Those that made trouble before come last, so that they hold up nobody."""
        in_a_row = 0
        for external_id in ids:
            try:
                await self._take(begin, external_id)
            except Stumbled as away:
                in_a_row += 1
                await self._trouble(begin, external_id, away.problem, away=True)
                if in_a_row >= IN_A_ROW and external_id in troubled:
                    return  # what is new was taken; of the others those that were tried least come next
                if in_a_row >= IN_A_ROW:
                    raise
                continue
            except ProviderAway:
                raise
            except Exception as failure:
                await self._trouble(begin, external_id, type(failure).__name__, away=False)
            else:
                if external_id in troubled:
                    async with begin() as tx:
                        await self.book.no_trouble(tx, external_id)
            in_a_row = 0

    async def _take(self, begin: Begin, external_id: str) -> None:
        try:
            if not await self.taker.knows(begin, external_id):
                email = await self.inbox.read(external_id)
                if not email.ours:
                    await self._keep(begin, email)
            await self.inbox.mark_processed(external_id)
            self.metrics.emails.labels("taken").inc()
        except EmailGone:
            log.info("email_gone", external_id=external_id)
            self.metrics.emails.labels("gone").inc()

    async def _keep(self, begin: Begin, email: Email) -> None:
        """Trouble of our own stores is not the email's fault."""
        try:
            await self.taker.take(begin, email)
        except ProviderAway:
            raise
        except Exception as failure:
            raise Stumbled(f"not stored: {type(failure).__name__}") from failure

    async def _trouble(self, begin: Begin, external_id: str, problem: str, *, away: bool) -> None:
        async with begin() as tx:
            trouble = await self.book.note_trouble(tx, external_id, problem)
            lasted = tx.now - trouble.since
        log.error("email_not_taken", external_id=external_id, failure=problem, tries=trouble.tries)
        self.metrics.emails.labels("failed").inc()
        if trouble.tries >= MOST_TRIES and (not away or lasted >= LONGEST_TROUBLE):
            try:
                await self.taker.give_up(begin, self.inbox, external_id, problem)
            except Exception as failure:
                log.error("email_not_given_up", external_id=external_id, failure=type(failure).__name__)
                return
            await self._mark_if_possible(external_id)
            async with begin() as tx:
                await self.book.no_trouble(tx, external_id)
            self.metrics.emails.labels("unreadable").inc()

    async def _mark_if_possible(self, external_id: str) -> None:
        """Without the mark it is only looked at again, and found known."""
        try:
            await self.inbox.mark_processed(external_id)
        except Exception as failure:
            log.warning("email_not_marked", external_id=external_id, failure=type(failure).__name__)

    def _count(self, result: str) -> None:
        self.metrics.polls.labels(result).inc()
        self.metrics.reached.set(1 if result == "ok" else 0)


async def poll_inbox(begin: Begin, poller: Poller) -> None:
    await poller.poll(begin)


@handlers.acts_on(ChannelConnected)
async def poll_when_connected(event: ChannelConnected, begin: Begin, poller: Poller) -> None:
    """What came in while our access was gone is taken at once."""
    if event.channel.value == Channel.EMAIL.value and poller.rules.enabled:
        await poller.poll(begin)
