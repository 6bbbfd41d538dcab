"""The button Unfreeze of a freeze's card; of one that is not confirmed yet, Take it back."""

from handlers.contract import Button
from handlers.freezes import pressing
from rules.freezing import UNFREEZE

BUTTON = Button(press=pressing(UNFREEZE))
