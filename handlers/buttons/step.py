"""The button Done: … of a rollback's card: somebody has done this one step."""

from handlers.contract import Button
from handlers.rollbacks import pressing
from rules.rolling_back import TICK

BUTTON = Button(press=pressing(TICK))
