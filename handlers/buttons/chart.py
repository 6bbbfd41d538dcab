"""The button Chart of a release's card."""

from handlers.contract import Button
from handlers.releases import of_card, shown

BUTTON = Button(press=of_card(shown(chart=True)))
