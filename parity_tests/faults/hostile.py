"""Faults of readers that trust a file, of programs that trust their arguments, and of clusters that nobody is in."""

from parity_tests.faults.fault import Fault, faults_in

FILES, WRITES = "test_attack_files.py", "test_attack_writes.py"
DAMAGED = f"{FILES}::test_damaged_files_are_read_right_or_refused"
PROGRAMS = "parity_tests/test_attack_programs.py::test_what_is_wrong_is_said_in_a_line"
CHIEF = "parity_tests/test_distributed_example.py::test_the_first_worker_is_the_chief_unless_another_is_called_so"

FAULTS = [
    *faults_in(
        "archives.py",
        f"{DAMAGED}[hostile archives]",
        ("one place read many times", "if total > (most := size", "if -total > (most := size"),
    ),
    *faults_in(
        "archives.py",
        FILES,
        ("unpacked whatever the entry says", "member.read(entry.file_size)", "member.read()"),
        ("unpacked by what knows no limit", "(zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):", "zipfile.__dict__.values():"),
    ),
    *faults_in(
        "files.py",
        WRITES,
        ("a text written in place", "        unfinished.write_text(text", "        Path(path).write_text(text"),
        ("a text in the system's letters", 'write_text(text, encoding="utf-8")', 'write_text(text, encoding="latin-1")'),
    ),
    Fault(
        "numbers of another file",
        "examples/saved_model/saved.py",
        "if found.external or found.is_virtual:",
        "if False:",
        f"parity_tests/{DAMAGED}[Keras archives]",
    ),
    Fault(
        "numbers that are not there",
        "examples/saved_model/saved.py",
        "    if total > most_of(size):",
        "    if False:",
        f"parity_tests/{DAMAGED}[Keras archives]",
    ),
    Fault("less than one of anything", "examples/common.py", "value < (least := LEAST.get(name, 1))", "value < (least := LEAST.get(name, 0))", f"{PROGRAMS}[benchmark]"),
    Fault("a temperature of nothing", "examples/char_lm.py", "arguments.temperature <= 0:", "arguments.temperature < -9:", "parity_tests/test_attack_programs.py::test_a_temperature_is_refused_before_the_training"),
    Fault("two workers at one address", "examples/cluster/task.py", "if address in addresses[:number]:", "if False:", CHIEF),
    Fault("a worker that is not in its cluster", "examples/cluster/task.py", "if not 0 <= index < cluster.get(kind, 0):", "if index < 0:", CHIEF),
    Fault("an address of nobody", "examples/cluster/task.py", "        except (OSError, UnicodeError) as error:", "        except UnicodeError as error:", CHIEF),
]
