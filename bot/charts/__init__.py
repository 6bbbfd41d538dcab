"""The picture of a watched release: what it shows, as a PNG and in words for who cannot see it."""

from bot.charts.chart import Chart, Limit, Mark, Panel
from bot.charts.drawing import NoCharts, available, png
from bot.charts.words import alt

__all__ = ["Chart", "Limit", "Mark", "NoCharts", "Panel", "alt", "available", "png"]
