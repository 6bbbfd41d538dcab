"""The button End silence of a card."""

from handlers.contract import Button
from handlers.replies import acting
from rules.acting import UNSILENCE

BUTTON = Button(press=acting(UNSILENCE))
