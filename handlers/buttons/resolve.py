"""The button Resolve of a card."""

from handlers.contract import Button
from handlers.replies import acting
from rules.acting import RESOLVE

BUTTON = Button(press=acting(RESOLVE))
