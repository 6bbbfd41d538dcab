"""The button Status… of a war-room's card: opens the form."""

from handlers.forms.room_state import blank
from handlers.rooms import pressing

BUTTON = pressing(blank)
