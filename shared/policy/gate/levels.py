"""How grave a finding is, and in what situation a text is to appear."""

from typing import Literal

Level = Literal["warn", "hold", "block"]
Situation = Literal["complaint", "question", "rumour", "crisis", "praise", "self_harm", "other"]
