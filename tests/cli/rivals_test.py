#!/usr/bin/env python3
"""bench/rivals/run as far as it can be told without measuring: usage, and how many tokens it takes.

    rivals_test.py SOURCE
"""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]) / "bench" / "rivals" / "run"
sys.dont_write_bytecode = True


def check(true, what):
    if not true:
        sys.exit(f"FAILED: {what}")


def exit_code(*arguments):
    return subprocess.run([sys.executable, PROGRAM, *arguments], capture_output=True).returncode


def load():
    loader = importlib.machinery.SourceFileLoader("rivals", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("rivals", loader))
    loader.exec_module(module)
    return module


for bad in (["--alg", "NO256"], ["--tokens", "0"], ["--rounds", "1"], ["--seconds", "0"], ["--build", "/nonexistent"]):
    check(exit_code(*bad) == 2, f"{bad} is not exit code 2")
check(exit_code("--help") == 0, "--help is not exit code 0")

enough = load().enough_tokens
# 1,600 ns a token and 4 ms to start: 2,000 tokens take 7.2 ms; 0.3 s have room for 185,000.
check(enough(7.2e6, 2000, 4e6, 0.3) == 185_000, "the tokens of HS256 do not fill the time")
check(enough(60e6, 2000, 0, 0.3) == 10_000, "the tokens of RS256 do not fill the time")
check(enough(60e6, 2000, 0, 0.01) == 2000, "fewer tokens than were made already")
check(enough(4e6, 2000, 5e6, 0.001) >= 2000, "noise beyond the start ends in nothing")
print("rivals: usage and numbers of tokens as they should be")
