"""Work in pieces: two at once, each with a session of its own, in order, and ended by the first error."""

from __future__ import annotations

import gc
import os
import signal
from concurrent.futures.process import BrokenProcessPool
from threading import Barrier, get_ident

import pytest
import sqlalchemy as sa

from core.database import joined_transaction
from core.side_by_side import circles_looked_for_rarely, in_processes, side_by_side


def where(session):
    """The thread and the database connection that a piece of work runs with."""
    return get_ident(), session.scalar(sa.text("SELECT pg_backend_pid()"))


def test_two_pieces_run_at_once_each_with_a_session_of_its_own(session):
    both = Barrier(2, timeout=10)

    def work(piece):
        here = where(session)
        both.wait()  # with its connection in hand
        return piece, here

    done = list(side_by_side(work, range(6)))

    assert [piece for piece, _ in done] == [0, 1, 2, 3, 4, 5]
    for (_, one), (_, other) in zip(done[::2], done[1::2], strict=True):
        assert one[0] != other[0]
        assert one[1] != other[1]


def test_a_single_piece_runs_where_the_caller_is(session):
    assert list(side_by_side(lambda _: where(session), [1])) == [where(session)]
    assert list(side_by_side(lambda _: where(session), [])) == []


def test_within_a_transaction_everything_runs_where_the_caller_is(session):
    with joined_transaction():
        assert set(side_by_side(lambda _: where(session), range(5))) == {where(session)}


def test_a_piece_is_taken_when_there_is_room_for_it(session):
    taken = []
    pieces = (taken.append(piece) or piece for piece in range(10))

    results = side_by_side(lambda piece: piece, pieces)
    next(results)

    assert taken == [0, 1]
    results.close()


def test_the_first_error_ends_it(session):
    done = []

    def work(piece):
        if piece == 3:
            raise ValueError(piece)
        done.append(piece)

    with pytest.raises(ValueError, match="3"):
        list(side_by_side(work, range(100)))
    assert len(done) < 6


def test_processes_work_in_order_each_with_a_connection_of_its_own(session):
    here = session.scalar(sa.text("SELECT pg_backend_pid()"))

    done = list(in_processes(lambda piece: (piece, os.getpid(), where(session)[1]), range(8)))

    assert [piece for piece, _, _ in done] == list(range(8))
    assert os.getpid() not in {process for _, process, _ in done}
    assert here not in {connection for _, _, connection in done}
    assert session.scalar(sa.text("SELECT pg_backend_pid()")) == here  # it still answers here


def test_the_first_error_of_a_process_ends_it_and_comes_back(session):
    def work(piece):
        if piece == 3:
            raise ValueError(piece)
        return piece

    done = in_processes(work, range(100))

    assert [next(done) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="3"):
        next(done)


def test_a_process_that_is_killed_is_noticed(session):
    with pytest.raises(BrokenProcessPool):
        list(in_processes(lambda _: os.kill(os.getpid(), signal.SIGKILL), range(4)))


def test_a_single_piece_and_those_within_a_transaction_stay_in_this_process(session):
    assert list(in_processes(lambda _: os.getpid(), [1])) == [os.getpid()]
    with joined_transaction():
        assert set(in_processes(lambda _: os.getpid(), range(5))) == {os.getpid()}


def test_circles_are_looked_for_as_usual_again_after_the_last_who_asked_for_less():
    usual = gc.get_threshold()
    one, other = circles_looked_for_rarely(), circles_looked_for_rarely()

    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert gc.get_threshold() == (usual[0] * 100, *usual[1:])
    other.__exit__(None, None, None)
    assert gc.get_threshold() == usual
