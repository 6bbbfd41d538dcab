"""The button Update… of a war-room's card: opens the form."""

from handlers.forms.room_update import blank
from handlers.rooms import pressing

BUTTON = pressing(blank)
