"""The button Send again of a rollback's card: somebody has looked, and GitHub is told once more."""

from handlers.contract import Button
from handlers.rollbacks import pressing
from rules.rolling_back import AGAIN

BUTTON = Button(press=pressing(AGAIN))
