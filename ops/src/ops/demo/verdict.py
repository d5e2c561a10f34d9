"""Is an application where its candidate says it should be?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ops.demo.expectations import EXPECTED, NO_PHONE, SETTLED, mistakes
from ops.demo.stories import Story


@dataclass(frozen=True, slots=True)
class Verdict:
    story: Story
    persona: str
    mistakes: tuple[str, ...]

    @property
    def right(self) -> bool:
        return not self.mistakes

    def as_json(self) -> dict[str, Any]:
        return {
            **self.story.outcome(),
            "persona": self.persona,
            "path": self.story.path,
            "right": self.right,
            "mistakes": list(self.mistakes),
        }


def judge(stories: dict[int, Story], personas: dict[str, str]) -> list[Verdict]:
    """``personas`` by phone, as the outside world knows them."""
    shared = Counter(story.phone for story in stories.values() if story.phone)
    verdicts = []
    for story in stories.values():
        if story.phone is None:
            verdicts.append(Verdict(story, "no usable number", tuple(mistakes(story, NO_PHONE))))
            continue
        persona = personas.get(story.phone, "unknown")
        if shared[story.phone] > 1 or persona not in EXPECTED:
            # One person behind several applications answers for all: only that it settled can be said.
            wrong = () if story.rest in SETTLED else (f"is still in {story.rest}",)
            verdicts.append(Verdict(story, f"{persona} (not judged)", wrong))
            continue
        verdicts.append(Verdict(story, persona, tuple(mistakes(story, EXPECTED[persona]))))
    return verdicts
