"""The README does what it shows: its Python runs as it stands, one block after the other, in a clean folder."""

import os
import pathlib
import re
import tempfile
import unittest

from support import run

README = pathlib.Path(__file__).parent.parent / "README.md"


class Readme(unittest.TestCase):
    def test_its_blocks(self) -> None:
        blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
        self.assertEqual(len(blocks), 3)
        before = os.getcwd()
        with tempfile.TemporaryDirectory(prefix="jotmill-readme-") as folder:
            os.chdir(folder)
            try:
                run("generate", "--recipe", "faults", "--count", "20000", "--output", "audit")
                names: dict[str, object] = {}
                for block in blocks:
                    exec(compile(block, str(README), "exec"), names)
                picture = pathlib.Path("audit/audit.png").read_bytes()
            finally:
                os.chdir(before)
        self.assertGreater(len(picture), 10_000)
        self.assertEqual(picture[:4], b"\x89PNG")


if __name__ == "__main__":
    unittest.main()
