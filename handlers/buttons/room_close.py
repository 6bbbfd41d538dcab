"""The button Close… of a war-room's card: opens the form."""

from handlers.forms.room_close import blank
from handlers.rooms import pressing

BUTTON = pressing(blank)
