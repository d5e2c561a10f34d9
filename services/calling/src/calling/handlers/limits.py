"""What this moment adds to a position's terms: stops, and what is left of the limits."""

from __future__ import annotations

from dataclasses import replace

from chassis import Tx
from contracts.calling import DialDue

from calling.domain.caps import day_began, left, own_share
from calling.ports import Position, Switchboard


async def limits_now(tx: Tx, board: Switchboard, position: Position, others: int = 0) -> Position:
    """The position with its terms as they are now. ``others``: calls of other positions that would be made
    before, where it is asked beforehand."""
    caps, terms = board.caps, position.terms
    here, everywhere, under_way = 0, 0, 0
    if position.most_calls_per_day is not None:
        began = day_began(tx.now, terms.time_zone)
        here = await board.lines.begun_since(tx, began, position.position_id)
    if caps.most_per_day is not None:
        everywhere = await board.lines.begun_since(tx, day_began(tx.now, terms.time_zone), None)
    if caps.most_at_once is not None:
        under_way = await board.lines.under_way(tx)
    terms = replace(
        terms,
        stop=await board.stops.standing(tx, position.position_id),
        calls_left_today=left((position.most_calls_per_day, here), (caps.most_per_day, everywhere + others)),
        lines_left=left((caps.most_at_once, under_way + others)),
    )
    return replace(position, terms=terms)


async def take_own_share(tx: Tx, board: Switchboard, position: Position) -> tuple[Position, int | None]:
    """For whoever decides on calls now: alone, and with those released that waited for a line and get one.

    Answers also how many lines are free, those for calls of other positions that wait longer included.
    """
    await board.lines.take_turn(tx)
    position = await limits_now(tx, board, position)
    free = position.terms.lines_left
    ahead = 0 if free is None else await board.lines.ahead_of(tx, position.position_id)
    share = own_share(free, ahead)
    await board.lines.release(tx, position.position_id, share)
    return replace(position, terms=replace(position.terms, lines_left=share)), free


async def pass_on(tx: Tx, board: Switchboard, free: int | None, used: int) -> None:
    """Lines that nobody took go to whoever waits longest for one, here or elsewhere: those who were next may
    not be called just now, and nothing else might ever wake the ones behind them."""
    unused = None if free is None else free - used
    if unused is None or unused > 0:
        for waiting in await board.lines.release_next(tx, unused):
            tx.publish(DialDue(position_id=waiting))
