"""One mishap, and everything that must hold after it."""

from tests.chaos.mishaps import CERTAIN, MISHAPS
from tests.chaos.scene import Scene
from tests.chaos.trail import Trail


def survive(name: str, scene: Scene) -> list[str]:
    """What does not hold, in words; nothing when all is well."""
    scene.new_tree()
    with Trail(str(scene.folder)) as trail:
        code = MISHAPS[name](scene)
        if code not in CERTAIN.get(name, (code,)):
            scene.problems.append(f"exit code {code}")
        return scene.aftermath(code, trail)
