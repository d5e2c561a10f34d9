"""What calling needs: what it remembers of intake, its queue, its attempts, and a telephone."""

from calling.ports.attempts import Attempt, Attempts, Batch, BatchForm, BatchState, Planned
from calling.ports.callbacks import Agreed, Callbacks
from calling.ports.gate import Callees, Case, DaysOff, Gate, Judged, Stage, Verdicts
from calling.ports.policy import CallingPolicy
from calling.ports.queue import Enqueued, Position, Queue, Waiting
from calling.ports.recalls import Out, Recalls, RecallWanted
from calling.ports.recordings import ExpectedRecording, Recordings, RecordingState, Sound
from calling.ports.replica import OpenedApplication, Replica, UnboundWebhooks
from calling.ports.stops import Lines, Outstanding, Stops
from calling.ports.switchboard import Switchboard
from calling.ports.telephony import OutgoingCall, Telephony, TelephonyUnavailable

__all__ = [
    "Agreed",
    "Attempt",
    "Attempts",
    "Batch",
    "BatchForm",
    "BatchState",
    "Callbacks",
    "Callees",
    "CallingPolicy",
    "Case",
    "DaysOff",
    "Enqueued",
    "ExpectedRecording",
    "Gate",
    "Judged",
    "Lines",
    "OpenedApplication",
    "Out",
    "OutgoingCall",
    "Outstanding",
    "Planned",
    "Position",
    "Queue",
    "RecallWanted",
    "Recalls",
    "RecordingState",
    "Recordings",
    "Replica",
    "Sound",
    "Stage",
    "Stops",
    "Switchboard",
    "Telephony",
    "TelephonyUnavailable",
    "UnboundWebhooks",
    "Verdicts",
    "Waiting",
]
