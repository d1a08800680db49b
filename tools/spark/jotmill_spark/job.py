"""The driver: plans parts, judges them in one job, commits, adds the reports. Run by ../jotmill-spark."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from typing import Any

if sys.version_info < (3, 9):
    print("jotmill-spark: needs Python 3.9 or newer, and this is %d.%d" % sys.version_info[:2], file=sys.stderr)
    sys.exit(2)

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from jotmill_spark.options import Refused, arguments_of, parse, size_of  # noqa: E402

# Reports that the driver adds itself; more are added by tasks first, so that its memory is bounded.
MOST_REPORTS = 64


def check_versions() -> None:
    try:
        import pyspark
    except ImportError:
        raise Refused("no pyspark in this Python: pip install pyspark") from None
    version = tuple(int(part) for part in re.findall(r"\d+", pyspark.__version__)[:2])
    if version < (3, 3):
        raise Refused(f"needs Spark 3.3 or newer (mapInArrow), and this is {pyspark.__version__}")
    try:
        import jotmill  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise Refused(f"{error}: install tools/python and pyarrow for the Python of driver and executors") from None


class Failed(Exception):
    """The job ended without a result: one line, exit code 4."""


class Output:
    """The folder of the results, through Hadoop's file systems."""

    def __init__(self, spark: Any, path: str) -> None:
        self.jvm = spark.sparkContext._jvm
        self.path = path if "://" in path else "file://" + os.path.abspath(path)
        self.system = self._path("").getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())

    def _path(self, name: str) -> Any:
        return self.jvm.org.apache.hadoop.fs.Path(self.path + ("/" + name if name else ""))

    def exists(self) -> bool:
        return bool(self.system.exists(self._path("")))

    def move(self, old: str, new: str) -> None:
        if self.system.exists(self._path(old)) and not self.system.rename(self._path(old), self._path(new)):
            raise OSError(f"{self.path}/{old} could not be renamed to {new}")

    def make(self, name: str) -> None:
        self.system.mkdirs(self._path(name))

    def remove(self, name: str) -> None:
        self.system.delete(self._path(name), True)

    def discard(self) -> None:
        """Removes all of it, as far as that can still be done: Spark itself may have ended."""
        try:
            self.remove("")
        except Exception:  # noqa: BLE001 # whatever the gateway raises without its JVM
            if self.path.startswith("file://"):
                shutil.rmtree(self.path[len("file://") :], ignore_errors=True)

    def write(self, name: str, text: str) -> None:
        stream = self.system.create(self._path(name), True)
        stream.write(bytearray(text.encode()))
        stream.close()


def plan(spark: Any, given: Any, part_bytes: int) -> list[Any]:
    """The parts of all inputs. Only inputs of several parts are read for it, once. Errors: Refused."""
    from jotmill_spark import parts as p

    context = spark.sparkContext
    try:
        sources = p.list_sources(given.inputs)
    except ValueError as error:
        raise Refused(str(error)) from None
    wanted, with_fields, column = given.format or "auto", bool(given.field), given.column

    def of_source(source: Any) -> list[Any]:
        import jotmill

        return p.plan_source(source, wanted, with_fields, part_bytes, column, jotmill.format_of)

    slices = max(1, min(len(sources), 4096))
    planned = context.parallelize(sources, slices).map(of_source).collect()
    refused = [part.reason for parts in planned for part in parts if isinstance(part, p.Refusal)]
    if refused:
        raise Refused(refused[0])
    cut = [part for parts in planned if len(parts) > 1 for part in parts]
    found = context.parallelize(cut, len(cut)).map(lambda part: p.survey(part, column)).collect() if cut else []
    ready, at = [], 0
    for parts in planned:
        if len(parts) > 1:
            ready += p.settle(parts, found[at : at + len(parts)])
            at += len(parts)
        else:
            ready += parts
    return ready


def add_reports(spark: Any, folder: str, wanted: int) -> str:
    """The sum of the reports of all parts. Errors: Failed: they are not all there."""
    import jotmill
    from jotmill_spark import work

    reports = spark.read.parquet(folder).select("report")
    count = reports.count()
    if count != wanted:
        raise Failed(f"{folder} has {count} of {wanted} reports: is it a folder of one executor's own host?")
    while count > MOST_REPORTS:  # one job in the end: what an executor loses is made again from the files
        count = max(1, count // MOST_REPORTS)
        reports = reports.repartition(count).mapInArrow(work.merge, "report string")
    return jotmill.merge_reports(row.report for row in reports.collect())


def exit_code(report: dict[str, Any]) -> int:
    """As `jotmill verify` ends: the highest that applies."""
    if report["verdicts"]["internal_error"] > 0:
        return 5
    if sum(report["events"]["counts"].values()) > 0:
        return 3
    tokens = report["summary"]["tokens"]
    return 0 if tokens > 0 and report["verdicts"]["accepted"] == tokens else 1


def reason_of(error: Exception) -> str:
    """One line of what Spark tells on pages: what a task raised last, or else the first line."""
    text = str(error)
    raised = re.findall(r"^: (\S.*)", text, re.MULTILINE)  # of Java, through py4j
    raised += re.findall(r"Traceback \(most recent call last\):\n(?:[ \t].*\n)*(\S.*)", text, re.MULTILINE)
    lines = raised or re.findall(r"\S.*", text) or [type(error).__name__]
    return str(lines[-1] if raised else lines[0])


def check(given: Any) -> tuple[dict[str, Any], int]:
    """All that can be refused before Spark starts. Returns arguments of a verifier, and bytes of a part."""
    check_versions()
    import jotmill

    from jotmill_spark import work

    if pattern := re.search(r"[*?\[\]{}\\]", given.output):
        raise Refused(f"{given.output}: Spark would take {pattern[0]} as a pattern; name another output folder")
    if "://" not in given.output and os.path.lexists(given.output):
        raise Refused(f"{given.output} exists; an output folder must be new")
    arguments = arguments_of(given)
    with work.FilesInMemory() as files:
        try:
            checked = work.make_verifier(arguments, given.format or "auto", files)
        except (jotmill.JotmillError, ValueError, OverflowError) as error:
            raise Refused(files.told(str(error))) from None
        for warning in checked.warnings:
            print(f"jotmill-spark: warning: {files.told(warning)}", file=sys.stderr)
    return arguments, size_of(given.part_bytes or "128M")


def run(words: list[str]) -> int:
    given = parse(words)
    arguments, part_bytes = check(given)
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession

    try:
        spark = SparkSession.builder.appName("jotmill").getOrCreate()
    except Py4JError as error:
        raise Failed(f"Spark did not start: {reason_of(error)}") from None
    spark.sparkContext.setLogLevel("ERROR")
    try:
        try:
            output = Output(spark, given.output)
            exists = output.exists()
        except Py4JError as error:
            raise Refused(f"{given.output}: {reason_of(error)}") from None
        if exists:
            raise Refused(f"{given.output} exists; an output folder must be new")
        with tempfile.TemporaryDirectory() as folder:
            spark.sparkContext.addPyFile(pack(folder))
            return judge_all(spark, given, arguments, part_bytes, output)
    finally:
        spark.stop()


def pack(folder: str) -> str:
    """What tasks import, as a file that Spark carries to them."""
    here = os.path.dirname(os.path.abspath(__file__))
    code = os.path.join(folder, "jotmill_spark.zip")
    with zipfile.ZipFile(code, "w") as archive:
        for name in ("__init__.py", "parts.py", "work.py"):
            archive.write(os.path.join(here, name), "jotmill_spark/" + name)
    return code


def write_rows(spark: Any, ready: list[Any], keys: Any, column: Any, output: Output) -> None:
    """One job, one commit: the rows of a task and its reports are there together or not at all."""
    from jotmill_spark import parts as p, work

    assert p.Part._fields == tuple(field.split()[0] for field in work.PART_SCHEMA.split(", "))
    rows = spark.sparkContext.parallelize([work.row_of(part) for part in ready], max(1, len(ready)))
    judged = spark.createDataFrame(rows, work.PART_SCHEMA).mapInArrow(work.judge(keys, column), work.SPARK_SCHEMA)
    # Version 2 of the committer shows the files of a task before it is committed.
    one_by_one = judged.write.option("mapreduce.fileoutputcommitter.algorithm.version", "1")
    one_by_one.partitionBy("kind", "verdict").parquet(output.path + "/_unfinished")
    for name in ("verdicts", "reports"):
        output.move(f"_unfinished/kind={name[:-1]}", name)
        output.make(name)
    output.remove("_unfinished")


def judge_all(spark: Any, given: Any, arguments: dict[str, Any], part_bytes: int, output: Output) -> int:
    from jotmill_spark import work
    from py4j.protocol import Py4JError

    try:
        keys = spark.sparkContext.broadcast(arguments)
        ready = plan(spark, given, part_bytes)
        if ready:
            write_rows(spark, ready, keys, given.column, output)
            text = add_reports(spark, output.path + "/reports", len(ready))
        else:
            with work.FilesInMemory() as files:
                text = work.make_verifier(arguments, given.format or "auto", files).report_json()
        output.write("report.json", text)
        output.remove("_unfinished")  # an executor that was given up may have gone on writing there
        output.write("_SUCCESS", "")
    except BaseException as error:
        output.discard()  # it was not there before, and what is whole has _SUCCESS
        if isinstance(error, (Py4JError, OSError, *errors_of_spark())):
            raise Failed(f"the job failed: {reason_of(error)}") from None
        raise
    report = json.loads(text)
    for event in report["events"]["listed"]:
        print(f"jotmill-spark: {event['event']}: {json.dumps(event['source'])[1:-1]}: {event['reason']}", file=sys.stderr)
    summary = report["summary"]
    print(f"jotmill-spark: {summary['tokens']} tokens, {report['verdicts']['accepted']} accepted, {len(ready)} parts; {given.output}/report.json")
    return exit_code(report)


def errors_of_spark() -> tuple[Any, ...]:
    """Spark 3.3 has its errors elsewhere than later ones."""
    try:
        from pyspark.errors import PySparkException
    except ImportError:
        from pyspark.sql.utils import CapturedException as PySparkException
    return (PySparkException,)


def tell(code: int) -> None:
    """To ../jotmill-spark, where it runs on this machine."""
    path = os.environ.get("JOTMILL_SPARK_RESULT", "")
    if os.path.exists(path):
        with open(path, "w") as file:
            file.write(str(code))


if __name__ == "__main__":
    try:
        code = run(sys.argv[1:])
    except Refused as refused:
        print(f"jotmill-spark: {refused}", file=sys.stderr)
        code = 2
    except Failed as failed:
        print(f"jotmill-spark: {failed}", file=sys.stderr)
        code = 4
    except SystemExit as ended:  # of argparse
        code = ended.code if isinstance(ended.code, int) else 0
    tell(code)
    sys.exit(code)
