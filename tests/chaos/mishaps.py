"""Each mishap runs the hook, disturbs it at a random moment, and returns its exit code."""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Mapping

import psutil

from tests.chaos.scene import CALM, Scene, forget_cache

Mishap = Callable[[Scene], int]


def _kill(picked: Callable[[Scene, "subprocess.Popen[str]"], list[psutil.Process]], *arguments: str) -> Mishap:
    def mishap(scene: Scene) -> int:
        hook = scene.start(*(arguments or CALM))
        scene.moment()
        for process in picked(scene, hook):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return scene.ended(hook)

    return mishap


def _hook(scene: Scene, hook: "subprocess.Popen[str]") -> list[psutil.Process]:
    return [psutil.Process(hook.pid)] if hook.poll() is None else []


def _with(word: str) -> Callable[[Scene, "subprocess.Popen[str]"], list[psutil.Process]]:
    """The processes of this run that have `word` in their arguments."""

    def picked(scene: Scene, hook: "subprocess.Popen[str]") -> list[psutil.Process]:
        try:
            family = psutil.Process(hook.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [process for process in family if word in _words(process)]

    return picked


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _server(scene: Scene, hook: "subprocess.Popen[str]") -> list[psutil.Process]:
    return [process for process in _with("/data -c ")(scene, hook) if "postgres" in process.name()]


def _sidecar(scene: Scene, hook: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The server's end of a connection of the hook or of the suite: its own are idle most of the time."""
    backends = _with("postgres: suite suite_test")(scene, hook)
    return scene.chance.sample(backends, 1) if backends else []


def _all(scene: Scene, hook: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Hook and supervisor: nobody is left to clean up but the next run."""
    return [*_hook(scene, hook), *_with("supervisor.py")(scene, hook)]


def full_disk(scene: Scene) -> int:
    """Memory and temporary directory of its own, both too small sooner or later."""
    size = scene.chance.choice((8, 60, 200, 260))
    if scene.chance.random() < 0.5:
        forget_cache(scene)
    filler = f"(sleep {scene.chance.uniform(0, scene.usual):.2f}; cat /dev/zero >/dev/shm/full 2>/dev/null) & "
    mount = f"mount -t tmpfs -o size={size}m t /dev/shm && mount -t tmpfs -o size={size // 8 + 1}m t {scene.folder}/tmp"
    script = f'{mount} && {filler} "$@"; code=$?; kill %1 2>/dev/null; exit $code'
    hook = scene.start(*CALM, prefix=("unshare", "--mount", "sh", "-mc", script, "-"))
    return scene.ended(hook)


def small_files(scene: Scene) -> int:
    """No file may grow beyond some size: a full disk for who may not mount one."""
    limit = scene.chance.choice((1, 64, 2048, 20000))
    return scene.ended(scene.start(*CALM, prefix=("sh", "-c", f'ulimit -f {limit}; exec "$@"', "-")))


def read_only_cache(scene: Scene) -> int:
    if scene.chance.random() < 0.5:
        forget_cache(scene)
    cache = scene.project.cache
    cache.mkdir(exist_ok=True)
    if _can_mount():
        mount = f"mount --bind {cache} {cache} && mount -o remount,ro,bind {cache}"
        hook = scene.start(*CALM, prefix=("unshare", "--mount", "sh", "-c", f'{mount} && exec "$@"', "-"))
        return scene.ended(hook)
    cache.chmod(0o500)
    try:
        return scene.ended(scene.start(*CALM))
    finally:
        cache.chmod(0o700)


def clock_jumps(scene: Scene) -> int:
    return scene.ended(scene.start(*CALM, fault="clock"))


def ports_stolen(scene: Scene) -> int:
    return scene.ended(scene.start(*CALM, "--tcp", fault=f"ports:{scene.chance.randint(1, 6)}"))


def two_hooks(scene: Scene) -> int:
    """Both verify the same tree, with one cache between them that may be empty; one may be killed."""
    if scene.chance.random() < 0.5:
        forget_cache(scene)
    first, second = scene.start(*CALM), scene.start(*CALM)
    if scene.chance.random() < 0.5:
        scene.moment()
        second.kill()
        second.communicate()
        return scene.ended(first)
    return max(scene.ended(first), scene.ended(second))


def interrupted(scene: Scene) -> int:
    hook = scene.start(*CALM)
    scene.moment()
    hook.terminate()
    return scene.ended(hook)


def _can_mount() -> bool:
    command = ("unshare", "--mount", "true")
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


MISHAPS: Mapping[str, Mishap] = {
    "kill-hook": _kill(_hook),
    "kill-pytest": _kill(_with("lint_fixtures_probe")),
    "kill-worker": _kill(_with("import sys;exec(eval("), "--workers", "2"),
    "kill-server": _kill(_server),
    "kill-sidecar-connection": _kill(_sidecar),
    "kill-supervisor": _kill(_with("supervisor.py")),
    "kill-hook-and-supervisor": _kill(_all),
    "kill-hook-with-workers": _kill(_hook, "--workers", "2"),
    "terminate-hook": interrupted,
    **({"full-disk": full_disk} if _can_mount() else {"full-disk": small_files}),
    "small-files": small_files,
    "port-stolen": ports_stolen,
    "clock-jumps": clock_jumps,
    "read-only-cache": read_only_cache,
    "two-hooks": two_hooks,
}
CERTAIN = {"clock-jumps": (0,), "read-only-cache": (0,), "two-hooks": (0,), "port-stolen": (0, 3)}
