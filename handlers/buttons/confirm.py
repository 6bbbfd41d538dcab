"""The button Confirm of a freeze's card: the second person's word."""

from handlers.contract import Button
from handlers.freezes import pressing
from rules.freezing import CONFIRM

BUTTON = Button(press=pressing(CONFIRM))
