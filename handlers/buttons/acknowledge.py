"""The button Acknowledge of a card."""

from handlers.contract import Button
from handlers.replies import acting
from rules.acting import ACKNOWLEDGE

BUTTON = Button(press=acting(ACKNOWLEDGE))
