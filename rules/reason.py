"""The closed set of words that say why a decision came out as it did."""

from enum import StrEnum


class Reason(StrEnum):
    """The same word stands in logs, metrics, tests, the journal and `why`."""

    OPENED = "opened"  # first heard of: a new incident
    COUNTED = "counted"  # heard, of a severity that is counted for the digest and not shown
    REPEAT = "repeat"  # nothing in it is new
    UPDATED = "updated"  # wording or links changed, nobody needs to know
    NEW_MEMBER = "new_member"  # another alert joined an open incident
    WORSE = "worse"  # the severity rose above anything the incident had before
    EASED = "eased"  # the severity fell while the incident stays open
    PARTLY_RESOLVED = "partly_resolved"  # some of it is over
    RESOLVED = "resolved"  # all of it is over
    REOPENED = "reopened"  # it fires again after it was resolved
    RESOLVE_HELD = "resolve_held"  # it flaps: the resolve counts once it has lasted
    SETTLED = "settled"  # a held resolve has lasted: resolved
    NEVER_SEEN = "never_seen"  # the end of something that was never shown
    LATE_COPY = "late_copy"  # firing with a start that was already resolved: a slow copy from an HA pair, perhaps
    CONFIRMED = "confirmed"  # what looked like a late copy was not taken back: it fires again
    STALE = "stale"  # older than what is known already
    DUPLICATE = "duplicate"  # this very delivery was taken before
    TALLIED = "tallied"  # only a number in the digest
    IGNORED = "ignored"  # a route says to leave it out
    ACKNOWLEDGED = "acknowledged"  # somebody has it
    ALREADY = "already"  # what was asked for is so already
    NOT_ALLOWED = "not_allowed"  # who asked has no right to it
    ESCALATED = "escalated"  # the next step up was taken
    NO_STEP = "no_step"  # there is nobody (left) to pass it on to
    SNOOZED = "snoozed"  # reminders and steps up wait
    REMINDED = "reminded"  # nobody has it, or nothing moves
    CLOCKS_SET = "clocks_set"  # the policy or a mute has changed: its reminders and steps up have other times
    PUT_OFF = "put_off"  # a reminder or a step up waits: quiet hours, a mute, a silence
    SILENCE_ASKED = "silence_asked"  # a silence in Alertmanager is wanted
    SILENCE_ENDING = "silence_ending"  # a silence is to be ended before its time
    SILENCE_NEAR_END = "silence_near_end"  # it ends soon, and the alert still fires
    SILENCE_OVER = "silence_over"  # its time has come, or somebody ended it in Alertmanager
    SILENCED_THERE = "silenced_there"  # somebody silenced it in Alertmanager itself
    NOT_SILENCED = "not_silenced"  # there is no silence of ours to end
    AS_KNOWN = "as_known"  # Alertmanager knows what we know
    MISSING_THERE = "missing_there"  # Alertmanager does not know it (any more); nothing is concluded yet
    LOST_RESOLVE = "lost_resolve"  # it is over in Alertmanager, and the end never reached us
    MUTED = "muted"  # a route or a channel pings nobody for a while
    UNMUTED = "unmuted"  # a mute was ended
    TAKEN_OVER = "taken_over"  # somebody else is on call for a while
    NOT_OPEN = "not_open"  # what was asked for needs an open incident
    NO_RECORD = "no_record"  # nothing is known under that key
    RESOLVED_BY_HAND = "resolved_by_hand"  # a person closed it
    STORM_BEGAN = "storm_began"  # more new incidents in one channel than the policy's limit
    STORM_GREW = "storm_grew"  # the board has news
    STORM_PASSED = "storm_passed"  # no new incident for the policy's time
    UNROLLED = "unrolled"  # the storm has passed and the incident is open: it gets its card
    WATCH_BEGAN = "watch_began"  # a release is watched from here on
    WATCH_READ = "watch_read"  # its checks were read, and stand as before
    WATCH_TURNED = "watch_turned"  # a check went beyond a threshold, or came back
    CHECKPOINT = "checkpoint"  # a checkpoint of a release was taken
    AWAITS_READING = "awaits_reading"  # a checkpoint is due, and waits a moment for what is read now
    GATE_PASSED = "gate_passed"  # a gate that had not been passed is passed now
    FOLLOWED_UP = "followed_up"  # a check is still beyond its threshold: somebody is asked how it goes
    WINDOW_OVER = "window_over"  # the release has been watched for long enough: it waits for its decision
    TICKED = "ticked"  # somebody confirmed an item of a release, or found it wanting
    ENTERED = "entered"  # somebody entered a value of a release
    DECIDED = "decided"  # a release is kept, patched or rolled back
    PROPOSED = "proposed"  # a keep against the criteria waits for a second person
    BLOCKED = "blocked"  # a keep was refused: a must-criterion is not fulfilled
    NO_REASON = "no_reason"  # a decision wants a reason
    NOT_IN_PLAN = "not_in_plan"  # the plan has no such check, or it is read otherwise
    NO_PLAN = "no_plan"  # the policy has no plan for this release
    SUPERSEDED = "superseded"  # a newer release is watched instead
    PRECEDED = "preceded"  # the release before is known: it may be the baseline
    STOPPED = "stopped"  # somebody ended a watch
    DIGEST_WRITTEN = "digest_written"  # a digest that is due, with all that could be had
    DIGEST_MISSED = "digest_missed"  # a digest that is due since more than a day: a note instead
    MAILED = "mailed"  # Slack does not show it: it goes by mail
    TIMER_STALE = "timer_stale"  # a time that nobody waits for any more
