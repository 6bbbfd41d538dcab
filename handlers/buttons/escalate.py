"""The button Escalate of a card."""

from handlers.contract import Button
from handlers.replies import acting
from rules.acting import ESCALATE

BUTTON = Button(press=acting(ESCALATE))
