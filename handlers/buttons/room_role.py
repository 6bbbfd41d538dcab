"""The button Roles… of a war-room's card: opens the form."""

from handlers.forms.room_role import blank
from handlers.rooms import pressing

BUTTON = pressing(blank)
