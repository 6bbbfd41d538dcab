"""The button Write down… of a war-room's card: opens the form."""

from handlers.forms.room_write import blank
from handlers.rooms import pressing

BUTTON = pressing(blank)
